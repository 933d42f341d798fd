//! Paging by key: the order of rows, and the condition that says “after this row”.
//!
//! Row values such as `(a, b) > (?, ?)` are expanded, because IRIS has none and because NULL and
//! mixed directions have no place in them. A bound on the first term stands before the expansion,
//! so that an index on it is a range scan.

mod after;

use super::select;
use crate::cell::CellBuf;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::param::Param;
use crate::query::position::{SeekValue, Start};
use crate::query::{NEXT, Sort, token};
use crate::statement::{Fetch, Meaning, Output, Statement};
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

/// The order for a sort: the sort's terms, then what identifies a row, in the direction of the last
/// of them: an index on that column then has the rows in this very order, read forwards or
/// backwards. With two directions SQLite sorts all rows of a value for a page of them: of
/// a million rows without one, 0.4 s.
///
/// Where none does (a view), all other comparable columns follow, so that only equal rows are
/// interchangeable.
pub fn order(table: &Table, sort: &[Sort], dialect: &dyn Dialect) -> Order {
    let strict = table.has_strict_key();
    let descending = sort.last().is_some_and(|sort| sort.descending);
    let mut terms: Vec<Term> = sort
        .iter()
        .map(|sort| {
            column_term(
                table,
                sort.column,
                sort.descending,
                dialect,
                strict && table.key.contains(&sort.column),
            )
        })
        .collect();
    let sorted = |terms: &[Term], index: usize| terms.iter().any(|term| term.column == Some(index));
    if strict {
        for index in &table.key {
            if !sorted(&terms, *index) {
                terms.push(column_term(table, *index, descending, dialect, true));
            }
        }
    } else if let Some(row_id) = &table.row_id {
        terms.push(Term {
            expression: row_id.expression.clone(),
            placeholder: row_id.placeholder.clone(),
            descending,
            column: None,
            nullable: false,
            identifies: true,
        });
    } else {
        let most = dialect.most_sort_terms(table);
        for (index, column) in table.columns.iter().enumerate() {
            if dialect.sorts(column) && !sorted(&terms, index) && terms.len() < most {
                terms.push(column_term(table, index, descending, dialect, false));
            }
        }
        let by: Vec<usize> = terms.iter().filter_map(|term| term.column).collect();
        terms.extend(dialect.last_sort_term(table, &by).map(|expression| Term {
            expression,
            placeholder: "?".to_owned(),
            descending,
            column: None,
            nullable: false,
            identifies: false,
        }));
    }
    Order { terms, unique: strict || table.row_id.is_some() }
}

fn column_term(
    table: &Table,
    index: usize,
    descending: bool,
    dialect: &dyn Dialect,
    identifies: bool,
) -> Term {
    let column = &table.columns[index];
    Term {
        expression: dialect.operand(column),
        placeholder: column.placeholder.clone(),
        descending,
        column: Some(index),
        nullable: column.nullable,
        identifies,
    }
}

impl Order {
    /// These can be the values of a row in this order: one for each term, and what is looked up in
    /// the row is of one that the others name. A token that somebody made up may hold anything.
    pub fn has_values(&self, values: &[SeekValue], table: &Table, dialect: &dyn Dialect) -> bool {
        let is_named = |(term, value): (&Term, &SeekValue)| {
            !term.identifies || matches!(value, SeekValue::Value(_))
        };
        // No other column could be compared with bytes.
        let takes_bytes = |term: &Term| {
            let kind = term.column.map(|index| table.columns[index].kind);
            dialect.keeps_any_type() || kind == Some(Type::Binary)
        };
        let is_comparable = |(term, value): (&Term, &SeekValue)| {
            !matches!(value, SeekValue::Value(Param::Binary(_))) || takes_bytes(term)
        };
        let looks_up = values.contains(&SeekValue::OfRow);
        values.len() == self.terms.len()
            && self.terms.iter().zip(values).all(is_comparable)
            && (!looks_up || self.unique && self.terms.iter().zip(values).all(is_named))
    }

