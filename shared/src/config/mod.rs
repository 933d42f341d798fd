//! The settings: the only place that reads the environment. A wrong one stops the start with one
//! message.

use std::env::{self, VarError};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

mod access;
mod audit;
mod caching;
mod columns;
mod database_url;
mod headers;
mod labels;
mod patterns;
pub mod process;
mod rules;
mod secret;
mod server_secret;
mod settings;
mod site;
#[cfg(test)]
mod tests;

pub use access::{Access, Login, MIN_SESSION_KEY_CHARS, SecretSource};
pub use audit::{Audit, AuditLog, Group};
pub use caching::CacheControl;
pub use columns::ColumnPatterns;
pub use database_url::{Place, Server, Target};
pub use headers::{CorsOrigins, HttpSettings};
pub use labels::Labels;
pub use patterns::{NamePattern, Patterns};
pub use rules::{RowRule, RowRules};
pub use secret::Secret;
pub use settings::{SETTINGS, Setting};
pub use site::SiteConfig;

const DATABASE_URL: &str = "DATABASE_URL";
const DATABASE_SECRET_ID: &str = "DATABASE_SECRET_ID";
const PUBLISHED_TABLES: &str = "PUBLISHED_TABLES";
const LABELS: &str = "LABELS";
const HIDDEN_COLUMNS: &str = "HIDDEN_COLUMNS";
const ODBC_DRIVER: &str = "ODBC_DRIVER";
const DATABASE_CA_FILE: &str = "DATABASE_CA_FILE";
const PAGE_SIZE: &str = "PAGE_SIZE";
const MAX_PAGE_SIZE: &str = "MAX_PAGE_SIZE";
const QUERY_TIMEOUT_SECONDS: &str = "QUERY_TIMEOUT_SECONDS";
const LOGIN_TIMEOUT_SECONDS: &str = "LOGIN_TIMEOUT_SECONDS";
const CACHE_CONTROL: &str = "CACHE_CONTROL";
const CACHE_CONTROL_TABLES: &str = "CACHE_CONTROL_TABLES";
const CORS_ORIGINS: &str = "CORS_ORIGINS";
const SITE_TITLE: &str = "SITE_TITLE";
const LOG_LEVEL: &str = "LOG_LEVEL";
const ACCESS: &str = "ACCESS";
const OIDC_ISSUER: &str = "OIDC_ISSUER";
const OIDC_CLIENT_ID: &str = "OIDC_CLIENT_ID";
const OIDC_CLIENT_SECRET_ID: &str = "OIDC_CLIENT_SECRET_ID";
const OIDC_CLIENT_SECRET: &str = "OIDC_CLIENT_SECRET";
const OIDC_SCOPES: &str = "OIDC_SCOPES";
const OIDC_CA_FILE: &str = "OIDC_CA_FILE";
const SITE_ADDRESS: &str = "SITE_ADDRESS";
const TOKEN_ADDRESS: &str = "TOKEN_ADDRESS";
const SESSION_SECRET_ID: &str = "SESSION_SECRET_ID";
const SESSION_KEY: &str = "SESSION_KEY";
const SESSION_MINUTES: &str = "SESSION_MINUTES";
const SESSION_CLAIMS: &str = "SESSION_CLAIMS";
const ROW_RULES: &str = "ROW_RULES";
const AUDIT_TABLES: &str = "AUDIT_TABLES";
const AUDIT_LOG: &str = "AUDIT_LOG";
const DATABASE_USER_MAY_WRITE: &str = "DATABASE_USER_MAY_WRITE";

/// Rows of a page that a setting may allow: what Lambda's answer can hold of the narrowest rows,
/// rounded up.
const PAGE_SIZES: RangeInclusive<usize> = 1..=1_000_000;
/// API Gateway's HTTP API gives up after 30 s; the rest is for what is done beside waiting.
const TIMEOUT_SECONDS: RangeInclusive<usize> = 1..=28;

