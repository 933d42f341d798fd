//! An answer's own headers.

use std::time::Duration;

use http::HeaderValue;
use http::header::LINK;

use super::Content;

impl Content {
    /// `Link` headers (RFC 8288) to the next page and back to the first. Addresses are paths, percent-encoded.
    pub fn links(&mut self, next: Option<&str>, first: Option<&str>) {
        for (address, relation) in [(next, "next"), (first, "first")] {
            let link =
                address.and_then(|address| HeaderValue::try_from(format!("<{address}>; rel=\"{relation}\"")).ok());
            if let Some(link) = link {
                self.headers.append(LINK, link);
            }
        }
    }

    /// `Page-Truncated`: the page ends early because of its bytes, or a cell was cut.
    pub fn truncated(&mut self, by: &'static str) {
        self.headers.insert("page-truncated", HeaderValue::from_static(by));
    }

    /// `Server-Timing` (W3C): what the database and rendering took, in milliseconds.
    pub fn server_timing(&mut self, database: Duration, render: Duration) {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
        let text = format!("db;dur={:.3}, render;dur={:.3}", milliseconds(database), milliseconds(render));
        if let Ok(value) = HeaderValue::try_from(text) {
            self.headers.insert("server-timing", value);
        }
    }
}
