//! A block of rows.

use std::ops::ControlFlow;

use odbc_api::buffers::{
    AnyColumnBufferSlice, BinColumnSlice, Indicator, NullableSlice, TextColumnSlice,
};

use crate::cell::Cell;
use crate::database::connection::Receiver;
use crate::statement::Fetch;

/// A block's column.
pub enum Column<'a> {
    Text(TextColumnSlice<'a, u8>),
    Binary(BinColumnSlice<'a>),
    Integer(NullableSlice<'a, i64>),
    Double(NullableSlice<'a, f64>),
}

impl<'a> Column<'a> {
    /// A block's column by what it holds; `None` where it was made for something else.
    pub fn of(slice: AnyColumnBufferSlice<'a>, fetch: Fetch) -> Option<Self> {
        match fetch {
            Fetch::Text | Fetch::LongText => slice.as_text().map(Self::Text),
            Fetch::Binary => slice.as_binary().map(Self::Binary),
            Fetch::Integer => slice.as_nullable_slice().map(Self::Integer),
            Fetch::Double => slice.as_nullable_slice().map(Self::Double),
        }
    }

    /// A cell, as much of it as its buffer holds.
    pub fn cell(&self, row: usize) -> Cell<'a> {
        match self {
            Self::Text(column) => column.get(row).map_or(Cell::Null, Cell::Text),
            Self::Binary(column) => column.get(row).map_or(Cell::Null, Cell::Bytes),
            Self::Integer(column) => {
                column.get(row).map_or(Cell::Null, |number| Cell::Integer(*number))
            }
            Self::Double(column) => {
                column.get(row).map_or(Cell::Null, |number| Cell::Double(*number))
            }
        }
    }

    /// Whether a cell may be longer than its buffer: it fills it.
    fn fills(&self, cell: &Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Text(column), Cell::Text(text)) => text.len() >= column.max_len(),
            (Self::Binary(column), Cell::Bytes(_)) => column.has_truncated_values().is_some(),
            _ => false,
        }
    }

    /// Whether a cell was longer than its buffer, and by the driver's word how long.
    fn longer(&self) -> Option<Option<usize>> {
        let indicator = match self {
            Self::Text(column) => column.has_truncated_values(),
            Self::Binary(column) => column.has_truncated_values(),
            Self::Integer(_) | Self::Double(_) => None,
        }?;
        Some(match indicator {
            Indicator::Length(bytes) => Some(bytes),
            Indicator::Null | Indicator::NoTotal => None,
        })
    }
}

/// The columns of a block that have cells longer than their buffers, and by the driver's word how
/// long.
pub fn longer(columns: &[Column<'_>]) -> Vec<(usize, Option<usize>)> {
    let columns = columns.iter().enumerate();
    columns.filter_map(|(index, column)| Some((index, column.longer()?))).collect()
}

/// How a block was handed over.
pub enum Handed {
    /// All of it.
    All,
    /// As much of it as is wanted.
    Enough,
    /// As far as a row with a cell longer than its buffer.
    Longer(Vec<(usize, Option<usize>)>),
}

/// Hands a block's rows over. `reread`: texts of its only row that stand in place of what the
/// buffers hold, by their columns.
pub fn hand_over(
    columns: &[Column<'_>],
    reread: &[(usize, String)],
    rows: usize,
    receiver: &mut dyn Receiver,
) -> Handed {
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(columns.len());
    for row in 0..rows {
        cells.clear();
        cells.extend(columns.iter().map(|column| column.cell(row)));
        if columns.iter().zip(&cells).any(|(column, cell)| column.fills(cell)) {
            let longer = longer(columns);
            if !longer.is_empty() {
                return Handed::Longer(longer);
            }
        }
        for (index, text) in reread {
            cells[*index] = Cell::Text(text.as_bytes());
        }
        if receiver.row(&cells) == ControlFlow::Break(()) {
            return Handed::Enough;
        }
    }
    Handed::All
}
