//! Reading PostgreSQL's catalogue.

use super::statements as sql;
use crate::databases::rows;
use crate::dialect::{Ask, Of, Row};
use crate::error::Error;
use crate::statement::ALIAS;
use crate::table::{Column, ForeignKey, RowId, Table, TableEntry, Type, distinctly_titled, title};

/// Every table and view that the user may read.
pub fn tables(ask: &mut dyn Ask) -> Result<Vec<TableEntry>, Error> {
    Ok(ask.rows(&sql::tables())?.into_iter().filter_map(entry).collect())
}

fn entry(mut row: Row) -> Option<TableEntry> {
    let unreadable = row.pop()?;
    Some(TableEntry { unreadable, ..rows::entry(row)? })
}

/// Tables with their columns and keys; all are of one schema.
pub fn describe(
    ask: &mut dyn Ask,
    of: Of<'_>,
    entries: &[&TableEntry],
) -> Result<Vec<Table>, Error> {
    let mut columns = rows::by_table(ask.rows(&sql::columns(of))?);
    let keys = rows::foreign_keys(ask.rows(&sql::foreign_keys(of))?, kind);
    Ok(entries
        .iter()
        .map(|entry| table(entry, columns.remove(&entry.table.name).unwrap_or_default(), &keys))
        .collect())
}

fn table(entry: &TableEntry, rows: Vec<Row>, keys: &[ForeignKey]) -> Table {
    let name = &entry.table;
    let mut key = Vec::new();
    let mut has_ctid = false;
    let mut columns = Vec::new();
    for row in rows {
        let Some((column, in_key, ctid)) = column(row) else { continue };
        if let Some(in_key) = in_key {
            key.push((in_key, columns.len()));
        }
        has_ctid |= ctid;
        columns.push(column);
    }
    key.sort_unstable();
    let (references, referrers) = rows::of_table(keys, name);
    Table {
        name: name.clone(),
        kind: entry.kind,
        description: entry.description.clone(),
        columns: distinctly_titled(columns),
        key: key.into_iter().map(|(_, index)| index).collect(),
        row_id: has_ctid.then(row_id),
        is_countable: true,
        references,
        referrers,
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

/// Where a row lies: it stays as long as the row is not written again.
fn row_id() -> RowId {
    RowId {
        expression: format!("{ALIAS}.ctid"),
        placeholder: "CAST(? AS tid)".to_owned(),
        kind: Type::Text,
    }
}

fn column(row: Row) -> Option<(Column, Option<usize>, bool)> {
    let [
        name,
        source,
        cast,
        category,
        precision,
        scale,
        not_null,
        in_key,
        description,
        ctid,
        comparable,
    ] = <[Option<String>; 11]>::try_from(row).ok()?;
    let name = name?;
    let category = category.unwrap_or_default();
    let placeholder = match category.as_str() {
        // A number too large for the column is compared all the same, and an index serves for that.
        "int2" | "int4" => "CAST(? AS bigint)".to_owned(),
        // As a text, a number below zero would be read as one near the end.
        "oid" => "CAST(CAST(? AS bigint) AS oid)".to_owned(),
        _ => format!("CAST(? AS {})", cast?),
    };
    let column = Column {
        title: title(&name),
        name,
        kind: kind(&category),
        source_type: source?,
        placeholder,
        precision: rows::number(precision),
        scale: rows::number(scale),
        nullable: not_null.as_deref() != Some("1"),
        comparable: comparable.as_deref() == Some("1"),
        row_number: false,
        description: rows::text(description),
    };
    let in_key = in_key.and_then(|index| index.parse().ok()).filter(|index| *index > 0);
    Some((column, in_key, ctid.as_deref() == Some("1")))
}

/// What a type's values are, by its name in `pg_type`. Whatever has no better place is text, as
/// PostgreSQL writes it.
fn kind(type_name: &str) -> Type {
    match type_name {
        "int2" | "int4" | "int8" | "oid" => Type::Integer,
        "numeric" => Type::Decimal,
        "float4" | "float8" => Type::Double,
        "bool" => Type::Boolean,
        "date" => Type::Date,
        "time" | "timetz" => Type::Time,
        "timestamp" | "timestamptz" => Type::Timestamp,
        "bytea" => Type::Binary,
        _ => Type::Text,
    }
}
