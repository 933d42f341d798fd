//! Rows of catalogue statements, which have the same shape whatever the database.

use crate::table::{ForeignKey, TableEntry, TableKind, TableName};

/// A row: texts, NULL as nothing.
pub type Row = Vec<Option<String>>;

/// A line of the list of tables: schema, name, kind, columns, description.
pub fn entry(row: Row) -> Option<TableEntry> {
    let [schema, name, kind, columns, description] = <[Option<String>; 5]>::try_from(row).ok()?;
    let is_view = kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("view"));
    Some(TableEntry {
        table: TableName { schema: schema?, name: name? },
        kind: if is_view { TableKind::View } else { TableKind::Table },
        columns: columns.and_then(|count| count.parse().ok()),
        description: text(description),
    })
}

/// Foreign keys that start or end at a table: those of it, and those to it. Rows: the key's name, from schema, table
/// and column, to schema, table and column; those of one key stand together, in its order.
pub fn foreign_keys(rows: Vec<Row>, table: &TableName) -> (Vec<ForeignKey>, Vec<ForeignKey>) {
    let mut keys: Vec<(String, ForeignKey)> = Vec::new();
    for row in rows {
        let whole: Option<Vec<String>> = row.into_iter().collect();
        let Some(Ok([name, schema, from, column, to_schema, to, to_column])) = whole.map(<[String; 7]>::try_from)
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
                keys.push((name, ForeignKey { from, columns: vec![column], to, to_columns: vec![to_column] }));
            }
        }
    }
    let keys: Vec<ForeignKey> = keys.into_iter().map(|(_, key)| key).collect();
    let same = |one: &TableName| one.to_string().eq_ignore_ascii_case(&table.to_string());
    let references = keys.iter().filter(|key| same(&key.from)).cloned().collect();
    let referrers = keys.into_iter().filter(|key| same(&key.to)).collect();
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
