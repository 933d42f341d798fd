//! How large a body is as Lambda sends it: base64 inside a JSON document, or a text inside it.

/// What a page's body may take of Lambda's answer, in bytes. Lambda refuses answers over 6,291,556
/// bytes, and the client then gets a bare 502. The difference is for what is added after the last
/// row that was counted (the end of the document, at most one page's frame) and for headers (at
/// most 10,240 bytes through API Gateway).
pub const MAX_PAYLOAD_BYTES: usize = 5_500_000;

/// Bytes of an answer that is no text: base64 takes a third more.
pub const MAX_ZIP_BYTES: usize = MAX_PAYLOAD_BYTES / 4 * 3;

/// Characters or bytes of a value that are asked for at most: a longer one fits no answer and is
/// cut anyway.
pub const LONGEST_VALUE: usize = MAX_PAYLOAD_BYTES + 1;

/// Bytes of a body that is sent as text at most, where base64 would do as well: whoever calls a
/// function by hand reads an error in its answer. To escape a text of JSON takes many times what
/// base64 of it takes (10,000 rows: 102 million instructions, and 3), so larger ones are text only
/// where base64 would be too long.
const READABLE_BYTES: usize = 1_024;

/// The bytes that JSON adds to each byte of a text, as `serde_json` escapes: one for what has a
/// short escape, five for the control characters that are written `\u00XX`.
static ESCAPE_BYTES: [u8; 256] = escape_bytes();

const fn escape_bytes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = 5;
        byte += 1;
    }
    let short = b"\x08\t\n\x0c\r\"\\";
    let mut index = 0;
    while index < short.len() {
        table[short[index] as usize] = 1;
        index += 1;
    }
    table
}

/// Counts a text that grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayloadCounter {
    /// Bytes whose escapes have been counted.
    counted: usize,
    escapes: usize,
}

impl PayloadCounter {
    /// True where the body takes at most `limit` bytes inside Lambda's answer, as base64 or as
    /// text, without the quotes around it. Since the last time it may have grown at its end,
    /// anywhere within a character too; else nothing of it may have changed.
    pub fn fits(&mut self, body: &[u8], limit: usize) -> bool {
        // Nearly all do, and then nothing need be counted.
        base64_bytes(body.len()) <= limit || self.text_bytes(body) <= limit
    }

    /// Right for UTF-8 only: other bytes can be sent as base64 alone.
    fn text_bytes(&mut self, body: &[u8]) -> usize {
        let grown = &body[self.counted..];
        self.escapes +=
            grown.iter().map(|byte| usize::from(ESCAPE_BYTES[usize::from(*byte)])).sum::<usize>();
        self.counted = body.len();
        body.len() + self.escapes
    }
}

/// True where an answer can hold a body of UTF-8, as base64 or as text.
pub fn fits(body: &[u8]) -> bool {
    PayloadCounter::default().fits(body, MAX_PAYLOAD_BYTES)
}

/// True where an answer can hold a body of bytes that are no text, which goes as base64.
pub fn fits_as_bytes(body: &[u8]) -> bool {
    body.len() <= MAX_ZIP_BYTES
}

/// True where a body is to be sent as text: it is UTF-8, and short, or base64 of it would be too
/// long and longer than the text.
pub fn as_text(body: &[u8]) -> bool {
    let base64 = base64_bytes(body.len());
    let wanted = body.len() <= READABLE_BYTES
        || base64 > MAX_PAYLOAD_BYTES && PayloadCounter::default().text_bytes(body) <= base64;
    wanted && std::str::from_utf8(body).is_ok()
}

/// With padding. A length that overflows belongs to no body in memory.
const fn base64_bytes(length: usize) -> usize {
    length.div_ceil(3).saturating_mul(4)
}

#[cfg(test)]
mod tests {
    use base64_simd::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> usize {
        serde_json::to_string(text).unwrap().len() - 2
    }

    #[test]
    fn every_ascii_character_is_counted_as_serde_json_writes_it() {
        for byte in 0..0x80_u8 {
            let text = char::from(byte).to_string();
            assert_eq!(
                PayloadCounter::default().text_bytes(text.as_bytes()),
                written(&text),
                "{byte:#x}"
            );
        }
    }

    #[test]
    fn a_body_is_text_where_it_is_short_or_too_long_for_base64() {
        let most_of_base64 = MAX_PAYLOAD_BYTES / 4 * 3;
        for (letter, length, expected) in [
            ("a", 0, true),
            ("\"", READABLE_BYTES, true),
            ("a", READABLE_BYTES + 1, false),
            ("a", most_of_base64, false),
            ("a", most_of_base64 + 1, true),
            ("a", MAX_PAYLOAD_BYTES + 1, true),
            // Escaped it takes two bytes.
            ("\"", most_of_base64 + 1, false),
        ] {
            assert_eq!(
                as_text(letter.repeat(length).as_bytes()),
                expected,
                "{length} times {letter}"
            );
        }
        assert!(!as_text(b"\x1f\x8b"), "no UTF-8");
    }

    #[test]
    fn a_body_fits_by_the_smaller_of_its_forms() {
        assert!(fits(&vec![b'a'; MAX_PAYLOAD_BYTES]));
        assert!(!fits(&vec![b'a'; MAX_PAYLOAD_BYTES + 1]));
        assert!(fits(&vec![b'"'; MAX_PAYLOAD_BYTES / 4 * 3]));
        assert!(!fits(&vec![b'"'; MAX_PAYLOAD_BYTES / 4 * 3 + 1]));
    }

    proptest! {
        #[test]
        fn a_growing_text_is_counted_as_it_is_sent(text in "[\\x00-\\x7f\"\\\\äπ😀]{0,80}", cut in 0_usize..80) {
            let bytes = text.as_bytes();
            let smaller = written(&text).min(STANDARD.encode_to_string(bytes).len());
            let mut counter = PayloadCounter::default();
            // Whatever the limit, and counted before or not.
            for limit in [0, smaller / 2] {
                let _ = counter.fits(&bytes[..cut.min(bytes.len())], limit);
                prop_assert!(counter.fits(bytes, smaller));
                prop_assert!(smaller == 0 || !counter.fits(bytes, smaller - 1));
                counter = PayloadCounter::default();
            }
        }
    }
}
