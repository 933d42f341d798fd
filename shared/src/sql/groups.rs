//! The groups of a table, planned once: the statement, where in its rows things are, and how the
//! position of the next groups is written.
//!
//! Sorted by what they are grouped by, groups go on after the last one, as rows do. In any other
//! order only the first can be had: where one is among all groups is known only when all are.

use super::from::from;
use super::seek::{self, Order, Term};
use super::select::conditions;
use crate::cell::CellBuf;
use crate::dialect::{Dialect, Limit};
use crate::error::Error;
use crate::grouping::{Function, Measure};
use crate::guard::Guarded;
use crate::query::position::{Position, Start};
use crate::query::{self, BY, GroupQuery, GroupSort, NEXT, SortKey, token};
use crate::statement::{Condition, Output, Statement};
use crate::table::{Column, Table, Type};

/// The cells of what is computed of a group.
#[derive(Debug, Clone)]
pub enum MeasureCells {
    /// The value itself.
    Plain(usize),
    /// The digits of an exact sum, each with its power of ten; for an average, how many values it
    /// has.
    Exact {
        /// The cells of the sum.
        sum: Vec<(usize, i32)>,
        /// The cell of the count.
        count: Option<usize>,
    },
}

/// The groups of a table.
#[derive(Debug, Clone)]
pub struct GroupPlan {
    /// Reads the groups; it asks for one more than are answered, to learn whether more follow.
    pub statement: Statement,
    /// For each term, the cells of its parts.
    pub by: Vec<Vec<usize>>,
    /// The cell of the number of rows.
    pub rows: usize,
    /// For each measure, its cells.
    pub measures: Vec<MeasureCells>,
    /// The cells of the order's terms, where it goes on after the last group; else none.
    pub seek: Vec<usize>,
    /// Groups at most.
    pub size: usize,
    /// Groups before these.
    pub before: u64,
    order: Order,
    binding: String,
}

/// Plans at most `size` groups.
///
/// # Errors
/// [`Error::Parameter`] for what the database cannot group by, and for a position that is none in
/// these groups.
pub fn groups(
    table: &Guarded,
    query: &GroupQuery,
    size: usize,
    dialect: &dyn Dialect,
) -> Result<GroupPlan, Error> {
    let mut select = Select { outputs: Vec::new() };
    let name = dialect.table(&table.name);
    let mut by = Vec::new();
    let mut terms = Vec::new();
    for term in &query.by {
        let column = &table.columns[term.column];
        let parts = dialect.group(&name, column, &term.step);
        let parts = parts.map_err(|reason| Error::parameter(BY, reason))?;
        let cells: Vec<usize> = parts.iter().map(|part| select.cell(part.output.clone())).collect();
        terms.push(parts.into_iter().map(|part| part_term(term.column, column, part)).collect());
        by.push(cells);
    }
    let rows = select.cell(Output::number(&rows_expression(table, query, dialect)));
    let measures: Vec<_> = query
        .measures
        .iter()
        .map(|measure| select.measure(*measure, table, &name, dialect))
        .collect();
    let sort = whole_sort(query);
    let order_by = select.order_by(&sort, &terms, rows, query, table, dialect);
    let goes_on = sort.iter().all(|term| matches!(term.key, SortKey::By(_)));
    let order = order(&sort, &terms);
    let seek = if goes_on { select.cells_of(&order, &terms, &by) } else { Vec::new() };
    let group_by: Vec<&str> =
        terms.iter().flatten().map(|term: &Term| term.expression.as_str()).collect();
    let group_by = group_by.join(", ");
    let binding =
        token::binding(&table.name, &format!("{group_by} {order_by}"), &query.rows, &table.seen());
    let mut conditions = conditions(table, &query.rows, dialect);
    let mut before = 0;
    if let Some(given) = &query.rows.next {
        let position = token::read(given, &binding)?;
        before = position.before;
        conditions.push(after(&position, &order, goes_on, table, dialect)?);
    }
    let statement =
        statement(table, select.outputs, conditions, &group_by, &order_by, size + 1, dialect);
    Ok(GroupPlan { statement, by, rows, measures, seek, size, before, order, binding })
}

