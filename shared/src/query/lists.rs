//! Lists of columns in one parameter: `_sort`, `_col` and `_label`.

use std::fmt::Write as _;

use serde_json::Value;

use super::{COLUMNS, LABEL, SORT, Sort, known};
use crate::error::Error;
use crate::table::Table;

/// Sort terms of a request at most: the next page's condition grows with their square.
pub const MAX_SORT_TERMS: usize = 20;

/// An item of a list.
#[derive(Debug, PartialEq)]
enum Item {
    /// A column's name, for a sort perhaps with `-` before it.
    Name(String),
    /// A name and a direction: what `-` before a name cannot say where another column is called so.
    Term(String, bool),
    /// Indices of columns, the first and the last.
    Indices(usize, usize),
}

/// Reads the terms of a sort.
pub fn sort_terms(value: &str, table: &Table, sort: &mut Vec<Sort>) -> Result<(), Error> {
    for item in items(SORT, value, table)? {
        let (column, descending) = match item {
            Item::Name(name) => match (table.column(&name), name.strip_prefix('-')) {
                (Some(column), _) => (column, false),
                (None, Some(name)) => (known(SORT, name, table)?, true),
                (None, None) => (known(SORT, &name, table)?, false),
            },
            Item::Term(name, descending) => (known(SORT, &name, table)?, descending),
            Item::Indices(..) => {
                return Err(Error::parameter(
                    SORT,
                    "Write the column's name here, not its number.",
                ));
            }
        };
        let named = &table.columns[column];
        if !named.takes_filters() {
            return Err(Error::parameter(
                SORT,
                format!("The column `{}` cannot be sorted by.", named.name),
            ));
        }
        if sort.iter().any(|term| term.column == column) {
            return Err(Error::parameter(
                SORT,
                format!("The column `{}` is named twice.", named.name),
            ));
        }
        if sort.len() == MAX_SORT_TERMS {
            return Err(Error::parameter(
                SORT,
                format!("At most {MAX_SORT_TERMS} columns can be sorted by."),
            ));
        }
        sort.push(Sort { column, descending });
    }
    Ok(())
}

/// Reads the columns to show.
pub fn shown_columns(value: &str, table: &Table, shown: &mut Vec<usize>) -> Result<(), Error> {
    columns(COLUMNS, value, table, shown)
}

/// Reads the columns whose values are to be labelled; nothing where that is not asked.
///
/// # Errors
/// [`Error::Parameter`] for what is no column, or named twice.
pub fn label_columns(pairs: &[(String, String)], table: &Table) -> Result<Vec<usize>, Error> {
    let mut labelled = Vec::new();
    for (_, value) in pairs.iter().filter(|(name, _)| name == LABEL) {
        columns(LABEL, value, table, &mut labelled)?;
    }
    Ok(labelled)
}

/// Reads a list of columns, each of which may be named once.
fn columns(
    parameter: &str,
    value: &str,
    table: &Table,
    named: &mut Vec<usize>,
) -> Result<(), Error> {
    for item in items(parameter, value, table)? {
        let columns = match item {
            Item::Name(name) => vec![known(parameter, &name, table)?],
            Item::Indices(first, last)
                if (1..=last).contains(&first) && last <= table.columns.len() =>
            {
                (first - 1..last).collect()
            }
            Item::Indices(..) => {
                let reason =
                    format!("The table's columns are numbered from 1 to {}.", table.columns.len());
                return Err(Error::parameter(parameter, reason));
            }
            Item::Term(..) => {
                return Err(Error::parameter(parameter, "A direction belongs to `_sort`."));
            }
        };
        for column in columns {
            if named.contains(&column) {
                let reason = format!("The column `{}` is named twice.", table.columns[column].name);
                return Err(Error::parameter(parameter, reason));
            }
            named.push(column);
        }
    }
    Ok(())
}

