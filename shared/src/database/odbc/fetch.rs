//! From a cursor to rows: in blocks where every cell fits its buffer, else row by row with each
//! cell whole.
//!
//! IRIS' driver (2023.1, seen with its text of 9,000 `ü`) writes up to two bytes behind a buffer
//! that is too small for letters beyond ASCII, and takes twice as much of the text as it hands out.
//! So its buffers have room behind them, and its texts are never read in pieces: the buffer is made
//! large enough, and the reading starts again.

use odbc_api::buffers::{BufferDesc, ColumnarDynBuffer};
use odbc_api::handles::{AsStatementRef, Statement as _};
use odbc_api::{Connection, Cursor, CursorRow, RowSetBuffer as _};

use super::block::{Handed, Texts, hand_over};
use super::cell::{Slot, Whole, column_number, stream_at_once, text_at_once, whole_cell};
use super::portions::{self, Read, Rows};
use super::surrogates::{self, may_hide};
use super::widths::Widths;
use super::{Failure, Ways};
use crate::cell::Cell;
use crate::database::connection::Receiver;
use crate::database::fault::Kind;
use crate::statement::{Fetch, Statement};

/// Readings of one statement in blocks at most: each ended at a cell longer than its buffer.
const MOST_BLOCK_READINGS: usize = 2;

/// Readings of one statement row by row at most. Only IRIS' needs a second, for a text longer than
/// its buffer; each buffer is at least twice the one before, so this many reach every length that a
/// text can have.
const MOST_ROW_READINGS: usize = 16;

/// A cell's buffer that has grown beyond this is not kept for the next row: it would be filled with
/// zeros each time.
const KEPT_BYTES: usize = 64 * 1024;

/// Rows of a first reading at most that is row by row: with more, a second reading costs less than
/// to ask for each cell.
const MOST_FIRST_ROWS: usize = 1_001;

/// One statement on one connection.
pub struct Fetching<'a> {
    /// The connection.
    pub connection: &'a Connection<'static>,
    /// What its driver does differently.
    pub ways: &'static Ways,
    /// The statement.
    pub statement: &'a Statement,
    /// The time limit that the driver hands to the server, in seconds.
    pub timeout: Option<usize>,
}

/// Rows after which the driver is asked again whether the connection stands: it may hand out the
/// same stale row without end. Asked after each, it took a twentieth of 10,000 rows.
const CHECKED_ROWS: usize = 64;

enum Outcome {
    Done,
    /// The same, row by row: for each column the longest text.
    Read(Vec<usize>),
    /// A stream hides characters: streams have to be read otherwise.
    Hiding,
    /// Cells were longer than their buffers: for each column the longest, where the driver tells.
    Longer(Vec<(usize, Option<usize>)>),
}