/// The number of a group's rows. Where the user may not count rows, each is counted by a column
/// that it may read.
fn rows_expression(table: &Table, query: &GroupQuery, dialect: &dyn Dialect) -> String {
    if table.is_countable {
        return "count(*)".to_owned();
    }
    let index = query.by.first().map_or(0, |by| by.column);
    let column = dialect.column(&table.columns[index].name);
    format!("SUM(CASE WHEN {column} IS NULL THEN 1 ELSE 1 END)")
}

fn part_term(index: usize, column: &Column, part: crate::dialect::GroupPart) -> Term {
    Term {
        expression: part.expression,
        placeholder: part.placeholder,
        descending: false,
        column: Some(index),
        nullable: column.nullable,
        // A position has its whole value: no row could be looked up.
        identifies: true,
    }
}

/// The order as asked; without one, most rows first. What rows are grouped by comes last, so that
/// there is one order.
fn whole_sort(query: &GroupQuery) -> Vec<GroupSort> {
    let mut sort = query.sort.clone();
    if sort.is_empty() {
        sort.push(GroupSort { key: SortKey::Rows, descending: true });
    }
    for index in 0..query.by.len() {
        let key = SortKey::By(index);
        if !sort.iter().any(|term| term.key == key) {
            sort.push(GroupSort { key, descending: false });
        }
    }
    sort
}

/// The terms of what rows are grouped by, in the order's order.
fn order(sort: &[GroupSort], terms: &[Vec<Term>]) -> Order {
    let by = sort.iter().filter_map(|term| match term.key {
        SortKey::By(index) => Some((index, term.descending)),
        SortKey::Rows | SortKey::Measure(_) => None,
    });
    let terms = by.flat_map(|(index, descending)| {
        terms[index].iter().map(move |term| Term { descending, ..term.clone() })
    });
    Order { terms: terms.collect(), unique: true }
}

fn after(
    position: &Position,
    order: &Order,
    goes_on: bool,
    table: &Guarded,
    dialect: &dyn Dialect,
) -> Result<Condition, Error> {
    match &position.start {
        Start::After(values) if goes_on && order.has_values(values, table, dialect) => {
            order.check_lengths(values, table, dialect)?;
            let (text, params) = seek::after(order, values, table, dialect)
                .unwrap_or_else(|| ("1 = 0".to_owned(), Vec::new()));
            Ok(Condition { text, params })
        }
        _ => Err(Error::parameter(
            NEXT,
            "It belongs to other groups; leave it out to start from the first ones.",
        )),
    }
}

fn statement(
    table: &Guarded,
    outputs: Vec<Output>,
    conditions: Vec<Condition>,
    group_by: &str,
    order_by: &str,
    rows: usize,
    dialect: &dyn Dialect,
) -> Statement {
    let list: Vec<String> = outputs
        .iter()
        .enumerate()
        .map(|(index, output)| format!("{} AS {}", output.expression, alias(index)))
        .collect();
    let list = list.join(", ");
    let Condition { text: mut rest, params } = from(table, conditions, dialect);
    // Without anything to group by, all rows are one group.
    if !group_by.is_empty() {
        rest.push_str(&format!(" GROUP BY {group_by} ORDER BY {order_by}"));
    }
    let text = match dialect.limit() {
        Limit::Limit => format!("SELECT {list}{rest} LIMIT {rows}"),
        Limit::Top => format!("SELECT TOP {rows} {list}{rest}"),
    };
    Statement { text, params, outputs, rows }
}

/// What a column of the result is called: not every database sorts by an aggregate that has no
/// name.
fn alias(index: usize) -> String {
    format!("result_{}", index + 1)
}

/// The select list as it grows.
struct Select {
    outputs: Vec<Output>,
}

impl Select {
    /// The cell of an output: one that is there already, or a new one at the end.
    fn cell(&mut self, output: Output) -> usize {
        let same = |known: &Output| {
            known.expression == output.expression && known.meaning == output.meaning
        };
        self.outputs.iter().position(same).unwrap_or_else(|| {
            self.outputs.push(output);
            self.outputs.len() - 1
        })
    }

