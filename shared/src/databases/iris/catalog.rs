//! Reading IRIS' catalogue.

use super::reach::Reach;
use super::statements::{self as sql, COLUMNS, KEYS, TABLES};
use super::text;
use crate::config::Patterns;
use crate::databases::rows;
use crate::dialect::{Ask, Of, Row};
use crate::error::Error;
use crate::statement::{ALIAS, Statement};
use crate::table::{
    Column, ForeignKey, RowId, Table, TableEntry, TableKind, TableName, Type, distinctly_titled,
    title,
};

/// What was learnt where the server refuses class comments, which it reads from the database with
/// the classes: the user may not read that.
const NO_COLUMN_DESCRIPTIONS: &str = "descriptions of columns are refused";
const NO_TABLE_DESCRIPTIONS: &str = "descriptions of tables are refused";

/// The values that a column of a list of tables has, as of [`sql::tables`].
const ENTRY_VALUES: usize = 5;

/// Every table and view that the patterns reach.
pub fn tables(ask: &mut dyn Ask, published: &Patterns) -> Result<Vec<TableEntry>, Error> {
    let reach = Reach::of(published);
    let rows = with_descriptions(ask, TABLES, NO_TABLE_DESCRIPTIONS, |described| {
        sql::tables(&reach, described)
    })?;
    Ok(rows.into_iter().filter_map(entry).collect())
}

/// The rows of a statement of the catalogue. The server does not say what of it was refused.
fn rows_of(ask: &mut dyn Ask, what: &str, statement: &Statement) -> Result<Vec<Row>, Error> {
    ask.rows(statement).map_err(|error| match error {
        Error::Denied { log } => {
            Error::Denied { log: format!("no SELECT privilege on {what}: {log}") }
        }
        error => error,
    })
}

/// The same with descriptions, or without them from the first time on that they are refused.
fn with_descriptions(
    ask: &mut dyn Ask,
    what: &str,
    refused: &'static str,
    statement: impl Fn(bool) -> Statement,
) -> Result<Vec<Row>, Error> {
    let described = !ask.learnt().contains(refused);
    match rows_of(ask, what, &statement(described)) {
        Err(Error::Failed { log }) if described => {
            let rows = rows_of(ask, what, &statement(false))?;
            tracing::warn!(reason = log, "{refused}: may the user read the namespace's code?");
            ask.learnt().insert(refused);
            Ok(rows)
        }
        result => result,
    }
}

