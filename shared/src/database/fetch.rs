//! From a cursor to rows: in blocks where every cell fits its buffer, else row by row with each cell whole.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use odbc_api::buffers::{BinColumnSlice, BufferDesc, ColumnarDynBuffer, Indicator, NullableSlice, TextColumnSlice};
use odbc_api::parameter::InputParameter;
use odbc_api::{Connection, Cursor, CursorRow, IntoParameter, Nullable};

use super::fault::{Fault, Kind};
use super::widths::Widths;
use super::{Reading, Sink};
use crate::sql::{Dialect, Fetch, Param, Statement};

/// Readings of one statement at most: each but the last ended at a cell longer than its buffer. The last asks for every
/// cell by itself, so it cannot.
const MOST_READINGS: usize = 3;

/// A cell's buffer that has grown beyond this is not kept for the next row: it would be filled with zeros each time.
const KEPT_BYTES: usize = 64 * 1024;

/// One statement on one connection.
pub struct Fetching<'a> {
    /// The connection.
    pub connection: &'a Connection<'static>,
    /// Its SQL.
    pub dialect: Dialect,
    /// The statement.
    pub statement: &'a Statement,
    /// The time limit that the driver hands to the server, in seconds.
    pub timeout: Option<usize>,
}

enum Outcome<S> {
    Done(Reading<S>),
    /// Cells were longer than their buffers: for each column the longest, where the driver tells.
    Longer(Vec<(usize, Option<usize>)>),
}

impl Fetching<'_> {
    /// Runs the statement and hands its rows to a sink.
    pub fn run<S: Sink>(&self, widths: &mut Widths, new_sink: &dyn Fn() -> S) -> Result<Reading<S>, Fault> {
        let mut spent = Duration::ZERO;
        for _ in 1..MOST_READINGS {
            let Some(bound) = widths.bound(self.statement) else { break };
            let started = Instant::now();
            match self.in_blocks(&bound, new_sink())? {
                Outcome::Done(mut reading) => {
                    reading.database_time += spent;
                    return Ok(reading);
                }
                Outcome::Longer(columns) => {
                    for (column, bytes) in columns {
                        widths.learn(&self.statement.outputs[column].origin, bytes);
                    }
                    spent += started.elapsed();
                }
            }
        }
        let mut reading = self.row_by_row(new_sink())?;
        reading.database_time += spent;
        Ok(reading)
    }

    fn execute(&self) -> Result<impl Cursor + use<'_>, Fault> {
        let params: Vec<Box<dyn InputParameter>> = self.statement.params.iter().map(bind).collect();
        self.connection
            .execute(&self.statement.text, params.as_slice(), self.timeout)?
            .ok_or_else(|| Fault::Known(Kind::Other, "the statement returned no result".into()))
    }

    fn in_blocks<S: Sink>(&self, widths: &[usize], mut sink: S) -> Result<Outcome<S>, Fault> {
        let started = Instant::now();
        let mut sink_time = Duration::ZERO;
        let cursor = self.execute()?;
        let rows = Widths::rows(widths, self.statement.rows);
        let descriptions = widths.iter().zip(&self.statement.outputs).map(|(width, output)| match output.fetch {
            Fetch::Text => BufferDesc::Text { max_str_len: *width },
            Fetch::Binary => BufferDesc::Binary { max_bytes: *width },
            Fetch::Double => BufferDesc::F64 { nullable: true },
        });
        let mut buffer = ColumnarDynBuffer::from_descs(rows, descriptions);
        let mut cursor = cursor.bind_buffer(&mut buffer)?;
        while let Some(block) = cursor.fetch()? {
            self.still_connected()?;
            let columns: Vec<Column<'_>> = (0..block.num_cols()).map(|place| Column::of(block.column(place))).collect();
            let longer: Vec<_> =
                columns.iter().enumerate().filter_map(|(place, column)| Some((place, column.longer()?))).collect();
            if !longer.is_empty() {
                return Ok(Outcome::Longer(longer));
            }
            let sinking = Instant::now();
            let flow = hand_over(&columns, block.num_rows(), &mut sink);
            sink_time += sinking.elapsed();
            if flow.is_break() {
                break;
            }
        }
        drop(cursor);
        Ok(Outcome::Done(Reading { sink, database_time: started.elapsed().saturating_sub(sink_time), sink_time }))
    }

    fn row_by_row<S: Sink>(&self, mut sink: S) -> Result<Reading<S>, Fault> {
        let started = Instant::now();
        let mut sink_time = Duration::ZERO;
        let mut cursor = self.execute()?;
        let mut cells: Vec<Vec<u8>> = vec![Vec::new(); self.statement.outputs.len()];
        let mut present = vec![false; cells.len()];
        while let Some(mut row) = cursor.next_row()? {
            for (place, output) in self.statement.outputs.iter().enumerate() {
                present[place] = whole_cell(&mut row, place, output.fetch, &mut cells[place])?;
            }
            self.still_connected()?;
            let sinking = Instant::now();
            let filled: Vec<Option<&[u8]>> =
                cells.iter().zip(&present).map(|(cell, present)| present.then_some(cell.as_slice())).collect();
            let flow = sink.row(&filled);
            sink_time += sinking.elapsed();
            if flow.is_break() {
                break;
            }
            for cell in cells.iter_mut().filter(|cell| cell.capacity() > KEPT_BYTES) {
                *cell = Vec::new();
            }
        }
        drop(cursor);
        Ok(Reading { sink, database_time: started.elapsed().saturating_sub(sink_time), sink_time })
    }

    /// The IRIS driver hands out stale rows as fresh ones when the connection breaks within a fetch; only this question
    /// tells. Other drivers report the break itself, and some refuse the question.
    fn still_connected(&self) -> Result<(), Fault> {
        if self.dialect == Dialect::Iris && self.connection.is_dead().unwrap_or(true) {
            return Err(Fault::Known(Kind::Lost, "the connection broke within a fetch".into()));
        }
        Ok(())
    }
}

