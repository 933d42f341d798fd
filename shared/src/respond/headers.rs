//! Headers of every answer: security, negotiation, other origins.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::config::{CorsOrigins, HttpSettings};
use crate::request::Request;

/// Security headers, on every answer because any of them may be opened in a browser.
const SECURITY: [(HeaderName, &str); 7] = [
    // Nothing but our own files, no inline script or style, no frames around us.
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    // For Internet Explorer, which still lives where IRIS does and knows no `frame-ancestors`.
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `same-origin`: keys and filters, so values of rows, stand in our addresses, and no log
    // need repeat them.
    (REFERRER_POLICY, "no-referrer"),
    // A year, for this host alone: what else its domain serves is not ours to decide. Browsers
    // heed it over HTTPS only.
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    // Other sites cannot embed an answer or hold on to our window. Scripts that CORS admits are
    // not affected.
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Headers that are added beside those.
const MOST_OTHERS: usize = 3;

/// What a script of another origin may read beside the few headers that are always readable.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Link, ETag, Page-Truncated, Page-Cut, Page-Total, Page-Uncounted, Server-Timing, Retry-After",
);

/// What a script of another origin may send. No header can change anything here, so any may come;
/// `*` alone would leave out `Authorization`, which the gateway may ask for. Two hours: Chromium
/// remembers no longer.
pub const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD")),
    (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, *")),
    (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
];

/// True for a browser's question on behalf of a script whose origin is configured.
pub fn is_admitted_preflight(request: &Request, origins: &CorsOrigins) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        && request.headers.get(ORIGIN).is_some_and(|origin| match origins {
            CorsOrigins::Any => true,
            CorsOrigins::Listed(origins) => origins.contains(origin),
        })
}

/// Adds what every answer has.
pub fn add_to(headers: &mut HeaderMap, request: &Request, settings: &HttpSettings) {
    let origins = &settings.cors_origins;
    // All at once: a map that grows sorts its headers in anew each time.
    headers.reserve(SECURITY.len() + MOST_OTHERS);
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = settings.forms_lead_to.as_ref().and_then(|sources| {
        let forms = format!("form-action 'self' {sources};");
        HeaderValue::try_from(SECURITY[0].1.replace("form-action 'self';", &forms)).ok()
    });
    if let Some(policy) = policy {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let allowed = match origins {
        CorsOrigins::Any => Some(HeaderValue::from_static("*")),
        CorsOrigins::Listed(origins) => {
            request.headers.get(ORIGIN).filter(|origin| origins.contains(origin)).cloned()
        }
    };
    let names_origins = matches!(origins, CorsOrigins::Listed(origins) if !origins.is_empty());
    // A browser that keeps answers must not show one person's rows to the next.
    let is_personal = settings.asks_who_calls && !headers.get(CACHE_CONTROL).is_some_and(is_public);
    headers.insert(
        VARY,
        HeaderValue::from_static(match (names_origins, is_personal) {
            (false, false) => "Accept, Accept-Encoding",
            (true, false) => "Accept, Accept-Encoding, Origin",
            (false, true) => "Accept, Accept-Encoding, Authorization, Cookie",
            (true, true) => "Accept, Accept-Encoding, Origin, Authorization, Cookie",
        }),
    );
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Of files that everybody gets the same, whoever may call.
fn is_public(cache_control: &HeaderValue) -> bool {
    cache_control.as_bytes().starts_with(b"public")
}
