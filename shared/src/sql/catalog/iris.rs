//! IRIS' catalogue: `INFORMATION_SCHEMA`, as far as every version has it.

use super::{FOREIGN_KEY, TABLE, statement, text};
use crate::sql::Statement;
use crate::table::TableName;

/// Grants to write that the user has or has given.
pub const CAN_WRITE: &str = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES p \
     WHERE p.PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE')";

/// All tables and views.
pub fn tables() -> Statement {
    let sql = "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, 0, t.DESCRIPTION \
               FROM INFORMATION_SCHEMA.TABLES t ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME";
    statement(sql.to_owned(), Vec::new(), TABLE)
}

/// How many columns each table of a schema has. Rows: table, columns. `%EXACT`: GROUP BY gives upper case otherwise.
pub fn column_counts(schema: &str) -> Statement {
    let sql = "SELECT %EXACT(c.TABLE_NAME), COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS c WHERE c.TABLE_SCHEMA = ? \
               GROUP BY %EXACT(c.TABLE_NAME)";
    statement(sql.to_owned(), vec![text(schema)], &["name", "columns"])
}

/// A table's columns. Rows: name, type, length (which may be no number), precision, scale, nullable, description.
pub fn columns(table: &TableName) -> Statement {
    let sql = "SELECT c.COLUMN_NAME, c.DATA_TYPE, c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, \
               c.IS_NULLABLE, c.DESCRIPTION FROM INFORMATION_SCHEMA.COLUMNS c \
               WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION";
    let names = &["name", "type", "length", "precision", "scale", "nullable", "description"];
    statement(sql.to_owned(), vec![text(&table.schema), text(&table.name)], names)
}

/// The columns of a table's primary key in its order. Rows: name.
pub fn key(table: &TableName) -> Statement {
    let sql = "SELECT k.COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k \
               JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS t ON t.TABLE_SCHEMA = k.TABLE_SCHEMA \
               AND t.TABLE_NAME = k.TABLE_NAME AND t.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
               WHERE k.TABLE_SCHEMA = ? AND k.TABLE_NAME = ? AND t.CONSTRAINT_TYPE = 'PRIMARY KEY' \
               ORDER BY k.ORDINAL_POSITION";
    statement(sql.to_owned(), vec![text(&table.schema), text(&table.name)], &["name"])
}

/// The foreign keys that start or end at a table.
pub fn foreign_keys(table: &TableName) -> Statement {
    let sql = "SELECT k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, \
               k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k \
               WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND ((k.TABLE_SCHEMA = ? AND k.TABLE_NAME = ?) \
               OR (k.REFERENCED_TABLE_SCHEMA = ? AND k.REFERENCED_TABLE_NAME = ?)) \
               ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
    let params = vec![text(&table.schema), text(&table.name), text(&table.schema), text(&table.name)];
    statement(sql.to_owned(), params, FOREIGN_KEY)
}
