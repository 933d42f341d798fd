//! Text inside HTML.

use std::fmt::{self, Write};

/// Writes a text so that it is nothing but text, within an element or a quoted attribute. The
/// engine's own escape makes six letters of each `/` too, which every address has: a twenty-fifth
/// of a page. HTML cannot hold a NUL character: it is shown by its picture.
pub fn escape(html: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = escape_to(html, text);
}

/// The same to anything that takes text.
///
/// # Errors
/// As writing to it.
pub fn escape_to(html: &mut impl Write, mut text: &str) -> fmt::Result {
    while let Some((index, escaped)) = first_escaped(text) {
        html.write_str(&text[..index])?;
        html.write_str(escaped)?;
        text = &text[index + 1..];
    }
    html.write_str(text)
}

fn first_escaped(text: &str) -> Option<(usize, &'static str)> {
    let index = text.bytes().position(|byte| IS_ESCAPED[usize::from(byte)])?;
    let escaped = ESCAPES.iter().find(|(byte, _)| *byte == text.as_bytes()[index]);
    escaped.map(|(_, escaped)| (index, *escaped))
}

const ESCAPES: [(u8, &str); 6] = [
    (b'&', "&amp;"),
    (b'<', "&lt;"),
    (b'>', "&gt;"),
    (b'"', "&quot;"),
    (b'\'', "&#x27;"),
    (0, "␀"),
];

/// Looked up, for every byte of a page is.
static IS_ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut index = 0;
    while index < ESCAPES.len() {
        table[ESCAPES[index].0 as usize] = true;
        index += 1;
    }
    table
};
