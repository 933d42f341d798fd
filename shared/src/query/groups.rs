//! What of a table's groups is asked for: `_by`, what is computed of each, and their order.

use serde_json::Value;

use super::{
    AVG, BY, COLUMNS, COUNT, FORMAT, LABEL, MAX, MIN, SORT, SUM, Sizes, TableQuery, VIEW,
    column_names, known, table_query,
};
use crate::decimal::Width;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::grouping::{By, Function, Measure, Step, Unit};
use crate::table::{Column, Table, Type, is_same_name};

/// Groups of an answer at most.
pub const MAX_GROUPS: usize = 1_000;

/// Columns that rows are grouped by at most.
pub const MAX_BY: usize = 3;

/// What is computed of a group at most, beside the number of its rows.
pub const MAX_MEASURES: usize = 8;

/// What groups are called that are sorted by how many rows they have.
pub const ROWS: &str = "count";

/// What of a table's groups is asked for.
#[derive(Debug, Clone)]
pub struct GroupQuery {
    /// Which rows there are, how many groups, and the position.
    pub rows: TableQuery,
    /// What they are grouped by; by nothing, all rows are one group.
    pub by: Vec<By>,
    /// What is computed, in the order of [`Function::ALL`] and then as asked.
    pub measures: Vec<Measure>,
    /// The order as asked.
    pub sort: Vec<GroupSort>,
}

/// A term of the groups' order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSort {
    /// What it sorts by.
    pub key: SortKey,
    /// From the greatest to the least.
    pub descending: bool,
}

/// What groups are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// The value that they are grouped by, by its index.
    By(usize),
    /// How many rows they have.
    Rows,
    /// What is computed, by its index.
    Measure(usize),
}

/// The parameter of a function.
pub fn function_parameter(function: Function) -> &'static str {
    match function {
        Function::Sum => SUM,
        Function::Average => AVG,
        Function::Least => MIN,
        Function::Greatest => MAX,
    }
}

/// The parameters that only groups have, and those of rows that they do not have.
pub fn is_of_groups(name: &str) -> bool {
    [BY, SUM, AVG, MIN, MAX, SORT].contains(&name)
}

/// Reads the query of groups.
///
/// # Errors
/// [`Error::Parameter`] naming what is unknown, given twice or does not fit.
pub fn group_query(
    pairs: &[(String, String)],
    table: &Table,
    dialect: &dyn Dialect,
    sizes: Sizes,
) -> Result<GroupQuery, Error> {
    let (own, rows): (Vec<_>, Vec<_>) =
        pairs.iter().cloned().partition(|(name, _)| is_of_groups(name));
    if let Some((name, _)) =
        rows.iter().find(|(name, _)| [COLUMNS, COUNT, VIEW, LABEL].contains(&name.as_str()))
    {
        let reason = "Groups have no such parameter: leave it out.";
        return Err(Error::parameter(name, reason));
    }
    let mut query = GroupQuery {
        rows: table_query(&rows, table, dialect, sizes)?,
        by: Vec::new(),
        measures: Vec::new(),
        sort: Vec::new(),
    };
    let of = |wanted: &'static str| own.iter().filter(move |(name, _)| name == wanted);
    for (_, value) in of(BY) {
        grouped_by(value, table, &mut query.by)?;
    }
    for function in Function::ALL {
        for (_, value) in of(function_parameter(function)) {
            computed(function, value, table, &mut query.measures)?;
        }
    }
    for (_, value) in of(SORT) {
        sorted(value, table, &mut query)?;
    }
    Ok(query)
}

/// The parameters that say which rows there are: what the rows of a group are found by, too.
pub fn rows_of_groups(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let is_kept = |name: &str| {
        !is_of_groups(name)
            && ![super::SIZE, super::NEXT, FORMAT, COLUMNS, COUNT, VIEW, LABEL].contains(&name)
    };
    pairs.iter().filter(|(name, _)| is_kept(name)).cloned().collect()
}