impl Fetching<'_> {
    /// Runs the statement and hands its rows over.
    pub fn run(&self, widths: &mut Widths, rows: &mut dyn Receiver) -> Result<(), Failure> {
        let mut block_readings = 0;
        for _ in 0..MOST_BLOCK_READINGS + MOST_ROW_READINGS {
            rows.begin();
            let bound = widths
                .bound(self.statement, self.is_alone())
                .filter(|_| block_readings < MOST_BLOCK_READINGS || self.is_alone());
            let bound = bound.filter(|_| !self.is_first(widths));
            let outcome = match &bound {
                Some(bound) if self.ways.has_stale_rows => self.in_bound_rows(bound, rows)?,
                Some(bound) => self.in_blocks(bound, rows)?,
                None => self.row_by_row(widths, rows)?,
            };
            block_readings += usize::from(bound.is_some());
            match outcome {
                Outcome::Done => return Ok(()),
                Outcome::Read(longest) => {
                    for (output, longest) in self.statement.outputs.iter().zip(longest) {
                        widths.see(output, longest);
                    }
                    return Ok(());
                }
                Outcome::Hiding => {
                    let outputs = self.statement.outputs.iter();
                    for output in outputs.filter(|output| output.fetch == Fetch::LongText) {
                        widths.learn_hiding(&output.origin);
                    }
                }
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
        Err(Failure::known(Kind::Other, "a text grew with every reading"))
    }

    /// A column by itself, whose text can be read again only where it is bound.
    fn is_alone(&self) -> bool {
        self.ways.hides_surrogates && self.statement.outputs.len() == 1
    }

    /// A driver that fetches a row at a time anyway is asked for each cell as long as it is not known
    /// how long texts are: one too long for its buffer would have all of it read again, which is
    /// one more message.
    fn is_first(&self, widths: &Widths) -> bool {
        let Statement { outputs, rows, .. } = self.statement;
        self.ways.has_stale_rows
            && self.ways.has_whole_texts
            && !self.is_alone()
            && *rows <= MOST_FIRST_ROWS
            && outputs
                .iter()
                .any(|output| output.fetch == Fetch::Text && !widths.knows(&output.origin))
    }

    fn portions(&self, read: impl FnMut(Rows<'_>) -> Result<Read, Failure>) -> Result<(), Failure> {
        portions::run(self.connection, self.statement, self.ways, self.timeout, read)
    }

    fn in_blocks(&self, widths: &[usize], rows: &mut dyn Receiver) -> Result<Outcome, Failure> {
        let mut longer = Vec::new();
        let mut buffer = self.buffer(widths, Widths::rows(widths, self.statement.rows));
        self.portions(|cursor| {
            let mut cursor = cursor.bind_buffer(&mut buffer)?;
            let mut count = 0;
            while let Some(block) = cursor.fetch()? {
                match self.hand_over(block, Texts::Whole, rows)? {
                    Handed::All | Handed::Hiding(_) => count += block.num_rows(),
                    Handed::Enough => return Ok(Read::Enough),
                    Handed::Longer(cells) => {
                        longer = cells;
                        return Ok(Read::Enough);
                    }
                }
            }
            Ok(Read::All(count))
        })?;
        Ok(if longer.is_empty() { Outcome::Done } else { Outcome::Longer(longer) })
    }

    /// For IRIS: blocks of one row, whose cells can be read again while they are bound. Never are they
    /// unbound within a result: the driver (2023.1) then leaves out all rows of its next message.
    fn in_bound_rows(&self, widths: &[usize], rows: &mut dyn Receiver) -> Result<Outcome, Failure> {
        let mut longer = Vec::new();
        let mut buffer = self.buffer(widths, 1);
        self.portions(|mut cursor| {
            // SAFETY: the buffer stays where it is until the cursor is gone, which this owns.
            unsafe { bind(&mut cursor, &mut buffer)? };
            let mut count = 0;
            while cursor.next_row()?.is_some() {
                count += 1;
                if count % CHECKED_ROWS == 0 {
                    self.still_connected()?;
                }
                let mut handed = self.hand_over(&buffer, Texts::MayHide, rows)?;
                if let Handed::Hiding(texts) = handed {
                    // Of a line that broke the driver reads without end, or throws what ends the process.
                    self.still_connected()?;
                    let texts = texts.into_iter().filter_map(|(index, shown)| {
                        let column = column_number(index).ok()?;
                        Some((index, surrogates::reread(&mut cursor, column, &shown)?))
                    });
                    let texts: Vec<_> = texts.collect();
                    handed = self.hand_over(&buffer, Texts::Reread(&texts), rows)?;
                }
                match handed {
                    Handed::All | Handed::Hiding(_) => {}
                    Handed::Enough => {
                        self.still_connected()?;
                        return Ok(Read::Enough);
                    }
                    Handed::Longer(cells) => {
                        longer = cells;
                        return Ok(Read::Enough);
                    }
                }
            }
            self.still_connected()?;
            Ok(Read::All(count))
        })?;
        Ok(if longer.is_empty() { Outcome::Done } else { Outcome::Longer(longer) })
    }

    fn buffer(&self, widths: &[usize], rows: usize) -> ColumnarDynBuffer {
        let descriptions =
            widths.iter().zip(&self.statement.outputs).map(|(width, output)| match output.fetch {
                Fetch::Text | Fetch::LongText => BufferDesc::Text { max_str_len: *width },
                Fetch::Binary => BufferDesc::Binary { max_bytes: *width },
                Fetch::Integer => BufferDesc::I64 { nullable: true },
                Fetch::Double => BufferDesc::F64 { nullable: true },
            });
        // One row more than the driver is told of: what it writes behind the last one stays within.
        let columns = descriptions.map(|description| description.column_buffer(rows + 1));
        let columns = (1..).zip(columns).collect();
        // SAFETY: the numbers are different, and every column holds the rows.
        unsafe { ColumnarDynBuffer::new_unchecked(rows, columns) }
    }

    fn hand_over(
        &self,
        block: &ColumnarDynBuffer,
        texts: Texts<'_>,
        rows: &mut dyn Receiver,
    ) -> Result<Handed, Failure> {
        let handed = hand_over(block, &self.statement.outputs, texts, rows);
        handed.ok_or_else(|| Failure::known(Kind::Other, "a column is bound as another type"))
    }

    fn row_by_row(&self, widths: &Widths, rows: &mut dyn Receiver) -> Result<Outcome, Failure> {
        let (mut longer, mut hides) = (None, false);
        let mut longest = vec![0; self.statement.outputs.len()];
        let mut buffer = Vec::new();
        let mut slots: Vec<Slot> =
            self.statement.outputs.iter().map(|output| Slot::of(output.fetch)).collect();
        self.portions(|mut cursor| {
            let mut count = 0;
            while let Some(mut row) = cursor.next_row()? {
                longer = self.read_row(&mut row, widths, (&mut buffer, &mut slots))?;
                if longer.is_some() {
                    return Ok(Read::Enough);
                }
                hides = self.reread(&mut cursor, widths, &mut slots)?;
                if hides {
                    return Ok(Read::Enough);
                }
                count += 1;
                if count % CHECKED_ROWS == 0 {
                    self.still_connected()?;
                }
                let cells: Vec<Cell<'_>> = slots.iter().map(Slot::cell).collect();
                if rows.row(&cells).is_break() {
                    self.still_connected()?;
                    return Ok(Read::Enough);
                }
                for (slot, longest) in slots.iter_mut().zip(&mut longest) {
                    *longest = slot.text_length().max(*longest);
                    slot.shrink(KEPT_BYTES);
                }
            }
            self.still_connected()?;
            Ok(Read::All(count))
        })?;
        Ok(match longer {
            Some((index, length)) => Outcome::Longer(vec![(index, Some(length))]),
            None if hides => Outcome::Hiding,
            None => Outcome::Read(longest),
        })
    }

    /// Reads texts of a row again that may hide characters. A stream cannot be read twice: true where
    /// one may hide some, and was not read as wide characters.
    fn reread(
        &self,
        cursor: &mut Rows<'_>,
        widths: &Widths,
        slots: &mut [Slot],
    ) -> Result<bool, Failure> {
        let outputs = &self.statement.outputs;
        if !self.ways.hides_surrogates {
            return Ok(false);
        }
        for (index, output) in outputs.iter().enumerate() {
            let Some(shown) = slots[index].shown().filter(|shown| may_hide(shown)) else {
                continue;
            };
            if output.fetch == Fetch::LongText {
                if widths.hides(&output.origin) {
                    continue;
                }
                return Ok(true);
            }
            self.still_connected()?;
            // A driver that has just given a column gives it again after another one.
            let other = if index == 0 { 1 } else { index - 1 };
            let (Ok(column), Ok(other)) = (column_number(index), column_number(other)) else {
                continue;
            };
            surrogates::leave(cursor, other);
            if let Some(text) = surrogates::reread(cursor, column, shown) {
                slots[index].set(text);
            }
        }
        Ok(false)
    }

    /// Reads the cells of a row. Or tells which one did not fit, and how long it is.
    fn read_row(
        &self,
        row: &mut CursorRow<'_>,
        widths: &Widths,
        (buffer, slots): (&mut Vec<u8>, &mut [Slot]),
    ) -> Result<Option<(usize, usize)>, Failure> {
        for (index, (output, slot)) in self.statement.outputs.iter().zip(slots).enumerate() {
            let is_text = matches!(output.fetch, Fetch::Text | Fetch::LongText);
            if !(self.ways.has_whole_texts && is_text) {
                whole_cell(row, index, output.fetch, slot)?;
                continue;
            }
            let capacity = widths.long(output);
            let read = if output.fetch == Fetch::LongText && widths.hides(&output.origin) {
                stream_at_once(row, index, capacity, slot)?
            } else {
                text_at_once(row, index, output.fetch, capacity, (&mut *buffer, slot))?
            };
            if let Whole::Longer(length) = read {
                return Ok(Some((index, length)));
            }
        }
        Ok(None)
    }

    /// A driver may hand out stale rows as fresh ones when the connection breaks within a fetch;
    /// only this question tells, then and later. So it is asked now and then, and when the reading
    /// ends, before any of its rows count. Others report the break itself, and some refuse the
    /// question.
    fn still_connected(&self) -> Result<(), Failure> {
        if self.ways.has_stale_rows && self.connection.is_dead().unwrap_or(true) {
            return Err(Failure::known(Kind::Lost, "the connection broke within a fetch"));
        }
        Ok(())
    }
}

/// Binds a buffer to a cursor, until that is gone.
///
/// # Safety
/// Until then the buffer may neither be moved nor dropped.
unsafe fn bind(
    cursor: &mut impl AsStatementRef,
    buffer: &mut ColumnarDynBuffer,
) -> Result<(), odbc_api::Error> {
    let mut statement = cursor.as_stmt_ref();
    // SAFETY: as the caller promises.
    unsafe {
        statement.set_num_rows_fetched(buffer.mut_num_fetch_rows()).into_result(&statement)?;
        buffer.bind_colmuns_to_cursor(statement)
    }
}
