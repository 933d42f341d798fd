//! Paging by key: the order of rows, and the condition that says “after this row”.
//!
//! Row values such as `(a, b) > (?, ?)` are expanded, because IRIS has none and because NULL and mixed directions have
//! no place in them. A bound on the first term stands before the expansion, so that an index on it is a range scan.

mod after;

use super::literal::{self, LONG, Literal};
use super::packed::{self, PackedValue};
use super::{Coding, Dialect, Fetch, Output, Param};
use crate::query::position::SeekValue;
use crate::query::{Sort, is_decimal};
use crate::table::{Table, Type};

pub use after::{after, identity};

/// A sort value longer than this many characters is looked up instead.
const LONG_VALUE: usize = 200;

/// One term of the order.
#[derive(Debug, Clone)]
pub struct Term {
    /// What is sorted by.
    pub expression: String,
    /// The placeholder it is compared with.
    pub placeholder: String,
    /// From the greatest to the least.
    pub descending: bool,
    /// Its column, unless it is a row id.
    pub column: Option<usize>,
    /// May be NULL.
    pub nullable: bool,
    /// Part of what identifies the row.
    pub identifies: bool,
}

/// The order of a query's rows.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its terms; together they tell any two rows apart if `unique`.
    pub terms: Vec<Term>,
    /// Paging by key is possible.
    pub unique: bool,
}

/// The order for a sort: the sort's terms, then what identifies a row.
///
/// Where nothing does (a view), all other comparable columns follow, so that only equal rows are interchangeable. Values
/// that PostgreSQL takes for equal may look different (1.0 and 1.00), and some it cannot compare: their texts decide.
pub fn order(table: &Table, sort: &[Sort], dialect: Dialect) -> Order {
    let strict = table.has_strict_key();
    let mut terms: Vec<Term> = sort
        .iter()
        .map(|sort| {
            column_term(table, sort.column, sort.descending, dialect, strict && table.key.contains(&sort.column))
        })
        .collect();
    let sorted = |terms: &[Term], place: usize| terms.iter().any(|term| term.column == Some(place));
    if strict {
        for place in &table.key {
            if !sorted(&terms, *place) {
                terms.push(column_term(table, *place, false, dialect, true));
            }
        }
    } else if let Some(row_id) = &table.row_id {
        terms.push(Term {
            expression: row_id.expression.clone(),
            placeholder: row_id.placeholder.clone(),
            descending: false,
            column: None,
            nullable: false,
            identifies: true,
        });
    } else {
        for (place, column) in table.columns.iter().enumerate() {
            // Whether IRIS sorts by bytes is not known.
            let sortable = column.comparable && (column.kind != Type::Binary || dialect != Dialect::Iris);
            if sortable && !sorted(&terms, place) {
                terms.push(column_term(table, place, false, dialect, false));
            }
        }
        if dialect == Dialect::Postgres {
            terms.extend(looks(table));
        }
    }
    Order { terms, unique: strict || table.row_id.is_some() }
}

fn column_term(table: &Table, place: usize, descending: bool, dialect: Dialect, identifies: bool) -> Term {
    let column = &table.columns[place];
    Term {
        expression: dialect.column(&column.name),
        placeholder: column.placeholder.clone(),
        descending,
        column: Some(place),
        nullable: column.nullable,
        identifies,
    }
}

/// How those values of a row look that may look different although they are equal; one term for all, because PostgreSQL
/// sorts by so many only.
fn looks(table: &Table) -> Option<Term> {
    let is_what_it_looks =
        |kind| matches!(kind, Type::Integer | Type::Boolean | Type::Date | Type::Timestamp | Type::Binary);
    let columns = table.columns.iter().filter(|column| !is_what_it_looks(column.kind));
    let names: Vec<String> = columns.map(|column| Dialect::Postgres.column(&column.name)).collect();
    (!names.is_empty()).then(|| Term {
        expression: format!("CAST(ROW({}) AS text) COLLATE \"C\"", names.join(", ")),
        placeholder: "?".to_owned(),
        descending: false,
        column: None,
        nullable: false,
        identifies: false,
    })
}

/// The `ORDER BY` list.
pub fn order_by(order: &Order) -> String {
    let terms: Vec<String> = order
        .terms
        .iter()
        .map(|term| format!("{}{}", term.expression, if term.descending { " DESC" } else { "" }))
        .collect();
    terms.join(", ")
}

/// What is selected to learn a term's value; SQLite's values have their own types, so they come as literals.
pub fn output(term: &Term, table: &Table, dialect: Dialect) -> Output {
    let column = term.column.map(|place| &table.columns[place]);
    let row_number = column.is_none_or(|column| column.row_number);
    let origin = format!("{}.{}.seek", dialect.table(&table.name), term.expression);
    if dialect == Dialect::Sqlite && !row_number {
        if let Some(column) = column.filter(|_| term.identifies) {
            return dialect.naming_output(&dialect.table(&table.name), column);
        }
        let unless_long = |literal: &str| {
            let column = &term.expression;
            format!(
                "CASE WHEN typeof({column}) IN ('text','blob') AND length({column})>{LONG_VALUE} THEN '{LONG}' \
                 ELSE {literal} END"
            )
        };
        let packed = packed::literal(&term.expression);
        let packed = Some(PackedValue { expression: unless_long(&packed.expression), ..packed });
        let (expression, coding) =
            (unless_long(&literal::of(&term.expression)), Coding::SqliteLiteral(Type::Dynamic, None));
        return Output { expression, origin, fetch: Fetch::Text, coding, declared: None, packed };
    }
    match column {
        Some(column) => dialect.output(&dialect.table(&table.name), column),
        None => {
            let kind = table.row_id.as_ref().map_or(Type::Text, |row_id| row_id.kind);
            let coding = Coding::Plain(kind, None);
            Output {
                expression: term.expression.clone(),
                origin,
                fetch: Fetch::Text,
                coding,
                declared: Some(40),
                packed: None,
            }
        }
    }
}

/// A term's value as it came in a cell.
pub fn value(cell: Option<&[u8]>, coding: Coding, identifies: bool) -> SeekValue {
    let Some(bytes) = cell else { return SeekValue::Null };
    let text = String::from_utf8_lossy(bytes);
    match coding {
        Coding::SqliteLiteral(..) => match Literal::read_bytes(bytes) {
            Some(Literal::Integer(number)) => SeekValue::Value(Param::Integer(number)),
            Some(Literal::Double(number)) => SeekValue::Value(Param::Double(number)),
            Some(Literal::Text(text)) => SeekValue::Value(Param::Text(text.to_owned())),
            Some(Literal::TextBytes(bytes)) => SeekValue::TextBytes(bytes),
            Some(Literal::Binary(bytes)) => SeekValue::Value(Param::Binary(bytes)),
            Some(Literal::Long) | None => SeekValue::OfRow,
        },
        Coding::Size => SeekValue::OfRow,
        Coding::PostgresMoment => SeekValue::Value(Param::Text(text.into_owned())),
        Coding::Plain(kind, _) => match (kind, text.parse::<i64>(), text.parse::<f64>()) {
            (Type::Integer | Type::Dynamic, Ok(number), _) => SeekValue::Value(Param::Integer(number)),
            (Type::Decimal, ..) if is_decimal(&text) => SeekValue::Value(Param::Decimal(text.into_owned())),
            (Type::Double, _, Ok(number)) => SeekValue::Value(Param::Double(number)),
            _ if !identifies && text.chars().count() > LONG_VALUE => SeekValue::OfRow,
            _ => SeekValue::Value(Param::Text(text.into_owned())),
        },
    }
}
