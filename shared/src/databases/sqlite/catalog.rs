//! Reading SQLite's catalogue.

use std::collections::HashMap;

use super::{collations, statements as sql};
use crate::config::Patterns;
use crate::databases::rows;
use crate::dialect::{Ask, Of, Row};
use crate::error::Error;
use crate::statement::ALIAS;
use crate::table::{
    Column, ForeignKey, RowId, Table, TableEntry, TableKind, Type, distinctly_titled, title,
};

/// Every table and view of the attached files. `counts`: with column counts, of those that are
/// published.
pub fn tables(
    ask: &mut dyn Ask,
    published: &Patterns,
    counts: bool,
) -> Result<Vec<TableEntry>, Error> {
    let mut entries = Vec::new();
    let mut failed = None;
    for schema in schemas(ask)? {
        match listed(ask, &schema, counts) {
            Ok(rows) => entries.extend(rows.into_iter().filter_map(rows::entry)),
            Err(error @ Error::Timeout { .. }) => return Err(error),
            // A file that is locked or damaged costs itself alone.
            Err(error) => {
                tracing::warn!(
                    schema,
                    reason = error.log().unwrap_or_default(),
                    "a schema is left out"
                );
                failed.get_or_insert(error);
            }
        }
    }
    if let Some(error) = failed.filter(|_| entries.is_empty()) {
        return Err(error);
    }
    entries.retain(|entry| published.matches(&entry.table.schema, &entry.table.name));
    for entry in entries.iter_mut().filter(|entry| counts && entry.columns.is_none()) {
        count_columns(ask, entry)?;
    }
    Ok(entries)
}

/// Counts the columns of a view or table by itself, or notes why it cannot be read: such as a view
/// over a table that is gone.
fn count_columns(ask: &mut dyn Ask, entry: &mut TableEntry) -> Result<(), Error> {
    match ask.rows(&sql::columns(Of::Table(&entry.table), false)) {
        Ok(columns) => entry.columns = Some(columns.len()),
        Err(error) => match error.reason_of_table() {
            Some(reason) => entry.unreadable = Some(reason.to_owned()),
            None => return Err(error),
        },
    }
    Ok(())
}

/// The tables of a schema; without what one of them is in the way of.
fn listed(ask: &mut dyn Ask, schema: &str, counts: bool) -> Result<Vec<Row>, Error> {
    let described = is_described(ask, schema)?;
    let mut rows = ask.rows(&sql::tables(schema, described, counts));
    for (described, counts) in [(described, false), (false, false)] {
        match rows {
            Err(error) if error.reason_of_table().is_some() => {
                rows = ask.rows(&sql::tables(schema, described, counts));
            }
            rows => return rows,
        }
    }
    rows
}

fn schemas(ask: &mut dyn Ask) -> Result<Vec<String>, Error> {
    Ok(ask.rows(&sql::schemas())?.into_iter().flatten().flatten().collect())
}

