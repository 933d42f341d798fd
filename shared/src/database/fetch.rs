//! From a cursor to rows: in blocks where every cell fits its buffer, else row by row with each cell whole.
//!
//! IRIS' driver (2023.1, seen with its text of 9,000 `ü`) writes up to two bytes behind a buffer that is too small for
//! letters beyond ASCII, and takes twice as much of the text as it hands out. So its buffers have room behind them, and
//! its texts are never read in pieces: the buffer is made large enough, and the reading starts again.

mod block;
mod cell;
mod unpack;

use std::time::{Duration, Instant};

use odbc_api::buffers::{BufferDesc, ColumnarDynBuffer};
use odbc_api::{Connection, Cursor, CursorRow};

use self::block::{Column, hand_over};
use self::cell::{Whole, text_at_once, whole_cell};
use self::unpack::Unpacking;
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
        if let Some(packed) = &self.statement.packed {
            let origin = &packed.statement.outputs[0].origin;
            if widths.packs(origin) {
                let fetching = Fetching { statement: &packed.statement, ..*self };
                match fetching.read(widths, &|| Unpacking::new(new_sink(), packed.texts.clone())) {
                    Ok(Reading { sink: Unpacking { sink, is_readable: true, .. }, sink_time, connect_time }) => {
                        return Ok(Reading { sink, sink_time, connect_time });
                    }
                    // SQLite may have no such function, or one of fewer arguments; a row may be beyond all limits.
                    Err(fault) if !fault.says("json_array") && !fault.says("too big") => return Err(fault),
                    _ => widths.learn_unpackable(origin),
                }
            }
        }
        self.read(widths, new_sink)
    }

    fn read<S: Sink>(&self, widths: &mut Widths, new_sink: &dyn Fn() -> S) -> Result<Reading<S>, Fault> {
        tracing::debug!(sql = self.statement.text, parameters = ?self.statement.params, "query");
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
            Fetch::Text | Fetch::LongText | Fetch::Packed => BufferDesc::Text { max_str_len: *width },
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
        Ok(Outcome::Done(Reading { sink, sink_time, connect_time: Duration::ZERO }))
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
        Ok(Outcome::Done(Reading { sink, sink_time, connect_time: Duration::ZERO }))
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
