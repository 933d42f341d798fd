//! What the form of groups sends, turned into the parameters that it means.

use super::groups::{computed_value, grouped_value, is_of_groups};
use super::{
    BY, FORM, FORMAT, GroupQuery, NEXT, ROWS, SORT, TableQuery, function_parameter,
    group_sort_value, pairs,
};
use crate::decimal::Width;
use crate::error::Error;
use crate::grouping::{By, Function, Measure, Step, Unit};
use crate::table::Table;

/// A column that rows are grouped by: its index, and after a `:` a unit of time or [`STEPS`].
pub const FORM_BY: &str = "_g";
/// What is computed: a function, a `:`, and the index of a column.
pub const FORM_MEASURE: &str = "_m";
/// The width of steps.
pub const FORM_WIDTH: &str = "_w";
/// The order.
pub const FORM_ORDER: &str = "_s";

/// Numbers in steps.
pub const STEPS: &str = "steps";
/// By the value that rows are grouped by.
pub const BY_VALUE: &str = "value";
/// The greatest of the first computed value first.
pub const GREATEST: &str = "greatest";
/// The least of it first.
pub const LEAST: &str = "least";

/// What the form keeps, as a query string: which rows there are.
pub fn state(all: &[(String, String)]) -> String {
    let is_kept = |name: &str| !is_of_groups(name) && ![NEXT, FORM, FORMAT].contains(&name);
    let kept = all.iter().filter(|(name, _)| is_kept(name));
    pairs::query(kept.map(|(name, value)| (name.as_str(), value.as_str())))
}

/// A choice of a column, with a unit or [`STEPS`] where it has one.
pub fn by_choice(index: usize, step: &str) -> String {
    if step.is_empty() { index.to_string() } else { format!("{index}:{step}") }
}

/// A choice of what is computed.
pub fn measure_choice(measure: Measure) -> String {
    format!("{}:{}", measure.function.name(), measure.column)
}

/// Turns what the form sends into the canonical parameters; `None` for a request that is none of a
/// form.
///
/// # Errors
/// [`Error::Parameter`] for what the form of this table does not send.
pub fn canonical(
    sent: &[(String, String)],
    table: &Table,
) -> Result<Option<Vec<(String, String)>>, Error> {
    let Some((_, kept)) = sent.iter().find(|(name, _)| name == FORM) else { return Ok(None) };
    let mut query = GroupQuery {
        rows: TableQuery::default(),
        by: Vec::new(),
        measures: Vec::new(),
        sort: Vec::new(),
    };
    let field = |wanted: &str| {
        sent.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
    };
    for (name, value) in sent.iter().filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            FORM_BY => {
                let term = term(value, field(FORM_WIDTH), table)?;
                if !query.by.contains(&term) {
                    query.by.push(term);
                }
            }
            FORM_MEASURE => {
                let measure = measure(value, table)?;
                if !query.measures.contains(&measure) {
                    query.measures.push(measure);
                }
            }
            FORM | FORM_WIDTH | FORM_ORDER => {}
            _ => {
                return Err(Error::parameter(name, "No form of the pages sends it; leave it out."));
            }
        }
    }
    if query.by.is_empty() {
        return Err(Error::parameter(FORM_BY, "Choose a column to group by."));
    }
    let mut canonical = pairs::parse(kept)?;
    canonical.retain(|(name, _)| name != FORM && name != NEXT && !is_of_groups(name));
    canonical.push((BY.to_owned(), grouped_value(&query.by, table)));
    for function in Function::ALL {
        if let Some(value) = computed_value(function, &query.measures, table) {
            canonical.push((function_parameter(function).to_owned(), value));
        }
    }
    canonical.extend(order(field(FORM_ORDER), &query, table)?.map(|sort| (SORT.to_owned(), sort)));
    Ok(Some(canonical))
}

fn order(order: &str, query: &GroupQuery, table: &Table) -> Result<Option<String>, Error> {
    let names = super::sort_names(table, query);
    let measure = query.measures.first().map(|measure| measure.name(table));
    let (name, descending) = match order {
        BY_VALUE => (query.by[0].name(table), false),
        // Without anything computed, the rows are what is counted.
        GREATEST => (measure.unwrap_or_else(|| ROWS.to_owned()), true),
        LEAST => (measure.unwrap_or_else(|| ROWS.to_owned()), false),
        "" => return Ok(None),
        _ => return Err(Error::parameter(FORM_ORDER, "The form has no such order.")),
    };
    Ok(Some(group_sort_value(&name, descending, &names)))
}

fn column(parameter: &str, text: &str, table: &Table) -> Result<usize, Error> {
    let number = text.parse().ok().filter(|index| *index < table.columns.len());
    number.ok_or_else(|| {
        Error::parameter(parameter, "The table has no column of this number; load the page again.")
    })
}

fn term(value: &str, width: &str, table: &Table) -> Result<By, Error> {
    let (index, step) = value.split_once(':').unwrap_or((value, ""));
    let column = column(FORM_BY, index, table)?;
    let unit = Unit::ALL.into_iter().find(|unit| unit.name() == step);
    let step = match (step, unit) {
        ("", _) => Step::Value,
        (STEPS, _) => Step::Width(Width::read(width.trim()).ok_or_else(|| {
            Error::parameter(FORM_WIDTH, "Write a number above 0 of at most 15 digits, as in 1000.")
        })?),
        (_, Some(unit)) => Step::Unit(unit),
        _ => return Err(Error::parameter(FORM_BY, "The form has no such choice.")),
    };
    Ok(By { column, step })
}

fn measure(value: &str, table: &Table) -> Result<Measure, Error> {
    let (name, index) = value.split_once(':').unwrap_or((value, ""));
    let function = Function::ALL.into_iter().find(|function| function.name() == name);
    let function =
        function.ok_or_else(|| Error::parameter(FORM_MEASURE, "The form has no such choice."))?;
    Ok(Measure { function, column: column(FORM_MEASURE, index, table)? })
}
