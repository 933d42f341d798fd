//! The bytes that are sent, and the entity tags that name them.

use std::borrow::Cow;
use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress, Status};
use http::HeaderValue;
use xxhash_rust::xxh3::Xxh3;

/// Bodies up to this size, in bytes, are sent as they are: they fit in one network packet anyway.
const GZIP_OVER_BYTES: usize = 1_024;

/// Measured in million instructions: a JSON page of 100 rows (13,379 bytes) at level 1 leaves 5,540
/// bytes for 0.90, 2 leaves 4,155 for 1.27, 4 leaves 3,943 for 1.58; the same as HTML (39,453
/// bytes) 9,700 for 1.38, 7,856 for 1.93, 7,158 for 2.67. Beyond 2, what is saved on the way is
/// less than what is spent here.
const GZIP_LEVEL: u32 = 2;

/// Bytes of room that compressing gets at least where it has used up what it had.
const FURTHER_BYTES: usize = 1_024;

/// A body in the coding in which it is sent.
#[derive(Debug)]
pub struct Representation {
    /// The body.
    pub body: Cow<'static, [u8]>,
    /// Compressed with gzip.
    pub is_gzip: bool,
}

impl Representation {
    /// The compressed body where that is allowed and smaller: the prepared one, or one made here.
    pub fn choose(
        body: Cow<'static, [u8]>,
        prepared: Option<&'static [u8]>,
        gzip_allowed: bool,
    ) -> Self {
        let compressed = match prepared {
            _ if !gzip_allowed => None,
            Some(prepared) => Some(Cow::Borrowed(prepared)),
            None => (body.len() > GZIP_OVER_BYTES).then(|| gzip(&body)).flatten().map(Cow::Owned),
        };
        match compressed.filter(|compressed| compressed.len() < body.len()) {
            Some(body) => Self { body, is_gzip: true },
            None => Self { body, is_gzip: false },
        }
    }
}

/// What zlib calls the largest window: 2¹⁵ bytes.
const WINDOW_BITS: u8 = 15;

thread_local! {
    /// Kept from one answer to the next: its tables, 400 kB of zeros at first, took a twentieth of a page.
    static COMPRESSOR: RefCell<Compress> =
        RefCell::new(Compress::new_gzip(Compression::new(GZIP_LEVEL), WINDOW_BITS));
}

/// The same bytes for the same body, always: no time stands in them.
fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut compressed = Vec::with_capacity(body.len() / 3);
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        loop {
            let rest = &body[usize::try_from(compressor.total_in()).ok()?..];
            // Compressing in memory does not fail; if it did, the plain body would do.
            match compressor.compress_vec(rest, &mut compressed, FlushCompress::Finish).ok()? {
                Status::StreamEnd => return Some(()),
                Status::Ok | Status::BufError => compressed.reserve(body.len() / 3 + FURTHER_BYTES),
            }
        }
    })?;
    Some(compressed)
}

/// Strong entity tags (RFC 9110 section 8.8.3), one for each coding.
#[derive(Debug)]
pub struct Tags {
    /// Of the body as it is.
    pub plain: Tag,
    /// Of the body compressed with gzip.
    pub gzip: Tag,
}

impl Tags {
    /// Tags that change with the content type and with every byte of the body.
    pub fn of(content_type: &str, body: &[u8]) -> Self {
        let mut hash = Xxh3::new();
        hash.update(content_type.as_bytes());
        hash.update(b"\n");
        hash.update(body);
        let hash = format!("{:032x}", hash.digest128());
        Self { gzip: Tag(format!("\"{hash}-gzip\"")), plain: Tag(format!("\"{hash}\"")) }
    }
}

/// An entity tag with its quotes.
#[derive(Debug)]
pub struct Tag(String);

impl Tag {
    /// The `ETag` header.
    pub fn header(&self) -> HeaderValue {
        // Letters, digits and a hyphen between quotes: always a header's value.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// True where the list of `If-None-Match` names this tag, by the weak comparison that it asks
    /// for: a proxy may have made the tag weak.
    pub fn is_in(&self, if_none_match: &str) -> bool {
        let mut quoted = false;
        let mut tags = if_none_match.split(|character| {
            quoted ^= character == '"';
            character == ',' && !quoted
        });
        tags.any(|tag| tag.trim().trim_start_matches("W/") == self.0)
    }
}
