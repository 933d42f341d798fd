//! `CACHE_CONTROL` and `CORS_ORIGINS`: the settings that become response headers.

use http::HeaderValue;

use super::{CACHE_CONTROL, CORS_ORIGINS, ConfigError};

/// The settings that become response headers.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `CACHE_CONTROL`: of an answer that is no error; `private, no-cache` by default.
    pub cache_control: HeaderValue,
    /// `CORS_ORIGINS`: whose scripts may read answers; nobody else's by default.
    pub cors_origins: CorsOrigins,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            cache_control: HeaderValue::from_static("private, no-cache"),
            cors_origins: CorsOrigins::Listed(Vec::new()),
        }
    }
}

/// Web origins (RFC 6454) whose scripts may read answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// `*`.
    Any,
    /// Exactly these, each as a browser writes it. None: the same-origin policy as it is.
    Listed(Vec<HeaderValue>),
}

/// Reads both.
pub fn settings(lookup: &impl Fn(&str) -> Option<String>) -> Result<HttpSettings, ConfigError> {
    Ok(HttpSettings { cache_control: cache_control(lookup)?, cors_origins: cors_origins(lookup)? })
}

fn cache_control(lookup: &impl Fn(&str) -> Option<String>) -> Result<HeaderValue, ConfigError> {
    let Some(value) = lookup(CACHE_CONTROL) else { return Ok(HttpSettings::default().cache_control) };
    let header = HeaderValue::from_str(&value).ok().filter(|header| header.to_str().is_ok());
    header.ok_or_else(|| {
        let reason = "it is no header value: ASCII only, such as `public, max-age=60` or `private, no-cache`";
        ConfigError::new(CACHE_CONTROL, reason)
    })
}

fn cors_origins(lookup: &impl Fn(&str) -> Option<String>) -> Result<CorsOrigins, ConfigError> {
    let Some(list) = lookup(CORS_ORIGINS) else { return Ok(HttpSettings::default().cors_origins) };
    if list == "*" {
        return Ok(CorsOrigins::Any);
    }
    let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let read = |text: &str| {
        origin(text).ok_or_else(|| {
            let reason = "is no origin: write scheme, host and perhaps port, such as `https://example.org`, several \
                          of them parted by commas, or `*` alone";
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
    if scheme.is_empty() || host.is_empty() || !scheme.bytes().all(in_scheme) || !host.bytes().all(in_host) {
        return None;
    }
    let host = match scheme {
        "https" => host.strip_suffix(":443").unwrap_or(host),
        "http" => host.strip_suffix(":80").unwrap_or(host),
        _ => host,
    };
    HeaderValue::try_from(format!("{scheme}://{host}")).ok()
}