    /// Fails where what identifies a row is a text that IRIS' driver would cut: rows would come twice
    /// or not at all. Other such values are looked up in the row: see [`value`].
    ///
    /// # Errors
    /// [`Error::Parameter`].
    pub fn check_lengths(
        &self,
        values: &[SeekValue],
        table: &Table,
        dialect: &dyn Dialect,
    ) -> Result<(), Error> {
        for (term, value) in self.terms.iter().zip(values) {
            let (Some(index), SeekValue::Value(Param::Text(text))) = (term.column, value) else {
                continue;
            };
            let column = &table.columns[index];
            if column.is_outgrown_by(text) && dialect.read_value(text, column).is_err() {
                let name = &column.name;
                return Err(Error::parameter(
                    NEXT,
                    format!(
                        "No page can begin after a value of {name} that is longer than the column \
                         declares; let the column declare what it holds."
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Fails where the database cannot read a value of a position in this order, as
/// [`select::readable`].
pub fn readable(
    token: &str,
    binding: &str,
    order: &Order,
    dialect: &dyn Dialect,
) -> Option<Statement> {
    let Start::After(values) = token::read(token, binding).ok()?.start else { return None };
    let (mut placeholders, mut params) = (Vec::new(), Vec::new());
    for (term, value) in order.terms.iter().zip(values) {
        if let SeekValue::Value(param) = value {
            placeholders.push(term.placeholder.as_str());
            params.push(param);
        }
    }
    select::readable_params(&placeholders, params, dialect)
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

/// What is selected to learn a term's value.
pub fn output(term: &Term, table: &Table, dialect: &dyn Dialect) -> Output {
    let name = dialect.table(&table.name);
    match term.column {
        Some(index) => dialect.output(&name, &table.columns[index]),
        None => {
            let kind = table.row_id.as_ref().map_or(Type::Text, |row_id| row_id.kind);
            row_id_output(&name, &term.expression, kind)
        }
    }
}

/// What is selected to learn a row id.
pub fn row_id_output(table: &str, expression: &str, kind: Type) -> Output {
    Output {
        expression: expression.to_owned(),
        origin: format!("{table}.{expression}"),
        fetch: Fetch::Text,
        meaning: Meaning::Value(kind, None),
        declared: Some(40),
    }
}

/// A term's value as it came in a cell: ready to be compared with, and to be written in a token.
pub fn value(cell: &CellBuf, term: &Term, table: &Table) -> SeekValue {
    let bound = match cell {
        CellBuf::Null => return SeekValue::Null,
        CellBuf::Integer(number) => return SeekValue::Value(Param::Integer(*number)),
        CellBuf::Double(number) => return SeekValue::Value(Param::Double(*number)),
        CellBuf::Bytes(bytes) => Param::Binary(bytes.clone()),
        CellBuf::Text(bytes) => match (std::str::from_utf8(bytes), term.column) {
            (Err(_), _) => Param::RawText(bytes.clone()),
            (Ok(text), None) => {
                let row_id = table.row_id.as_ref().and_then(|row_id| row_id.read(text));
                row_id.unwrap_or_else(|| Param::Text(text.to_owned()))
            }
            (Ok(text), Some(index))
                if table.columns[index].kind == Type::Decimal && is_decimal(text) =>
            {
                Param::Decimal(text.to_owned())
            }
            (Ok(text), Some(_)) => Param::Text(text.to_owned()),
        },
    };
    let is_long = match &bound {
        Param::Text(text) => {
            let column = term.column.map(|index| &table.columns[index]);
            text.chars().count() > LONG_VALUE
                || column.is_some_and(|column| column.is_outgrown_by(text))
        }
        Param::RawText(bytes) | Param::Binary(bytes) => bytes.len() > LONG_VALUE,
        _ => false,
    };
    if is_long && !term.identifies { SeekValue::OfRow } else { SeekValue::Value(bound) }
}

/// Digits with at most one point and a sign.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
