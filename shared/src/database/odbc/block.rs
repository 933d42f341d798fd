//! A block of rows.

use std::ops::ControlFlow;

use odbc_api::buffers::{
    AnyColumnBufferSlice, BinColumnSlice, Indicator, NullableSlice, TextColumnSlice,
};

use crate::cell::Cell;
use crate::database::connection::Receiver;

/// A block's column.
pub enum Column<'a> {
    Text(TextColumnSlice<'a, u8>),
    Binary(BinColumnSlice<'a>),
    Integer(Vec<Option<i64>>),
    Double(Vec<Option<f64>>),
}

impl<'a> Column<'a> {
    /// A block's column by what it holds.
    pub fn of(slice: AnyColumnBufferSlice<'a>) -> Self {
        if let Some(text) = slice.as_text() {
            return Self::Text(text);
        }
        if let Some(binary) = slice.as_binary() {
            return Self::Binary(binary);
        }
        if let Some(numbers) = slice.as_nullable_slice::<i64>() {
            return Self::Integer(numbers.map(Option::<&i64>::copied).collect());
        }
        let numbers: Option<NullableSlice<'a, f64>> = slice.as_nullable_slice::<f64>();
        Self::Double(numbers.into_iter().flatten().map(Option::<&f64>::copied).collect())
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(column) => column.get(row).map_or(Cell::Null, Cell::Text),
            Self::Binary(column) => column.get(row).map_or(Cell::Null, Cell::Bytes),
            Self::Integer(column) => column[row].map_or(Cell::Null, Cell::Integer),
            Self::Double(column) => column[row].map_or(Cell::Null, Cell::Double),
        }
    }

    /// Whether a cell was longer than its buffer, and by the driver's word how long.
    pub fn longer(&self) -> Option<Option<usize>> {
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

/// Hands a block's rows over.
pub fn hand_over(
    columns: &[Column<'_>],
    rows: usize,
    receiver: &mut dyn Receiver,
) -> ControlFlow<()> {
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(columns.len());
    for row in 0..rows {
        cells.clear();
        cells.extend(columns.iter().map(|column| column.cell(row)));
        receiver.row(&cells)?;
    }
    ControlFlow::Continue(())
}
