//! Groups of rows as clients see them.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::address::{Address, fits, table_path};
use super::group_filters::{LONGEST_NAME, owned, term, whole};
use super::page_end::PageEnd;
use super::{Value, value};
use crate::cell::{Cell, CellBuf};
use crate::database::Sink;
use crate::decimal::{Sum, average};
use crate::dialect::Dialect;
use crate::grouping::{Function, Measure, Step, Unit, average_scale};
use crate::query::{self, GroupQuery};
use crate::sql::groups::{GroupPlan, MeasureCells};
use crate::statement::Meaning;
use crate::table::{Column, Table, Type};

/// Bytes of values that an answer with groups takes in: what it writes beside them comes on top.
const MOST_BYTES: usize = 2_000_000;

/// What groups are read by.
#[derive(Debug)]
pub struct GroupLayout {
    /// The table.
    pub table: Arc<Table>,
    /// What is asked for.
    pub query: GroupQuery,
    /// The plan.
    pub plan: GroupPlan,
    dialect: &'static dyn Dialect,
    meanings: Vec<Meaning>,
    /// The parameters that say which rows there are.
    rows: Vec<(String, String)>,
}

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// For each term, the value that its rows have.
    pub by: Vec<Value<'static>>,
    /// How many rows it has.
    pub rows: u64,
    /// What is computed of it.
    pub measures: Vec<Value<'static>>,
    /// Its rows; `None` where no address finds them and no others.
    pub href: Option<String>,
}

impl GroupLayout {
    /// The layout of planned groups; `pairs` are the request's parameters.
    pub fn new(
        table: Arc<Table>,
        query: GroupQuery,
        plan: GroupPlan,
        pairs: &[(String, String)],
        dialect: &'static dyn Dialect,
    ) -> Self {
        let meanings = plan.statement.outputs.iter().map(|output| output.meaning).collect();
        Self { table, query, plan, dialect, meanings, rows: query::rows_of_groups(pairs) }
    }

    /// The names of the answer's columns: what rows are grouped by, `count`, what is computed.
    pub fn names(&self) -> Vec<String> {
        query::sort_names(&self.table, &self.query)
    }

