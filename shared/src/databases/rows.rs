//! The statements of catalogues, and their rows, which have the same shape whatever the database.

use std::collections::HashMap;

use crate::dialect::Row;
use crate::param::Param;
use crate::statement::{Fetch, Meaning, Output, Statement};
use crate::table::{ForeignKey, TableEntry, TableKind, TableName, Type};

/// A statement of a catalogue, with every column of these names as text.
pub fn statement(text: String, params: Vec<Param>, columns: &[&str]) -> Statement {
    let output = |name: &&str| Output {
        expression: String::new(),
        origin: format!("catalogue.{name}"),
        fetch: Fetch::Text,
        meaning: Meaning::Value(Type::Text, None),
        declared: None,
    };
    Statement { text, params, outputs: columns.iter().map(output).collect(), rows: 1_000 }
}

/// The columns of the list of tables.
pub const TABLE: &[&str] = &["schema", "name", "kind", "columns", "description"];

/// The columns of a foreign key's column.
pub const FOREIGN_KEY: &[&str] =
    &["key", "schema", "table", "column", "to_schema", "to_table", "to_column"];

/// A text that is bound.
pub fn bound(value: &str) -> Param {
    Param::Text(value.to_owned())
}

/// A line of the list of tables: schema, name, kind, columns, description.
pub fn entry(row: Row) -> Option<TableEntry> {
    let [schema, name, kind, columns, description] = <[Option<String>; 5]>::try_from(row).ok()?;
    let is_view = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("view"));
    Some(TableEntry {
        table: TableName { schema: schema?, name: name? },
        kind: if is_view { TableKind::View } else { TableKind::Table },
        columns: columns.and_then(|count| count.parse().ok()),
        description: text(description),
        unreadable: None,
    })
}

/// Rows whose first column is a table's name, by that name; each table's keep their order.
pub fn by_table(rows: Vec<Row>) -> HashMap<String, Vec<Row>> {
    let mut tables: HashMap<String, Vec<Row>> = HashMap::new();
    for mut row in rows.into_iter().filter(|row| !row.is_empty()) {
        if let Some(table) = row.remove(0) {
            tables.entry(table).or_default().push(row);
        }
    }
    tables
}

/// Foreign keys. Rows: the key's name, from schema, table and column, to schema, table and column;
/// those of one key stand together, in its order.
pub fn foreign_keys(rows: Vec<Row>) -> Vec<ForeignKey> {
    let mut keys: Vec<(String, ForeignKey)> = Vec::new();
    for row in rows {
        let whole: Option<Vec<String>> = row.into_iter().collect();
        let Some(Ok([name, schema, from, column, to_schema, to, to_column])) =
            whole.map(<[String; 7]>::try_from)
        else {
            continue;
        };
        let from = TableName { schema, name: from };
        match keys.last_mut() {
            Some((last, key)) if *last == name && key.from == from => {
                key.columns.push(column);
                key.to_columns.push(to_column);
            }
            _ => {
                let to = TableName { schema: to_schema, name: to };
                keys.push((
                    name,
                    ForeignKey { from, columns: vec![column], to, to_columns: vec![to_column] },
                ));
            }
        }
    }
    keys.into_iter().map(|(_, key)| key).collect()
}

/// The foreign keys of a table, and those to it.
pub fn of_table(keys: &[ForeignKey], table: &TableName) -> (Vec<ForeignKey>, Vec<ForeignKey>) {
    let same = |one: &TableName| {
        one.schema.eq_ignore_ascii_case(&table.schema) && one.name.eq_ignore_ascii_case(&table.name)
    };
    let references = keys.iter().filter(|key| same(&key.from)).cloned().collect();
    let referrers = keys.iter().filter(|key| same(&key.to)).cloned().collect();
    (references, referrers)
}

/// A text that says something.
pub fn text(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// A number, where there is one: IRIS' lengths may be words.
pub fn number(text: Option<String>) -> Option<u32> {
    text.and_then(|text| text.trim().parse().ok())
}