/// Whether a schema has a table of descriptions that can be read.
fn is_described(ask: &mut dyn Ask, schema: &str) -> Result<bool, Error> {
    match ask.rows(&sql::described(schema)) {
        Ok(rows) => Ok(rows.into_iter().flatten().flatten().any(|described| described == "1")),
        Err(error) if error.reason_of_table().is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Tables with their columns and keys; all are of one schema.
pub fn describe(
    ask: &mut dyn Ask,
    of: Of<'_>,
    entries: &[&TableEntry],
) -> Result<Vec<Table>, Error> {
    let described = is_described(ask, of.schema())?;
    let columns = match ask.rows(&sql::columns(of, described)) {
        Err(error) if described && error.reason_of_table().is_some() => {
            ask.rows(&sql::columns(of, false))?
        }
        columns => columns?,
    };
    let mut columns = rows::by_table(columns);
    let keys = foreign_keys(ask, of)?;
    let mut described = |entry: &&TableEntry| {
        table(entry, columns.remove(&entry.table.name).unwrap_or_default(), &keys)
    };
    Ok(entries.iter().map(&mut described).collect())
}

/// The foreign keys from and to tables. SQLite takes one to any columns: as a key of the other table
/// they name one row, else perhaps several.
fn foreign_keys(ask: &mut dyn Ask, of: Of<'_>) -> Result<Vec<ForeignKey>, Error> {
    let mut keys =
        rows::foreign_keys(ask.rows(&sql::foreign_keys(of))?, |name| declared_type(name).0);
    if keys.is_empty() {
        return Ok(keys);
    }
    let mut unique: HashMap<(String, String), Vec<Option<String>>> = HashMap::new();
    for row in ask.rows(&sql::unique_columns(of))? {
        if let Ok([Some(table), Some(key_index), column]) = <[Option<String>; 3]>::try_from(row) {
            unique.entry((table, key_index)).or_default().push(column);
        }
    }
    for key in &mut keys {
        let is_of_key = |column: &Option<String>| {
            let column = column.as_deref();
            column.is_some_and(|name| key.to_columns.iter().any(|to| to.eq_ignore_ascii_case(name)))
        };
        let mut indexes = unique.iter().filter(|((table, _), _)| *table == key.to.name);
        key.names_one = indexes.any(|(_, columns)| columns.iter().all(is_of_key));
    }
    Ok(keys)
}

fn table(entry: &TableEntry, rows: Vec<Row>, keys: &[ForeignKey]) -> Table {
    let name = &entry.table;
    let mut rowless = entry.kind == TableKind::View;
    let mut indexed = false;
    let mut key = Vec::new();
    let mut columns = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        let Ok([name, source_type, not_null, in_key, description, no_rowid, key_index, collation]) =
            <[Option<String>; 8]>::try_from(row)
        else {
            continue;
        };
        rowless |= no_rowid.as_deref() == Some("1");
        indexed |= key_index.as_deref() == Some("1");
        let in_key = in_key.and_then(|index| index.parse::<usize>().ok()).unwrap_or(0);
        if in_key > 0 {
            key.push((in_key, index));
        }
        columns.push(column(
            name.unwrap_or_default(),
            source_type.unwrap_or_default(),
            not_null,
            description,
            collation,
            entry.kind == TableKind::View,
        ));
    }
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, index)| index).collect();
    finish_key(&mut columns, &key, rowless, indexed);
    let row_id = if rowless { None } else { row_id(&columns) };
    let (references, referrers) = rows::of_table(keys, name);
    let description = entry.description.clone();
    Table {
        name: name.clone(),
        kind: entry.kind,
        description,
        columns: distinctly_titled(columns),
        key,
        row_id,
        is_countable: true,
        references,
        referrers,
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

fn column(
    name: String,
    source_type: String,
    not_null: Option<String>,
    description: Option<String>,
    collation: Option<String>,
    of_view: bool,
) -> Column {
    let (mut kind, precision, scale) = declared_type(&source_type);
    // SQLite says BLOB of a view's column that has no type.
    if of_view && kind == Type::Binary {
        kind = Type::Dynamic;
    }
    let is_foreign = collations::is_foreign(collation.as_deref());
    Column {
        title: title(&name),
        name,
        kind,
        source_type,
        placeholder: if is_foreign { collations::BINARY_PLACEHOLDER } else { "?" }.to_owned(),
        precision,
        scale,
        nullable: not_null.as_deref() != Some("1"),
        comparable: true,
        row_number: false,
        description: description.filter(|text| !text.is_empty()),
    }
}

/// A key without an index is the rowid itself, never NULL; so is no column of a key in a table
/// without rowid. (`INTEGER PRIMARY KEY` is the rowid, but `INTEGER PRIMARY KEY DESC` is not.)
fn finish_key(columns: &mut [Column], key: &[usize], rowless: bool, indexed: bool) {
    if rowless {
        key.iter().for_each(|index| columns[*index].nullable = false);
    } else if let [only] = key
        && !indexed
    {
        columns[*only].nullable = false;
        columns[*only].row_number = true;
    }
}

/// The rowid by the first of its names that no column has.
fn row_id(columns: &[Column]) -> Option<RowId> {
    ["rowid", "_rowid_", "oid"]
        .into_iter()
        .find(|name| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)))
        .map(|name| RowId {
            expression: format!("{ALIAS}.{name}"),
            placeholder: "?".to_owned(),
            kind: Type::Integer,
        })
}

/// Digits after the point that a type can declare at most. SQLite takes any number, and has no
/// float with more digits: a larger one would only fill pages, or all memory, with zeros.
const MOST_SCALE: u32 = 1_074;

/// What a declared type means. Wider than SQLite's affinities, which know neither dates nor truth.
fn declared_type(declared: &str) -> (Type, Option<u32>, Option<u32>) {
    let upper = declared.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    let mut numbers = upper
        .split_once('(')
        .map_or("", |(_, rest)| rest.split(')').next().unwrap_or(""))
        .split(',')
        .filter_map(|number| number.trim().parse::<u32>().ok());
    let (precision, scale) = (numbers.next(), numbers.next());
    let kind = if has(&["BOOL"]) || upper == "BIT" {
        Type::Boolean
    } else if has(&["TIMESTAMP", "DATETIME"]) {
        Type::Timestamp
    } else if has(&["DATE"]) {
        Type::Date
    } else if has(&["TIME"]) {
        Type::Time
    } else if has(&["CHAR", "CLOB", "TEXT", "JSON", "UUID", "ENUM"]) {
        Type::Text
    } else if has(&["BLOB", "BINARY"]) {
        Type::Binary
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Type::Double
    } else if has(&["DEC", "NUMERIC", "MONEY"]) {
        Type::Decimal
    } else if has(&["INT"]) {
        Type::Integer
    } else {
        Type::Dynamic
    };
    match kind {
        Type::Text => (kind, precision, None),
        Type::Decimal => {
            let scale = scale.filter(|scale| *scale <= MOST_SCALE);
            (kind, precision, precision.map(|_| scale.unwrap_or(0)))
        }
        _ => (kind, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types() {
        for (declared, expected) in [
            ("INTEGER", (Type::Integer, None, None)),
            ("bigint unsigned", (Type::Integer, None, None)),
            ("VARCHAR(80)", (Type::Text, Some(80), None)),
            ("text", (Type::Text, None, None)),
            ("DECIMAL(12,2)", (Type::Decimal, Some(12), Some(2))),
            ("numeric( 9 )", (Type::Decimal, Some(9), Some(0))),
            ("DECIMAL(10,4000000000)", (Type::Decimal, Some(10), Some(0))),
            ("NUMERIC", (Type::Decimal, None, None)),
            ("DOUBLE PRECISION", (Type::Double, None, None)),
            ("BOOLEAN", (Type::Boolean, None, None)),
            ("BIT", (Type::Boolean, None, None)),
            ("DATE", (Type::Date, None, None)),
            ("TIMESTAMP", (Type::Timestamp, None, None)),
            ("TIME", (Type::Time, None, None)),
            ("BLOB", (Type::Binary, None, None)),
            ("", (Type::Dynamic, None, None)),
        ] {
            assert_eq!(declared_type(declared), expected, "{declared}");
        }
    }
}
