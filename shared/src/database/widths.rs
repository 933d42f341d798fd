//! How wide a column's buffer is. Declared lengths are a guess: SQLite and IRIS keep longer values all the same, so what
//! was seen once is remembered.

use std::collections::HashMap;

use crate::sql::{Fetch, Statement};

/// Bytes of a buffer for text without a declared length.
const UNDECLARED: usize = 255;

/// Bytes of the widest bound buffer. Wider cells are asked for one by one; drivers fill a bound buffer to its end.
const WIDEST: usize = 4_096;

/// Bytes that a character may take in UTF-8; drivers count a declared length in characters.
const BYTES_PER_CHARACTER: usize = 4;

/// Bytes of all buffers of one block of rows.
const BLOCK_BYTES: usize = 512 * 1024;

/// What was learnt of columns, by their origin.
#[derive(Debug, Default)]
pub struct Widths(HashMap<String, Width>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Bound(usize),
    Long,
}

impl Widths {
    /// The buffer widths for a statement in bytes; nothing if a column is too long for one.
    pub fn bound(&self, statement: &Statement) -> Option<Vec<usize>> {
        statement
            .outputs
            .iter()
            .map(|output| match (self.0.get(&output.origin), output.fetch) {
                (_, Fetch::Double) => Some(size_of::<f64>()),
                (Some(Width::Long), _) | (None, Fetch::Binary) => None,
                (Some(Width::Bound(bytes)), _) => Some(*bytes),
                (None, Fetch::Text) => Some(
                    output.declared.map_or(UNDECLARED, |length| (length * BYTES_PER_CHARACTER).clamp(1, UNDECLARED)),
                ),
            })
            .collect()
    }

    /// How many rows of these widths make a block.
    pub fn rows(widths: &[usize], wanted: usize) -> usize {
        let row: usize = widths.iter().map(|width| width + size_of::<isize>() + 1).sum();
        (BLOCK_BYTES / row.max(1)).clamp(1, wanted.max(1))
    }

    /// Remembers that a column holds a value of so many bytes, or of a length that the driver does not tell.
    pub fn learn(&mut self, origin: &str, bytes: Option<usize>) {
        let width = match bytes {
            Some(bytes) if bytes * 2 <= WIDEST => Width::Bound((bytes * 2).next_power_of_two() - 1),
            Some(bytes) if bytes < WIDEST => Width::Bound(WIDEST),
            _ => Width::Long,
        };
        self.0.insert(origin.to_owned(), width);
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
            (Some(4_096), Some(Width::Long)),
            (Some(100_000), Some(Width::Long)),
            (None, Some(Width::Long)),
        ] {
            widths.learn("c", bytes);
            assert_eq!(widths.0.get("c").copied(), expected);
        }
    }
}
