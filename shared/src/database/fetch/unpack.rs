//! Packed rows, unpacked: their values become the cells that the statement without would have given.

use std::fmt;
use std::ops::{ControlFlow, Range};

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use crate::database::Sink;
use crate::sql::packed::{FIXED_ONE, MOST_VALUES, Texts};

/// Takes packed rows and hands their cells to a sink.
pub struct Unpacking<S> {
    /// What receives the cells.
    pub sink: S,
    /// False once there was a row that is none: whatever the sink has is not to be used.
    pub is_readable: bool,
    texts: Vec<Texts>,
    row: Row,
}

/// The cells of a row, one after another.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
    cells: Vec<Option<Range<usize>>>,
}

impl<S> Unpacking<S> {
    /// Unpacks for this sink; what the texts of each value are.
    pub fn new(sink: S, texts: Vec<Texts>) -> Self {
        Self { sink, is_readable: true, texts, row: Row::default() }
    }
}

impl<S: Sink> Sink for Unpacking<S> {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let packed = cells.first().copied().flatten().unwrap_or_default();
        if self.row.read(packed, &self.texts).is_err() {
            self.is_readable = false;
            return ControlFlow::Break(());
        }
        let Row { bytes, cells } = &self.row;
        let mut unpacked = [None; MOST_VALUES];
        for (cell, range) in unpacked.iter_mut().zip(cells) {
            *cell = range.clone().map(|range| &bytes[range]);
        }
        self.sink.row(&unpacked[..cells.len()])
    }
}

impl Row {
    fn read(&mut self, packed: &[u8], texts: &[Texts]) -> Result<(), serde_json::Error> {
        self.bytes.clear();
        self.cells.clear();
        // Once for the row, not for each of its texts.
        let packed = std::str::from_utf8(packed).map_err(serde_json::Error::custom)?;
        let mut reader = serde_json::Deserializer::from_str(packed);
        reader.deserialize_seq(Values { row: self, texts })?;
        reader.end()
    }
}

struct Values<'a> {
    row: &'a mut Row,
    texts: &'a [Texts],
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} values", self.texts.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        for (place, texts) in self.texts.iter().enumerate() {
            let start = self.row.bytes.len();
            let present = values.next_element_seed(Cell { bytes: &mut self.row.bytes, texts: *texts })?;
            let present = present.ok_or_else(|| A::Error::invalid_length(place, &"a value for each output"))?;
            self.row.cells.push(present.then_some(start..self.row.bytes.len()));
        }
        Ok(())
    }
}

/// Writes one cell, and tells whether it is present.
struct Cell<'a> {
    bytes: &'a mut Vec<u8>,
    texts: Texts,
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<bool, D::Error> {
        value.deserialize_any(self)
    }
}

// What is not here, as a float, is an error.
impl<'de> Visitor<'de> for Cell<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a whole number or null")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<bool, E> {
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<bool, E> {
        match self.texts {
            Texts::Values | Texts::Literals => serde_json::to_writer(self.bytes, &number),
            Texts::Scaled(scale) => write_scaled(self.bytes, number, 10_u64.pow(scale)),
            // Both are floats exactly, and so is the quotient.
            Texts::Fixed => serde_json::to_writer(self.bytes, &(number as f64 / FIXED_ONE as f64)),
        }
        .map_err(E::custom)?;
        Ok(true)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        // A text with a NUL character has a literal of its bytes.
        if text.as_bytes().contains(&0) {
            return Err(E::custom("NUL"));
        }
        self.visit_borrowed_str(text)
    }

    // A text without escapes: JSON has no NUL in it.
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<bool, E> {
        if self.texts == Texts::Values {
            self.bytes.push(b'\'');
        }
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(true)
    }
}

/// Writes a number of which there are `one` in 1, a power of ten.
fn write_scaled(bytes: &mut Vec<u8>, number: u64, one: u64) -> Result<(), serde_json::Error> {
    serde_json::to_writer(&mut *bytes, &(number / one))?;
    let (mut rest, mut place) = (number % one, one);
    if rest > 0 {
        bytes.push(b'.');
    }
    while rest > 0 {
        place /= 10;
        bytes.push(b'0' + (rest / place) as u8);
        rest %= place;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::RawRows;

    fn unpacked(packed: &[u8], texts: &[Texts]) -> Option<Vec<Option<String>>> {
        let mut unpacking = Unpacking::new(RawRows::default(), texts.to_vec());
        let _ = unpacking.row(&[Some(packed)]);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let mut rows = unpacking.sink.0.into_iter();
        rows.next().map(|row| row.into_iter().map(|cell| cell.map(text)).collect()).filter(|_| unpacking.is_readable)
    }

    #[test]
    fn values_become_literals() {
        use Texts::{Literals, Values};
        let cells = unpacked(
            r#"[1,-2,"a\"ü",null,"","'b","1.5"]"#.as_bytes(),
            &[Values, Literals, Values, Values, Values, Literals, Literals],
        );
        let expected = [Some("1"), Some("-2"), Some("'a\"ü"), None, Some("'"), Some("'b"), Some("1.5")];
        assert_eq!(cells.unwrap(), expected.map(|cell| cell.map(str::to_owned)));
    }

    #[test]
    fn scaled_numbers_get_their_point_back() {
        let cells = unpacked(br#"[0,5,-5,250,-12345,700,"'x","1e-3"]"#, &[Texts::Scaled(2); 8]);
        let expected = ["0", "0.05", "-0.05", "2.5", "-123.45", "7", "'x", "1e-3"];
        assert_eq!(cells.unwrap(), expected.map(|cell| Some(cell.to_owned())));
        let cells = unpacked(b"[0,4503599627370496,-6755399441055744,4503599627370497,\"1e-300\"]", &[Texts::Fixed; 5]);
        let expected = ["0.0", "1.0", "-1.5", "1.0000000000000002", "1e-300"];
        assert_eq!(cells.unwrap(), expected.map(|cell| Some(cell.to_owned())));
        let cells = unpacked(b"[-9223372036854775808,18446744073709551615]", &[Texts::Values; 2]);
        let expected = ["-9223372036854775808", "18446744073709551615"];
        assert_eq!(cells.unwrap(), expected.map(|cell| Some(cell.to_owned())));
    }

    #[test]
    fn what_cannot_be_told_exactly_is_no_row() {
        for packed in
            [&b"[1.5]"[..], b"[\"a\\u0000b\"]", b"[\"\xff\"]", b"[]", b"[1,2]", b"[1", b"", b"[[1]]", b"[true]"]
        {
            assert_eq!(unpacked(packed, &[Texts::Values]), None, "{packed:?}");
        }
        assert!(unpacked(b"[1]", &[Texts::Values]).is_some());
    }
}
