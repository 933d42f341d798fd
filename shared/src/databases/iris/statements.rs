//! The statements of IRIS' catalogue: `INFORMATION_SCHEMA`, as far as every version has it.

use crate::databases::rows::{FOREIGN_KEY, TABLE, bound, statement};
use crate::dialect::Of;
use crate::statement::Statement;

/// Grants to write that the user has or has given.
const MAY_WRITE: &str = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES p \
     WHERE p.PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE')";

/// How many grants to write the user has.
pub fn may_write() -> Statement {
    statement(MAY_WRITE.to_owned(), Vec::new(), &["grants"])
}

/// All tables and views.
pub fn tables() -> Statement {
    let sql = "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, 0, t.DESCRIPTION \
               FROM INFORMATION_SCHEMA.TABLES t ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME";
    statement(sql.to_owned(), Vec::new(), TABLE)
}

/// How many columns each table of a schema has. Rows: table, columns. `%EXACT`: GROUP BY gives
/// upper case otherwise.
pub fn column_counts(schema: &str) -> Statement {
    let sql = "SELECT %EXACT(c.TABLE_NAME), COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS c WHERE c.TABLE_SCHEMA = ? \
               GROUP BY %EXACT(c.TABLE_NAME)";
    statement(sql.to_owned(), vec![bound(schema)], &["name", "columns"])
}

/// Columns of tables. Rows: table, name, type, length (which may be no number), precision, scale,
/// nullable, description.
pub fn columns(of: Of<'_>) -> Statement {
    let (these, params) = of.condition("c.TABLE_SCHEMA", "c.TABLE_NAME");
    let sql = format!(
        "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION, \
         c.NUMERIC_SCALE, c.IS_NULLABLE, c.DESCRIPTION FROM INFORMATION_SCHEMA.COLUMNS c \
         WHERE {these} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
    );
    let names =
        &["table", "name", "type", "length", "precision", "scale", "nullable", "description"];
    statement(sql, params, names)
}

/// The columns of tables' primary keys in their order. Rows: table, name.
pub fn key(of: Of<'_>) -> Statement {
    let (these, params) = of.condition("k.TABLE_SCHEMA", "k.TABLE_NAME");
    let sql = format!(
        "SELECT k.TABLE_NAME, k.COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k \
         JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS t ON t.TABLE_SCHEMA = k.TABLE_SCHEMA \
         AND t.TABLE_NAME = k.TABLE_NAME AND t.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
         WHERE {these} AND t.CONSTRAINT_TYPE = 'PRIMARY KEY' ORDER BY k.TABLE_NAME, k.ORDINAL_POSITION"
    );
    statement(sql, params, &["table", "name"])
}

/// The foreign keys that start or end at tables.
pub fn foreign_keys(of: Of<'_>) -> Statement {
    let (from, mut params) = of.condition("k.TABLE_SCHEMA", "k.TABLE_NAME");
    let (to, more) = of.condition("k.REFERENCED_TABLE_SCHEMA", "k.REFERENCED_TABLE_NAME");
    params.extend(more);
    let sql = format!(
        "SELECT k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, \
         k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE k \
         WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND (({from}) OR ({to})) \
         ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"
    );
    statement(sql, params, FOREIGN_KEY)
}
