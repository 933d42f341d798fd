//! The settings that every function has, with a database or without.

use tracing::Level;

use http::HeaderValue;

use super::{
    Access, CACHE_CONTROL, ConfigError, HttpSettings, LOG_LEVEL, RowRules, SITE_TITLE, access,
    headers, rules,
};
use crate::log::DEFAULT_LEVEL;

/// What every function is told.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// `ACCESS`: who may call.
    pub access: Access,
    /// `ROW_RULES`: which rows a caller may see; all by default. A session remembers the claims.
    pub rules: RowRules,
    /// What answers say to caches and browsers.
    pub http: HttpSettings,
    /// `SITE_TITLE`: what pages call the site; `iris-tables` by default.
    pub title: String,
    /// `LOG_LEVEL`: `info` by default.
    pub log_level: Level,
}

/// Reads them.
pub fn read(lookup: &impl Fn(&str) -> Option<String>) -> Result<SiteConfig, ConfigError> {
    let mut access = access::read(lookup)?;
    let rules = rules::read(lookup, &access)?;
    if let Access::Login(login) = &mut access {
        // Its subject a session has anyway.
        let more = rules.claims().into_iter().filter(|claim| *claim != "sub").map(str::to_owned);
        login.claims.extend(more);
        login.claims.sort_unstable();
        login.claims.dedup();
    }
    let mut http = headers::settings(lookup)?;
    http.asks_who_calls = !matches!(access, Access::Public);
    // Workstations are shared: what one person has read the next one must not find in the browser.
    if matches!(access, Access::Login(_)) && lookup(CACHE_CONTROL).is_none() {
        http.cache_control.default = HeaderValue::from_static("no-store");
    }
    if let Access::Login(login) = &access {
        // Companies' providers lead on to others, so any that is encrypted; and one of this machine.
        let local = login.issuer.starts_with("http://").then(|| format!(" {}", login.issuer));
        http.forms_lead_to = Some(format!("https:{}", local.unwrap_or_default()));
    }
    check_caching(&access, &http)?;
    Ok(SiteConfig {
        access,
        rules,
        http,
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

/// Shared caches give an answer to whoever asks next, without asking who that is.
fn check_caching(access: &Access, http: &HttpSettings) -> Result<(), ConfigError> {
    let is_shared = |header: &HeaderValue| {
        let text = header.to_str().unwrap_or_default().to_ascii_lowercase();
        text.split(',').map(str::trim).any(|directive| {
            directive == "public" || directive.split('=').next() == Some("s-maxage")
        })
    };
    let shared = http.cache_control.all().find(|header| is_shared(header));
    match shared {
        Some(header) if !matches!(access, Access::Public) => Err(ConfigError::new(
            CACHE_CONTROL,
            format!(
                "`{}` lets shared caches answer without asking who calls; only ACCESS=public allows public and s-maxage",
                header.to_str().unwrap_or_default()
            ),
        )),
        _ => Ok(()),
    }
}
