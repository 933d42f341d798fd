//! From content or error to an HTTP response: the only place that knows HTTP status.
//!
//! `Content-Length` is never set: the gateway counts what it sends. For HEAD it may then say 0 or
//! nothing, where a length of ours could only disagree with the body that the gateway was given.

use std::borrow::Cow;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    LOCATION,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::accept::{self, Format};
use crate::config::HttpSettings;
use crate::error::Error;
use crate::request::Request;
use crate::view::ErrorPage;

mod auth_redirect;
mod content;
mod headers;
mod kinds;
mod problem;
mod representation;
#[cfg(test)]
mod tests;

pub use auth_redirect::{AuthRedirect, auth_redirect};
pub use kinds::{FORBIDDEN, NOT_MODIFIED, OK, ProblemKind, UNAUTHORIZED, problems};
use problem::Problem;
use representation::{Representation, Tags};

/// What an answer without error consists of.
#[derive(Debug, Clone)]
pub struct Content {
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The body, not compressed.
    pub body: Cow<'static, [u8]>,
    /// The body compressed with gzip, where that was done before; else it is done here where it
    /// pays.
    pub gzip: Option<&'static [u8]>,
    /// Headers of this answer alone, such as `Link` and `Server-Timing`; an answer 304 has them
    /// too.
    pub headers: HeaderMap,
    /// How long it may be kept.
    pub caching: Caching,
}

impl Content {
    /// Content with no headers of its own, cached as the settings say.
    pub fn new(content_type: &'static str, body: impl Into<Cow<'static, [u8]>>) -> Self {
        let (body, headers) = (body.into(), HeaderMap::new());
        Self { content_type, body, gzip: None, headers, caching: Caching::Default }
    }
}

/// How long an answer may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caching {
    /// As the settings say.
    Default,
    /// As the settings say of the table that it is about.
    OfTable(HeaderValue),
    /// For ever and by anyone (RFC 8246): its address changes with its contents.
    Immutable,
    /// For a day and by anyone.
    Day,
    /// Not at all: it tells of this moment. It has no entity tag either.
    NoStore,
}

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");

/// What may not stand in a `Location`: what RFC 3986 allows nowhere in a path or query. `%` stays,
/// for it begins what is encoded already.
const NOT_IN_LOCATION: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// 200 with the content, compressed where the client allows it and it pays, or 304 where the client
/// has it already (RFC 9110 section 13.1.2).
pub fn success(request: &Request, settings: &HttpSettings, content: Content) -> Response<Vec<u8>> {
    let Content { content_type, body, gzip, headers, caching } = content;
    let mut response = Response::new(Vec::new());
    *response.headers_mut() = headers;
    let tags = (caching != Caching::NoStore).then(|| Tags::of(content_type, &body));
    let cache_control = match caching {
        Caching::Default => settings.cache_control.default.clone(),
        Caching::OfTable(header) => header,
        Caching::Immutable => IMMUTABLE,
        Caching::Day => DAY,
        Caching::NoStore => NO_STORE,
    };
    response.headers_mut().insert(CACHE_CONTROL, cache_control);
    let known = request.header(IF_NONE_MATCH).unwrap_or_default();
    // A workbook is an archive, and compressed already.
    let gzip_allowed = content_type != Format::Xlsx.content_type()
        && accept::gzip_allowed(request.header(ACCEPT_ENCODING).as_deref());
    // Whoever has the compressed form need not wait for it to be made again.
    if gzip_allowed
        && let Some(tag) = tags.as_ref().map(|tags| &tags.gzip).filter(|tag| tag.is_in(&known))
    {
        response.headers_mut().insert(ETAG, tag.header());
        return finished(request, settings, not_modified(response));
    }
    let representation = Representation::choose(body, gzip, gzip_allowed);
    if let Some(tag) =
        tags.as_ref().map(|tags| if representation.is_gzip { &tags.gzip } else { &tags.plain })
    {
        response.headers_mut().insert(ETAG, tag.header());
        if tag.is_in(&known) || known.trim() == "*" {
            return finished(request, settings, not_modified(response));
        }
    }
    finished(request, settings, filled(response, content_type, representation))
}

/// The error's status with a document of RFC 9457, or with a page where the client prefers that;
/// `html` renders it. Where the page itself fails, the document is sent and the log says why.
pub fn failure(
    request: &Request,
    settings: &HttpSettings,
    error: &Error,
    html: impl FnOnce(&ErrorPage) -> Result<String, Error>,
) -> Response<Vec<u8>> {
    let problem = Problem::of(error);
    let format = accept::choose_for_error(
        request.header(ACCEPT).as_deref(),
        accept::named_in(&request.query),
    );
    let page = (format == Format::Html).then(|| html(&problem.page(error, &request.id)));
    let (content_type, body) = match page {
        Some(Ok(page)) => (Format::Html.content_type(), page.into_bytes()),
        Some(Err(fault)) => {
            tracing::error!(
                request_id = request.id,
                log = fault.log(),
                "The error page cannot be rendered"
            );
            (problem::MEDIA_TYPE, problem.document(error, &request.id))
        }
        None => (problem::MEDIA_TYPE, problem.document(error, &request.id)),
    };
    let mut response = Response::new(Vec::new());
    *response.status_mut() = problem.status;
    response.headers_mut().extend(problem.headers());
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    let gzip_allowed = accept::gzip_allowed(request.header(ACCEPT_ENCODING).as_deref());
    let representation = Representation::choose(body.into(), None, gzip_allowed);
    finished(request, settings, filled(response, content_type, representation))
}

/// 303 to a path of ours, after a form. The location is made one that cannot leave this host: a
/// single `/` begins it, and what a URI may not hold is percent-encoded.
pub fn redirect(request: &Request, settings: &HttpSettings, location: &str) -> Response<Vec<u8>> {
    // A browser takes `//host` for an address elsewhere, and `\` for `/`.
    let path = location.trim_start_matches(['/', '\\']);
    let location = format!("/{}", utf8_percent_encode(path, NOT_IN_LOCATION));
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // Visible ASCII, as encoded above.
    response
        .headers_mut()
        .extend(HeaderValue::try_from(location).ok().map(|location| (LOCATION, location)));
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    finished(request, settings, response)
}

/// 204 to the question that a browser asks before a script of another origin may ask: which methods
/// and headers (the Fetch standard's CORS preflight). `None` where the request is no such
/// question, or its origin is not among the configured.
pub fn preflight(request: &Request, settings: &HttpSettings) -> Option<Response<Vec<u8>>> {
    if !headers::is_admitted_preflight(request, &settings.cors_origins) {
        return None;
    }
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().extend(headers::PREFLIGHT);
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    Some(finished(request, settings, response))
}

/// True for a status that tells of a fault on our side, not on the client's.
pub fn is_our_fault(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(|status| status.is_server_error())
}

fn not_modified(mut response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

fn filled(
    mut response: Response<Vec<u8>>,
    content_type: &'static str,
    representation: Representation,
) -> Response<Vec<u8>> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if representation.is_gzip {
        response.headers_mut().insert(CONTENT_ENCODING, GZIP);
    }
    *response.body_mut() = representation.body.into_owned();
    response
}

/// What every answer gets, and what HEAD takes away.
fn finished(
    request: &Request,
    settings: &HttpSettings,
    mut response: Response<Vec<u8>>,
) -> Response<Vec<u8>> {
    headers::add_to(response.headers_mut(), request, settings);
    if request.method == Method::HEAD {
        response.body_mut().clear();
    }
    response
}
