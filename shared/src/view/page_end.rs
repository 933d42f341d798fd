//! How a page of rows ends.

use super::address::CutCell;
use super::layout::PageLayout;
use crate::cell::{Cell, CellBuf};

/// How a page ended.
#[derive(Debug, Default)]
pub struct PageEnd {
    /// Rows on the page.
    pub rows: usize,
    /// More rows follow.
    pub more: bool,
    /// The page ended early because its bytes would have become too many.
    pub truncated: bool,
    /// Values are cut: the first row is too large for any page, and stands alone; or a value is
    /// longer than a cell of a sheet may be.
    pub cut: bool,
    /// The cells that are cut: all of the first row, except in a sheet.
    pub cut_cells: Vec<CutCell>,
    /// The seek cells of the last row.
    pub last: Vec<CellBuf>,
    /// What names each row, for the audit.
    pub keys: Vec<Vec<Option<String>>>,
}

impl PageEnd {
    /// Remembers the seek cells of a row, and what names it where that is audited.
    pub fn remember_row(&mut self, cells: &[Cell<'_>], layout: &PageLayout) {
        if layout.is_audited {
            self.keys.push(layout.key_texts(cells));
        }
        self.remember(cells, &layout.cells.seek);
    }

    /// Remembers the seek cells, which are at these indices.
    pub fn remember(&mut self, cells: &[Cell<'_>], indices: &[usize]) {
        self.last.resize(indices.len(), CellBuf::Null);
        for (last, index) in self.last.iter_mut().zip(indices) {
            last.set(cells[*index]);
        }
    }

    /// What ended the page before its size: `cell` where a value did not fit, or `bytes`.
    pub fn limit(&self) -> Option<&'static str> {
        match (self.cut, self.truncated) {
            (true, _) => Some("cell"),
            (false, true) => Some("bytes"),
            (false, false) => None,
        }
    }
}
