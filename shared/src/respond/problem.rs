//! Errors as a client sees them: status, headers, and a document of RFC 9457.

use std::time::Duration;

use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::{Error, Missing, Unavailable};
use crate::view::ErrorPage;

/// The document's media type.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which to try again, by the reason: a broken line or a restart is soon over.
const RETRY_UNREACHABLE_SECONDS: u64 = 10;
/// A licence unit or a connection comes free as other requests end.
const RETRY_LIMIT_SECONDS: u64 = 15;

/// A kind of error as HTTP knows it.
#[derive(Debug)]
pub struct Problem {
    /// The status of the answer.
    pub status: StatusCode,
    pub(super) title: &'static str,
    pub(super) retry_after: Option<u64>,
}

/// The `type` of an error's document.
pub(super) fn kind_urn(error: &Error) -> String {
    format!("urn:iris-tables:problem:{}", error.kind())
}

impl Problem {
    /// The kind of an error.
    pub fn of(error: &Error) -> Self {
        let (status, title) = match error {
            Error::Parameter { .. } | Error::UnknownColumn { .. } | Error::BadValue => {
                (StatusCode::BAD_REQUEST, "Invalid parameter")
            }
            Error::UnknownPath => (StatusCode::NOT_FOUND, "Nothing at this address"),
            Error::UnknownTable => (StatusCode::NOT_FOUND, "No such table"),
            Error::AmbiguousTable { .. } => (StatusCode::BAD_REQUEST, "Several such tables"),
            Error::UnknownRow => (StatusCode::NOT_FOUND, "No such row"),
            Error::NoValue => (StatusCode::NOT_FOUND, "No value"),
            Error::ReadOnly => (StatusCode::METHOD_NOT_ALLOWED, "Only reading is possible"),
            Error::NoRepresentation { .. } => {
                (StatusCode::NOT_ACCEPTABLE, "No acceptable representation")
            }
            Error::AddressTooLong { .. } => (StatusCode::URI_TOO_LONG, "Address too long"),
            Error::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "Database unavailable"),
            Error::UserCanWrite { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Database user can write")
            }
            Error::UserNotChecked { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Database user not checked")
            }
            Error::Lacking { missing: Missing::Login | Missing::Namespace, .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Database unavailable")
            }
            Error::Lacking { .. } => (StatusCode::SERVICE_UNAVAILABLE, "Database not ready"),
            Error::Changed { .. } | Error::Unreadable { .. } => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Table cannot be read")
            }
            Error::SignInNeeded { .. } => (StatusCode::UNAUTHORIZED, "Sign-in needed"),
            Error::ClaimMissing { .. } => (StatusCode::FORBIDDEN, "Not known which rows are yours"),
            Error::SignInFailed { .. } => (StatusCode::BAD_REQUEST, "Sign-in failed"),
            Error::ProviderUnavailable { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Sign-in unavailable")
            }
            Error::AuditUnavailable { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, "Audit unavailable")
            }
            Error::Timeout { .. } => (StatusCode::GATEWAY_TIMEOUT, "Database too slow"),
            Error::Denied { .. } | Error::Failed { .. } | Error::Internal { .. } => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal error")
            }
        };
        let retry_after = match error {
            Error::Unavailable { why, .. } => Some(match why {
                Unavailable::Unreachable => RETRY_UNREACHABLE_SECONDS,
                Unavailable::LimitReached => RETRY_LIMIT_SECONDS,
                Unavailable::LoginRefused { again, .. } => whole_seconds(*again),
            }),
            Error::ProviderUnavailable { .. } | Error::AuditUnavailable { .. } => {
                Some(RETRY_UNREACHABLE_SECONDS)
            }
            Error::Lacking { again, .. } => again.map(whole_seconds),
            _ => None,
        };
        Self { status, title, retry_after }
    }

    /// Headers that the status asks for (RFC 9110 sections 10.2.1 and 10.2.3).
    pub fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.push((ALLOW, HeaderValue::from_static("GET, HEAD")));
        }
        // RFC 9110 asks for it, and RFC 6750 says how.
        if self.status == StatusCode::UNAUTHORIZED {
            headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        headers.extend(self.retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        headers
    }

    /// For a person.
    pub fn page(&self, error: &Error, request_id: &str) -> ErrorPage {
        ErrorPage {
            status: self.status.as_u16(),
            title: self.title.to_owned(),
            detail: quoted(&error.to_string()),
            request_id: request_id.to_owned(),
            ways: Vec::new(),
        }
    }

    /// For a program: the JSON document of RFC 9457 section 3, with the extensions `requestId`,
    /// `parameter` and `missing`.
    pub fn document(&self, error: &Error, request_id: &str) -> Vec<u8> {
        let parameter = match error {
            Error::Parameter { name, .. } | Error::UnknownColumn { name, .. } => {
                Some(name.as_str())
            }
            _ => None,
        };
        let missing = match error {
            Error::Lacking { missing, .. } => Some(missing.name()),
            _ => None,
        };
        let document = Document {
            kind: kind_urn(error),
            title: self.title,
            status: self.status.as_u16(),
            detail: error.to_string(),
            request_id,
            parameter,
            missing,
        };
        // Texts and a number: always JSON.
        serde_json::to_vec(&document).unwrap_or_default()
    }
}

/// No less than that: a client that waits so long does not come too early.
fn whole_seconds(time: Duration) -> u64 {
    (time + Duration::from_nanos(999_999_999)).as_secs().max(1)
}

/// Names and values in the quotes that people write, not in those of programs. A name may have such
/// a one itself: what ends it has no letter after it.
fn quoted(words: &str) -> String {
    let (mut text, mut is_open) = (String::with_capacity(words.len()), false);
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        let within = is_open
            && letters.peek().is_some_and(|next| next.is_alphanumeric() || "_`".contains(*next));
        text.push(if letter == '`' && !within {
            if is_open { '”' } else { '“' }
        } else {
            letter
        });
        is_open ^= letter == '`' && !within;
    }
    text
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
}
