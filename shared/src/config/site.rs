//! The settings that every function has, with a database or without.

use tracing::Level;

use super::{ConfigError, HttpSettings, LOG_LEVEL, SITE_TITLE, headers};
use crate::log::DEFAULT_LEVEL;

/// What every function is told.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// What answers say to caches and browsers.
    pub http: HttpSettings,
    /// `SITE_TITLE`: what pages call the site; `iris-tables` by default.
    pub title: String,
    /// `LOG_LEVEL`: `info` by default.
    pub log_level: Level,
}

/// Reads them.
pub fn read(lookup: &impl Fn(&str) -> Option<String>) -> Result<SiteConfig, ConfigError> {
    Ok(SiteConfig {
        http: headers::settings(lookup)?,
        title: lookup(SITE_TITLE).unwrap_or_else(|| "iris-tables".into()),
        log_level: log_level(lookup)?,
    })
}

fn log_level(lookup: &impl Fn(&str) -> Option<String>) -> Result<Level, ConfigError> {
    let Some(value) = lookup(LOG_LEVEL) else { return Ok(DEFAULT_LEVEL) };
    match value.to_ascii_lowercase().as_str() {
        "error" => Ok(Level::ERROR),
        "warn" => Ok(Level::WARN),
        "info" => Ok(Level::INFO),
        "debug" => Ok(Level::DEBUG),
        "trace" => Ok(Level::TRACE),
        _ => Err(ConfigError::new(
            LOG_LEVEL,
            format!("`{value}` is not error, warn, info, debug or trace"),
        )),
    }
}
