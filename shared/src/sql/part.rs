//! One cell of one row, a part at a time: what no answer can hold whole.

use super::literal::part_of_bytes;
use super::select::{Compared, row_of};
use super::{Coding, Dialect, Fetch, Output, Statement};
use crate::query::{Part, RowName};
use crate::table::{Table, Type};

/// Bytes of a part. As base64 they are still fewer than an answer holds.
const PART_BYTES: u64 = 4_000_000;

/// Characters of a part of a text of IRIS, which counts in them.
const PART_CHARACTERS: u64 = 1_000_000;

/// How much a part has: it asks for one more, to learn whether more follows.
pub fn size(dialect: Dialect) -> u64 {
    if dialect == Dialect::Iris { PART_CHARACTERS } else { PART_BYTES }
}

/// Where a part of these bytes ends of which more follow: of a text between two characters.
pub fn end(bytes: &[u8], is_text: bool) -> usize {
    let size = PART_BYTES as usize;
    // Of what UTF-8 has for one character, every byte but the first begins with the bits 10.
    let begins = |place: &usize| bytes[*place] & 0xC0 != 0x80;
    if is_text { (size - 3..=size).rev().find(begins).unwrap_or(size) } else { size }
}

/// The statement of a part; nothing where no part can be had. Bytes of IRIS cannot: no way is known that each of its
/// versions has.
pub fn statement(table: &Table, row: &RowName, compared: Compared, part: Part, dialect: Dialect) -> Option<Statement> {
    let column = &table.columns[part.column];
    let quoted = dialect.column(&column.name);
    let (from, count) = (part.from + 1, size(dialect) + 1);
    let expression = match (dialect, column.kind) {
        (Dialect::Iris, Type::Binary) => return None,
        (Dialect::Iris, _) => format!("SUBSTRING({quoted},{from},{count})"),
        (Dialect::Sqlite, _) => part_of_bytes(&format!("CAST({quoted} AS BLOB)"), from, count),
        (Dialect::Postgres, Type::Binary) => format!("substr({quoted},{from},{count})"),
        (Dialect::Postgres, _) => format!("substr(convert_to(CAST({quoted} AS text),'UTF8'),{from},{count})"),
    };
    let (fetch, kind) =
        if dialect == Dialect::Iris { (Fetch::Text, Type::Text) } else { (Fetch::Binary, Type::Binary) };
    let output = Output {
        expression,
        origin: format!("{}.{quoted}.part", dialect.table(&table.name)),
        fetch,
        coding: Coding::Plain(kind, None),
        declared: None,
        packed: None,
    };
    Some(row_of(table, row, compared, vec![output], dialect))
}
