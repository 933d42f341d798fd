//! Reading SQLite's catalogue.

use super::statements as sql;
use crate::databases::rows;
use crate::dialect::{Ask, Of, Row};
use crate::error::Error;
use crate::statement::ALIAS;
use crate::table::{Column, ForeignKey, RowId, Table, TableEntry, TableKind, Type, title};

/// Every table and view of the attached files. `counts`: with column counts.
pub fn tables(ask: &mut dyn Ask, counts: bool) -> Result<Vec<TableEntry>, Error> {
    let mut entries = Vec::new();
    let mut failed = None;
    let schemas = schemas(ask)?;
    for (schema, described) in &schemas {
        match ask.rows(&sql::tables(schema, *described, counts)) {
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
    for view in entries.iter_mut().filter(|entry| counts && entry.kind == TableKind::View) {
        view.columns = match ask.rows(&sql::columns(Of::Table(&view.table), false)) {
            Ok(columns) => Some(columns.len()),
            // A view over a table that is gone.
            Err(Error::Changed { .. } | Error::Internal { .. }) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(entries)
}

fn schemas(ask: &mut dyn Ask) -> Result<Vec<(String, bool)>, Error> {
    Ok(ask
        .rows(&sql::schemas())?
        .into_iter()
        .filter_map(|mut row| {
            let described = row.pop()?.as_deref() == Some("1");
            Some((row.pop()??, described))
        })
        .collect())
}

/// Tables with their columns and keys; all are of one schema.
pub fn describe(
    ask: &mut dyn Ask,
    of: Of<'_>,
    entries: &[&TableEntry],
) -> Result<Vec<Table>, Error> {
    let has_descriptions =
        schemas(ask)?.iter().any(|(schema, described)| *described && schema == of.schema());
    let mut columns = rows::by_table(ask.rows(&sql::columns(of, has_descriptions))?);
    let keys = rows::foreign_keys(ask.rows(&sql::foreign_keys(of))?);
    let mut described = |entry: &&TableEntry| {
        table(entry, columns.remove(&entry.table.name).unwrap_or_default(), &keys)
    };
    Ok(entries.iter().map(&mut described).collect())
}

fn table(entry: &TableEntry, rows: Vec<Row>, keys: &[ForeignKey]) -> Table {
    let name = &entry.table;
    let mut rowless = entry.kind == TableKind::View;
    let mut indexed = false;
    let mut key = Vec::new();
    let mut columns = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let Ok([name, source_type, not_null, in_key, description, no_rowid, index]) =
            <[Option<String>; 7]>::try_from(row)
        else {
            continue;
        };
        rowless |= no_rowid.as_deref() == Some("1");
        indexed |= index.as_deref() == Some("1");
        let in_key = in_key.and_then(|place| place.parse::<usize>().ok()).unwrap_or(0);
        if in_key > 0 {
            key.push((in_key, place));
        }
        columns.push(column(
            name.unwrap_or_default(),
            source_type.unwrap_or_default(),
            not_null,
            description,
        ));
    }
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, place)| place).collect();
    finish_key(&mut columns, &key, rowless, indexed);
    let row_id = if rowless { None } else { row_id(&columns) };
    let (references, referrers) = rows::of_table(keys, name);
    let description = entry.description.clone();
    Table {
        name: name.clone(),
        kind: entry.kind,
        description,
        columns,
        key,
        row_id,
        is_countable: true,
        references,
        referrers,
        lacks_referrers: false,
        denied: Vec::new(),
    }
}

fn column(
    name: String,
    source_type: String,
    not_null: Option<String>,
    description: Option<String>,
) -> Column {
    let (kind, precision, scale) = declared_type(&source_type);
    Column {
        title: title(&name),
        name,
        kind,
        source_type,
        placeholder: "?".to_owned(),
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
        key.iter().for_each(|place| columns[*place].nullable = false);
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
