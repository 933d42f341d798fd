//! A table with a column of every type, and names that mean something elsewhere.

use std::sync::Arc;

use iris_tables::caller::{Caller, Claim};
use iris_tables::config::RowRules;
use iris_tables::databases;
use iris_tables::dialect::Dialect;
use iris_tables::guard::{Guarded, guarded};
use iris_tables::table::{Column, ForeignKey, RowId, Table, TableKind, TableName, Type, title};

/// The dialect that an input's first byte chooses, and the rest of the input.
pub fn dialect(data: &[u8]) -> (&'static dyn Dialect, &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, data));
    (databases::ALL[usize::from(*first) % 3], rest)
}

fn column(name: &str, kind: Type, nullable: bool, dialect: &'static dyn Dialect) -> Column {
    Column {
        name: name.to_owned(),
        title: title(name),
        kind,
        source_type: kind.name().to_owned(),
        placeholder: if dialect.names()[0] == "postgres" {
            "CAST(? AS text)".to_owned()
        } else {
            "?".to_owned()
        },
        precision: (kind == Type::Decimal).then_some(12),
        scale: (kind == Type::Decimal).then_some(2),
        nullable,
        comparable: name != "Story",
        row_number: false,
        description: None,
    }
}

/// With a key, or with a row id instead.
pub fn table(dialect: &'static dyn Dialect, has_key: bool) -> Table {
    let columns = [
        ("ID", Type::Integer, false),
        ("Name", Type::Text, true),
        ("a", Type::Decimal, true),
        ("a__gt", Type::Double, true),
        ("_size", Type::Boolean, true),
        ("we'ird \"?,[", Type::Timestamp, true),
        ("Day", Type::Date, true),
        ("Hour", Type::Time, true),
        ("Photo", Type::Binary, true),
        ("Story", Type::Text, true),
    ];
    let mut columns: Vec<Column> = columns
        .iter()
        .map(|(name, kind, nullable)| column(name, *kind, *nullable, dialect))
        .collect();
    if dialect.keeps_any_type() {
        columns.push(column("Any", Type::Dynamic, true, dialect));
    }
    let row_id =
        RowId { expression: "t.rowid".into(), placeholder: "?".into(), kind: Type::Integer };
    Table {
        name: TableName { schema: "Shop".into(), name: "T?".into() },
        kind: TableKind::Table,
        description: None,
        columns,
        key: if has_key { vec![0] } else { Vec::new() },
        row_id: (!has_key).then_some(row_id),
        references: Vec::new(),
        is_countable: true,
        referrers: Vec::new(),
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

/// The table as everybody may see it, or some rows of it.
pub fn seen(table: Table, is_limited: bool, dialect: &'static dyn Dialect) -> Guarded {
    let rules = if is_limited { "*.*.Name=claim:names; *.*.a=claim:a" } else { "" };
    let text = |text: &str| Claim::Text(text.to_owned());
    let names = Claim::List(vec![text("x"), text("y'?"), text("z")]);
    let claims = [("names", names), ("a", text("0.10"))];
    let claims = claims.map(|(name, claim)| (name.to_owned(), claim)).into();
    let caller = Caller { claims, ..Caller::default() };
    guarded(Arc::new(table), &RowRules::parse(rules).expect("rules"), &caller, dialect)
        .expect("claims that fit")
}

/// A table whose every text is this one; its name and each column's end in a number of their own.
pub fn named(text: &str) -> Table {
    let numbered = |number: usize| format!("{text}{number}");
    let mut table = table(postgres(), true);
    table.name = TableName { schema: text.to_owned(), name: numbered(0) };
    table.description = Some(text.to_owned());
    for (index, column) in table.columns.iter_mut().enumerate() {
        column.name = numbered(index);
        column.title = title(&column.name);
        column.source_type = text.to_owned();
        column.description = Some(text.to_owned());
    }
    let key = ForeignKey {
        columns: vec![numbered(1)],
        to_columns: vec![numbered(0)],
        kinds: vec![None],
        to_kinds: vec![None],
        ..ForeignKey::new(table.name.clone(), table.name.clone())
    };
    table.references = vec![key.clone()];
    table.referrers = vec![key];
    table
}

/// PostgreSQL.
pub fn postgres() -> &'static dyn Dialect {
    databases::named("postgres").expect("it is known")
}
