//! From a cursor to rows: in blocks where every cell fits its buffer, else row by row with each cell whole.
//!
//! IRIS' driver (2023.1, seen with its text of 9,000 `ü`) writes up to two bytes behind a buffer that is too small for
//! letters beyond ASCII, and takes twice as much of the text as it hands out. So its buffers have room behind them, and
//! its texts are never read in pieces: the buffer is made large enough, and the reading starts again.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use odbc_api::buffers::{BinColumnSlice, BufferDesc, ColumnarDynBuffer, Indicator, NullableSlice, TextColumnSlice};
use odbc_api::parameter::VarCharSliceMut;
use odbc_api::{Connection, Cursor, CursorRow, Nullable};

use super::fault::{Fault, Kind};
use super::portions::{self, Read, Rows};
use super::widths::Widths;
use super::{Reading, Sink};
use crate::sql::{Dialect, Fetch, Statement};

/// Readings of one statement in blocks at most: each ended at a cell longer than its buffer.
const MOST_BLOCK_READINGS: usize = 2;

/// Readings of one statement row by row at most. Only IRIS' needs a second, for a text longer than its buffer; each
/// buffer is at least twice the one before, so this many reach every length that a text can have.
const MOST_ROW_READINGS: usize = 16;

/// Bytes behind a buffer that a driver may write to although it should not.
const GUARD_BYTES: usize = 64;

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
        let mut block_readings = 0;
        for _ in 0..MOST_BLOCK_READINGS + MOST_ROW_READINGS {
            let bound = widths.bound(self.statement).filter(|_| block_readings < MOST_BLOCK_READINGS);
            let outcome = match &bound {
                Some(bound) => self.in_blocks(bound, new_sink())?,
                None => self.row_by_row(widths, new_sink())?,
            };
            block_readings += usize::from(bound.is_some());
            match outcome {
                Outcome::Done(reading) => return Ok(reading),
                Outcome::Longer(columns) => {
                    for (column, length) in columns {
                        let origin = &self.statement.outputs[column].origin;
                        match (&bound, length) {
                            (None, Some(length)) => widths.learn_long(origin, length),
                            _ => widths.learn(origin, length),
                        }
                    }
                }
            }
        }
        Err(Fault::Known(Kind::Other, "a text grew with every reading".into()))
    }

    fn portions(&self, read: impl FnMut(Rows<'_>) -> Result<Read, Fault>) -> Result<(), Fault> {
        portions::run(self.connection, self.statement, self.dialect, self.timeout, read)
    }

    fn in_blocks<S: Sink>(&self, widths: &[usize], mut sink: S) -> Result<Outcome<S>, Fault> {
        let (mut sink_time, mut longer) = (Duration::ZERO, Vec::new());
        // IRIS' driver gets one at a time: where the line breaks within a block, it fills the rest with rows that came before,
        // or looks for more without end.
        let rows = if self.dialect == Dialect::Iris { 1 } else { Widths::rows(widths, self.statement.rows) };
        let descriptions = widths.iter().zip(&self.statement.outputs).map(|(width, output)| match output.fetch {
            Fetch::Text | Fetch::LongText => BufferDesc::Text { max_str_len: *width },
            Fetch::Binary => BufferDesc::Binary { max_bytes: *width },
            Fetch::Double => BufferDesc::F64 { nullable: true },
        });
        // One row more than the driver is told of: what it writes behind the last one stays within.
        let columns = (1..).zip(descriptions.map(|description| description.column_buffer(rows + 1))).collect();
        // SAFETY: the numbers are different, and every column has room for the rows.
        let mut buffer = unsafe { ColumnarDynBuffer::new_unchecked(rows, columns) };
        self.portions(|cursor| {
            let mut cursor = cursor.bind_buffer(&mut buffer)?;
            let mut count = 0;
            while let Some(block) = cursor.fetch()? {
                self.still_connected()?;
                let columns: Vec<_> = (0..block.num_cols()).map(|place| Column::of(block.column(place))).collect();
                let cut = columns.iter().enumerate().filter_map(|(place, column)| Some((place, column.longer()?)));
                longer = cut.collect();
                if !longer.is_empty() {
                    return Ok(Read::Enough);
                }
                count += block.num_rows();
                let sinking = Instant::now();
                let flow = hand_over(&columns, block.num_rows(), &mut sink);
                sink_time += sinking.elapsed();
                if flow.is_break() {
                    return Ok(Read::Enough);
                }
            }
            Ok(Read::All(count))
        })?;
        if !longer.is_empty() {
            return Ok(Outcome::Longer(longer));
        }
        Ok(Outcome::Done(Reading { sink, sink_time }))
    }

    fn row_by_row<S: Sink>(&self, widths: &Widths, mut sink: S) -> Result<Outcome<S>, Fault> {
        let (mut sink_time, mut longer) = (Duration::ZERO, None);
        let mut cells: Vec<Vec<u8>> = vec![Vec::new(); self.statement.outputs.len()];
        let mut present = vec![false; cells.len()];
        self.portions(|mut cursor| {
            let mut count = 0;
            while let Some(mut row) = cursor.next_row()? {
                longer = self.read_row(&mut row, widths, &mut cells, &mut present)?;
                if longer.is_some() {
                    return Ok(Read::Enough);
                }
                self.still_connected()?;
                count += 1;
                let sinking = Instant::now();
                let filled: Vec<Option<&[u8]>> =
                    cells.iter().zip(&present).map(|(cell, present)| present.then_some(cell.as_slice())).collect();
                let flow = sink.row(&filled);
                sink_time += sinking.elapsed();
                if flow.is_break() {
                    return Ok(Read::Enough);
                }
                for cell in cells.iter_mut().filter(|cell| cell.capacity() > KEPT_BYTES) {
                    *cell = Vec::new();
                }
            }
            Ok(Read::All(count))
        })?;
        if let Some((place, length)) = longer {
            return Ok(Outcome::Longer(vec![(place, Some(length))]));
        }
        Ok(Outcome::Done(Reading { sink, sink_time }))
    }

    /// Reads the cells of a row, and whether each is present. Or tells which one did not fit, and how long it is.
    fn read_row(
        &self,
        row: &mut CursorRow<'_>,
        widths: &Widths,
        cells: &mut [Vec<u8>],
        present: &mut [bool],
    ) -> Result<Option<(usize, usize)>, Fault> {
        for (place, output) in self.statement.outputs.iter().enumerate() {
            let cell = &mut cells[place];
            let is_text = matches!(output.fetch, Fetch::Text | Fetch::LongText);
            present[place] = if self.dialect == Dialect::Iris && is_text {
                match text_at_once(row, place, output.fetch, widths.long(&output.origin), cell)? {
                    Whole::Cell(present) => present,
                    Whole::Longer(length) => return Ok(Some((place, length))),
                }
            } else {
                whole_cell(row, place, output.fetch, cell)?
            };
        }
        Ok(None)
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

fn whole_cell(row: &mut CursorRow<'_>, place: usize, fetch: Fetch, cell: &mut Vec<u8>) -> Result<bool, Fault> {
    let number = column_number(place)?;
    Ok(match fetch {
        Fetch::Text | Fetch::LongText => whole_text(row, number, cell)?,
        Fetch::Binary => row.get_binary(number, cell)?,
        Fetch::Double => {
            let mut value = Nullable::<f64>::null();
            row.get_data(number, &mut value)?;
            cell.clear();
            let text = value.into_opt().map(|value| value.to_string());
            cell.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
            text.is_some()
        }
    })
}

/// Bytes that the first call for a text asks for: most texts are short, and SQLite's driver fills what it is given.
const FIRST_PIECE_BYTES: usize = 1_024;

/// Bytes that a further call asks for.
const PIECE_BYTES: usize = 64 * 1024;

/// A text that was read in one piece, or not.
enum Whole {
    /// It was; false is NULL.
    Cell(bool),
    /// It is this long by the driver's word, and did not fit.
    Longer(usize),
}

/// Reads a text of IRIS in one piece. The driver counts a stream in characters and other texts in bytes.
fn text_at_once(
    row: &mut CursorRow<'_>,
    place: usize,
    fetch: Fetch,
    capacity: usize,
    cell: &mut Vec<u8>,
) -> Result<Whole, Fault> {
    cell.clear();
    cell.resize(capacity + GUARD_BYTES, 0);
    let mut target = VarCharSliceMut::from_buffer(&mut cell[..capacity], Indicator::Null);
    row.get_data(column_number(place)?, &mut target)?;
    let length = match target.indicator() {
        Indicator::Null => {
            cell.clear();
            return Ok(Whole::Cell(false));
        }
        Indicator::NoTotal => return Ok(Whole::Longer(capacity)),
        Indicator::Length(length) => length,
    };
    if Widths::buffer_for(length) > capacity {
        return Ok(Whole::Longer(length));
    }
    // A stream ends where its bytes end; it may hold zeros, but not at its end.
    let bytes = match fetch {
        Fetch::LongText => cell.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1),
        _ => length,
    };
    cell.truncate(bytes);
    Ok(Whole::Cell(true))
}

fn column_number(place: usize) -> Result<u16, Fault> {
    u16::try_from(place + 1).map_err(|_| Fault::Known(Kind::Other, "too many columns".into()))
}

/// Reads a text piece by piece, of whatever length.
fn whole_text(row: &mut CursorRow<'_>, number: u16, cell: &mut Vec<u8>) -> Result<bool, Fault> {
    cell.clear();
    let mut first = [0; FIRST_PIECE_BYTES];
    let mut further = Vec::new();
    let mut piece = first.as_mut_slice();
    loop {
        let mut target = VarCharSliceMut::from_buffer(&mut *piece, Indicator::Null);
        row.get_data(number, &mut target)?;
        let complete = target.is_complete();
        let bytes = match target.indicator() {
            Indicator::Null => return Ok(false),
            Indicator::Length(bytes) if complete => bytes,
            // More follows: this piece ends at its terminating zero.
            _ => piece.iter().position(|byte| *byte == 0).unwrap_or(piece.len()),
        };
        cell.extend_from_slice(&piece[..bytes.min(piece.len())]);
        if complete {
            return Ok(true);
        }
        if bytes == 0 {
            return Err(Fault::Known(
                Kind::Other,
                "the driver gives no more of a text, and says that more follows".into(),
            ));
        }
        further.clear();
        further.resize(PIECE_BYTES, 0);
        piece = further.as_mut_slice();
    }
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
