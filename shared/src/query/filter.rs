//! `Column=v` and `Column__operator=v`.

use serde_json::value::RawValue;

use super::{array, column_names};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::operator::{OPERATORS, Operator, Takes};
use crate::param::{Operand, Param};
use crate::table::Table;

/// Values of one `in` at most: every one is bound, and a database has a limit on placeholders.
pub const MAX_LIST: usize = 500;

/// A filter: one condition, or several of which one must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The parameter as it came.
    pub parameter: String,
    /// Its value as it came.
    pub value: String,
    /// At least one.
    pub conditions: Vec<Comparison>,
}

impl Filter {
    /// The condition of a filter that has no other.
    pub fn only(&self) -> Option<&Comparison> {
        match self.conditions.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// One condition on one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The column's index in the table.
    pub column: usize,
    /// How it is compared.
    pub operator: Operator,
    /// With what: one operand, several for lists, none for NULL.
    pub operands: Vec<Operand>,
    /// The value as it came.
    pub value: String,
}

/// A condition as it is written, before its value is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The column's index in the table.
    pub column: usize,
    /// How it is compared.
    pub operator: Operator,
    /// The value as it came.
    pub value: String,
}

/// Reads one filter. An exact column name wins over a reading with `__`.
pub fn read(
    parameter: &str,
    value: &str,
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<Filter, Error> {
    let asked = asked(parameter, value, table)?;
    let is_one = asked.len() == 1;
    let conditions = asked.into_iter().map(|asked| {
        let name = &table.columns[asked.column].name;
        compare(asked, table, dialect).map_err(|reason| {
            let of = if is_one { String::new() } else { format!("In the condition on `{name}`: ") };
            Error::parameter(parameter, format!("{of}{reason}"))
        })
    });
    let conditions = conditions.collect::<Result<_, _>>()?;
    Ok(Filter { parameter: parameter.into(), value: value.into(), conditions })
}

/// The conditions of a filter as they are written.
pub fn asked(parameter: &str, value: &str, table: &Table) -> Result<Vec<Asked>, Error> {
    if parameter == super::WHERE {
        return array::read(value, table);
    }
    let (column, operator) = meaning(parameter, table)?;
    Ok(vec![Asked { column, operator, value: value.to_owned() }])
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

/// Reads the value of a condition.
fn compare(asked: Asked, table: &Table, dialect: &dyn Dialect) -> Result<Comparison, String> {
    let Asked { column: index, operator, value } = asked;
    let column = &table.columns[index];
    if operator.takes() == Takes::Truth {
        let operator = null_test(operator, &value)
            .ok_or_else(|| "Its value is `true` or `false`.".to_owned())?;
        return Ok(Comparison { column: index, operator, operands: Vec::new(), value });
    }
    if !column.takes_filters() {
        return Err("This column can only be tested with `isnull` and `notnull`.".to_owned());
    }
    let takes_any = dialect.keeps_any_type() && !column.row_number;
    if value.is_empty() && !column.kind.is_text() && !takes_any {
        let null = format!(
            "Leave it out, or ask for rows without a value: `{}__isnull=true`.",
            column.name
        );
        return Err(format!("Its value is empty, which no {} is. {null}", column.kind.name()));
    }
    let read = |value: &str| match operator.orders() {
        true => dialect.read_ordered(value, column),
        false => dialect.read_value(value, column),
    };
    let operands = match operator.takes() {
        Takes::Text if !column.kind.is_text() => {
            return Err(format!(
                "This works for text only, and the column is of type {}.",
                column.kind.name()
            ));
        }
        Takes::Text => {
            dialect.carries(&value)?;
            vec![Operand::One(Param::Text(value.clone()))]
        }
        Takes::List => list(&value)?.iter().map(|item| read(item)).collect::<Result<_, _>>()?,
        Takes::Value | Takes::Truth => vec![read(&value)?],
    };
    Ok(Comparison { column: index, operator, operands, value })
}

/// What a parameter compares with which columns, on either route; nothing where it compares none.
pub fn compared(name: &str, value: &str, table: &Table, dialect: &dyn Dialect) -> Vec<Comparison> {
    let conditions = read(name, value, table, dialect).map(|filter| filter.conditions);
    let is_value = |condition: &Comparison| condition.operator.takes() != Takes::Text;
    conditions.unwrap_or_default().into_iter().filter(is_value).collect()
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

pub(super) fn no_such_operator(operator: &str) -> String {
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