/// The settings, read and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the rows come from.
    pub source: Source,
    /// `PUBLISHED_TABLES`; nothing by default.
    pub published: Patterns,
    /// `LABELS`: which column says what a row is; none by default.
    pub labels: Labels,
    /// `HIDDEN_COLUMNS`: columns of published tables that do not exist for any caller; none by
    /// default.
    pub hidden: ColumnPatterns,
    /// `ODBC_DRIVER`: the driver library where it is not in its usual place. Not checked to be
    /// there.
    pub odbc_driver: Option<PathBuf>,
    /// `DATABASE_CA_FILE`: CA certificates for TLS to the database. Not checked to be there.
    pub database_ca_file: Option<PathBuf>,
    /// `PAGE_SIZE`: rows of a page without `_size`; 100 by default, never more than the maximum.
    pub page_size: usize,
    /// `MAX_PAGE_SIZE`: rows of a page at most, 10,000 by default. Pages for people have a lower
    /// maximum of their own.
    pub max_page_size: usize,
    /// `QUERY_TIMEOUT_SECONDS`: 20 by default.
    pub query_timeout: Duration,
    /// `LOGIN_TIMEOUT_SECONDS`: 5 by default.
    pub login_timeout: Duration,
    /// What functions without a database are told, too.
    pub site: SiteConfig,
    /// `AUDIT_TABLES` and `AUDIT_LOG`: whose answers are written down; none by default.
    pub audit: Option<Audit>,
    /// `DATABASE_USER_MAY_WRITE`: a database user who could write is no fault; `false` by default.
    pub user_may_write: bool,
}

/// Where the rows come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// `DATABASE_URL`.
    Url(Target),
    /// `DATABASE_SECRET_ID`: name or ARN of the secret that holds address and login.
    Secret(String),
}

/// A setting that cannot be used. The message names it, says what is wrong and what is right, and
/// holds no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {reason}.")]
pub struct ConfigError {
    /// The setting's name.
    pub variable: &'static str,
    /// What is wrong with it, and what would be right: a sentence without its full stop.
    pub reason: String,
}

impl ConfigError {
    fn new(variable: &'static str, reason: impl Into<String>) -> Self {
        Self { variable, reason: reason.into().trim_end_matches('.').to_owned() }
    }
}

/// Reads the settings from the environment.
///
/// # Errors
/// [`ConfigError`] for the first setting that cannot be used.
pub fn from_env() -> Result<Config, ConfigError> {
    check_text()?;
    read(variable)
}

/// Reads the settings of a function without a database from the environment.
///
/// # Errors
/// [`ConfigError`] for the first of them that cannot be used.
pub fn site_from_env() -> Result<SiteConfig, ConfigError> {
    check_text()?;
    read_site(variable)
}

