//! The statements of IRIS' catalogue: `INFORMATION_SCHEMA`, as far as every version has it.

use super::reach::Reach;
use crate::databases::rows::{FOREIGN_KEY, TABLE, bound, statement};
use crate::dialect::Of;
use crate::param::Param;
use crate::statement::{Fetch, Statement};

/// The tables, in messages about them.
pub const TABLES: &str = "INFORMATION_SCHEMA.TABLES";
/// The columns.
pub const COLUMNS: &str = "INFORMATION_SCHEMA.COLUMNS";
/// The columns of keys.
pub const KEYS: &str = "INFORMATION_SCHEMA.KEY_COLUMN_USAGE";

/// The name of outputs that are class comments: longer than their column says.
const DESCRIPTION: &str = "description";

/// Asks for descriptions as for streams: they are longer than their columns declare, and a bound
/// buffer that is too small would have the whole result read again.
fn whole_descriptions(mut statement: Statement) -> Statement {
    for output in &mut statement.outputs {
        if output.origin.ends_with(DESCRIPTION) {
            output.fetch = Fetch::LongText;
        }
    }
    statement
}

/// Tables and views as far as they are reached. Rows: schema, name, kind, 0, description.
pub fn tables(reach: &Reach, described: bool) -> Statement {
    let (condition, params) = reach.condition("t.TABLE_SCHEMA", Some("t.TABLE_NAME"));
    let sql = format!(
        "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, 0, {} FROM {TABLES} t{} \
         ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME",
        description("t", described),
        condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default(),
    );
    whole_descriptions(statement(sql, params, TABLE))
}

/// How many columns each table of a schema has. Rows: table, columns. `%EXACT`: GROUP BY gives
/// upper case otherwise.
pub fn column_counts(schema: &str) -> Statement {
    let sql = format!(
        "SELECT %EXACT(c.TABLE_NAME), COUNT(*) FROM {COLUMNS} c WHERE c.TABLE_SCHEMA = ? \
         GROUP BY %EXACT(c.TABLE_NAME)"
    );
    statement(sql, vec![bound(schema)], &["name", "columns"])
}

/// The columns of a column's description, after its table.
const COLUMN: [&str; 7] = ["name", "type", "length", "precision", "scale", "nullable", DESCRIPTION];

fn column_list(described: bool) -> String {
    format!(
        "c.COLUMN_NAME, c.DATA_TYPE, c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, \
         c.IS_NULLABLE, {}",
        description("c", described)
    )
}

/// Class comments, where they may be read.
fn description(alias: &str, described: bool) -> String {
    if described { format!("{alias}.DESCRIPTION") } else { "NULL".to_owned() }
}

/// Columns of tables. Rows: table, name, type, length (which may be no number), precision, scale,
/// nullable, description.
pub fn columns(of: Of<'_>, described: bool) -> Statement {
    let (these, params) = of.condition("c.TABLE_SCHEMA", "c.TABLE_NAME");
    let sql = format!(
        "SELECT c.TABLE_NAME, {} FROM {COLUMNS} c WHERE {these} \
         ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION",
        column_list(described)
    );
    let names: Vec<&str> = ["table"].into_iter().chain(COLUMN).collect();
    whole_descriptions(statement(sql, params, &names))
}

/// Tables of one schema by their names, with their columns. Rows: as of [`tables`], then as of
/// [`columns`]. The names are said of both: what is joined is large without them.
pub fn found(schema: &str, names: &[&str], described: bool) -> Statement {
    let named = |alias: &str| match names.len() {
        1 => format!("{alias}.TABLE_SCHEMA = ? AND {alias}.TABLE_NAME = ?"),
        count => {
            let marks = vec!["?"; count].join(", ");
            format!("{alias}.TABLE_SCHEMA = ? AND {alias}.TABLE_NAME IN ({marks})")
        }
    };
    let sql = format!(
        "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, 0, t.DESCRIPTION, {} FROM {TABLES} t \
         JOIN {COLUMNS} c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME \
         WHERE {} AND {} ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION",
        column_list(described),
        named("t"),
        named("c"),
    );
    let of_one = [schema].into_iter().chain(names.iter().copied()).map(bound);
    let params: Vec<Param> = of_one.clone().chain(of_one).collect();
    let columns: Vec<&str> = TABLE.iter().copied().chain(COLUMN).collect();
    whole_descriptions(statement(sql, params, &columns))
}

/// The columns of tables' primary and foreign keys, in the keys' order. Rows: table, kind, then as
/// of [`referrers`].
pub fn keys(of: Of<'_>) -> Statement {
    let (these, params) = of.condition("k.TABLE_SCHEMA", "k.TABLE_NAME");
    let sql = format!(
        "SELECT k.TABLE_NAME, k.CONSTRAINT_TYPE, {KEY_LIST} FROM {KEYS} k WHERE {these} \
         AND k.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'FOREIGN KEY') \
         ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"
    );
    let names: Vec<&str> = ["of", "type"].into_iter().chain(FOREIGN_KEY.iter().copied()).collect();
    statement(sql, params, &names)
}

/// The same of primary keys alone, for versions that do not tell where a foreign key leads.
pub fn primary_keys(of: Of<'_>) -> Statement {
    let (these, params) = of.condition("k.TABLE_SCHEMA", "k.TABLE_NAME");
    let sql = format!(
        "SELECT k.TABLE_NAME, t.CONSTRAINT_TYPE, k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, \
         k.COLUMN_NAME, NULL, NULL, NULL FROM {KEYS} k \
         JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS t ON t.TABLE_SCHEMA = k.TABLE_SCHEMA \
         AND t.TABLE_NAME = k.TABLE_NAME AND t.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
         WHERE {these} AND t.CONSTRAINT_TYPE = 'PRIMARY KEY' \
         ORDER BY k.TABLE_NAME, k.ORDINAL_POSITION"
    );
    let names: Vec<&str> = ["of", "type"].into_iter().chain(FOREIGN_KEY.iter().copied()).collect();
    statement(sql, params, &names)
}

const KEY_LIST: &str = "k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, \
     k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME";

/// The foreign keys that lead to tables, of schemas that are reached: a server looks through all
/// constraints of those.
pub fn referrers(of: Of<'_>, reach: &Reach) -> Statement {
    let (to, mut params) = of.condition("k.REFERENCED_TABLE_SCHEMA", "k.REFERENCED_TABLE_NAME");
    let (from, more) = reach.condition("k.TABLE_SCHEMA", None);
    params.extend(more);
    let from = from.map(|from| format!(" AND {from}")).unwrap_or_default();
    let sql = format!(
        "SELECT {KEY_LIST} FROM {KEYS} k WHERE {to}{from} \
         ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"
    );
    statement(sql, params, FOREIGN_KEY)
}
