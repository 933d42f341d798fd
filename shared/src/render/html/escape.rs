//! Text inside HTML.

/// Writes a text so that it is nothing but text, within an element or a quoted attribute. The
/// engine's own escape makes six letters of each `/` too, which every address has: a twenty-fifth
/// of a page. HTML cannot hold a NUL character: it is shown by its picture.
pub fn escape(html: &mut String, mut text: &str) {
    while let Some((index, escaped)) = first_escaped(text) {
        html.push_str(&text[..index]);
        html.push_str(escaped);
        text = &text[index + 1..];
    }
    html.push_str(text);
}

fn first_escaped(text: &str) -> Option<(usize, &'static str)> {
    text.bytes().enumerate().find_map(|(index, byte)| {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#x27;",
            0 => "␀",
            _ => return None,
        };
        Some((index, escaped))
    })
}
