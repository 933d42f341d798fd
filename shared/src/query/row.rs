//! What names one row.

use std::borrow::Cow;

use super::{CELL, COUNT, FORMAT, FROM, LABEL, ROW, RowName, counts, known};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::param::Operand;
use crate::table::Table;

/// The largest offset that a part may begin at: PostgreSQL counts in 32 bits.
pub const LARGEST_OFFSET: u64 = 2_000_000_000;

/// A part of a cell that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The column's index in the table.
    pub column: usize,
    /// What of it was read before, in bytes; of IRIS' texts in UTF-16 code units.
    pub from: u64,
}

/// The parameter that names a column on the row route. One that is named like ours there needs an
/// operator; and so does one that is named like that.
pub fn row_parameter(column: &str) -> Cow<'_, str> {
    let name = column.trim_end_matches(EXACT);
    let is_ours = name == ROW || is_no_name(name);
    if is_ours { Cow::Owned(format!("{column}{EXACT}")) } else { Cow::Borrowed(column) }
}

/// Whether a parameter of the row route names the row.
pub fn names_row(parameter: &str) -> bool {
    !is_no_name(parameter)
}

/// Parameters of the row route that do not name the row.
fn is_no_name(parameter: &str) -> bool {
    [FORMAT, CELL, FROM, COUNT, LABEL].contains(&parameter)
}

/// Reads which part of which cell is wanted by itself; `None` where the row is.
///
/// # Errors
/// [`Error::Parameter`] naming what is unknown, given twice or does not fit.
pub fn row_part(pairs: &[(String, String)], table: &Table) -> Result<Option<Part>, Error> {
    let once = |wanted: &str| {
        let mut given =
            pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        match (given.next(), given.next()) {
            (_, Some(_)) => Err(Error::parameter(wanted, "It is given twice; give it once.")),
            (value, None) => Ok(value),
        }
    };
    let index = |value: &str| {
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let index = value.parse().ok().filter(|index| is_number && *index <= LARGEST_OFFSET);
        index.ok_or_else(|| {
            Error::parameter(FROM, format!("It is a whole number from 0 to {LARGEST_OFFSET}."))
        })
    };
    match (once(CELL)?, once(FROM)?) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(Error::parameter(FROM, format!("It belongs to `{CELL}`, which names a column.")))
        }
        (Some(column), from) => {
            Ok(Some(Part { column: known(CELL, column, table)?, from: from.map_or(Ok(0), index)? }))
        }
    }
}

/// Whether the rows that refer to the row are counted.
///
/// # Errors
/// [`Error::Parameter`] where `_count` is given twice or is neither `exact` nor `none`.
pub fn row_counts(pairs: &[(String, String)]) -> Result<bool, Error> {
    let mut given = pairs.iter().filter(|(name, _)| name == COUNT).map(|(_, value)| value);
    match (given.next(), given.next()) {
        (_, Some(_)) => Err(Error::parameter(COUNT, "It is given twice; give it once.")),
        (value, None) => value.map_or(Ok(false), |value| counts(value)),
    }
}

/// What a column that is named like a parameter of ours needs.
const EXACT: &str = "__exact";

/// Reads what names one row: columns with their values, or `_row` with a row id.
///
/// # Errors
/// [`Error::Parameter`] naming what is unknown, given twice or does not fit, or that nothing names
/// a row.
pub fn row_name(
    pairs: &[(String, String)],
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<RowName, Error> {
    let mut columns: Vec<(usize, Operand)> = Vec::new();
    let mut id = None;
    for (name, value) in pairs {
        let wrong = |reason: String| Error::parameter(name, reason);
        match (name.as_str(), &table.row_id) {
            (parameter, _) if is_no_name(parameter) => {}
            (ROW, Some(row_id)) if id.is_none() => {
                id = Some(row_id.read(value).ok_or_else(|| {
                    wrong("It is a row id as this table has them: take it from a link.".to_owned())
                })?);
            }
            (ROW, Some(_)) => return Err(wrong("It is given twice; give it once.".to_owned())),
            _ => {
                let column =
                    name.strip_suffix(EXACT).filter(|column| row_parameter(column) == *name);
                let index = known(name, column.unwrap_or(name), table)?;
                if !table.columns[index].comparable {
                    return Err(wrong("This column cannot be compared with anything.".to_owned()));
                }
                if columns.iter().any(|(known, _)| *known == index) {
                    return Err(wrong("It is given twice; give it once.".to_owned()));
                }
                columns.push((
                    index,
                    dialect.read_value(value, &table.columns[index]).map_err(wrong)?,
                ));
            }
        }
    }
    match (id, columns.first()) {
        (Some(id), None) => Ok(RowName::RowId(id)),
        (Some(_), Some(_)) => {
            Err(Error::parameter(ROW, "It names the row alone; leave the other parameters out."))
        }
        (None, Some(_)) => Ok(RowName::Columns(columns)),
        (None, None) => {
            let first = table.key.first().map_or(ROW, |index| table.columns[*index].name.as_str());
            Err(Error::parameter(
                first,
                "Name the row by its key: each column of the key is a parameter.",
            ))
        }
    }
}

/// The error for columns that name more than one row.
pub fn several_rows(pairs: &[(String, String)], table: &Table) -> Error {
    let first =
        pairs.iter().map(|(name, _)| name.as_str()).find(|name| !is_no_name(name)).unwrap_or(ROW);
    let key: Vec<String> =
        table.key.iter().map(|index| format!("`{}`", table.columns[*index].name)).collect();
    let help = if key.is_empty() { format!("`{ROW}`") } else { key.join(", ") };
    Error::parameter(first, format!("Several rows have this. A row is named by {help}."))
}
