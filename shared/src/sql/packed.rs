//! Packed rows: SQLite hands each over as one JSON array.
//!
//! Its ODBC driver copies every cell three times, and a literal of each value is made by a dozen steps of SQLite's
//! machine. One text for a whole row takes less than half of that: 18 of 44 ms for 10,000 rows of 12 short values. Where a row
//! holds some kilobytes of text it takes a fifth to a third more.
//!
//! Not every row can be packed, and one that cannot shows: bytes and long texts are told by a float, which has lost digits
//! wherever it stands, and what is no UTF-8 cannot be read. Then the page is read without.

use super::{Coding, Fetch, Output, Param, Statement};
use crate::table::{Column, Type};

/// Values of a row that is packed at most: SQLite's functions take so many arguments in every build (their usual limit
/// is 127, and was 100).
pub const MOST_VALUES: usize = 100;

/// Values of a row that is packed at least: to make an array and to read it takes as long as three values by themselves.
pub const LEAST_VALUES: usize = 4;

/// Bytes of a text that is packed at most, where no shorter length is declared: SQLite builds the array in memory, and
/// copies of this size are what costs then.
const LONGEST: usize = 64 * 1024;

/// Bytes that a value takes in a packed row, as a guess.
const USUAL_BYTES: usize = 32;

/// Digits after the point of a decimal that is packed as a whole number at most.
const MOST_SCALE: u32 = 6;

/// Digits that a float keeps, whatever they are.
const EXACT_DIGITS: u32 = 15;

/// How many times a float is packed: 2⁵², the last bit of a float from 1 to 2.
pub const FIXED_ONE: u64 = 1 << 52;

/// The largest float that is packed so: taken so many times, it is a 64-bit integer.
const MOST_FIXED: u64 = 2_047;

/// How a value is selected for a packed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedValue {
    /// The expression.
    pub expression: String,
    /// What its texts are.
    pub texts: Texts,
}

/// What a text in a packed row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// The value itself.
    Values,
    /// The literal of a value, as [`super::literal::of`] makes it.
    Literals,
    /// The same; whole numbers are so many times the value as 10 to this power says.
    Scaled(u32),
    /// The same; whole numbers are [`FIXED_ONE`] times the value.
    Fixed,
}

/// A statement whose rows are packed.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The statement; it has one output.
    pub statement: Statement,
    /// What the texts of each value are.
    pub texts: Vec<Texts>,
}

/// Stands for a value that cannot be packed: a float, where none can be read.
const UNPACKABLE: &str = "0.5";

/// A column in a packed row.
pub fn column(quoted: &str, column: &Column) -> PackedValue {
    let length = column.precision.map_or(usize::MAX, |length| length as usize);
    match column.kind {
        // A computed text may be marked as JSON (`->` does), and would stand in the array as what it says.
        _ if column.computed => literal(quoted),
        // Only a column for numbers may well hold floats, so only there they come with all their digits.
        Type::Decimal => match column.scale {
            Some(scale @ 1..=MOST_SCALE) => scaled(quoted, scale),
            _ => literal(quoted),
        },
        Type::Double => fixed(quoted),
        Type::Dynamic => literal(quoted),
        Type::Text if length > LONGEST => value(quoted, &format!("{quoted}>=x'' OR {}", is_long(quoted))),
        _ => value(quoted, &format!("{quoted}>=x''")),
    }
}

/// A value with its own type, whatever that is.
pub fn literal(expression: &str) -> PackedValue {
    PackedValue { expression: literal_or(expression, expression), texts: Texts::Literals }
}

/// A value's literal; `others` stands for whole numbers and NULL.
fn literal_or(expression: &str, others: &str) -> String {
    format!(
        "CASE typeof({expression}) WHEN 'real' THEN printf('%!.18g',{expression}) \
         WHEN 'text' THEN CASE WHEN {} THEN {UNPACKABLE} ELSE ''''||{expression} END \
         WHEN 'blob' THEN {UNPACKABLE} ELSE {others} END",
        is_long(expression)
    )
}

/// A decimal. SQLite keeps it as a float, and to write a float takes it several times as long as any other value; a whole
/// number does not. Divided again that must be the very float: then these are its digits, since a quotient is the nearest float there is.
fn scaled(quoted: &str, scale: u32) -> PackedValue {
    let (one, most) = (10_u64.pow(scale), 10_u64.pow(EXACT_DIGITS - scale));
    let many = format!("round({quoted}*{one})");
    let condition = format!("{quoted} BETWEEN -{most} AND {most} AND {many}/{one}={quoted}");
    whole_number(quoted, &condition, &format!("CAST({many} AS INTEGER)"), Texts::Scaled(scale))
}

/// A float, likewise: of one from 1 on every bit stands in a whole number if it is taken so many times, and of a smaller one
/// perhaps.
fn fixed(quoted: &str) -> PackedValue {
    let (most, many) = (MOST_FIXED, format!("CAST({quoted}*{FIXED_ONE}.0 AS INTEGER)"));
    let condition =
        format!("typeof({quoted})='real' AND {quoted} BETWEEN -{most} AND {most} AND {many}/{FIXED_ONE}.0={quoted}");
    whole_number(quoted, &condition, &many, Texts::Fixed)
}

/// A number as a whole one where that says the same, else as the text of its literal.
fn whole_number(quoted: &str, condition: &str, whole: &str, texts: Texts) -> PackedValue {
    let text = literal_or(quoted, &format!("CAST({quoted} AS TEXT)"));
    PackedValue { expression: format!("CASE WHEN {condition} THEN {whole} ELSE {text} END"), texts }
}

/// A value as it is, unless it is not to be packed. No value but bytes is `>=x''`; later versions of SQLite (3.45) take bytes
/// for JSON where they can.
fn value(quoted: &str, unpackable: &str) -> PackedValue {
    PackedValue {
        expression: format!("CASE WHEN {unpackable} THEN {UNPACKABLE} ELSE {quoted} END"),
        texts: Texts::Values,
    }
}

fn is_long(expression: &str) -> String {
    format!("length(CAST({expression} AS BLOB))>{LONGEST}")
}

/// The statement that reads these outputs packed; nothing where they cannot be. `select` makes a statement's text of its
/// select list.
pub fn statement(
    table: &str,
    outputs: &[Output],
    params: &[Param],
    rows: usize,
    select: impl FnOnce(&str) -> String,
) -> Option<Packed> {
    if !(LEAST_VALUES..=MOST_VALUES).contains(&outputs.len()) {
        return None;
    }
    let mut list = String::from("json_array(");
    let mut texts = Vec::with_capacity(outputs.len());
    for output in outputs {
        // What has no cheaper expression is a literal already, or a number.
        let (expression, kind) = match &output.packed {
            Some(value) => (&value.expression, value.texts),
            None if output.fetch == Fetch::Binary => return None,
            None => (&output.expression, Texts::Literals),
        };
        if !texts.is_empty() {
            list.push(',');
        }
        list.push_str(expression);
        texts.push(kind);
    }
    list.push(')');
    let output = Output {
        expression: String::new(),
        origin: format!("{table}.packed"),
        fetch: Fetch::Packed,
        coding: Coding::Plain(Type::Text, None),
        declared: Some(outputs.len() * USUAL_BYTES),
        packed: None,
    };
    let statement =
        Statement { text: select(&list), params: params.to_vec(), outputs: vec![output], rows, packed: None };
    Some(Packed { statement, texts })
}
