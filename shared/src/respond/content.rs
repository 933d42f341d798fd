//! An answer's own headers.

use std::time::Duration;

use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, LINK};

use super::Content;
use crate::query::pairs::segment;
use crate::view::Total;

/// Bytes of a `Link` header with more than one link at most. API Gateway lets headers have 10,240
/// bytes, and there are others.
const MAX_LINK_BYTES: usize = 8_192;

/// Bytes of a `Page-Cut` header at most.
const MAX_CUT_BYTES: usize = 500;

/// Bytes of a file's name at most: 255 nearly everywhere, and a browser may add to it.
const MAX_FILE_BYTES: usize = 200;

impl Content {
    /// The `Link` header (RFC 8288): relations with their addresses, which are paths,
    /// percent-encoded.
    ///
    /// One header for all, so that its length is known. Where it would become too long, those that
    /// do not fit are left out; the first one always stands.
    pub fn links(&mut self, links: &[(&'static str, Option<&str>)]) {
        let mut value = String::new();
        for (relation, address) in
            links.iter().filter_map(|(relation, address)| Some((relation, (*address)?)))
        {
            let link = format!("<{address}>; rel=\"{relation}\"");
            if value.is_empty() {
                value = link;
            } else if value.len() + link.len() < MAX_LINK_BYTES {
                value = format!("{value}, {link}");
            }
        }
        if !value.is_empty()
            && let Ok(value) = HeaderValue::try_from(value)
        {
            self.headers.insert(LINK, value);
        }
    }

    /// `Page-Truncated`: the page ends early because of its bytes, or a cell was cut.
    pub fn truncated(&mut self, by: &'static str) {
        self.headers.insert("page-truncated", HeaderValue::from_static(by));
    }

    /// `Page-Total`: how many rows there are in all, where that was asked; as RFC 9651 writes an
    /// integer, with `;at-least` where there may be more.
    pub fn total(&mut self, total: Total) {
        let more = if total.at_least { ";at-least" } else { "" };
        if let Ok(value) = HeaderValue::try_from(format!("{}{more}", total.value)) {
            self.headers.insert("page-total", value);
        }
    }

    /// `Page-Uncounted`: why there is no total though it was asked.
    pub fn uncounted(&mut self, why: &'static str) {
        self.headers.insert("page-uncounted", HeaderValue::from_static(why));
    }

    /// `Page-Cut`: the columns whose values are cut, percent-encoded, as many as a header may hold.
    /// Their row is the page's first.
    pub fn cut<'a>(&mut self, columns: impl Iterator<Item = &'a str>) {
        let mut value = String::new();
        for column in columns.map(segment) {
            if value.len() + column.len() > MAX_CUT_BYTES {
                break;
            }
            value.push_str(if value.is_empty() { "" } else { ", " });
            value.push_str(&column);
        }
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert("page-cut", value);
        }
    }

    /// `Content-Disposition` (RFC 6266 and 8187): what a browser calls the file that it keeps this
    /// as, and whether it shows it first. The name is cut where it is longer than names of files may
    /// be, and keeps its ending.
    pub fn file(&mut self, is_kept: bool, name: &str, ending: &str) {
        let kind = if is_kept { "attachment" } else { "inline" };
        let stem = file_stem(name, MAX_FILE_BYTES.saturating_sub(ending.len() + 1));
        let plain: String = stem.chars().map(plain_letter).collect();
        let whole = segment(&format!("{stem}.{ending}"));
        let value = format!("{kind}; filename=\"{plain}.{ending}\"; filename*=UTF-8''{whole}");
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(CONTENT_DISPOSITION, value);
        }
    }

    /// `Server-Timing` (W3C): what each part took, in milliseconds. No header where there are none.
    pub fn server_timing(&mut self, parts: &[(&'static str, Duration)]) {
        let part = |(name, time): &(&str, Duration)| {
            format!("{name};dur={:.3}", time.as_secs_f64() * 1_000.0)
        };
        let text = parts.iter().map(part).collect::<Vec<_>>().join(", ");
        if !parts.is_empty()
            && let Ok(value) = HeaderValue::try_from(text)
        {
            self.headers.insert("server-timing", value);
        }
    }
}

/// As much of a name as a file's may have, without what parts folders.
fn file_stem(name: &str, bytes: usize) -> String {
    let mut stem = String::new();
    for letter in name.chars() {
        if stem.len() + letter.len_utf8() > bytes {
            break;
        }
        stem.push(if letter == '/' || letter == '\\' || letter.is_control() {
            '_'
        } else {
            letter
        });
    }
    stem
}

/// A letter as programs have it that know the old form of the header alone.
fn plain_letter(letter: char) -> char {
    let is_plain = letter.is_ascii_graphic() || letter == ' ';
    if is_plain && !matches!(letter, '"' | '%') { letter } else { '_' }
}
