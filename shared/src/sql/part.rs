//! One cell of one row, a part at a time: what no answer can hold whole.

use super::select::{Compared, row_of};
use crate::dialect::Dialect;
use crate::guard::Guarded;
use crate::query::{Part, RowName};
use crate::statement::{Fetch, Meaning, Output, Statement};
use crate::table::{Table, Type};

/// Bytes of a part. As base64 they are still fewer than an answer holds.
pub const PART_BYTES: u64 = 4_000_000;

/// Characters of a part, where a database counts in them: UTF-16 code units, as IRIS does.
const PART_CHARACTERS: u64 = 1_000_000;

/// How much a part has: it asks for one more, to learn whether more follows.
pub fn size(dialect: &dyn Dialect) -> u64 {
    if dialect.counts_characters() { PART_CHARACTERS } else { PART_BYTES }
}

/// Where a part of these bytes ends of which more follow: of a text between two characters.
pub fn end(bytes: &[u8], is_text: bool) -> usize {
    let size = PART_BYTES as usize;
    // Of what UTF-8 has for one character, every byte but the first begins with the bits 10.
    let begins = |index: &usize| bytes[*index] & 0xC0 != 0x80;
    if is_text { (size - 3..=size).rev().find(begins).unwrap_or(size) } else { size }
}

/// Where a part of so many UTF-16 code units ends of which more follow, in bytes and in units: between
/// two characters. `None` where none follow.
pub fn end_in_units(text: &str, size: usize) -> Option<(usize, usize)> {
    let mut units = 0;
    for (index, letter) in text.char_indices() {
        if units + letter.len_utf16() > size {
            return Some((index, units));
        }
        units += letter.len_utf16();
    }
    None
}

/// Whether a column's values can be had in parts; else each comes whole.
pub fn in_parts(table: &Table, wanted: Part, dialect: &dyn Dialect) -> bool {
    dialect.part(&table.columns[wanted.column], 1, 1).is_some()
}

/// The statement of a part, or of all of the cell where there are none. The columns of the key come
/// first: the row may have been asked for in another spelling of them.
pub fn statement(
    table: &Guarded,
    row: &RowName,
    compared: Compared,
    part: Part,
    dialect: &dyn Dialect,
) -> Statement {
    let column = &table.columns[part.column];
    let name = dialect.table(&table.name);
    let output = match dialect.part(column, part.from + 1, size(dialect) + 1) {
        None => dialect.output(&name, column),
        Some((expression, fetch)) => {
            let kind = if fetch == Fetch::Binary { Type::Binary } else { Type::Text };
            Output {
                expression,
                origin: format!("{name}.{}.part", dialect.column(&column.name)),
                fetch,
                meaning: Meaning::Value(kind, None),
                declared: None,
            }
        }
    };
    let key = table.key.iter().map(|index| dialect.output(&name, &table.columns[*index]));
    row_of(table, row, compared, key.chain([output]).collect(), dialect)
}
