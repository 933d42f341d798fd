//! The statements that read the catalogue. Rows of the same kind have the same shape, whatever the database.

pub mod iris;
pub mod postgres;
pub mod sqlite;

use super::{Coding, Dialect, Fetch, Output, Param, Statement};
use crate::table::{TableName, Type};

/// A catalogue statement: every column as text.
fn statement(text: String, params: Vec<Param>, columns: &[&str]) -> Statement {
    let outputs = columns
        .iter()
        .map(|name| Output {
            expression: String::new(),
            origin: format!("catalogue.{name}"),
            fetch: Fetch::Text,
            coding: Coding::Plain(Type::Text, None),
            declared: None,
            packed: None,
        })
        .collect();
    Statement { text, params, outputs, rows: 1_000, packed: None }
}

/// Which tables a statement describes.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// One.
    Table(&'a TableName),
    /// All of a schema.
    Schema(&'a str),
}

impl Of<'_> {
    fn schema(&self) -> &str {
        match self {
            Self::Table(name) => &name.schema,
            Self::Schema(schema) => schema,
        }
    }

    /// A condition on the columns that hold a table's schema and name, and what is bound for it.
    fn condition(&self, schema: &str, table: &str) -> (String, Vec<Param>) {
        match self {
            Self::Table(name) => (format!("{schema} = ? AND {table} = ?"), vec![text(&name.schema), text(&name.name)]),
            Self::Schema(name) => (format!("{schema} = ?"), vec![text(name)]),
        }
    }
}

/// A line of the list of tables.
const TABLE: &[&str] = &["schema", "name", "kind", "columns", "description"];

/// A column of a foreign key.
const FOREIGN_KEY: &[&str] = &["key", "schema", "table", "column", "to_schema", "to_table", "to_column"];

fn text(value: &str) -> Param {
    Param::Text(value.to_owned())
}

/// Whether the database's user can write. Rows: a number, 0 where it cannot.
pub fn can_write(dialect: Dialect) -> Statement {
    let sql = match dialect {
        Dialect::Iris => iris::CAN_WRITE,
        Dialect::Sqlite => sqlite::CAN_WRITE,
        Dialect::Postgres => postgres::CAN_WRITE,
    };
    statement(sql.to_owned(), Vec::new(), &["grants"])
}
