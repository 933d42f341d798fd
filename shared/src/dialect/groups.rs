//! How rows are grouped: what a database groups, sums and compares by.

use crate::cell::Cell;
use crate::grouping::{Function, Step, Unit, bounds};
use crate::operator::Operator;
use crate::statement::Output;
use crate::table::Column;

/// An expression that rows are grouped by. Together, those of a term tell its groups apart.
#[derive(Debug, Clone)]
pub struct GroupPart {
    /// What is grouped and sorted by.
    pub expression: String,
    /// What it is compared with.
    pub placeholder: String,
    /// How it is selected.
    pub output: Output,
}

/// What is selected to learn a sum: the outputs' digits, each with the power of ten that it counts
/// in, add up to it.
#[derive(Debug, Clone)]
pub struct Total {
    /// The outputs, as text, with their powers of ten.
    pub parts: Vec<(Output, i32)>,
    /// What groups are sorted by.
    pub order: String,
}

/// A value computed by the database alone, and what groups are sorted by for it.
#[derive(Debug, Clone)]
pub struct Computed {
    /// How it is selected.
    pub output: Output,
    /// What groups are sorted by.
    pub order: String,
}

/// What of grouping differs between databases.
pub trait Groups {
    /// What a column is grouped by, so that texts are told apart case-sensitively and a filter can
    /// say which rows a group has.
    ///
    /// # Errors
    /// A sentence for the client where that cannot be had.
    fn group(
        &self,
        table: &str,
        column: &Column,
        step: &Step,
    ) -> Result<Vec<GroupPart>, &'static str>;

    /// The unit of time that the cells of a term mean, such as `2024-07`; `None` for a value
    /// without one.
    fn unit(&self, unit: Unit, cells: &[Cell<'_>]) -> Option<String>;

    /// The filters that find the rows of a unit of time; `None` where none do.
    fn unit_filters(&self, unit: Unit, text: &str) -> Option<Vec<(Operator, String)>> {
        let (from, to) = bounds(unit, text)?;
        Some(vec![(Operator::Gte, from), (Operator::Lt, to)])
    }

    /// The exact sum of a column that holds no floats.
    fn total(&self, table: &str, column: &Column) -> Total;

    /// How many values of a column count in its sum.
    fn summed(&self, column: &Column) -> String;

    /// A sum or an average by the database's own arithmetic, in floats.
    fn float(&self, table: &str, column: &Column, function: Function) -> Computed;

    /// The least or the greatest value.
    fn extreme(&self, table: &str, column: &Column, function: Function) -> Computed;
}
