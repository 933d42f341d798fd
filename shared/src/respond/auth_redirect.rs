//! Answers that send the browser elsewhere in the course of a sign-in.

use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use percent_encoding::utf8_percent_encode;

use super::{NO_STORE, NOT_IN_LOCATION, finished};
use crate::config::HttpSettings;
use crate::request::Request;

/// What of a browser's memory of this site is forgotten at sign-out.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// A redirect with what the browser shall remember.
#[derive(Debug, Clone, Default)]
pub struct AuthRedirect {
    /// A path of this site that begins with one `/`, or a whole address of the provider's, which
    /// comes from its own description and never from a request.
    pub location: String,
    /// `Set-Cookie` headers.
    pub cookies: Vec<String>,
    /// Pages shown before are not to be found in the browser's cache.
    pub clear_cache: bool,
}

/// 303, which no cache keeps.
pub fn auth_redirect(
    request: &Request,
    settings: &HttpSettings,
    redirect: AuthRedirect,
) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    let location = utf8_percent_encode(&redirect.location, NOT_IN_LOCATION).to_string();
    headers.extend(HeaderValue::try_from(location).ok().map(|location| (LOCATION, location)));
    for cookie in redirect.cookies {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    if redirect.clear_cache {
        headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    }
    headers.insert(CACHE_CONTROL, NO_STORE);
    finished(request, settings, response)
}
