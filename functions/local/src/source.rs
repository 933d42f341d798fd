//! The database that is served: the demo's, or one's own.

use std::path::Path;

use iris_tables::config::{self, Config};
use local_start::Failure;
use local_start::config::{
    DEMO_FOLDER, DEMO_LABELS, DEMO_TABLES, Settings, full, sqlite_folder, variable,
};

use crate::demo;
use crate::login::Provider;

/// The functions' settings, and for the demo its data.
///
/// # Errors
/// Where a setting is wrong, or the demo cannot be written.
pub fn config(
    settings: &Settings,
    address: &str,
    provider: Option<&Provider>,
    token_address: Option<&str>,
) -> Result<Config, Failure> {
    if settings.demo {
        demo::make(Path::new(DEMO_FOLDER))?;
    }
    config::check_text().map_err(|error| Failure(error.to_string()))?;
    let setting = |name: &str| {
        let of_login = provider.and_then(|provider| provider.setting(name));
        let own = || if settings.demo { demo_setting(name) } else { variable(name) };
        let known = || match name {
            "SITE_ADDRESS" => Some(address.to_owned()),
            "TOKEN_ADDRESS" => token_address.map(str::to_owned),
            _ => None,
        };
        of_login.or_else(own).or_else(known)
    };
    config::read(setting).map_err(|error| Failure(error.to_string()))
}

fn demo_setting(name: &str) -> Option<String> {
    match name {
        "DATABASE_URL" => Some(format!("sqlite:{}", full(DEMO_FOLDER).display())),
        "PUBLISHED_TABLES" => Some(variable(name).unwrap_or_else(|| DEMO_TABLES.into())),
        "LABELS" => Some(variable(name).unwrap_or_else(|| DEMO_LABELS.into())),
        _ => variable(name),
    }
}

/// The patterns of the tables that are published.
pub fn published(settings: &Settings) -> Option<String> {
    if settings.demo { demo_setting("PUBLISHED_TABLES") } else { variable("PUBLISHED_TABLES") }
}

/// The source for a person: without user and password.
pub fn described(settings: &Settings) -> String {
    let url = if settings.demo { demo_setting("DATABASE_URL") } else { variable("DATABASE_URL") };
    match url {
        Some(url) => without_login(&url),
        None => format!("secret {}", variable("DATABASE_SECRET_ID").unwrap_or_default()),
    }
}

fn without_login(url: &str) -> String {
    if let Some(folder) = sqlite_folder(url) {
        return format!("sqlite:{}", full(folder).display());
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{scheme}://{}", rest.split('?').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_described_without_its_login() {
        for (url, described) in [
            ("iris://reader:p@ss@db.example:1972/USER?tls=true", "iris://db.example:1972/USER"),
            ("postgres://reader@db/x", "postgres://db/x"),
            ("sqlite:/a/b", "sqlite:/a/b"),
        ] {
            assert_eq!(without_login(url), described);
        }
    }
}
