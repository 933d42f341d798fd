//! How large a body is as Lambda sends it: a text inside a JSON document, or base64 inside it.

use base64::encoded_len;

/// What a page's body may take of Lambda's answer, in bytes. Lambda refuses answers over 6,291,556 bytes, and the client
/// then gets a bare 502. The difference is for what is added after the last row that was counted (the end of the
/// document, at most one page's frame) and for headers (at most 10,240 bytes through API Gateway).
pub const MAX_PAYLOAD_BYTES: usize = 5_500_000;

/// The bytes that JSON adds to each byte of a text, as `serde_json` escapes: one for what has a short escape, five for
/// the control characters that are written `\u00XX`.
static ESCAPE_BYTES: [u8; 256] = escape_bytes();

const fn escape_bytes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = 5;
        byte += 1;
    }
    let short = b"\x08\t\n\x0c\r\"\\";
    let mut place = 0;
    while place < short.len() {
        table[short[place] as usize] = 1;
        place += 1;
    }
    table
}

/// Counts a text that is written piece by piece.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayloadCounter {
    plain: usize,
    escapes: usize,
}

impl PayloadCounter {
    /// Counts one more piece. Pieces may end anywhere, within a character too.
    pub fn add(&mut self, piece: &[u8]) {
        self.plain += piece.len();
        self.escapes += piece.iter().map(|byte| usize::from(ESCAPE_BYTES[usize::from(*byte)])).sum::<usize>();
    }

    /// The bytes that all pieces together take, without the quotes around them: the smaller of escaped text and base64.
    /// Right for UTF-8 only: other bytes can be sent as base64 alone.
    pub fn bytes(&self) -> usize {
        self.text_bytes().min(base64_bytes(self.plain))
    }

    fn text_bytes(&self) -> usize {
        self.plain + self.escapes
    }
}

/// The bytes that a body takes inside Lambda's answer, without the quotes around it.
pub fn payload_bytes(body: &[u8]) -> usize {
    match text_bytes(body) {
        Some(text) => text.min(base64_bytes(body.len())),
        None => base64_bytes(body.len()),
    }
}

/// True where a body is to be sent as text: it is UTF-8, and escaped it is no larger than base64.
pub fn as_text(body: &[u8]) -> bool {
    text_bytes(body).is_some_and(|text| text <= base64_bytes(body.len()))
}

fn text_bytes(body: &[u8]) -> Option<usize> {
    std::str::from_utf8(body).ok()?;
    let mut counter = PayloadCounter::default();
    counter.add(body);
    Some(counter.text_bytes())
}

/// With padding. A length that overflows belongs to no body in memory.
fn base64_bytes(length: usize) -> usize {
    encoded_len(length, true).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> usize {
        serde_json::to_string(text).unwrap().len() - 2
    }

    fn counted(pieces: &[&[u8]]) -> PayloadCounter {
        let mut counter = PayloadCounter::default();
        pieces.iter().for_each(|piece| counter.add(piece));
        counter
    }

    #[test]
    fn every_ascii_character_is_counted_as_serde_json_writes_it() {
        for byte in 0..0x80_u8 {
            let text = char::from(byte).to_string();
            assert_eq!(counted(&[text.as_bytes()]).text_bytes(), written(&text), "{byte:#x}");
        }
    }

    #[test]
    fn base64_is_chosen_where_it_is_smaller() {
        let quotes = "\"".repeat(300);
        assert_eq!(payload_bytes(quotes.as_bytes()), 400);
        assert!(!as_text(quotes.as_bytes()));
        assert!(as_text("Zoë".as_bytes()));
        assert!(as_text(b""));
        // No UTF-8: base64 whatever its size.
        assert_eq!(payload_bytes(b"\x1f\x8b"), 4);
        assert!(!as_text(b"\x1f\x8b"));
    }

    proptest! {
        #[test]
        fn the_count_is_the_size_of_what_is_sent(text in "[\\x00-\\x7f\"\\\\äπ😀]{0,80}", cut in 0_usize..80) {
            let bytes = text.as_bytes();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let smaller = written(&text).min(STANDARD.encode(bytes).len());
            prop_assert_eq!(counted(&[first, second]).bytes(), smaller);
            prop_assert_eq!(payload_bytes(bytes), smaller);
            prop_assert_eq!(as_text(bytes), written(&text) == smaller);
        }

        #[test]
        fn bytes_that_are_no_text_are_counted_as_base64(mut bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            bytes.push(0xff);
            prop_assert_eq!(payload_bytes(&bytes), STANDARD.encode(&bytes).len());
            prop_assert!(!as_text(&bytes));
        }
    }
}
