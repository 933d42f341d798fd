//! What our own forms send, turned into the parameters that it means.
//!
//! A browser makes CR LF of every line break in a field and sends every field of a form, so a form
//! of ours has few and short ones: what it keeps stands in `_form`, a query string, and columns go
//! by their indices, from 0.

use super::lists::columns_value;
use super::{
    COLUMNS, FORM, FORM_COLUMN, FORM_OPERATOR, FORM_OR, FORM_VALUE, NEXT, SEARCH, SIZE, WHERE,
    array, filter, filter_pair, is_ours, pairs,
};
use crate::error::Error;
use crate::operator::Operator;
use crate::table::Table;

/// A chosen column of the column chooser.
pub const CHOSEN: &str = "_c";
/// Turns what a form sends into the canonical parameters; `None` for a request that is none of a
/// form.
///
/// # Errors
/// [`Error::Parameter`] for what no form of this table sends.
pub fn canonical(
    pairs: &[(String, String)],
    table: &Table,
) -> Result<Option<Vec<(String, String)>>, Error> {
    let Some((_, state)) = pairs.iter().find(|(name, _)| name == FORM) else { return Ok(None) };
    let field = |wanted: &str| {
        pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let mut canonical: Vec<(String, String)> = pairs::parse(state)?;
    canonical.retain(|(name, _)| name != FORM && name != NEXT);
    let mut chosen = Vec::new();
    let mut is_of_chooser = false;
    for (name, value) in pairs {
        if matches!(name.as_str(), FORM | FORM_COLUMN | FORM_OPERATOR | FORM_VALUE | FORM_OR) {
            continue;
        } else if name == SEARCH || name == SIZE {
            // An empty field asks for nothing.
            canonical.retain(|(kept, _)| kept != name);
            canonical.extend((!value.is_empty()).then(|| (name.clone(), value.clone())));
        } else if name == CHOSEN {
            is_of_chooser = true;
            // The chooser's button sends an empty one: boxes without a tick send nothing.
            if !value.is_empty() {
                chosen.push(index(name, value, table)?);
            }
        } else {
            return Err(Error::parameter(name, "No form of the pages sends it; leave it out."));
        }
    }
    if is_of_chooser && chosen.is_empty() {
        return Err(Error::parameter(CHOSEN, "Choose at least one column to show."));
    }
    if let Some(columns) = columns_value(table, &chosen) {
        canonical.push((COLUMNS.to_owned(), columns));
    }
    if let Some(column) = field(FORM_COLUMN).filter(|column| !column.is_empty()) {
        let column = index(FORM_COLUMN, column, table)?;
        let operator = named(FORM_OPERATOR, field(FORM_OPERATOR).unwrap_or_default())?;
        let value = field(FORM_VALUE).unwrap_or_default();
        match field(FORM_OR).filter(|other| !other.is_empty()) {
            Some(other) => {
                let new = filter::Asked { column, operator, value: value.to_owned() };
                alternative(&mut canonical, other, new, table)?;
            }
            None => canonical.push(filter_pair(table, column, operator, value)),
        }
    } else if field(FORM_VALUE).is_some_and(|value| !value.is_empty()) {
        return Err(Error::parameter(
            FORM_COLUMN,
            "Choose the column that the value is to be compared with.",
        ));
    }
    Ok(Some(canonical))
}

/// Makes the new condition an alternative to a filter in force, by its index among them.
fn alternative(
    pairs: &mut [(String, String)],
    other: &str,
    new: filter::Asked,
    table: &Table,
) -> Result<(), Error> {
    let mut filters = pairs.iter_mut().filter(|(name, _)| is_filter(name));
    let pair = other.parse().ok().and_then(|index| filters.nth(index)).ok_or_else(|| {
        Error::parameter(FORM_OR, "There is no filter of this number; load the page again.")
    })?;
    let mut conditions = filter::asked(&pair.0, &pair.1, table)?;
    conditions.push(new);
    *pair = array::any_pair(table, &conditions);
    Ok(())
}

/// True for the name of a parameter that filters.
pub fn is_filter(name: &str) -> bool {
    name == WHERE || !is_ours(name)
}

fn named(parameter: &str, operator: &str) -> Result<Operator, Error> {
    Operator::named(operator)
        .ok_or_else(|| Error::parameter(parameter, format!("There is no operator `{operator}`.")))
}

fn index(parameter: &str, text: &str, table: &Table) -> Result<usize, Error> {
    let number = text.parse().ok().filter(|index| *index < table.columns.len());
    number.ok_or_else(|| {
        Error::parameter(parameter, "The table has no column of this number; load the page again.")
    })
}