    /// The names of the table's columns whose values are in the answer.
    pub fn seen_columns(&self) -> Vec<String> {
        let by = self.query.by.iter().map(|by| by.column);
        let all = by.chain(self.query.measures.iter().map(|measure| measure.column));
        let mut names: Vec<String> = Vec::new();
        for name in all.map(|index| &self.table.columns[index].name) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// The answer's columns, as far as their values' types go.
    pub fn columns(&self) -> Vec<Column> {
        let column = |index: usize, kind: Type, scale: Option<u32>| Column {
            kind,
            scale,
            ..self.table.columns[index].clone()
        };
        let by = self.query.by.iter().map(|by| {
            let own = &self.table.columns[by.column];
            match &by.step {
                Step::Value | Step::Width(_) => column(by.column, own.kind, own.scale),
                Step::Unit(Unit::Day) => column(by.column, Type::Date, None),
                Step::Unit(_) => column(by.column, Type::Text, None),
            }
        });
        let first = self.query.by.first().map_or(0, |by| by.column);
        let rows = column(first, Type::Integer, None);
        let measures = self.query.measures.iter().map(|measure| {
            let own = &self.table.columns[measure.column];
            let is_average = measure.function == Function::Average;
            let kind = match own.kind {
                Type::Integer if is_average => Type::Decimal,
                Type::Dynamic if is_average || measure.function == Function::Sum => Type::Decimal,
                kind => kind,
            };
            column(measure.column, kind, own.scale)
        });
        by.chain([rows]).chain(measures).collect()
    }

    fn group(&self, cells: &[Cell<'_>]) -> GroupRow {
        let mut filters = Some(Vec::new());
        let mut by = Vec::new();
        for (asked, own) in self.query.by.iter().zip(&self.plan.by) {
            let column = &self.table.columns[asked.column];
            let parts: Vec<Cell<'_>> = own.iter().map(|cell| cells[*cell]).collect();
            let meaning = self.meanings[own[0]];
            let (value, found) = term(asked, column, &parts, meaning, self.dialect);
            by.push(value);
            filters = filters.zip(found).map(|(mut filters, found): (Vec<_>, _)| {
                filters.extend(found.into_iter().map(|(operator, value)| {
                    query::filter_pair(&self.table, asked.column, operator, &value)
                }));
                filters
            });
        }
        let measures = self.query.measures.iter().zip(&self.plan.measures);
        GroupRow {
            by,
            rows: cells[self.plan.rows].text().and_then(|text| text.parse().ok()).unwrap_or(0),
            measures: measures.map(|(measure, own)| self.measure(*measure, own, cells)).collect(),
            href: filters.and_then(|filters| self.href(&filters)),
        }
    }

    fn href(&self, filters: &[(String, String)]) -> Option<String> {
        let more: Vec<(&str, &str)> =
            filters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let address = Address::new(table_path(&self.table.name), &self.rows);
        Some(address.with(&[], &more)).filter(|address| fits(address))
    }

    fn measure(&self, asked: Measure, own: &MeasureCells, cells: &[Cell<'_>]) -> Value<'static> {
        let column = &self.table.columns[asked.column];
        let (sum, count) = match own {
            MeasureCells::Plain(cell) => {
                let shown = value(cells[*cell], self.meanings[*cell]);
                return owned(shown.cut(LONGEST_NAME).unwrap_or(shown));
            }
            MeasureCells::Exact { sum, count } => (sum, count),
        };
        let mut total = Sum::default();
        for (cell, power) in sum {
            let Some(text) = cells[*cell].text() else { return Value::Null };
            if !total.add(&format!("{text}e{power}")) && !total.add(&text) {
                // NaN or an infinity, which some decimals are.
                return Value::Text(text.into());
            }
        }
        let digits = total.digits();
        if asked.function == Function::Average {
            let count = count.and_then(|cell| cells[cell].text()?.parse().ok()).unwrap_or(0);
            return average(&digits, count, average_scale(column))
                .map_or(Value::Null, |average| Value::Text(average.into()));
        }
        match column.kind {
            Type::Integer => whole(digits),
            _ => {
                let meaning = Meaning::Value(Type::Decimal, column.scale);
                owned(value(Cell::Text(digits.as_bytes()), meaning))
            }
        }
    }
}

/// Collects the groups of one answer.
#[derive(Debug)]
pub struct GroupRows {
    /// The groups.
    pub groups: Vec<GroupRow>,
    /// How they ended.
    pub end: PageEnd,
    /// The seek cells of each group: an answer may have to be shortened.
    seeks: Vec<Vec<CellBuf>>,
    bytes: usize,
    layout: Arc<GroupLayout>,
}

impl GroupRows {
    /// No groups so far.
    pub fn new(layout: Arc<GroupLayout>) -> Self {
        let end = PageEnd::default();
        Self { groups: Vec::new(), end, seeks: Vec::new(), bytes: 0, layout }
    }

    /// Leaves out groups at the end, because the answer became too large.
    pub fn shorten(&mut self, groups: usize) {
        self.groups.truncate(groups);
        self.seeks.truncate(groups);
        self.end.rows = groups;
        self.end.last = self.seeks.last().cloned().unwrap_or_default();
        self.end.more = true;
        self.end.truncated = true;
    }

    /// The token of the groups after these.
    pub fn token(&self) -> Option<String> {
        let plan = &self.layout.plan;
        let token = || plan.token_after(self.end.rows, &self.end.last, &self.layout.table);
        self.end.more.then(token).flatten()
    }

    /// Why these are not all groups though none go on from here, or why they end early.
    pub fn limit(&self) -> Option<&'static str> {
        match (self.end.truncated, self.end.more && self.token().is_none()) {
            (true, _) => Some("bytes"),
            (false, true) => Some("groups"),
            (false, false) => None,
        }
    }
}

impl Sink for GroupRows {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if self.end.rows == self.layout.plan.size {
            self.end.more = true;
            return ControlFlow::Break(());
        }
        let group = self.layout.group(cells);
        let size = |value: &Value<'_>| value.text().map_or(0, |text| text.len());
        let bytes: usize = group.by.iter().chain(&group.measures).map(size).sum::<usize>()
            + group.href.as_ref().map_or(0, String::len);
        if self.bytes + bytes > MOST_BYTES && self.end.rows > 0 {
            self.end.more = true;
            self.end.truncated = true;
            return ControlFlow::Break(());
        }
        self.bytes += bytes;
        self.groups.push(group);
        self.end.rows += 1;
        let seek = self.layout.plan.seek.iter().map(|cell| cells[*cell].owned());
        self.end.last = seek.collect();
        self.seeks.push(self.end.last.clone());
        ControlFlow::Continue(())
    }
}
