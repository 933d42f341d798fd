//! How wide a column's buffer is. Declared lengths are a guess: IRIS keeps longer values all the
//! same, so what was seen once is remembered.

use std::collections::{HashMap, HashSet};

use crate::payload::MAX_PAYLOAD_BYTES;
use crate::statement::{Fetch, Output, Statement};

/// Bytes of a buffer for text without a declared length.
const UNDECLARED: usize = 255;

/// Bytes of the widest bound buffer. Wider cells are asked for one by one; drivers fill a bound
/// buffer to its end.
const WIDEST: usize = 4_096;

/// Bytes that a character may take in UTF-8; drivers count a declared length in characters.
const BYTES_PER_CHARACTER: usize = 4;

/// Bytes of all buffers of one block of rows.
const BLOCK_BYTES: usize = 512 * 1024;

/// What was learnt of columns, by their origin.
#[derive(Debug, Default)]
pub struct Widths {
    widths: HashMap<String, Width>,
    /// Streams that have held characters which the driver hides.
    hiding: HashSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// A bound buffer of so many bytes.
    Bound(usize),
    /// Asked for by itself, with a buffer of so many bytes.
    Long(usize),
}

/// Bytes that a text asked for by itself is given at first.
const LONG: usize = 64 * 1024;

/// Bytes that a text is given whose length is not known: all texts of a row share this buffer.
const LONG_AT_FIRST: usize = 256 * 1024;

/// Bytes of the largest buffer for a text: it takes any that an answer can hold, by whatever length
/// the driver tells.
pub const LONGEST: usize = MAX_PAYLOAD_BYTES * IRIS_BYTES_PER_CHARACTER + IRIS_EXTRA_BYTES;

/// Bytes of buffer that IRIS' driver wants for each character of a stream (each byte of other texts
/// at most).
const IRIS_BYTES_PER_CHARACTER: usize = 6;

/// What it wants beside them: a terminating zero, and room for what it writes after the end.
const IRIS_EXTRA_BYTES: usize = 64;

impl Widths {
    /// The buffer widths for a statement in bytes; `None` if a column is too long for one.
    /// `whatever_length`: a text of known length is not.
    pub fn bound(&self, statement: &Statement, whatever_length: bool) -> Option<Vec<usize>> {
        statement
            .outputs
            .iter()
            .map(|output| match (self.widths.get(&output.origin), output.fetch) {
                (_, Fetch::Integer | Fetch::Double) => Some(size_of::<f64>()),
                (Some(Width::Long(bytes)), Fetch::Text) if whatever_length && *bytes < LONGEST => {
                    Some(*bytes)
                }
                (Some(Width::Long(_)), _) | (_, Fetch::LongText) | (None, Fetch::Binary) => None,
                (Some(Width::Bound(bytes)), _) => Some(*bytes),
                (None, Fetch::Text) => Some(Self::first(output)),
            })
            .collect()
    }

    /// The buffer of a text of which nothing was learnt.
    fn first(output: &Output) -> usize {
        output
            .declared
            .map_or(UNDECLARED, |length| (length * BYTES_PER_CHARACTER).clamp(1, UNDECLARED))
    }

    /// Something was learnt of a column.
    pub fn knows(&self, origin: &str) -> bool {
        self.widths.contains_key(origin)
    }

    /// Remembers that a stream holds characters which the driver hides.
    pub fn learn_hiding(&mut self, origin: &str) {
        self.hiding.insert(origin.to_owned());
    }

    /// Whether a stream has held such characters.
    pub fn hides(&self, origin: &str) -> bool {
        self.hiding.contains(origin)
    }

    /// Remembers how long the texts were that came by themselves.
    pub fn see(&mut self, output: &Output, longest: usize) {
        if output.fetch != Fetch::Text || self.knows(&output.origin) {
            return;
        }
        let first = Self::first(output);
        if longest <= first {
            self.widths.insert(output.origin.clone(), Width::Bound(first));
        } else {
            self.learn(&output.origin, Some(longest));
        }
    }

    /// How many rows of these widths make a block.
    pub fn rows(widths: &[usize], wanted: usize) -> usize {
        let row: usize = widths.iter().map(|width| width + size_of::<isize>() + 1).sum();
        (BLOCK_BYTES / row.max(1)).clamp(1, wanted.max(1))
    }

    /// Remembers that a column holds a value of so many bytes, or of a length that the driver does
    /// not tell.
    pub fn learn(&mut self, origin: &str, bytes: Option<usize>) {
        let width = match bytes {
            Some(bytes) if bytes * 2 <= WIDEST => Width::Bound((bytes * 2).next_power_of_two() - 1),
            Some(bytes) if bytes < WIDEST => Width::Bound(WIDEST),
            bytes => Width::Long(bytes.map_or(LONG, Self::buffer_for).clamp(LONG, LONGEST)),
        };
        self.widths.insert(origin.to_owned(), width);
    }

    /// The buffer that surely takes a text whole of which IRIS' driver says this length.
    pub fn buffer_for(length: usize) -> usize {
        length.saturating_mul(IRIS_BYTES_PER_CHARACTER).saturating_add(IRIS_EXTRA_BYTES)
    }

    /// The buffer for a text that is asked for by itself, in bytes.
    pub fn long(&self, output: &Output) -> usize {
        match self.widths.get(&output.origin) {
            Some(Width::Long(bytes)) => *bytes,
            None if output.fetch == Fetch::Text => LONG_AT_FIRST,
            _ => LONG,
        }
    }

    /// Remembers that a text asked for by itself has this length.
    pub fn learn_long(&mut self, origin: &str, length: usize) {
        self.widths.insert(
            origin.to_owned(),
            Width::Long(Self::buffer_for(length).max(LONG).next_power_of_two().min(LONGEST)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_fits_its_memory_and_holds_at_least_one_row() {
        assert_eq!(Widths::rows(&[255; 10], 10_001), BLOCK_BYTES / 2_640);
        assert_eq!(Widths::rows(&[WIDEST; 1_000], 10), 1);
        assert_eq!(Widths::rows(&[8], 5), 5);
    }

    #[test]
    fn what_is_learnt_is_wider_than_what_was_seen() {
        let mut widths = Widths::default();
        for (bytes, expected) in [
            (Some(300), Some(Width::Bound(1_023))),
            (Some(4_000), Some(Width::Bound(4_096))),
            (Some(4_096), Some(Width::Long(LONG))),
            (Some(100_000), Some(Width::Long(600_064))),
            (None, Some(Width::Long(LONG))),
        ] {
            widths.learn("c", bytes);
            assert_eq!(widths.widths.get("c").copied(), expected);
        }
    }
}
