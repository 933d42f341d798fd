//! One cell, whole: or as much of it as an answer could hold.

use odbc_api::buffers::Indicator;
use odbc_api::parameter::{VarBinarySliceMut, VarCharSliceMut};
use odbc_api::{CursorRow, Nullable};

use super::Failure;
use super::surrogates::{self, WideBuffer};
use super::widths::{LONGEST, Widths};
use crate::cell::Cell;
use crate::database::fault::Kind;
use crate::payload::MAX_PAYLOAD_BYTES;
use crate::statement::Fetch;

/// Bytes behind a buffer that a driver may write to although it should not.
const GUARD_BYTES: usize = 64;

/// A cell that is read by itself. Its buffer is used again for the next row.
pub struct Slot {
    fetch: Fetch,
    bytes: Vec<u8>,
    /// What of it is valid.
    holds: Holds,
}

#[derive(Clone, Copy)]
enum Holds {
    Null,
    Bytes,
    Integer(i64),
    Double(f64),
}

impl Slot {
    /// A slot for cells that are fetched so.
    pub fn of(fetch: Fetch) -> Self {
        Self { fetch, bytes: Vec::new(), holds: Holds::Null }
    }

    /// What was read last.
    pub fn cell(&self) -> Cell<'_> {
        match self.holds {
            Holds::Null => Cell::Null,
            Holds::Integer(number) => Cell::Integer(number),
            Holds::Double(number) => Cell::Double(number),
            Holds::Bytes if self.fetch == Fetch::Binary => Cell::Bytes(&self.bytes),
            Holds::Bytes => Cell::Text(&self.bytes),
        }
    }

    /// How many bytes a text had that was read last.
    pub fn text_length(&self) -> usize {
        if matches!(self.holds, Holds::Bytes) { self.bytes.len() } else { 0 }
    }

    /// The text that was read last, if it is one.
    pub fn shown(&self) -> Option<&[u8]> {
        (matches!(self.holds, Holds::Bytes) && self.fetch != Fetch::Binary).then_some(&self.bytes)
    }

    /// Holds this text instead.
    pub fn set(&mut self, text: String) {
        (self.bytes, self.holds) = (text.into_bytes(), Holds::Bytes);
    }

    /// Gives a buffer back that is larger than this.
    pub fn shrink(&mut self, bytes: usize) {
        if self.bytes.capacity() > bytes {
            self.bytes = Vec::new();
        }
    }
}

/// Reads a cell, all of it.
pub fn whole_cell(
    row: &mut CursorRow<'_>,
    index: usize,
    fetch: Fetch,
    slot: &mut Slot,
) -> Result<(), Failure> {
    let number = column_number(index)?;
    slot.holds = match fetch {
        Fetch::Text | Fetch::LongText => {
            held(in_pieces(row, number, Pieces::Text, &mut slot.bytes)?)
        }
        Fetch::Binary => held(in_pieces(row, number, Pieces::Binary, &mut slot.bytes)?),
        Fetch::Integer => {
            let mut value = Nullable::<i64>::null();
            row.get_data(number, &mut value)?;
            value.into_opt().map_or(Holds::Null, Holds::Integer)
        }
        Fetch::Double => {
            let mut value = Nullable::<f64>::null();
            row.get_data(number, &mut value)?;
            value.into_opt().map_or(Holds::Null, Holds::Double)
        }
    };
    Ok(())
}

fn held(is_present: bool) -> Holds {
    if is_present { Holds::Bytes } else { Holds::Null }
}

/// A text that was read in one piece, or not.
pub enum Whole {
    /// It was.
    Read,
    /// It is this long by the driver's word, and did not fit.
    Longer(usize),
}

/// Reads a text of IRIS in one piece, into a buffer that all cells share. The driver counts a stream in characters and other texts in
/// bytes.
pub fn text_at_once(
    row: &mut CursorRow<'_>,
    index: usize,
    fetch: Fetch,
    capacity: usize,
    (buffer, slot): (&mut Vec<u8>, &mut Slot),
) -> Result<Whole, Failure> {
    // The end of a stream is told by the zeros behind it, that of another text by its length.
    if fetch == Fetch::LongText || capacity == LONGEST {
        buffer.clear();
    }
    buffer.resize(buffer.len().max(capacity + GUARD_BYTES), 0);
    let cell = &mut buffer[..capacity];
    let mut target = VarCharSliceMut::from_buffer(&mut *cell, Indicator::Null);
    row.get_data(column_number(index)?, &mut target)?;
    let Some(length) = told(target.indicator()) else {
        slot.holds = Holds::Null;
        return Ok(Whole::Read);
    };
    let is_whole = Widths::buffer_for(length) <= capacity;
    if !is_whole && capacity < LONGEST {
        return Ok(Whole::Longer(if length == usize::MAX { capacity } else { length }));
    }
    // A stream ends where its bytes end; it may hold zeros, but not at its end.
    let bytes = match fetch {
        // No answer could hold more of it than this.
        _ if !is_whole => text_end(cell),
        Fetch::LongText => text_end(cell),
        _ => length,
    };
    slot.bytes.clear();
    slot.bytes.extend_from_slice(&cell[..bytes]);
    slot.holds = Holds::Bytes;
    Ok(Whole::Read)
}

