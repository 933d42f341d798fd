//! The settings that become response headers, `CORS_ORIGINS` among them.

use http::HeaderValue;

use super::{CORS_ORIGINS, CacheControl, ConfigError};

/// The settings that become response headers.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// `CACHE_CONTROL` and `CACHE_CONTROL_TABLES`: of answers that are no errors.
    pub cache_control: CacheControl,
    /// `CORS_ORIGINS`: whose scripts may read answers; nobody else's by default.
    pub cors_origins: CorsOrigins,
    /// Where a form may lead beside this site, as sources of a Content-Security-Policy: an ended
    /// session sends it through the provider, and browsers hold redirects against the policy.
    pub forms_lead_to: Option<String>,
    /// What is answered depends on who calls: not everybody may.
    pub asks_who_calls: bool,
}

/// Web origins (RFC 6454) whose scripts may read answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// `*`.
    Any,
    /// Exactly these, each as a browser writes it. None: the same-origin policy as it is.
    Listed(Vec<HeaderValue>),
}

impl Default for CorsOrigins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

/// Reads them.
pub fn settings(lookup: &impl Fn(&str) -> Option<String>) -> Result<HttpSettings, ConfigError> {
    Ok(HttpSettings {
        cache_control: CacheControl::read(lookup)?,
        cors_origins: cors_origins(lookup)?,
        forms_lead_to: None,
        asks_who_calls: false,
    })
}

fn cors_origins(lookup: &impl Fn(&str) -> Option<String>) -> Result<CorsOrigins, ConfigError> {
    let Some(list) = lookup(CORS_ORIGINS) else { return Ok(CorsOrigins::default()) };
    if list == "*" {
        return Ok(CorsOrigins::Any);
    }
    let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let read = |text: &str| {
        origin(text).ok_or_else(|| {
            let reason = "is no origin: write scheme, host and perhaps port, such as `https://example.org`, several \
                          of them separated by commas, or `*` alone";
            ConfigError::new(CORS_ORIGINS, format!("`{text}` {reason}"))
        })
    };
    origins.map(read).collect::<Result<_, _>>().map(CorsOrigins::Listed)
}

/// An origin as browsers send it: lower case, without the scheme's own port.
fn origin(text: &str) -> Option<HeaderValue> {
    let text = text.to_ascii_lowercase();
    let (scheme, host) = text.split_once("://")?;
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    if scheme.is_empty()
        || host.is_empty()
        || !scheme.bytes().all(in_scheme)
        || !host.bytes().all(in_host)
    {
        return None;
    }
    let host = match scheme {
        "https" => host.strip_suffix(":443").unwrap_or(host),
        "http" => host.strip_suffix(":80").unwrap_or(host),
        _ => host,
    };
    HeaderValue::try_from(format!("{scheme}://{host}")).ok()
}
