//! What a value is for a person beyond its text: a picture, a link, a time in words.

use compact_str::CompactString;

use super::{CellView, Value};
use crate::table::Type;

/// Bytes of a picture that a page of rows shows at most: a browser loads each whole.
pub const MOST_THUMBNAIL_BYTES: u64 = 1_000_000;

/// Characters of an address or an e-mail that is a link at most.
const LONGEST_LINK: usize = 2_000;

/// The media types of pictures and the endings of their files. Never SVG, which can hold scripts.
pub const PICTURES: [(&str, &str); 4] =
    [("image/png", "png"), ("image/jpeg", "jpg"), ("image/gif", "gif"), ("image/webp", "webp")];

/// What kind of picture bytes are, by the first of them: one of [`PICTURES`].
pub fn picture(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let [png, jpeg, gif, webp] = PICTURES;
    match head {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(png),
        [0xFF, 0xD8, 0xFF, ..] => Some(jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(webp),
        _ => None,
    }
}

/// Whether a value of bytes is a picture that a page of rows may show: what is known of it is all
/// of it, or its size and its first bytes.
pub fn is_thumbnail(value: &Value<'_>, head: Option<&[u8]>) -> bool {
    let (bytes, head) = match value {
        Value::Binary(bytes) => (bytes.len() as u64, Some(bytes.as_ref())),
        Value::Size(bytes) => (*bytes, head),
        _ => return false,
    };
    bytes <= MOST_THUMBNAIL_BYTES && head.is_some_and(|head| picture(head).is_some())
}

/// Makes a cell what a person reads: a time with a space in place of the `T`, and where the text
/// is nothing but an address on the web or an e-mail address, a link.
pub fn for_people(view: &mut CellView, kind: Type) {
    if view.kind != "text" {
        return;
    }
    match kind {
        Type::Timestamp => with_space(&mut view.text),
        _ if view.rest.is_some() || view.cut => {}
        _ => view.link = link(&view.text),
    }
}

/// `2024-02-29T10:00:00` as people write it. A word in a column of timestamps stays as it is.
fn with_space(text: &mut CompactString) {
    let Some(at) = text.find('T') else { return };
    let is_date = at >= "2024-02-29".len()
        && text[..at].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_date && text[at + 1..].starts_with(|letter: char| letter.is_ascii_digit()) {
        text.replace_range(at..=at, " ");
    }
}

/// Where a text leads that is an address on the web or an e-mail address, and nothing else.
fn link(text: &str) -> Option<String> {
    // Nearly every text has neither: to look at each of its letters took a tenth of a page.
    if !text.bytes().any(|byte| matches!(byte, b':' | b'@')) {
        return None;
    }
    if text.len() > LONGEST_LINK || !text.chars().all(is_of_address) {
        return None;
    }
    web(text).or_else(|| mail(text))
}

/// Spaces end an address, and marks of direction would show another one than it is.
fn is_of_address(letter: char) -> bool {
    let turns = matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !letter.is_whitespace() && !letter.is_control() && !turns && !"<>\"`{}|\\^".contains(letter)
}

fn web(text: &str) -> Option<String> {
    let scheme = text.split("://").next()?.to_ascii_lowercase();
    let rest = text.get(scheme.len() + "://".len()..)?;
    let host = rest.split(['/', '?', '#']).next()?;
    // A name before the host looks like a host.
    let is_host = host.starts_with(char::is_alphanumeric) || host.starts_with('[');
    (matches!(scheme.as_str(), "http" | "https") && is_host && !host.contains('@'))
        .then(|| text.to_owned())
}

fn mail(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._+-".contains(letter);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let is_mail = !name.is_empty()
        && name.chars().all(is_plain)
        && !name.starts_with('.')
        && labels.len() > 1
        && labels.iter().all(|label| is_label(label));
    is_mail.then(|| format!("mailto:{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        for (head, ending) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\r"[..], Some("png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("jpg")),
            (b"GIF89a\x01\0", Some("gif")),
            (b"GIF87a", Some("gif")),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some("webp")),
            (b"RIFF\x24\0\0\0WAVE", None),
            (b"GIF88a", None),
            (b"\x89PNG", None),
            (b"<svg xmlns=", None),
            (b"<?xml version", None),
            (b"", None),
        ] {
            assert_eq!(picture(head).map(|(_, ending)| ending), ending, "{head:?}");
        }
    }

    #[test]
    fn addresses_and_e_mails_are_links_and_nothing_else_is() {
        for (text, leads_to) in [
            ("https://example.org/a?b=c#d", Some("https://example.org/a?b=c#d")),
            ("HTTP://example.org", Some("HTTP://example.org")),
            ("http://[::1]:80/", Some("http://[::1]:80/")),
            ("https://müller.example/ä", Some("https://müller.example/ä")),
            ("ada.l+x@example.org", Some("mailto:ada.l+x@example.org")),
            ("javascript:alert(1)", None),
            ("javascript://example.org/%0aalert(1)", None),
            ("data:text/html,x", None),
            ("ftp://example.org", None),
            ("//example.org", None),
            ("see https://example.org", None),
            ("https://example.org and more", None),
            ("https://", None),
            ("https:///x", None),
            ("https://bank.example@evil.example/", None),
            ("https://example.org/\u{202e}gpj", None),
            ("https://example.org/\">x", None),
            ("https:\\\\example.org", None),
            ("a@b", None),
            ("@example.org", None),
            ("a@example.org?subject=x", None),
            ("a@-x.org", None),
            ("a b@example.org", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(link(text).as_deref(), leads_to, "{text}");
        }
    }

    #[test]
    fn times_have_a_space_and_words_stay() {
        for (text, expected) in [
            ("2024-02-29T13:14:15.123+00:00", "2024-02-29 13:14:15.123+00:00"),
            ("10000-01-01T00:00:00", "10000-01-01 00:00:00"),
            ("2024-02-29", "2024-02-29"),
            ("next Tuesday 10", "next Tuesday 10"),
            ("T1", "T1"),
        ] {
            let mut text: CompactString = text.into();
            with_space(&mut text);
            assert_eq!(text, expected);
        }
    }
}
