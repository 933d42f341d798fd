//! The SQL for every kind of request in every dialect, as reviewed snapshots: a change of a
//! statement is seen in review.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::sync::Arc;

use iris_tables::caller::{Caller, Claim};
use iris_tables::cell::CellBuf;
use iris_tables::config::RowRules;
use iris_tables::databases;
use iris_tables::dialect::Dialect;
use iris_tables::guard::{Guarded, guarded};
use iris_tables::param::Param;
use iris_tables::query::position::{Position, SeekValue, Start};
use iris_tables::query::{self, Sizes, TableQuery, pairs, token};
use iris_tables::sql::select::{Compared, Shows};
use iris_tables::sql::{self, labels, part, plan, select};
use iris_tables::statement::Statement;
use iris_tables::table::{Column, RowId, Table, TableKind, TableName, Type, title};

const SIZES: Sizes = Sizes { default: 100, maximum: 10_000 };

/// A column; `cast` is what PostgreSQL casts a value to.
fn column(
    dialect: &'static dyn Dialect,
    name: &str,
    kind: Type,
    cast: &str,
    nullable: bool,
) -> Column {
    let placeholder = if dialect.names()[0] == "postgres" {
        format!("CAST(? AS {cast})")
    } else {
        "?".to_owned()
    };
    Column {
        name: name.to_owned(),
        title: title(name),
        kind,
        source_type: cast.to_owned(),
        placeholder,
        precision: (kind == Type::Decimal).then_some(12),
        scale: (kind == Type::Decimal).then_some(2),
        nullable,
        comparable: name != "Story",
        row_number: dialect.keeps_any_type() && name == "ID",
        description: None,
    }
}