/// Fills in how many columns the tables have: one query for each of their schemas, because the
/// catalogue of all system classes is large.
pub fn count_columns(ask: &mut dyn Ask, tables: &mut [TableEntry]) -> Result<(), Error> {
    let mut schemas: Vec<String> = tables.iter().map(|entry| entry.table.schema.clone()).collect();
    schemas.dedup();
    tables.iter_mut().for_each(|entry| entry.columns = None);
    for schema in schemas {
        for row in rows_of(ask, COLUMNS, &sql::column_counts(&schema))? {
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

/// Tables with their columns, keys and references; all are of one schema.
pub fn describe(
    ask: &mut dyn Ask,
    of: Of<'_>,
    entries: &[&TableEntry],
) -> Result<Vec<Table>, Error> {
    let rows = with_descriptions(ask, COLUMNS, NO_COLUMN_DESCRIPTIONS, |described| {
        sql::columns(of, described)
    })?;
    let mut columns = rows::by_table(rows);
    let described = entries
        .iter()
        .map(|entry| (*entry, columns.remove(&entry.table.name).unwrap_or_default()))
        .collect();
    with_keys(ask, of, described)
}

/// Tables of these names, found and described at once.
pub fn find(
    ask: &mut dyn Ask,
    schema: &str,
    names: &[&str],
) -> Result<Vec<(TableEntry, Table)>, Error> {
    let rows = with_descriptions(ask, COLUMNS, NO_COLUMN_DESCRIPTIONS, |described| {
        sql::found(schema, names, described)
    })?;
    let mut found: Vec<(TableEntry, Vec<Row>)> = Vec::new();
    for mut row in rows.into_iter().filter(|row| row.len() > ENTRY_VALUES) {
        let column = row.split_off(ENTRY_VALUES);
        let Some(entry) = entry(row) else { continue };
        match found.last_mut() {
            Some((last, columns)) if last.table == entry.table => columns.push(column),
            _ => found.push((entry, vec![column])),
        }
    }
    let mut tables = Vec::with_capacity(found.len());
    for (entry, columns) in found {
        let described = with_keys(ask, Of::Table(&entry.table), vec![(&entry, columns)])?;
        tables.extend(described.into_iter().map(|table| (entry.clone(), table)));
    }
    Ok(tables)
}

/// Tables with these columns; what else there is to know of them is asked for.
fn with_keys(
    ask: &mut dyn Ask,
    of: Of<'_>,
    tables: Vec<(&TableEntry, Vec<Row>)>,
) -> Result<Vec<Table>, Error> {
    let has_tables = tables.iter().any(|(entry, _)| entry.kind != TableKind::View);
    let keys = if has_tables { keys(ask, of)? } else { Vec::new() };
    let mut keys = rows::by_table(keys);
    let described = |(entry, columns): (&TableEntry, Vec<Row>)| {
        table(entry, columns, keys.remove(&entry.table.name).unwrap_or_default())
    };
    Ok(tables.into_iter().map(described).collect())
}

/// Primary keys and references. Where a foreign key leads is not known of every version: without
/// that there are no links.
fn keys(ask: &mut dyn Ask, of: Of<'_>) -> Result<Vec<Row>, Error> {
    match rows_of(ask, KEYS, &sql::keys(of)) {
        Err(Error::Changed { log } | Error::Failed { log }) => {
            tracing::warn!(reason = log, "this version of IRIS does not tell foreign keys");
            rows_of(ask, KEYS, &sql::primary_keys(of))
        }
        result => result,
    }
}

/// The foreign keys of published schemas that lead to tables.
pub fn referrers(
    ask: &mut dyn Ask,
    of: Of<'_>,
    published: &Patterns,
) -> Result<Vec<ForeignKey>, Error> {
    match rows_of(ask, KEYS, &sql::referrers(of, &Reach::of(published))) {
        Ok(keys) => Ok(rows::foreign_keys(keys, |_| Type::Text)),
        Err(Error::Changed { log } | Error::Failed { log }) => {
            tracing::warn!(reason = log, "this version of IRIS does not tell foreign keys");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// A line of the list of tables. What is temporary has rows of one connection only: it is none.
fn entry(row: Row) -> Option<TableEntry> {
    let kind = row.get(2)?.clone().unwrap_or_default().to_ascii_uppercase();
    if kind.contains("TEMPORARY") {
        return None;
    }
    let mut entry = rows::entry(row)?;
    if kind.starts_with("FOREIGN") {
        entry.kind = TableKind::Foreign;
    }
    entry.description = entry.description.as_deref().and_then(text::plain);
    Some(entry)
}

fn table(entry: &TableEntry, columns: Vec<Row>, keys: Vec<Row>) -> Table {
    let columns: Vec<Column> = columns.into_iter().filter_map(column).collect();
    let is_table = entry.kind == TableKind::Table;
    let (primary, foreign): (Vec<Row>, Vec<Row>) = keys
        .into_iter()
        .partition(|row| row.first().is_some_and(|kind| kind.as_deref() == Some("PRIMARY KEY")));
    let without_kind = |mut row: Row| row.split_off(1);
    let foreign =
        rows::foreign_keys(foreign.into_iter().map(without_kind).collect(), |_| Type::Text);
    let has = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let references = foreign
        .into_iter()
        .filter(|key| same(&key.from, &entry.table) && key.columns.iter().all(|name| has(name)))
        .collect();
    let key = if is_table { key(primary, &columns) } else { Vec::new() };
    Table {
        name: entry.table.clone(),
        kind: entry.kind,
        description: entry.description.clone(),
        columns: distinctly_titled(columns),
        key,
        // %ID is every table's row id, even where it is hidden or renamed. A foreign table has
        // none, and whether a view has one is not known.
        row_id: is_table.then(|| RowId {
            expression: format!("{ALIAS}.%ID"),
            placeholder: "?".to_owned(),
            kind: Type::Dynamic,
        }),
        is_countable: true,
        references,
        referrers: Vec::new(),
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

fn same(one: &TableName, other: &TableName) -> bool {
    one.schema.eq_ignore_ascii_case(&other.schema) && one.name.eq_ignore_ascii_case(&other.name)
}

/// The places of a key's columns; none where one of them is hidden or not granted: the others do
/// not tell rows apart.
fn key(rows: Vec<Row>, columns: &[Column]) -> Vec<usize> {
    /// Where a row has the column's name, after the kind.
    const NAME: usize = 4;
    let index = |row: Row| {
        let name = row.get(NAME)?.clone()?;
        columns.iter().position(|column| column.name.eq_ignore_ascii_case(&name))
    };
    rows.into_iter().map(index).collect::<Option<Vec<usize>>>().unwrap_or_default()
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
        placeholder: placeholder(&data_type).to_owned(),
        source_type: data_type.to_uppercase(),
        precision: precision.filter(|_| matches!(kind, Type::Text | Type::Decimal)),
        scale: rows::number(scale).filter(|_| kind == Type::Decimal),
        nullable: !nullable.is_some_and(|nullable| nullable.eq_ignore_ascii_case("no")),
        comparable,
        row_number: false,
        description: description.as_deref().and_then(text::plain),
    })
}

/// What a value is bound to. The driver (2023.1) remembers that a parameter was a GUID, and refuses
/// the next statement of the same text.
fn placeholder(data_type: &str) -> &'static str {
    let is_guid =
        ["guid", "uniqueidentifier"].iter().any(|name| data_type.eq_ignore_ascii_case(name));
    if is_guid { "CAST(? AS VARCHAR(64))" } else { "?" }
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