/// Taken as unset, a value that is no text would give way to a default that nobody asked for.
///
/// # Errors
/// [`ConfigError`] for a setting that is not UTF-8.
pub fn check_text() -> Result<(), ConfigError> {
    let no_text = |name: &&str| matches!(env::var(name), Err(VarError::NotUnicode(_)));
    match SETTINGS.iter().map(|setting| setting.name).find(no_text) {
        Some(variable) => Err(ConfigError::new(variable, "it is not UTF-8")),
        None => Ok(()),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Unset, empty and spaces alone are the same; spaces around a value are not part of it.
fn trimmed(lookup: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |name| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Reads the settings of a function without a database by their names.
///
/// # Errors
/// [`ConfigError`] for the first of them that cannot be used.
pub fn read_site(lookup: impl Fn(&str) -> Option<String>) -> Result<SiteConfig, ConfigError> {
    site::read(&trimmed(lookup))
}

/// Reads the settings by their names. Unset, empty and spaces alone are the same; spaces around a
/// value are not part of it.
///
/// # Errors
/// [`ConfigError`] for the first setting that cannot be used.
pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let lookup = trimmed(lookup);
    let patterns = lookup(PUBLISHED_TABLES).unwrap_or_default();
    let database_ca_file = lookup(DATABASE_CA_FILE).map(PathBuf::from);
    if database_ca_file
        .as_ref()
        .is_some_and(|file| file.to_string_lossy().contains(char::is_control))
    {
        let reason =
            "it is the path of one file, and has a line break or another control character";
        return Err(ConfigError::new(DATABASE_CA_FILE, reason.to_owned()));
    }
    let max_page_size = number(&lookup, MAX_PAGE_SIZE, 10_000, PAGE_SIZES)?;
    let page_size = number(&lookup, PAGE_SIZE, max_page_size.min(100), PAGE_SIZES)?;
    if page_size > max_page_size {
        let reason = format!("{page_size} is more than {MAX_PAGE_SIZE}, which is {max_page_size}");
        return Err(ConfigError::new(PAGE_SIZE, reason));
    }
    let seconds = |name, default| {
        Ok(Duration::from_secs(
            number(&lookup, name, default, TIMEOUT_SECONDS)?.try_into().unwrap_or(u64::MAX),
        ))
    };
    let site = site::read(&lookup)?;
    Ok(Config {
        audit: audit::read(&lookup, &site.access)?,
        source: source(&lookup, database_ca_file.is_some())?,
        published: Patterns::parse(&patterns)
            .map_err(|reason| ConfigError::new(PUBLISHED_TABLES, reason))?,
        labels: Labels::read(&lookup)?,
        hidden: ColumnPatterns::parse(&lookup(HIDDEN_COLUMNS).unwrap_or_default())
            .map_err(|reason| ConfigError::new(HIDDEN_COLUMNS, reason))?,
        odbc_driver: lookup(ODBC_DRIVER).map(PathBuf::from),
        database_ca_file,
        page_size,
        max_page_size,
        query_timeout: seconds(QUERY_TIMEOUT_SECONDS, 20)?,
        login_timeout: seconds(LOGIN_TIMEOUT_SECONDS, 5)?,
        site,
        user_may_write: truth(&lookup, DATABASE_USER_MAY_WRITE)?,
    })
}

fn source(
    lookup: &impl Fn(&str) -> Option<String>,
    has_ca_file: bool,
) -> Result<Source, ConfigError> {
    match (lookup(DATABASE_URL), lookup(DATABASE_SECRET_ID)) {
        (Some(url), None) => {
            // Who names CA certificates wants TLS.
            let target = Target::parse(&url, has_ca_file)
                .map_err(|reason| ConfigError::new(DATABASE_URL, reason))?;
            match &target.place {
                Place::Server(server) if has_ca_file && !server.tls => Err(ConfigError::new(
                    DATABASE_CA_FILE,
                    "it serves no purpose, because DATABASE_URL says that TLS is off; remove one of the two",
                )),
                _ => Ok(Source::Url(target)),
            }
        }
        // Repeated in a log, a URL would show its password.
        (None, Some(secret)) if secret.contains("://") => Err(ConfigError::new(
            DATABASE_SECRET_ID,
            "it is a URL; it must be the name or ARN of a secret",
        )),
        (None, Some(secret)) => Ok(Source::Secret(secret)),
        (Some(_), Some(_)) => {
            Err(ConfigError::new(DATABASE_URL, "DATABASE_SECRET_ID is set too; set one of the two"))
        }
        (None, None) => Err(ConfigError::new(
            DATABASE_URL,
            "neither it nor DATABASE_SECRET_ID is set; set one of the two, for example DATABASE_URL=sqlite:FOLDER or \
             DATABASE_URL=iris://user:password@host:1972/NAMESPACE",
        )),
    }
}

fn number(
    lookup: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, ConfigError> {
    let Some(value) = lookup(name) else { return Ok(default) };
    value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let reason =
            format!("`{value}` is not a whole number from {} to {}", range.start(), range.end());
        ConfigError::new(name, reason)
    })
}

fn truth(
    lookup: &impl Fn(&str) -> Option<String>,
    name: &'static str,
) -> Result<bool, ConfigError> {
    match lookup(name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(value) => Err(ConfigError::new(name, format!("`{value}` is neither true nor false"))),
    }
}
