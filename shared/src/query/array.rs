//! `_where`: a filter as a JSON array, whose parts no name of a column can make ambiguous.
//!
//! `["Column","operator","value"]` and `["Column","value"]` are one condition;
//! `["any",["A","eq","x"],["B","isnull"]]` are several, of which one must hold.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::filter::{Asked, no_such_operator};
use super::{WHERE, known};
use crate::error::Error;
use crate::operator::{Operator, Takes};
use crate::table::Table;

/// What stands before several conditions.
const ANY: &str = "any";

/// The conditions of an array, of which one must hold.
///
/// # Errors
/// [`Error::Parameter`] that says what to write.
pub fn read(value: &str, table: &Table) -> Result<Vec<Asked>, Error> {
    let shape = "Write a JSON array of texts: column, operator and value, or column and value; or `any` and such arrays.";
    let parts: Vec<&RawValue> = serde_json::from_str(value).map_err(|_| wrong(shape))?;
    match parts.as_slice() {
        [first, conditions @ ..]
            if !conditions.is_empty()
                && text(first).as_deref() == Some(ANY)
                && conditions.iter().all(|condition| condition.get().starts_with('[')) =>
        {
            conditions.iter().map(|condition| one_of_several(condition.get(), table)).collect()
        }
        [column, value] => Ok(vec![condition((column, None, Some(value)), table, shape)?]),
        [column, operator, value] => {
            Ok(vec![condition((column, Some(operator), Some(value)), table, shape)?])
        }
        _ => Err(wrong(shape)),
    }
}

/// A condition among several. Two texts are a column and a test for NULL: so `isnull` is never
/// taken for a value.
fn one_of_several(written: &str, table: &Table) -> Result<Asked, Error> {
    let shape = "Write each condition after `any` as `[\"Column\",\"operator\",\"value\"]`, or as `[\"Column\",\"isnull\"]` or `[\"Column\",\"notnull\"]`.";
    let parts: Vec<&RawValue> = serde_json::from_str(written).map_err(|_| wrong(shape))?;
    match parts.as_slice() {
        [column, test] => {
            let is_null_test = text(test)
                .and_then(|test| Operator::named(&test))
                .is_some_and(|operator| operator.takes() == Takes::Truth);
            if !is_null_test {
                return Err(wrong(shape));
            }
            condition((column, Some(test), None), table, shape)
        }
        [column, operator, value] => condition((column, Some(operator), Some(value)), table, shape),
        _ => Err(wrong(shape)),
    }
}

type Parts<'a> = (&'a RawValue, Option<&'a RawValue>, Option<&'a RawValue>);

fn condition(
    (column, operator, value): Parts<'_>,
    table: &Table,
    shape: &str,
) -> Result<Asked, Error> {
    let text = |part: &RawValue| text(part).ok_or_else(|| wrong(shape));
    let column = text(column)?;
    let operator = operator.map_or(Ok(String::new()), text)?;
    let index = known(WHERE, &column, table)?;
    let operator = Operator::named(&operator).ok_or_else(|| wrong(&no_such_operator(&operator)))?;
    let value = match value {
        None => String::new(),
        // A list may stand as it is, too, and need not be written as a text.
        Some(list) if operator.takes() == Takes::List && list.get().starts_with('[') => {
            list.get().to_owned()
        }
        Some(value) => text(value)?,
    };
    Ok(Asked { column: index, operator, value })
}

fn text(part: &RawValue) -> Option<String> {
    serde_json::from_str(part.get()).ok()
}

fn wrong(reason: &str) -> Error {
    Error::parameter(WHERE, reason)
}

/// The parameter of several conditions, of which one must hold.
pub fn any_pair(table: &Table, conditions: &[Asked]) -> (String, String) {
    let written = conditions.iter().map(|Asked { column, operator, value }| {
        let column = &table.columns[*column].name;
        match (operator.takes(), value.as_str()) {
            (Takes::Truth, "" | "1" | "true") => json!([column, operator.name()]),
            (_, value) if operator.name().is_empty() => json!([column, "eq", value]),
            (_, value) => json!([column, operator.name(), value]),
        }
    });
    let parts: Vec<Value> = std::iter::once(ANY.into()).chain(written).collect();
    (WHERE.to_owned(), Value::from(parts).to_string())
}
