//! Characters beyond Unicode's Basic Multilingual Plane, such as emoji, from and to IRIS.
//!
//! IRIS keeps texts in 16-bit units, two of them (surrogates) for such a character. Its driver
//! (2023.1) makes a `?` of each surrogate where it makes UTF-8 of a text. Asked for bytes it gives
//! the units as they came, or the text's own bytes where no character of it needs more than eight
//! bits; of a stream it gives the units as wide characters, of four bytes each. A wide character
//! that is bound reaches the server as one unit.

use odbc_api::buffers::Indicator;
use odbc_api::handles::{AsStatementRef, SqlResult, Statement as _};
use odbc_api::parameter::{InputParameter, VarBinarySliceMut, VarCell, VarWCharBox, WideText};

/// What the driver makes of a character beyond the plane.
const HIDDEN: &[u8] = b"??";

/// Whether a text that the driver gave may hide such a character.
pub fn may_hide(shown: &[u8]) -> bool {
    // Most texts have none, and this search is the fastest.
    shown.contains(&b'?') && shown.windows(HIDDEN.len()).any(|pair| pair == HIDDEN)
}

/// The text that the driver showed so, read again as bytes from the row that was fetched last.
/// `None` where it is what was shown, and where the driver does not give it: it does so where the
/// column is bound, or after another column was read.
pub fn reread(cursor: &mut impl AsStatementRef, column: u16, shown: &[u8]) -> Option<String> {
    // Each unit has been a byte at least.
    let mut bytes = vec![0; shown.len() * size_of::<u16>() + size_of::<u16>()];
    let mut target = VarBinarySliceMut::from_buffer(&mut bytes[..], Indicator::Null);
    let result = cursor.as_stmt_ref().get_data(column, &mut target);
    match (result, target.indicator()) {
        (SqlResult::Success(()), Indicator::Length(length)) => decoded(bytes.get(..length)?, shown),
        _ => None,
    }
}

/// Reads a little of a column, so that the driver gives another one from its start again.
pub fn leave(cursor: &mut impl AsStatementRef, to: u16) {
    let mut bytes = [0; 64];
    let mut target = VarBinarySliceMut::from_buffer(&mut bytes[..], Indicator::Null);
    // Whatever comes of it: it is not looked at.
    let _ = cursor.as_stmt_ref().get_data(to, &mut target);
}

/// UTF-16 that the driver shows so; `None` for what is no UTF-16 or nothing new.
fn decoded(bytes: &[u8], shown: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    // A surrogate, with another or alone, is no character by itself.
    let as_shown: String =
        units.clone().map(|unit| char::from_u32(unit.into()).unwrap_or('?')).collect();
    (rest.is_empty() && as_shown.as_bytes() == shown).then(|| from_units(units))
}

fn from_units(units: impl Iterator<Item = u16>) -> String {
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// A buffer of wide characters, as the driver fills it.
pub type WideBuffer<'a> = VarCell<&'a mut [u16], WideText>;

/// The text of wide characters, four bytes each, up to the zeros at the end of their buffer.
pub fn from_wide(buffer: &[u16]) -> String {
    let end = buffer.iter().rposition(|half| *half != 0).map_or(0, |last| last + 1);
    from_units(buffer[..end].iter().copied().step_by(2))
}

/// A text as a parameter, where it has such a character.
pub fn wide_parameter(text: &str) -> Option<Box<dyn InputParameter>> {
    text.contains(|letter| letter > '\u{FFFF}').then(|| -> Box<dyn InputParameter> {
        Box::new(VarWCharBox::from_vec(text.encode_utf16().flat_map(|unit| [unit, 0]).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn what_is_hidden_is_found_and_what_is_not_stays() {
        for (text, shown) in [("Zoë 😀 €", "Zoë ?? €"), ("😀😀", "????"), ("??😀", "????")]
        {
            assert!(may_hide(shown.as_bytes()));
            assert_eq!(decoded(&bytes(text), shown.as_bytes()).as_deref(), Some(text));
        }
        // Texts of eight bits, of an even number of bytes, too.
        for text in ["Zo\u{eb}??", "??", "what?? no"] {
            let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
            assert_eq!(decoded(&latin, text.as_bytes()), None);
        }
        assert!(!may_hide(b"? ?") && !may_hide(b""));
        assert_eq!(decoded(&bytes("€??"), "€??".as_bytes()).as_deref(), Some("€??"));
    }

    #[test]
    fn wide_characters_are_units() {
        let wide: Vec<u16> = "a😀ü".encode_utf16().flat_map(|unit| [unit, 0]).collect();
        assert_eq!(from_wide(&[wide, vec![0; 8]].concat()), "a😀ü");
        assert_eq!(from_wide(&[0; 4]), "");
    }
}
