//! What a page's rows are read by, for people and for programs alike.

use std::sync::Arc;

use super::address::{fits, followed, row_address, row_id_address, row_path};
use super::labels::{LabelValues, LabelledColumn};
use super::names::key_text;
use super::{Value, value};
use crate::cell::Cell;
use crate::dialect::Dialect;
use crate::query::ROW;
use crate::sql::plan::{PageCells, PagePlan};
use crate::statement::Meaning;
use crate::table::{Column, ForeignKey, Table, TableName};

/// What a page's rows are read by.
#[derive(Debug)]
pub struct PageLayout {
    /// The table.
    pub table: Arc<Table>,
    /// Its database.
    pub dialect: &'static dyn Dialect,
    /// Where in a row things are.
    pub cells: PageCells,
    /// What every cell of a row means.
    pub meanings: Vec<Meaning>,
    /// Foreign keys to published tables.
    pub references: Vec<ForeignKey>,
    /// Shown columns whose values have labels.
    pub labelled: Vec<LabelledColumn>,
    /// Rows of the page at most.
    pub size: usize,
    /// It is written down which rows are seen.
    pub is_audited: bool,
    row_path: String,
}

impl PageLayout {
    /// The layout of a planned page; foreign keys count as far as their other end is published.
    pub fn new(
        table: Arc<Table>,
        dialect: &'static dyn Dialect,
        plan: &PagePlan,
        labelled: Vec<LabelledColumn>,
        publishes: impl Fn(&TableName) -> bool,
    ) -> Self {
        Self {
            dialect,
            cells: plan.cells.clone(),
            meanings: plan.statement.outputs.iter().map(|output| output.meaning).collect(),
            references: followed(&table, publishes).into_iter().cloned().collect(),
            labelled,
            size: plan.size,
            is_audited: false,
            row_path: row_path(&table.name),
            table,
        }
    }

    /// The shown columns.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.cells.shown.iter().map(|index| &self.table.columns[*index])
    }

    /// The shown values of a row.
    pub fn values<'a>(&self, cells: &[Cell<'a>]) -> impl Iterator<Item = Value<'a>> {
        let shown = &cells[..self.cells.shown.len().min(cells.len())];
        shown.iter().zip(&self.meanings).map(|(cell, meaning)| value(*cell, *meaning))
    }

    /// The first bytes of a shown value of which only the size is selected.
    pub fn head<'a>(&self, shown: usize, cells: &[Cell<'a>]) -> Option<&'a [u8]> {
        let (_, cell) = self.cells.heads.iter().find(|(of, _)| *of == shown)?;
        match cells[*cell] {
            Cell::Bytes(bytes) | Cell::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Remembers the values of a row that have labels.
    pub fn remember_labels(&self, cells: &[Cell<'_>], values: &mut LabelValues) {
        for (index, labelled) in self.labelled.iter().enumerate() {
            let cell = self.cells.shown.iter().position(|shown| *shown == labelled.column);
            let Some(cell) = cell else { continue };
            let column = &self.table.columns[labelled.column];
            let pair = labelled.value(cells[cell], self.meanings[cell], column, self.dialect);
            values.remember(index, pair);
        }
    }

    /// A row's own page: by its key, or by its row id where the key cannot name it or an address
    /// cannot hold it. `None` where neither can.
    pub fn row_href(&self, cells: &[Cell<'_>]) -> Option<String> {
        let by_id = || {
            let cell = self.cells.row_id?;
            let id = value(cells[cell], self.meanings[cell]).text()?.into_owned();
            Some(row_id_address(&self.row_path, &id))
        };
        self.by_key(cells)
            .filter(|address| fits(address))
            .or_else(by_id)
            .filter(|address| fits(address))
    }

    /// The columns that name a row in the audit: the key, else the row id.
    pub fn key_names(&self) -> Vec<String> {
        let key = self.table.key.iter().map(|index| self.table.columns[*index].name.clone());
        if !self.cells.key.is_empty() {
            return key.collect();
        }
        self.cells.row_id.iter().map(|_| ROW.to_owned()).collect()
    }

    /// Their values in a row.
    pub fn key_texts(&self, cells: &[Cell<'_>]) -> Vec<Option<String>> {
        let of_key = (!self.cells.key.is_empty()).then_some(self.cells.key.as_slice());
        let named = of_key.unwrap_or(self.cells.row_id.as_slice());
        let text = |cell: &usize| {
            value(cells[*cell], self.meanings[*cell]).text().map(|text| text.into_owned())
        };
        named.iter().map(text).collect()
    }

    fn by_key(&self, cells: &[Cell<'_>]) -> Option<String> {
        let columns = self.table.key.iter().map(|index| &self.table.columns[*index]);
        let named = columns.zip(&self.cells.key).map(|(column, cell)| {
            let text = key_text(cells[*cell], self.meanings[*cell], column, self.dialect)?;
            Some((column.name.as_str(), text))
        });
        let named: Vec<(&str, String)> = named.collect::<Option<_>>()?;
        let pairs = named.iter().map(|(name, text)| (*name, text.as_str()));
        (!named.is_empty()).then(|| row_address(&self.row_path, pairs))
    }
}