/// A table with a key of one column, and one of every type.
fn table(dialect: &'static dyn Dialect) -> Table {
    let columns = vec![
        column(dialect, "ID", Type::Integer, "bigint", false),
        column(dialect, "Na\"me?", Type::Text, "character varying", true),
        column(dialect, "Amount", Type::Decimal, "numeric", true),
        column(dialect, "Ratio", Type::Double, "double precision", true),
        column(dialect, "Active", Type::Boolean, "boolean", false),
        column(dialect, "Booked", Type::Timestamp, "timestamp without time zone", false),
        column(dialect, "Story", Type::Text, "text", true),
        column(dialect, "Photo", Type::Binary, "bytea", true),
    ];
    Table {
        name: TableName { schema: "Bank".into(), name: "Odd Table".into() },
        kind: TableKind::Table,
        description: None,
        columns,
        key: vec![0],
        row_id: None,
        references: Vec::new(),
        is_countable: true,
        referrers: Vec::new(),
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

/// The same without a declared key.
fn keyless(dialect: &'static dyn Dialect) -> Table {
    let (expression, placeholder, kind) = match dialect.names()[0] {
        "iris" => ("t.%ID", "?", Type::Dynamic),
        "sqlite" => ("t.rowid", "?", Type::Integer),
        _ => ("t.ctid", "CAST(? AS tid)", Type::Text),
    };
    let row_id = RowId { expression: expression.into(), placeholder: placeholder.into(), kind };
    Table { key: Vec::new(), row_id: Some(row_id), ..table(dialect) }
}

/// A view without anything that identifies a row.
fn view(dialect: &'static dyn Dialect) -> Table {
    Table { key: Vec::new(), kind: TableKind::View, ..table(dialect) }
}

/// A table as everybody may see it.
fn open(table: Table, dialect: &'static dyn Dialect) -> Guarded {
    guarded(Arc::new(table), &RowRules::default(), &Caller::default(), dialect).unwrap()
}

/// A table of which a caller may see the rows of three names, an amount and a day.
fn limited(table: Table, dialect: &'static dyn Dialect) -> Guarded {
    let rules = "Bank.*.\"Na\"\"me?\"=claim:names; *.*.Amount=claim:amount; *.*.Booked=claim:day";
    let text = |text: &str| Claim::Text(text.to_owned());
    let claims = [
        ("names", Claim::List(vec![text("a"), text("O'Brien"), text("c")])),
        ("amount", text("1.50")),
        ("day", text("2024-02-29T10:00:00")),
    ];
    let claims = claims.map(|(name, claim)| (name.to_owned(), claim)).into();
    let caller = Caller { claims, ..Caller::default() };
    guarded(Arc::new(table), &RowRules::parse(rules).unwrap(), &caller, dialect).unwrap()
}

fn asked(text: &str, table: &Table, dialect: &'static dyn Dialect) -> TableQuery {
    query::table_query(&pairs::parse(text).unwrap(), table, dialect, SIZES).unwrap()
}

fn after(values: &[SeekValue]) -> Position {
    Position { before: 100, start: Start::After(values.to_vec()) }
}

fn text(value: &str) -> SeekValue {
    SeekValue::Value(Param::Text(value.into()))
}

fn number(value: i64) -> SeekValue {
    SeekValue::Value(Param::Integer(value))
}

struct Book {
    text: String,
    dialect: &'static dyn Dialect,
}

impl Book {
    fn statement(&mut self, title: &str, statement: &Statement) {
        writeln!(self.text, "-- {title}\n{}\n   {:?}", statement.text, statement.params).unwrap();
        writeln!(self.text).unwrap();
    }

    fn page(&mut self, title: &str, table: &Guarded, query: &str, position: Option<&Position>) {
        let mut query = asked(query, table, self.dialect);
        let binding = plan::binding(table, &query, self.dialect);
        query.next = position.map(|position| token::write(position, &binding));
        let plan = plan::page(table, &query, 100, Shows::Values, self.dialect).unwrap();
        self.statement(title, &plan.statement);
    }
}

/// What groups are asked for, and the last of the page before, where there is one.
fn groups(book: &mut Book, of: &Guarded, own: &Guarded) {
    let dialect = book.dialect;
    for asked in [
        "_by=Na%22me?",
        "_by=ID,Active,Ratio",
        "_by=Booked",
        "_by=Booked:month&_sum=ID,Amount,Ratio&_avg=Amount,Ratio&Active=true",
        "_by=Booked:hour&_sort=-Booked:hour",
        "_by=Amount:0.5,Ratio:10&_min=Na%22me?,Amount,Active&_max=Booked",
        "_by=Active&_sum=Amount&_sort=-sum(Amount)",
        "_by=Active&_avg=Amount&_min=Amount&_sort=avg(Amount),min(Amount)&_size=5",
    ] {
        let query = query::group_query(&pairs::parse(asked).unwrap(), of, dialect, SIZES);
        let plan = sql::groups::groups(of, &query.unwrap(), 100, dialect).unwrap();
        book.statement(&format!("groups {asked}"), &plan.statement);
    }
    let asked = "_by=Na%22me?,Booked:day&_sort=-Na%22me?";
    let query = query::group_query(&pairs::parse(asked).unwrap(), of, dialect, SIZES);
    let mut query = query.unwrap();
    let plan = sql::groups::groups(of, &query, 100, dialect).unwrap();
    let last = plan.seek.iter().map(|cell| match cell {
        0 => CellBuf::Text(b"x".to_vec()),
        _ => CellBuf::Integer(7),
    });
    query.rows.next = plan.token_after(100, &last.collect::<Vec<_>>(), of);
    let plan = sql::groups::groups(of, &query, 100, dialect).unwrap();
    book.statement(&format!("groups {asked}, after a group"), &plan.statement);
    let uncounted = open(Table { is_countable: false, ..table(dialect) }, dialect);
    let query =
        query::group_query(&pairs::parse("_by=Active").unwrap(), &uncounted, dialect, SIZES);
    let plan = sql::groups::groups(&uncounted, &query.unwrap(), 100, dialect).unwrap();
    let query = query::group_query(&pairs::parse("_by=Active").unwrap(), own, dialect, SIZES);
    let plan_of_own = sql::groups::groups(own, &query.unwrap(), 100, dialect).unwrap();
    book.statement("groups of a caller's own rows", &plan_of_own.statement);
    book.statement("groups where rows may not be counted", &plan.statement);
}

fn book(dialect: &'static dyn Dialect) -> String {
    let own = limited(table(dialect), dialect);
    let table = open(table(dialect), dialect);
    let (keyless, view) = (open(keyless(dialect), dialect), open(view(dialect), dialect));
    let mut book = Book { text: String::new(), dialect };
    book.page("first page", &table, "", None);
    book.page("next page by key", &table, "_col=ID", Some(&after(&[number(7)])));
    let sort = "_col=ID&_sort=Na%22me?,-Amount";
    book.page("sort by two columns, one descending", &table, sort, None);
    book.page(
        "after a row with both values",
        &table,
        sort,
        Some(&after(&[text("x"), text("1.50"), number(7)])),
    );
    let nulls = [SeekValue::Null, SeekValue::Null, number(7)];
    book.page("after a row where both are NULL", &table, sort, Some(&after(&nulls)));
    let long = [SeekValue::OfRow, text("1.50"), number(7)];
    book.page(
        "after a row whose first value is too long for an address",
        &table,
        sort,
        Some(&after(&long)),
    );
    book.page(
        "sort by the key, descending",
        &table,
        "_col=ID&_sort=-ID",
        Some(&after(&[number(7)])),
    );
    book.page("without a key", &keyless, "_col=ID", Some(&after(&[number(7)])));
    let offset = Position { before: 200, start: Start::Offset };
    book.page("a view, third page", &view, "_col=ID&_sort=-Amount", Some(&offset));
    for filter in [
        "Na%22me?=O'Brien",
        "Na%22me?__exact=O'Brien",
        "Na%22me?__not=x",
        "Na%22me?__contains=50%25_off",
        "Na%22me?__startswith=a&Na%22me?__endswith=z",
        "Na%22me?__in=a,b,c",
        "Na%22me?__notin=[\"a,b\"]",
        "Story__isnull=true&Photo__notnull=true",
        "Amount__gte=0.10&Ratio__lt=1.5",
        "Active=true",
        "Booked__gt=2024-02-29T10:00:00",
        "Booked__lte=2024-02-29T10:00:00.5",
        "Booked=2024-02-29",
        "_q=text",
        "_where=[\"any\",[\"Na\\\"me?\",\"contains\",\"x\"],[\"Amount\",\"gt\",\"5\"],[\"Booked\",\"isnull\"]]&Active=true",
    ] {
        book.page(filter, &table, &format!("_col=ID&{filter}"), None);
    }
    let query = asked("Amount__gt=5", &table, dialect);
    book.statement("count", &select::count(&table, &query, dialect));
    let operands: Vec<_> = ["7", "8", "9"]
        .iter()
        .map(|text| dialect.read_value(text, &table.columns[0]).unwrap())
        .collect();
    book.statement("labels", &labels::statement(&table, (0, 1), operands, dialect));
    let row = query::row_name(&pairs::parse("ID=7").unwrap(), &table, dialect).unwrap();
    book.statement(
        "a row by its key",
        &select::row(&table, &row, Compared::AsColumns, Shows::Values, dialect),
    );
    for cell in ["_cell=Story", "_cell=Photo&_from=4000000"] {
        let wanted = query::row_part(&pairs::parse(cell).unwrap(), &table).unwrap().unwrap();
        let statement = part::statement(&table, &row, Compared::AsColumns, wanted, dialect);
        book.statement(cell, &statement);
    }
    let statement = select::row(&table, &row, Compared::AsColumns, Shows::Links, dialect);
    book.statement("a row for a person", &statement);
    let row = query::row_name(&pairs::parse("Na%22me?=x").unwrap(), &table, dialect).unwrap();
    book.statement(
        "a row by a text",
        &select::row(&table, &row, Compared::AsColumns, Shows::Values, dialect),
    );
    let id = if dialect.names()[0] == "postgres" { "_row=(0,7)" } else { "_row=7" };
    let row = query::row_name(&pairs::parse(id).unwrap(), &keyless, dialect).unwrap();
    book.statement(
        "a row by its row id",
        &select::row(&keyless, &row, Compared::AsColumns, Shows::Values, dialect),
    );
    book.page("a caller's own rows", &own, "_col=ID&Active=true", None);
    book.page("a caller's own rows, after a long value", &own, sort, Some(&after(&long)));
    book.statement("a caller's own rows, counted", &select::count(&own, &query, dialect));
    let row = query::row_name(&pairs::parse("ID=7").unwrap(), &own, dialect).unwrap();
    let statement = select::row(&own, &row, Compared::AsColumns, Shows::Values, dialect);
    book.statement("a caller's own row by its key", &statement);
    groups(&mut book, &table, &own);
    book.text
}

#[test]
fn iris() {
    insta::assert_snapshot!(book(databases::named("iris").unwrap()));
}

#[test]
fn sqlite() {
    insta::assert_snapshot!(book(databases::named("sqlite").unwrap()));
}

#[test]
fn postgres() {
    insta::assert_snapshot!(book(databases::named("postgres").unwrap()));
}