/// The value as a whole where that is one name, else a JSON array of names, else split at commas.
fn names(value: &str, is_one: impl Fn(&str) -> bool) -> Vec<String> {
    if is_one(value) {
        return vec![value.to_owned()];
    }
    match serde_json::from_str::<Vec<Value>>(value) {
        Ok(values) if !values.is_empty() && values.iter().all(Value::is_string) => {
            values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => value.split(',').map(str::to_owned).collect(),
    }
}

fn grouped_by(value: &str, table: &Table, by: &mut Vec<By>) -> Result<(), Error> {
    let is_one = |name: &str| table.column(name).is_some();
    for name in names(value, is_one) {
        let term = term(&name, table)?;
        if by.contains(&term) {
            return Err(Error::parameter(BY, format!("`{name}` is named twice.")));
        }
        if by.len() == MAX_BY {
            let reason = format!("At most {MAX_BY} columns can be grouped by.");
            return Err(Error::parameter(BY, reason));
        }
        by.push(term);
    }
    Ok(())
}

/// A column, perhaps with a unit of time or a width after its last `:`.
fn term(name: &str, table: &Table) -> Result<By, Error> {
    let wrong = |reason: String| Error::parameter(BY, reason);
    let (column, step) = match (table.column(name), name.rsplit_once(':')) {
        (None, Some((column, step))) if table.column(column).is_some() => (column, Some(step)),
        _ => (name, None),
    };
    let index = known(BY, column, table)?;
    let column = &table.columns[index];
    if !column.takes_filters() {
        return Err(wrong(format!("The column `{}` cannot be grouped by.", column.name)));
    }
    let step = match step {
        None => Step::Value,
        Some(step) => read_step(step, column).map_err(wrong)?,
    };
    Ok(By { column: index, step })
}

fn read_step(text: &str, column: &Column) -> Result<Step, String> {
    let units: Vec<&str> =
        Unit::ALL.iter().filter(|unit| unit.fits(column)).map(|unit| unit.name()).collect();
    if let Some(unit) = Unit::ALL.into_iter().find(|unit| unit.name() == text && unit.fits(column))
    {
        return Ok(Step::Unit(unit));
    }
    if !units.is_empty() {
        let units = units.join(", ");
        return Err(format!("The units of the column `{}` are {units}.", column.name));
    }
    if !column.kind.is_numeric() {
        let kind = column.kind.name();
        return Err(format!(
            "The column `{}` is of type {kind}: units are of dates, widths of numbers.",
            column.name
        ));
    }
    let width = Width::read(text).ok_or_else(|| {
        format!("`{text}` is no width: write a number above 0 of at most 15 digits, as in 1000.")
    })?;
    if column.kind == Type::Integer && width.scale > 0 {
        return Err(format!("The column `{}` holds whole numbers: so is the width.", column.name));
    }
    Ok(Step::Width(width))
}

fn computed(
    function: Function,
    value: &str,
    table: &Table,
    measures: &mut Vec<Measure>,
) -> Result<(), Error> {
    let parameter = function_parameter(function);
    let wrong = |reason: String| Error::parameter(parameter, reason);
    for name in names(value, |name| table.column(name).is_some()) {
        let index = known(parameter, &name, table)?;
        let column = &table.columns[index];
        if !function.fits(column) {
            let needs = match function {
                Function::Sum | Function::Average => "numbers",
                Function::Least | Function::Greatest => "values that can be compared",
            };
            let kind = column.kind.name();
            return Err(wrong(format!(
                "The column `{}` is of type {kind}; this is of {needs}.",
                column.name
            )));
        }
        let measure = Measure { function, column: index };
        if measures.contains(&measure) {
            return Err(wrong(format!("The column `{}` is named twice.", column.name)));
        }
        if measures.len() == MAX_MEASURES {
            return Err(wrong(format!(
                "At most {MAX_MEASURES} sums, averages, minima and maxima are possible together."
            )));
        }
        measures.push(measure);
    }
    Ok(())
}

fn sorted(value: &str, table: &Table, query: &mut GroupQuery) -> Result<(), Error> {
    let is_one = |name: &str| sort_term(name, table, query).is_some();
    for name in names(value, is_one) {
        let Some(term) = sort_term(&name, table, query) else {
            let known = sort_names(table, query).join("`, `");
            let reason = match table.column(name.trim_start_matches('-')) {
                Some(_) => "Groups are sorted by what they are grouped by and what is computed",
                None => "There is nothing of this name to sort by",
            };
            let reason = format!("{reason}: `{known}`, `-` before one for descending.");
            return Err(match table.column(name.trim_start_matches('-')) {
                Some(_) => Error::parameter(SORT, reason),
                None => Error::unknown_column(SORT, format!("{reason} {}", column_names(table))),
            });
        };
        if query.sort.iter().any(|known| known.key == term.key) {
            return Err(Error::parameter(SORT, format!("`{name}` is named twice.")));
        }
        query.sort.push(term);
    }
    Ok(())
}

/// A term of the order, perhaps with `-` before it.
fn sort_term(name: &str, table: &Table, query: &GroupQuery) -> Option<GroupSort> {
    let names = sort_names(table, query);
    let key = |name: &str| {
        let index = names.iter().position(|known| known == name).or_else(|| {
            let mut same = names.iter().enumerate().filter(|(_, known)| is_same_name(known, name));
            same.next().map(|(index, _)| index).filter(|_| same.next().is_none())
        })?;
        Some(match index {
            index if index < query.by.len() => SortKey::By(index),
            index if index == query.by.len() => SortKey::Rows,
            index => SortKey::Measure(index - query.by.len() - 1),
        })
    };
    key(name).map(|key| GroupSort { key, descending: false }).or_else(|| {
        let key = key(name.strip_prefix('-')?)?;
        Some(GroupSort { key, descending: true })
    })
}

/// What groups can be sorted by: what they are grouped by, `count`, what is computed.
pub fn sort_names(table: &Table, query: &GroupQuery) -> Vec<String> {
    let by = query.by.iter().map(|by| by.name(table));
    let measures = query.measures.iter().map(|measure| measure.name(table));
    by.chain([ROWS.to_owned()]).chain(measures).collect()
}

/// What rows are grouped by as `_by` takes it.
pub fn grouped_value(by: &[By], table: &Table) -> String {
    let names: Vec<String> = by.iter().map(|by| by.name(table)).collect();
    let is_read = |value: &str| {
        let mut read = Vec::new();
        grouped_by(value, table, &mut read).is_ok() && read == by
    };
    written(names, is_read)
}

/// The columns of a function as its parameter takes them; `None` where it is not asked for.
pub fn computed_value(function: Function, measures: &[Measure], table: &Table) -> Option<String> {
    let own: Vec<Measure> =
        measures.iter().copied().filter(|measure| measure.function == function).collect();
    let names = own.iter().map(|measure| table.columns[measure.column].name.clone()).collect();
    let is_read = |value: &str| {
        let mut read = Vec::new();
        computed(function, value, table, &mut read).is_ok() && read == own
    };
    (!own.is_empty()).then(|| written(names, is_read))
}

/// Names as a list with commas, or as JSON where that would be read otherwise.
fn written(names: Vec<String>, is_read: impl Fn(&str) -> bool) -> String {
    let plain = names.join(",");
    if is_read(&plain) { plain } else { Value::from(names).to_string() }
}

/// A name as `_sort` takes it where it stands alone, perhaps descending.
pub fn group_sort_value(name: &str, descending: bool, names: &[String]) -> String {
    let written = format!("{}{name}", if descending { "-" } else { "" });
    let is_plain = !name.contains(',') && !written.starts_with('[');
    let is_clear = !descending || !names.contains(&written);
    if is_plain && is_clear { written } else { Value::from(vec![written]).to_string() }
}
