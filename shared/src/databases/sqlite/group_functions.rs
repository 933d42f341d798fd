//! Functions for groups: sums with all digits, units of time, steps of numbers.

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::groups::{
    ANY_GROUP, FITTING, GREATEST, LEAST, Number, SORTABLE, STEP, SUM, SUM_OPERAND, TIME_GROUP,
    TIMESTAMP_GROUP, UNIT, fitting, time_unit,
};
use super::values::{number, time_group, timestamp_group};
use crate::databases::values::is_decimal;
use crate::decimal::{self, Width, sortable};
use crate::grouping::Unit;
use crate::param::Param;
use crate::table::Type;

/// Gives a connection the functions.
pub fn install(sqlite: &Connection, flags: FunctionFlags) -> Result<()> {
    sqlite.create_aggregate_function(SUM, 1, flags, ExactSum)?;
    sqlite.create_scalar_function(SORTABLE, 1, flags, |context| {
        Ok(context.get::<Option<String>>(0)?.and_then(|digits| sortable(&digits)))
    })?;
    sqlite.create_scalar_function(SUM_OPERAND, 1, flags, |context| {
        Ok(numeric(context.get_raw(0)).map(|_| 1))
    })?;
    sqlite.create_scalar_function(TIMESTAMP_GROUP, 1, flags, |context| {
        of_text(context, timestamp_group)
    })?;
    sqlite.create_scalar_function(TIME_GROUP, 1, flags, |context| of_text(context, time_group))?;
    sqlite.create_scalar_function(ANY_GROUP, 1, flags, |context| any_group(context))?;
    sqlite.create_aggregate_function(LEAST, 2, flags, Extreme(Ordering::Less))?;
    sqlite.create_aggregate_function(GREATEST, 2, flags, Extreme(Ordering::Greater))?;
    sqlite.create_scalar_function(FITTING, 2, flags, |context| fitting_value(context))?;
    sqlite.create_scalar_function(UNIT, 3, flags, |context| unit(context))?;
    sqlite.create_scalar_function(STEP, 2, flags, |context| step(context))
}

/// The value, and a text changed; one that is no UTF-8 stays.
fn of_text(context: &Context<'_>, change: impl Fn(&str) -> String) -> Result<Value> {
    match context.get_raw(0) {
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(change(text))),
            Err(_) => kept(context),
        },
        _ => kept(context),
    }
}

fn kept(context: &Context<'_>) -> Result<Value> {
    match context.get_raw(0) {
        // Rust's texts are UTF-8. As bytes it is another value, and no filter finds it either way.
        ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_err() => {
            Ok(Value::Blob(bytes.to_vec()))
        }
        _ => context.get(0),
    }
}

/// A text that filters take for a number is that number.
fn any_group(context: &Context<'_>) -> Result<Value> {
    let ValueRef::Text(bytes) = context.get_raw(0) else { return kept(context) };
    let Ok(text) = std::str::from_utf8(bytes) else { return kept(context) };
    Ok(match number(text) {
        Some(Param::Integer(number)) if number.to_string() == text => Value::Integer(number),
        Some(Param::Double(number)) if number.to_string() == text => Value::Real(number),
        _ => Value::Text(text.to_owned()),
    })
}

fn unit(context: &Context<'_>) -> Result<Value> {
    let unit = context.get_or_create_aux(1, |unit| {
        let name = unit.as_str().unwrap_or_default();
        Unit::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| wrong("unit"))
    })?;
    let is_timestamp: bool = context.get(2)?;
    let found = match context.get_raw(0) {
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).ok();
            text.and_then(|text| time_unit(text, *unit, is_timestamp))
        }
        _ => None,
    };
    match found {
        Some(name) => Ok(Value::Blob(name.into_bytes())),
        None if is_timestamp => of_text(context, timestamp_group),
        None => kept(context),
    }
}

fn fitting_value(context: &Context<'_>) -> Result<Option<String>> {
    let kind = context.get_or_create_aux(1, |kind| {
        let name = kind.as_str().unwrap_or_default();
        Type::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| wrong("type"))
    })?;
    let ValueRef::Text(bytes) = context.get_raw(0) else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().and_then(|text| fitting(text, *kind)))
}

/// The value whose fitting text is less than all others, or greater.
struct Extreme(Ordering);

impl Aggregate<Option<(String, String)>, Option<String>> for Extreme {
    fn init(&self, _context: &mut Context<'_>) -> Result<Option<(String, String)>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, best: &mut Option<(String, String)>) -> Result<()> {
        if let Some(key) = fitting_value(context)?
            && best.as_ref().is_none_or(|(known, _)| key.cmp(known) == self.0)
        {
            *best = Some((key, context.get(0)?));
        }
        Ok(())
    }

    fn finalize(
        &self,
        _context: &mut Context<'_>,
        best: Option<Option<(String, String)>>,
    ) -> Result<Option<String>> {
        Ok(best.flatten().map(|(_, text)| text))
    }
}

fn step(context: &Context<'_>) -> Result<Value> {
    let width = context.get_or_create_aux(1, |width| {
        width.as_str().ok().and_then(Width::read).ok_or_else(|| wrong("width"))
    })?;
    let number = match context.get_raw(0) {
        ValueRef::Text(_) => None,
        value => numeric(value),
    };
    match number.and_then(|number| number.step(&width)) {
        // As text where it has more than 64 bits: no text that is a number stands in such a column.
        Some(step) => Ok(match i64::try_from(step) {
            Ok(step) => Value::Integer(step),
            Err(_) => Value::Text(step.to_string()),
        }),
        None => kept(context),
    }
}

fn wrong(what: &str) -> Error {
    Error::UserFunctionError(format!("no {what}").into())
}

/// A number, or a text that spells one.
fn numeric(value: ValueRef<'_>) -> Option<Number> {
    match value {
        ValueRef::Integer(number) => Some(Number::Integer(number)),
        ValueRef::Real(number) if number.is_finite() => Some(Number::of_float(number)),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).ok().filter(|text| is_decimal(text))?;
            Some(Number::Digits(text.to_owned()))
        }
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}

/// The exact sum.
struct ExactSum;

impl Aggregate<Option<decimal::Sum>, Option<String>> for ExactSum {
    fn init(&self, _context: &mut Context<'_>) -> Result<Option<decimal::Sum>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<decimal::Sum>) -> Result<()> {
        if let Some(number) = numeric(context.get_raw(0)) {
            number.add(sum.get_or_insert_default());
        }
        Ok(())
    }

    fn finalize(
        &self,
        _context: &mut Context<'_>,
        sum: Option<Option<decimal::Sum>>,
    ) -> Result<Option<String>> {
        Ok(sum.flatten().map(|sum| sum.digits()))
    }
}
