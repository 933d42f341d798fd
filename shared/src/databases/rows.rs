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

/// Foreign keys. Rows: the key's name, from schema, table and column, to schema, table and column,
/// and where the catalogue tells the types of both columns, which `kind` understands; those of one
/// key stand together, in its order. A key is none where any of its columns is not known.
pub fn foreign_keys(rows: Vec<Row>, kind: impl Fn(&str) -> Type) -> Vec<ForeignKey> {
    let mut keys: Vec<(String, Option<ForeignKey>)> = Vec::new();
    for mut row in rows {
        let mut types = row.split_off(7.min(row.len())).into_iter();
        let mut kind = || types.next().flatten().map(|name| kind(&name));
        let (from_kind, to_kind) = (kind(), kind());
        let Ok(
            [Some(name), Some(schema), Some(from), column, Some(to_schema), Some(to), to_column],
        ) = <[Option<String>; 7]>::try_from(row)
        else {
            continue;
        };
        let from = TableName { schema, name: from };
        // The table makes it a key of its own where names repeat.
        let name = format!("{from} {name}");
        if keys.last().is_none_or(|(last, _)| *last != name) {
            let to = TableName { schema: to_schema, name: to };
            keys.push((name, Some(ForeignKey::new(from, to))));
        }
        let Some((_, last)) = keys.last_mut() else { continue };
        match (last.as_mut(), column, to_column) {
            (Some(key), Some(column), Some(to_column)) => {
                key.columns.push(column);
                key.to_columns.push(to_column);
                key.kinds.push(from_kind);
                key.to_kinds.push(to_kind);
            }
            _ => *last = None,
        }
    }
    keys.into_iter().filter_map(|(_, key)| key).collect()
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