/// Reads a stream of IRIS in one piece as wide characters: where bytes hide some of its characters.
/// The driver counts four bytes for each character, and needs twice as many for one of two units.
pub fn stream_at_once(
    row: &mut CursorRow<'_>,
    index: usize,
    capacity: usize,
    slot: &mut Slot,
) -> Result<Whole, Failure> {
    let mut buffer = vec![0; capacity / size_of::<u16>()];
    let mut target = WideBuffer::from_buffer(&mut buffer[..], Indicator::Null);
    row.get_data(column_number(index)?, &mut target)?;
    let Some(length) = told(target.indicator()) else {
        slot.holds = Holds::Null;
        return Ok(Whole::Read);
    };
    if length.saturating_mul(2).saturating_add(GUARD_BYTES) > capacity && capacity < LONGEST {
        return Ok(Whole::Longer(if length == usize::MAX { capacity } else { length }));
    }
    slot.set(surrogates::from_wide(&buffer));
    Ok(Whole::Read)
}

/// How long a text is by the driver's word, which may be that it does not know; `None` for NULL.
fn told(indicator: Indicator) -> Option<usize> {
    match indicator {
        Indicator::Null => None,
        Indicator::NoTotal => Some(usize::MAX),
        Indicator::Length(length) => Some(length),
    }
}

/// Where the bytes of a text end in its buffer, which is zeros behind it.
fn text_end(cell: &[u8]) -> usize {
    cell.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// The number of a column for the driver, which begins with 1.
pub fn column_number(index: usize) -> Result<u16, Failure> {
    u16::try_from(index + 1).map_err(|_| Failure::known(Kind::Other, "too many columns"))
}

/// How the pieces of a cell come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pieces {
    /// As characters: a piece that is not the last ends at its terminating zero.
    Text,
    /// As bytes: a piece that is not the last fills what it is given.
    Binary,
}

/// Bytes that the first call for a cell asks for: most are short.
const FIRST_PIECE_BYTES: usize = 1_024;

/// Bytes that the second call asks for; each further one asks for twice as many, because a driver
/// may walk through all that it has for every piece.
const PIECE_BYTES: usize = 64 * 1024;

/// Bytes of the largest piece.
const LARGEST_PIECE_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of a cell that are read at most. An answer holds [`MAX_PAYLOAD_BYTES`], so that no value
/// of more characters can be in it whole, and a character takes four bytes at most. What has more
/// is cut visibly, at far fewer.
const MOST_CELL_BYTES: usize = 4 * MAX_PAYLOAD_BYTES + PIECE_BYTES;

/// Reads a cell piece by piece, until it ends or no answer could hold it.
fn in_pieces(
    row: &mut CursorRow<'_>,
    number: u16,
    pieces: Pieces,
    cell: &mut Vec<u8>,
) -> Result<bool, Failure> {
    cell.clear();
    let mut size = FIRST_PIECE_BYTES;
    while cell.len() < MOST_CELL_BYTES {
        let start = cell.len();
        cell.resize(start + size, 0);
        let piece = &mut cell[start..];
        let (indicator, complete) = match pieces {
            Pieces::Text => {
                let mut target = VarCharSliceMut::from_buffer(&mut *piece, Indicator::Null);
                row.get_data(number, &mut target)?;
                (target.indicator(), target.is_complete())
            }
            Pieces::Binary => {
                let mut target = VarBinarySliceMut::from_buffer(&mut *piece, Indicator::Null);
                row.get_data(number, &mut target)?;
                (target.indicator(), target.is_complete())
            }
        };
        let bytes = match (indicator, pieces) {
            (Indicator::Null, _) => return Ok(false),
            (Indicator::Length(bytes), _) if complete => bytes,
            (_, Pieces::Text) => piece.iter().position(|byte| *byte == 0).unwrap_or(piece.len()),
            (_, Pieces::Binary) => piece.len(),
        };
        cell.truncate(start + bytes.min(size));
        if complete {
            return Ok(true);
        }
        if bytes == 0 {
            let words = "the driver gives no more of a cell, and says that more follows";
            return Err(Failure::known(Kind::Other, words));
        }
        size = (size * 2).clamp(PIECE_BYTES, LARGEST_PIECE_BYTES);
    }
    Ok(true)
}
