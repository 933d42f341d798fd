//! One answer, checked for what every answer has.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use iris_tables::request::Request;

use super::Page;

/// What Lambda takes of an answer.
const LAMBDA_BYTES: usize = 6_291_556;

/// What an error must not contain: SQL, drivers, paths.
const SECRETS: [&str; 12] = [
    "SELECT ", " FROM ", "sqlite_", "sqlite3", "odbc", "ODBC", ".so", "SQLSTATE", "HY000", "/usr/",
    "/tmp/", "panic",
];

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Not compressed.
    pub body: Vec<u8>,
    /// Bytes that Lambda gets.
    pub sent: usize,
    /// The request, for messages.
    pub address: String,
    pub request_id: String,
}

impl Answer {
    /// Takes an answer, and fails the test if it lacks what every answer has.
    pub fn checked(response: Response<Vec<u8>>, request: &Request, folder: &Path) -> Self {
        let sent =
            serde_json::to_vec(&gateway::Answer::of(response.clone()).unwrap()).unwrap().len();
        assert!(sent <= LAMBDA_BYTES, "{}: {sent} bytes, as sent", request.path);
        let (parts, body) = response.into_parts();
        let answer = Self {
            status: parts.status.as_u16(),
            sent,
            body: uncompressed(body, &parts.headers),
            headers: parts.headers,
            address: format!("{} {}?{}", request.method, request.path, request.query),
            request_id: request.id.clone(),
        };
        answer.check_headers();
        if parts.status.is_client_error() || parts.status.is_server_error() {
            answer.check_error(folder);
        }
        if request.method == Method::HEAD || parts.status == StatusCode::NOT_MODIFIED {
            assert!(answer.body.is_empty(), "{}: a body where none may be", answer.address);
        }
        answer
    }

    fn check_headers(&self) {
        for (name, part) in [
            (header::VARY, "Accept, Accept-Encoding"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
            (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::STRICT_TRANSPORT_SECURITY, "max-age="),
            (header::CACHE_CONTROL, ""),
        ] {
            let value = self.header(name.clone());
            assert!(
                value.is_some_and(|value| value.contains(part)),
                "{}: {name} is {value:?}",
                self.address
            );
        }
        assert!(!self.header(header::CONTENT_SECURITY_POLICY).unwrap().contains("unsafe-"));
        if self.status != 200 && self.status != 304 {
            assert_eq!(self.header(header::CACHE_CONTROL), Some("no-store"), "{}", self.address);
        }
    }

    fn check_error(&self, folder: &Path) {
        let text = self.text();
        let folder = folder.to_str().unwrap();
        for secret in SECRETS.iter().copied().chain([folder]) {
            assert!(!text.contains(secret), "{}: the error tells {secret:?}: {text}", self.address);
        }
        if self.header(header::CONTENT_TYPE) == Some("application/problem+json")
            && !self.body.is_empty()
        {
            let problem = self.json();
            assert_eq!(problem["status"], self.status);
            assert_eq!(problem["requestId"], self.request_id);
            for member in ["type", "title", "detail"] {
                assert!(
                    problem[member].as_str().is_some_and(|text| !text.is_empty()),
                    "{member}: {problem}"
                );
            }
        }
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}: {}",
            self.address,
            self.text().chars().take(2_000).collect::<String>()
        );
        self
    }

    /// A header's value.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The address in the `Link` header with this relation.
    pub fn link(&self, relation: &str) -> Option<String> {
        assert!(
            self.headers.get_all(header::LINK).iter().count() <= 1,
            "Lambda would keep one of several headers"
        );
        let end = format!(">; rel=\"{relation}\"");
        // A comma within an address does not follow a quote.
        let mut links = self.header(header::LINK)?.split_inclusive("\", ");
        let link = links.find_map(|link| link.trim_end_matches(", ").strip_suffix(end.as_str()))?;
        Some(link.strip_prefix('<').unwrap().to_owned())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.address, self.text()))
    }

    /// The body as a page.
    pub fn page(&self) -> Page {
        assert_eq!(
            self.header(header::CONTENT_TYPE),
            Some("text/html; charset=utf-8"),
            "{}",
            self.address
        );
        Page::read(&self.text())
    }
}

fn uncompressed(body: Vec<u8>, headers: &HeaderMap) -> Vec<u8> {
    match headers.get(header::CONTENT_ENCODING) {
        None => body,
        Some(coding) => {
            assert_eq!(coding, "gzip");
            let mut plain = Vec::new();
            GzDecoder::new(body.as_slice()).read_to_end(&mut plain).unwrap();
            plain
        }
    }
}
