//! Reading IRIS' catalogue.

use super::statements as sql;
use crate::databases::rows;
use crate::dialect::{Ask, Of, Row};
use crate::error::Error;
use crate::statement::ALIAS;
use crate::table::{Column, ForeignKey, RowId, Table, TableEntry, TableKind, Type, title};

/// Every table and view.
pub fn tables(ask: &mut dyn Ask) -> Result<Vec<TableEntry>, Error> {
    Ok(ask.rows(&sql::tables())?.into_iter().filter_map(rows::entry).collect())
}

/// Fills in how many columns the tables have: one query for each of their schemas, because the
/// catalogue of all system classes is large.
pub fn count_columns(ask: &mut dyn Ask, tables: &mut [TableEntry]) -> Result<(), Error> {
    let mut schemas: Vec<String> = tables.iter().map(|entry| entry.table.schema.clone()).collect();
    schemas.dedup();
    tables.iter_mut().for_each(|entry| entry.columns = None);
    for schema in schemas {
        for row in ask.rows(&sql::column_counts(&schema))? {
            let Ok([Some(name), count]) = <[Option<String>; 2]>::try_from(row) else { continue };
            let same =
                |entry: &&mut TableEntry| entry.table.schema == schema && entry.table.name == name;
            if let Some(entry) = tables.iter_mut().find(same) {
                entry.columns = rows::number(count).map(|count| count as usize);
            }
        }
    }
    Ok(())
}

/// Tables with their columns and keys; all are of one schema.
pub fn describe(
    ask: &mut dyn Ask,
    of: Of<'_>,
    entries: &[&TableEntry],
) -> Result<Vec<Table>, Error> {
    let mut columns = rows::by_table(ask.rows(&sql::columns(of))?);
    let has_tables = entries.iter().any(|entry| entry.kind == TableKind::Table);
    let keys = if has_tables { ask.rows(&sql::key(of))? } else { Vec::new() };
    let mut keys = rows::by_table(keys);
    let foreign = foreign_keys(ask, of)?;
    let described = |entry: &&TableEntry| {
        let name = &entry.table.name;
        table(
            entry,
            columns.remove(name).unwrap_or_default(),
            keys.remove(name).unwrap_or_default(),
            &foreign,
        )
    };
    Ok(entries.iter().map(described).collect())
}

fn table(entry: &TableEntry, columns: Vec<Row>, key: Vec<Row>, foreign: &[ForeignKey]) -> Table {
    let name = &entry.table;
    let columns: Vec<Column> = columns.into_iter().filter_map(column).collect();
    let is_table = entry.kind == TableKind::Table;
    let place =
        |name: String| columns.iter().position(|column| column.name.eq_ignore_ascii_case(&name));
    let key = key
        .into_iter()
        .filter(|_| is_table)
        .filter_map(|row| place(row.into_iter().flatten().next()?))
        .collect();
    let (references, referrers) = rows::of_table(foreign, name);
    Table {
        name: name.clone(),
        kind: entry.kind,
        description: entry.description.clone(),
        columns,
        key,
        // %ID is every table's row id, even where it is hidden or renamed. Whether a view has one
        // is not known.
        row_id: is_table.then(|| RowId {
            expression: format!("{ALIAS}.%ID"),
            placeholder: "?".to_owned(),
            kind: Type::Dynamic,
        }),
        references,
        referrers,
    }
}

/// The columns that tell where a foreign key leads are not known of every version: without them
/// there are no links.
fn foreign_keys(ask: &mut dyn Ask, of: Of<'_>) -> Result<Vec<ForeignKey>, Error> {
    match ask.rows(&sql::foreign_keys(of)) {
        Ok(keys) => Ok(rows::foreign_keys(keys, |_| Type::Text)),
        Err(Error::Changed { log } | Error::Internal { log }) => {
            tracing::warn!(reason = log, "this version of IRIS does not tell foreign keys");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn column(row: Row) -> Option<Column> {
    let [name, data_type, length, precision, scale, nullable, description] =
        <[Option<String>; 7]>::try_from(row).ok()?;
    let (name, data_type) = (name?, data_type.unwrap_or_default());
    let (kind, comparable) = kind(&data_type);
    let precision = if kind == Type::Text { rows::number(length) } else { rows::number(precision) };
    Some(Column {
        title: title(&name),
        name,
        kind,
        source_type: data_type.to_uppercase(),
        placeholder: "?".to_owned(),
        precision: precision.filter(|_| matches!(kind, Type::Text | Type::Decimal)),
        scale: rows::number(scale).filter(|_| kind == Type::Decimal),
        nullable: !nullable.is_some_and(|nullable| nullable.eq_ignore_ascii_case("no")),
        comparable,
        row_number: false,
        description: rows::text(description),
    })
}

/// What a type's values are, and whether they can be compared: streams cannot (SQLCODE -313).
fn kind(data_type: &str) -> (Type, bool) {
    match data_type.to_ascii_lowercase().as_str() {
        "bit" => (Type::Boolean, true),
        "tinyint" | "smallint" | "integer" | "bigint" => (Type::Integer, true),
        "numeric" | "decimal" | "money" | "currency" => (Type::Decimal, true),
        "double" | "float" | "real" | "double precision" => (Type::Double, true),
        "date" => (Type::Date, true),
        "time" => (Type::Time, true),
        "timestamp" | "posixtime" | "datetime" => (Type::Timestamp, true),
        "longvarchar" | "clob" | "text" | "ntext" => (Type::Text, false),
        "varbinary" | "binary" => (Type::Binary, true),
        "longvarbinary" | "blob" | "image" => (Type::Binary, false),
        _ => (Type::Text, true),
    }
}