fn bind(param: &Param) -> Box<dyn InputParameter> {
    match param {
        Param::Integer(number) => Box::new((*number).into_parameter()),
        Param::Double(number) => Box::new((*number).into_parameter()),
        Param::Text(text) => Box::new(text.clone().into_parameter()),
        Param::Binary(bytes) => Box::new(bytes.clone().into_parameter()),
    }
}

fn whole_cell(row: &mut CursorRow<'_>, place: usize, fetch: Fetch, cell: &mut Vec<u8>) -> Result<bool, Fault> {
    let number = u16::try_from(place + 1).map_err(|_| Fault::Known(Kind::Other, "too many columns".into()))?;
    Ok(match fetch {
        Fetch::Text => row.get_text(number, cell)?,
        Fetch::Binary => row.get_binary(number, cell)?,
        Fetch::Double => {
            let mut value = Nullable::<f64>::null();
            row.get_data(number, &mut value)?;
            cell.clear();
            match value.into_opt() {
                Some(value) => {
                    cell.extend_from_slice(value.to_string().as_bytes());
                    true
                }
                None => false,
            }
        }
    })
}

/// A block's column.
enum Column<'a> {
    Text(TextColumnSlice<'a, u8>),
    Binary(BinColumnSlice<'a>),
    Double(Vec<Option<String>>),
}

impl<'a> Column<'a> {
    fn of(slice: odbc_api::buffers::AnyColumnBufferSlice<'a>) -> Self {
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
    fn longer(&self) -> Option<Option<usize>> {
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

fn hand_over<S: Sink>(columns: &[Column<'_>], rows: usize, sink: &mut S) -> ControlFlow<()> {
    let mut cells: Vec<Option<&[u8]>> = Vec::with_capacity(columns.len());
    for row in 0..rows {
        cells.clear();
        cells.extend(columns.iter().map(|column| column.cell(row)));
        sink.row(&cells)?;
    }
    ControlFlow::Continue(())
}