    fn measure(
        &mut self,
        measure: Measure,
        table: &Table,
        name: &str,
        dialect: &dyn Dialect,
    ) -> MeasureCells {
        let column = &table.columns[measure.column];
        let is_exact = column.kind != Type::Double;
        match measure.function {
            Function::Sum | Function::Average if is_exact => {
                let parts = dialect.total(name, column).parts;
                let sum =
                    parts.into_iter().map(|(output, power)| (self.cell(output), power)).collect();
                let is_average = measure.function == Function::Average;
                let count = is_average.then(|| self.cell(Output::number(&dialect.summed(column))));
                MeasureCells::Exact { sum, count }
            }
            Function::Sum | Function::Average => {
                let float = dialect.float(name, column, measure.function);
                MeasureCells::Plain(self.cell(float.output))
            }
            Function::Least | Function::Greatest => {
                let extreme = dialect.extreme(name, column, measure.function);
                MeasureCells::Plain(self.cell(extreme.output))
            }
        }
    }

    /// The `ORDER BY` list. What is computed stands in it by its column's name, and is selected for
    /// that where it is not anyway.
    fn order_by(
        &mut self,
        sort: &[GroupSort],
        terms: &[Vec<Term>],
        rows: usize,
        query: &GroupQuery,
        table: &Table,
        dialect: &dyn Dialect,
    ) -> String {
        let mut list = Vec::new();
        for term in sort {
            let direction = if term.descending { " DESC" } else { "" };
            let measure = match term.key {
                SortKey::By(index) => {
                    let parts = terms[index].iter();
                    list.extend(parts.map(|part| format!("{}{direction}", part.expression)));
                    continue;
                }
                SortKey::Rows => self.outputs[rows].expression.clone(),
                SortKey::Measure(index) => measure_order(query.measures[index], table, dialect),
            };
            let known = self.outputs.iter().position(|known| known.expression == measure);
            let cell = known.unwrap_or_else(|| self.cell(sorted_by(&measure)));
            list.push(format!("{}{direction}", alias(cell)));
        }
        list.join(", ")
    }

    /// For each term of the order, its cell.
    fn cells_of(&self, order: &Order, terms: &[Vec<Term>], by: &[Vec<usize>]) -> Vec<usize> {
        let known: Vec<(&str, usize)> = terms
            .iter()
            .flatten()
            .map(|term| term.expression.as_str())
            .zip(by.iter().flatten().copied())
            .collect();
        let cell = |term: &Term| {
            let found = known.iter().find(|(expression, _)| *expression == term.expression);
            found.map_or(0, |(_, cell)| *cell)
        };
        order.terms.iter().map(cell).collect()
    }
}

/// What is selected to be sorted by, and nothing else.
fn sorted_by(expression: &str) -> Output {
    Output { fetch: crate::statement::Fetch::Text, ..Output::number(expression) }
}

fn measure_order(measure: Measure, table: &Table, dialect: &dyn Dialect) -> String {
    let (name, column) = (dialect.table(&table.name), &table.columns[measure.column]);
    match measure.function {
        Function::Sum if column.kind != Type::Double => dialect.total(&name, column).order,
        Function::Sum | Function::Average => dialect.float(&name, column, measure.function).order,
        Function::Least | Function::Greatest => {
            dialect.extreme(&name, column, measure.function).order
        }
    }
}

impl GroupPlan {
    /// Fails where the database cannot read a value of the position at which the groups begin.
    pub fn readable_position(&self, token: &str, dialect: &dyn Dialect) -> Option<Statement> {
        seek::readable(token, &self.binding, &self.order, dialect)
    }

    /// The token of the groups after these, the last of which has the given seek cells; `None`
    /// where they cannot go on, or a value is too long for an address.
    pub fn token_after(&self, groups: usize, last: &[CellBuf], table: &Table) -> Option<String> {
        if self.seek.is_empty() || last.len() != self.order.terms.len() {
            return None;
        }
        let values = last.iter().zip(&self.order.terms);
        let values = values.map(|(cell, term)| seek::value(cell, term, table)).collect();
        let before = self.before + groups as u64;
        let token = token::write(&Position { before, start: Start::After(values) }, &self.binding);
        let position = token::read(&token, &self.binding).ok()?;
        matches!(position.start, Start::After(_)).then_some(token)
    }
}

/// Sizes of an answer with groups, where an operator allows so many rows.
pub fn sizes(most: usize) -> query::Sizes {
    let maximum = query::MAX_GROUPS.min(most);
    query::Sizes { default: maximum, maximum }
}
