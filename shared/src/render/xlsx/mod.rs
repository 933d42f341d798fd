//! Rows as a workbook for Excel: the only place that knows `rust_xlsxwriter`.
//!
//! How large a workbook is shows only when it is written. So a page collects its rows, up to what
//! an instance's memory and time allow, and is shortened where the workbook does not fit an answer.

mod cell;
#[cfg(test)]
mod tests;
mod workbook;

use std::ops::ControlFlow;
use std::sync::Arc;

pub use cell::SheetCell;
pub use workbook::workbook;

use crate::cell::{Cell, CellBuf};
use crate::database::Sink;
use crate::payload::MAX_PAYLOAD_BYTES;
use crate::table::Column;
use crate::view::Value;
use crate::view::address::{CutCell, cut_cells};
use crate::view::layout::PageLayout;
use crate::view::page_end::PageEnd;

/// What the cells of a page may weigh, in bytes of text and [`CELL_BYTES`] for each: some 450,000
/// cells, which take 100 MB while they are written.
const MOST_BYTES: usize = 2 * MAX_PAYLOAD_BYTES;

/// What a cell weighs by itself.
const CELL_BYTES: usize = 24;

/// Cut cells that are listed at most; the others are only counted.
const MOST_CUT_CELLS: usize = 1_000;

/// Characters that are left of each text of a row that no page can hold whole: the first that makes
/// it fit.
pub const CUT_CHARACTERS: [usize; 4] = [10_000, 1_000, 100, 20];

/// A row's cells, and the names of the columns whose texts had to be cut.
pub fn row<'a>(
    values: impl Iterator<Item = (&'a Column, Value<'a>)>,
) -> (Vec<SheetCell>, Vec<String>) {
    let mut cut = Vec::new();
    let cells = values.map(|(column, value)| {
        let (cell, is_cut) = SheetCell::of(&value, column);
        if is_cut {
            cut.push(column.name.clone());
        }
        cell
    });
    (cells.collect(), cut)
}

/// Collects the rows of one page.
#[derive(Debug)]
pub struct SheetRows {
    /// The rows.
    pub rows: Vec<Vec<SheetCell>>,
    /// How the page ended.
    pub end: PageEnd,
    /// How many cells are cut.
    pub cut: usize,
    /// The seek cells of each row: a page may have to be shortened once it is written.
    seeks: Vec<Vec<CellBuf>>,
    bytes: usize,
    layout: Arc<PageLayout>,
}

impl SheetRows {
    /// An empty page.
    pub fn new(layout: Arc<PageLayout>) -> Self {
        let end = PageEnd::default();
        Self { rows: Vec::new(), end, cut: 0, seeks: Vec::new(), bytes: 0, layout }
    }

    /// Leaves out rows at the end, because the workbook took so many bytes of those it may take.
    pub fn shorten(&mut self, bytes: usize, most: usize) {
        let rows = self.rows.len();
        // A tenth less than in proportion: rows differ.
        let fitting = rows * (most / 10 * 9) / bytes.max(1);
        self.truncate(fitting.clamp(1, rows.saturating_sub(1).max(1)));
    }

    fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.seeks.truncate(rows);
        self.end.keys.truncate(rows);
        self.end.cut_cells.retain(|cut| cut.row.is_none_or(|row| row < rows));
        self.end.rows = rows;
        self.end.last = self.seeks.last().cloned().unwrap_or_default();
        self.end.more = true;
        self.end.truncated = true;
    }

    /// Cuts each text to so many characters, because even one row is too large.
    pub fn cut(&mut self, limit: usize) {
        for (cell, column) in self.rows.iter_mut().flatten().zip(self.layout.columns()) {
            let Some(cut) = cell.cut(limit) else { continue };
            *cell = cut;
            if !self.end.cut_cells.iter().any(|known| known.column == column.name) {
                let href = None;
                self.end.cut_cells.push(CutCell {
                    row: Some(0),
                    column: column.name.clone(),
                    href,
                });
                self.cut += 1;
            }
        }
        self.end.cut = true;
    }

    fn remember_cut(&mut self, cells: &[Cell<'_>], columns: Vec<String>) {
        if columns.is_empty() {
            return;
        }
        self.end.cut = true;
        self.cut += columns.len();
        if self.end.cut_cells.len() < MOST_CUT_CELLS {
            let row = self.layout.row_href(cells);
            let cut = cut_cells(columns.into_iter(), Some(self.rows.len()), row.as_deref());
            self.end.cut_cells.extend(cut);
        }
    }
}

impl Sink for SheetRows {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if self.end.rows == self.layout.size {
            self.end.more = true;
            return ControlFlow::Break(());
        }
        let (row, cut) = row(self.layout.columns().zip(self.layout.values(cells)));
        let bytes = row.iter().map(|cell| cell.bytes() + CELL_BYTES).sum::<usize>();
        if self.bytes + bytes > MOST_BYTES && self.end.rows > 0 {
            self.end.more = true;
            self.end.truncated = true;
            return ControlFlow::Break(());
        }
        self.remember_cut(cells, cut);
        self.bytes += bytes;
        self.rows.push(row);
        self.end.rows += 1;
        self.end.remember_row(cells, &self.layout);
        self.seeks.push(self.end.last.clone());
        ControlFlow::Continue(())
    }
}
