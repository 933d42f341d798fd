//! `Column=v` and `Column__operator=v`.

use serde_json::value::RawValue;

use super::column_names;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::operator::{OPERATORS, Operator, Takes};
use crate::param::{Operand, Param};
use crate::table::{Column, Table};

/// Values of one `in` at most: every one is bound, and a database has a limit on placeholders.
pub const MAX_LIST: usize = 500;

/// One condition on one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The parameter as it came.
    pub parameter: String,
    /// Its value as it came.
    pub value: String,
    /// The column's index in the table.
    pub column: usize,
    /// How it is compared.
    pub operator: Operator,
    /// With what: one operand, several for lists, none for NULL.
    pub operands: Vec<Operand>,
}

/// Reads one filter. An exact column name wins over a reading with `__`.
pub fn read(
    parameter: &str,
    value: &str,
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<Filter, Error> {
    let (index, operator) = meaning(parameter, table)?;
    of_column(parameter, value, (index, operator), table, dialect)
}

/// Reads a filter in its long form, which no name of a column can make ambiguous.
pub fn read_where(value: &str, table: &Table, dialect: &dyn Dialect) -> Result<Filter, Error> {
    let wrong = |reason: String| Error::parameter(super::WHERE, reason);
    let shape = || {
        wrong(
            "Write a JSON array of texts: column, operator and value, or column and value."
                .to_owned(),
        )
    };
    let parts: Vec<&RawValue> = serde_json::from_str(value).map_err(|_| shape())?;
    let text = |part: &RawValue| serde_json::from_str::<String>(part.get()).map_err(|_| shape());
    let (column, operator, value) = match parts.as_slice() {
        [column, value] => (text(column)?, String::new(), value),
        [column, operator, value] => (text(column)?, text(operator)?, value),
        _ => return Err(shape()),
    };
    let index = super::known(super::WHERE, &column, table)?;
    let operator = Operator::named(&operator).ok_or_else(|| wrong(no_such_operator(&operator)))?;
    // A list may stand as it is, too, and need not be written as a text.
    let is_list = operator.takes() == Takes::List && value.get().starts_with('[');
    let value = if is_list { value.get().to_owned() } else { text(value)? };
    of_column(super::WHERE, &value, (index, operator), table, dialect)
}

/// The parameter that compares a column so, in its short form unless that would mean something
/// else.
pub fn filter_pair(
    table: &Table,
    index: usize,
    operator: Operator,
    value: &str,
) -> (String, String) {
    let column = &table.columns[index].name;
    let short = match operator.name() {
        "" => column.clone(),
        name => format!("{column}__{name}"),
    };
    if meaning(&short, table).is_ok_and(|meant| meant == (index, operator)) {
        return (short, value.to_owned());
    }
    let parts = [column.as_str(), operator.name(), value];
    (
        super::WHERE.to_owned(),
        serde_json::Value::from(parts.map(str::to_owned).to_vec()).to_string(),
    )
}

/// The column and the operator that a parameter's name stands for.
fn meaning(parameter: &str, table: &Table) -> Result<(usize, Operator), Error> {
    match table.column(parameter) {
        Some(index) if !super::is_ours(parameter) => Ok((index, Operator::Equal)),
        _ => split(parameter, table),
    }
}

fn of_column(
    parameter: &str,
    value: &str,
    (index, operator): (usize, Operator),
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<Filter, Error> {
    let column = &table.columns[index];
    let wrong = |reason: String| Error::parameter(parameter, reason);
    let filter = |operator, operands| Filter {
        parameter: parameter.into(),
        value: value.into(),
        column: index,
        operator,
        operands,
    };
    if operator.takes() == Takes::Truth {
        let operator = null_test(operator, value)
            .ok_or_else(|| wrong("Its value is `true` or `false`.".into()))?;
        return Ok(filter(operator, Vec::new()));
    }
    if !column.takes_filters() {
        return Err(wrong("This column can only be tested with `isnull` and `notnull`.".into()));
    }
    let takes_any = dialect.keeps_any_type() && !column.row_number;
    if value.is_empty() && !column.kind.is_text() && !takes_any {
        let null = format!(
            "Leave it out, or ask for rows without a value: `{}__isnull=true`.",
            column.name
        );
        return Err(wrong(format!(
            "Its value is empty, which no {} is. {null}",
            column.kind.name()
        )));
    }
    let read = |value: &str| {
        let read = match operator.orders() {
            true => dialect.read_ordered(value, column),
            false => dialect.read_value(value, column),
        };
        read.map_err(wrong)
    };
    let operands = match operator.takes() {
        Takes::Text if !column.kind.is_text() => {
            return Err(wrong(format!(
                "This works for text only, and the column is of type {}.",
                column.kind.name()
            )));
        }
        Takes::Text => {
            dialect.carries(value).map_err(wrong)?;
            vec![Operand::One(Param::Text(value.to_owned()))]
        }
        Takes::List => {
            list(value).map_err(wrong)?.iter().map(|item| read(item)).collect::<Result<_, _>>()?
        }
        Takes::Value | Takes::Truth => vec![read(value)?],
    };
    Ok(filter(operator, operands))
}

/// What a parameter compares with which column, on either route; `None` where it compares nothing.
pub fn compared<'a>(
    name: &str,
    value: &str,
    table: &'a Table,
    dialect: &dyn Dialect,
) -> Option<(&'a Column, Operator, Vec<Operand>)> {
    let read = if name == super::WHERE {
        read_where(value, table, dialect)
    } else {
        read(name, value, table, dialect)
    };
    let filter = read.ok()?;
    (filter.operator.takes() != Takes::Text)
        .then(|| (&table.columns[filter.column], filter.operator, filter.operands))
}

/// Splits `Column__operator` at its last `__`.
fn split(parameter: &str, table: &Table) -> Result<(usize, Operator), Error> {
    let unknown = |reason: &str| {
        Error::unknown_column(parameter, format!("{reason} {}", column_names(table)))
    };
    let Some((name, operator)) = parameter.rsplit_once("__") else {
        return Err(unknown("There is no parameter or column of this name."));
    };
    let Some(index) = table.column(name) else {
        return Err(unknown(&format!("The table has no column `{name}`.")));
    };
    let Some(operator) = Operator::named(operator).filter(|_| !operator.is_empty()) else {
        return Err(Error::parameter(parameter, no_such_operator(operator)));
    };
    Ok((index, operator))
}

fn no_such_operator(operator: &str) -> String {
    let names: Vec<&str> =
        OPERATORS.iter().map(|entry| entry.name).filter(|name| !name.is_empty()).collect();
    format!("There is no operator `{operator}`. Operators are {}.", names.join(", "))
}

/// `isnull=false` means `notnull`; no value means `true`.
fn null_test(operator: Operator, value: &str) -> Option<Operator> {
    let holds = match value {
        "" | "1" | "true" => true,
        "0" | "false" => false,
        _ => return None,
    };
    Some(match (operator, holds) {
        (Operator::IsNull, true) | (Operator::NotNull, false) => Operator::IsNull,
        _ => Operator::NotNull,
    })
}

/// An item of a JSON array. Numbers stay as they are written: read as floats, they would lose
/// digits.
fn listed(json: &str) -> Result<String, String> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json)
            .map_err(|_| "The JSON array must hold texts only.".to_owned()),
        Some(b'[' | b'{' | b'n') | None => {
            Err("The JSON array may hold texts, numbers, true and false.".to_owned())
        }
        Some(_) => Ok(json.to_owned()),
    }
}

/// `a,b,c`, or a JSON array where values hold commas.
fn list(value: &str) -> Result<Vec<String>, String> {
    let items: Vec<String> = if value.starts_with('[') {
        let array: Vec<&RawValue> = serde_json::from_str(value).map_err(|_| {
            "A value that starts with `[` must be a JSON array of texts or numbers.".to_owned()
        })?;
        array.into_iter().map(|item| listed(item.get())).collect::<Result<_, _>>()?
    } else {
        value.split(',').map(str::to_owned).collect()
    };
    match items.len() {
        0 => Err("The list is empty.".to_owned()),
        count if count > MAX_LIST => {
            Err(format!("The list has {count} values; at most {MAX_LIST} are possible."))
        }
        _ => Ok(items),
    }
}
