//! A block of rows.

use std::ops::ControlFlow;

use odbc_api::buffers::{AnyColumnBufferSlice, BinColumnSlice, Indicator, NullableSlice, TextColumnSlice};

use crate::database::Sink;

/// A block's column.
pub enum Column<'a> {
    Text(TextColumnSlice<'a, u8>),
    Binary(BinColumnSlice<'a>),
    Double(Vec<Option<String>>),
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
        let numbers: Option<NullableSlice<'a, f64>> = slice.as_nullable_slice::<f64>();
        Self::Double(numbers.into_iter().flatten().map(|number| number.map(f64::to_string)).collect())
    }

    fn cell(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Text(column) => column.get(row),
            Self::Binary(column) => column.get(row),
            Self::Double(column) => column[row].as_ref().map(String::as_bytes),
        }
    }

    /// Whether a cell was longer than its buffer, and by the driver's word how long.
    pub fn longer(&self) -> Option<Option<usize>> {
        let indicator = match self {
            Self::Text(column) => column.has_truncated_values(),
            Self::Binary(column) => column.has_truncated_values(),
            Self::Double(_) => None,
        }?;
        Some(match indicator {
            Indicator::Length(bytes) => Some(bytes),
            Indicator::Null | Indicator::NoTotal => None,
        })
    }
}

/// Hands a block's rows to a sink.
pub fn hand_over<S: Sink>(columns: &[Column<'_>], rows: usize, sink: &mut S) -> ControlFlow<()> {
    let mut cells: Vec<Option<&[u8]>> = Vec::with_capacity(columns.len());
    for row in 0..rows {
        cells.clear();
        cells.extend(columns.iter().map(|column| column.cell(row)));
        sink.row(&cells)?;
    }
    ControlFlow::Continue(())
}