/// The value as a whole where that is a column's name, else a JSON array, else split at commas.
fn items(parameter: &str, value: &str, table: &Table) -> Result<Vec<Item>, Error> {
    if table.column(value).is_some() {
        return Ok(vec![Item::Name(value.to_owned())]);
    }
    match serde_json::from_str::<Vec<Value>>(value) {
        Ok(values) if !values.is_empty() => {
            values.into_iter().map(|value| item(parameter, value)).collect()
        }
        _ => Ok(value.split(',').map(|name| Item::Name(name.to_owned())).collect()),
    }
}

fn item(parameter: &str, value: Value) -> Result<Item, Error> {
    let index = |value: &Value| value.as_u64().and_then(|index| usize::try_from(index).ok());
    let pair = value.as_array().map(Vec::as_slice);
    let read = match (&value, pair) {
        (Value::String(name), _) => Some(Item::Name(name.clone())),
        (Value::Number(_), _) => index(&value).map(|index| Item::Indices(index, index)),
        (_, Some([Value::String(name), Value::String(way)])) => match way.as_str() {
            "asc" => Some(Item::Term(name.clone(), false)),
            "desc" => Some(Item::Term(name.clone(), true)),
            _ => None,
        },
        (_, Some([first, last])) => {
            index(first).zip(index(last)).map(|(first, last)| Item::Indices(first, last))
        }
        _ => None,
    };
    read.ok_or_else(|| {
        Error::parameter(
            parameter,
            format!("{value} in the JSON array is neither a name, `[name, \"desc\"]`, nor places."),
        )
    })
}

/// A column's sort as `_sort` takes it, in its short form unless that would mean something else.
pub fn sort_value(table: &Table, index: usize, descending: bool) -> String {
    let name = &table.columns[index].name;
    let short = if descending { format!("-{name}") } else { name.clone() };
    if is_plain(table, index) { short } else { pair_value(&[(name.as_str(), descending)]) }
}

/// True if the name of this column may stand in a list split at commas, also with `-` before it.
pub fn is_plain(table: &Table, index: usize) -> bool {
    let name = &table.columns[index].name;
    !name.is_empty()
        && !name.contains(',')
        && !name.starts_with(['[', '-'])
        && table.column(&format!("-{name}")).is_none()
}

fn pair_value(terms: &[(&str, bool)]) -> String {
    let way = |descending| if descending { "desc" } else { "asc" };
    let pairs = terms.iter().map(|(name, descending)| Value::from(vec![*name, way(*descending)]));
    Value::from(pairs.collect::<Vec<_>>()).to_string()
}

/// A list of names longer than this is written with indices: an address has only so much room.
const LONG_LIST: usize = 1_500;

/// These columns, in the table's order, as `_col` takes them; `None` where that is all.
pub fn columns_value(table: &Table, shown: &[usize]) -> Option<String> {
    if shown.is_empty() || shown.len() == table.columns.len() {
        return None;
    }
    let names: Vec<&str> = shown.iter().map(|index| table.columns[*index].name.as_str()).collect();
    let list = names.join(",");
    let plain =
        shown.iter().all(|index| is_plain(table, *index)) && (names.len() > 1 || !list.is_empty());
    if list.len() > LONG_LIST {
        return Some(indices(shown));
    }
    Some(if plain && table.column(&list).is_none_or(|_| names.len() == 1) {
        list
    } else {
        Value::from(names).to_string()
    })
}

/// `[1,[4,9]]`: numbers of columns from 1, a pair for the first and the last of several in a row.
fn indices(shown: &[usize]) -> String {
    let mut text = String::from("[");
    let mut rest = shown;
    while let Some(first) = rest.first() {
        let run =
            rest.iter().zip(*first..).take_while(|(index, expected)| *index == expected).count();
        rest = &rest[run..];
        let separator = if text.len() > 1 { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = match run {
            1 => write!(text, "{separator}{}", first + 1),
            run => write!(text, "{separator}[{},{}]", first + 1, first + run),
        };
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_row_are_written_as_a_pair() {
        assert_eq!(indices(&[0]), "[1]");
        assert_eq!(indices(&[0, 1]), "[[1,2]]");
        assert_eq!(indices(&[0, 3, 4, 5, 8]), "[1,[4,6],9]");
    }
}
