//! The condition “after this row”.

use super::super::from::from;
use super::{Order, SeekValue, Term};
use crate::dialect::{Dialect, Nulls};
use crate::guard::Guarded;
use crate::param::Param;
use crate::statement::Condition;

/// Terms whose condition is nested at most. SQLite's parser takes some 16 levels of it, so that
/// more are spelt out one by one; that repeats their values.
const NESTED_TERMS: usize = 8;

/// The condition that a row comes after the given values, with its parameters; `None` where no row
/// can.
pub fn after(
    order: &Order,
    values: &[SeekValue],
    table: &Guarded,
    dialect: &dyn Dialect,
) -> Option<(String, Vec<Param>)> {
    let seek = Seek { order, values, table, dialect };
    let terms = order.terms.len();
    let (text, params) = if terms > NESTED_TERMS { seek.spelt_out()? } else { seek.nested()? };
    match seek.bound() {
        Some((bound, mut bound_params)) if terms > 1 => {
            bound_params.extend(params);
            Some((format!("({bound} AND {text})"), bound_params))
        }
        _ => Some((text, params)),
    }
}

struct Seek<'a> {
    order: &'a Order,
    values: &'a [SeekValue],
    table: &'a Guarded,
    dialect: &'a dyn Dialect,
}

impl Seek<'_> {
    /// `(a > ? OR (a = ? AND (b > ? OR …)))`
    fn nested(&self) -> Option<(String, Vec<Param>)> {
        let mut condition: Option<(String, Vec<Param>)> = None;
        for index in (0..self.order.terms.len()).rev() {
            condition = match (self.beyond(index), condition) {
                (beyond, None) => beyond,
                (None, Some((rest, rest_params))) => {
                    let (equal, mut params) = self.equal(index);
                    params.extend(rest_params);
                    Some((format!("({equal} AND {rest})"), params))
                }
                (Some((beyond, mut params)), Some((rest, rest_params))) => {
                    let (equal, equal_params) = self.equal(index);
                    params.extend(equal_params);
                    params.extend(rest_params);
                    Some((format!("({beyond} OR ({equal} AND {rest}))"), params))
                }
            };
        }
        condition
    }

    /// `(a > ? OR a = ? AND b > ? OR a = ? AND b = ? AND …)`
    fn spelt_out(&self) -> Option<(String, Vec<Param>)> {
        let mut cases = Vec::new();
        let mut params = Vec::new();
        let (mut before, mut before_params) = (String::new(), Vec::new());
        for index in 0..self.order.terms.len() {
            if let Some((beyond, beyond_params)) = self.beyond(index) {
                cases.push(format!("{before}{beyond}"));
                params.extend(before_params.iter().cloned().chain(beyond_params));
            }
            let (equal, equal_params) = self.equal(index);
            before.push_str(&format!("{equal} AND "));
            before_params.extend(equal_params);
        }
        (!cases.is_empty()).then(|| (format!("({})", cases.join(" OR ")), params))
    }

    /// NULL comes before all values in this term's direction.
    fn nulls_first(&self, term: &Term) -> bool {
        (self.dialect.nulls() == Nulls::First) != term.descending
    }

    /// This term's value lies beyond the given one.
    fn beyond(&self, index: usize) -> Option<(String, Vec<Param>)> {
        let term = &self.order.terms[index];
        let Some((operand, params)) = self.operand(index) else {
            return self
                .nulls_first(term)
                .then(|| (format!("{} IS NOT NULL", term.expression), Vec::new()));
        };
        let operator = if term.descending { "<" } else { ">" };
        let compared = format!("{} {operator} {operand}", term.expression);
        let text = if term.nullable && !self.nulls_first(term) {
            format!("({compared} OR {} IS NULL)", term.expression)
        } else {
            compared
        };
        Some((text, params))
    }

    /// This term's value is the given one.
    fn equal(&self, index: usize) -> (String, Vec<Param>) {
        let expression = &self.order.terms[index].expression;
        match self.operand(index) {
            None => (format!("{expression} IS NULL"), Vec::new()),
            Some((operand, params)) => (format!("{expression} = {operand}"), params),
        }
    }

    /// A bound on the first term alone, for an index; `None` where rows with NULL come after.
    fn bound(&self) -> Option<(String, Vec<Param>)> {
        let term = self.order.terms.first()?;
        if term.nullable && !self.nulls_first(term) {
            return None;
        }
        let (operand, params) = self.operand(0)?;
        Some((
            format!("{} {} {operand}", term.expression, if term.descending { "<=" } else { ">=" }),
            params,
        ))
    }

    /// The given value of a term in SQL; `None` for NULL.
    fn operand(&self, index: usize) -> Option<(String, Vec<Param>)> {
        match &self.values[index] {
            SeekValue::Null => None,
            SeekValue::Value(param) => {
                Some((self.order.terms[index].placeholder.clone(), vec![param.clone()]))
            }
            SeekValue::OfRow => {
                let row = [identity(self.order, self.values)];
                let Condition { text, params } = from(self.table, row, self.dialect);
                Some((format!("(SELECT {}{text})", self.order.terms[index].expression), params))
            }
        }
    }
}

/// The condition that names the row which these values are of.
pub fn identity(order: &Order, values: &[SeekValue]) -> Condition {
    let mut texts = Vec::new();
    let mut params = Vec::new();
    for (term, value) in order.terms.iter().zip(values).filter(|(term, _)| term.identifies) {
        if let SeekValue::Value(param) = value {
            texts.push(format!("{} = {}", term.expression, term.placeholder));
            params.push(param.clone());
        }
    }
    Condition { text: texts.join(" AND "), params }
}
