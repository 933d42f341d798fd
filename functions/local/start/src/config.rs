//! The local server's own settings. Those of the functions are read by their library.

use std::env;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf, absolute};

use crate::Failure;

/// Connections that a function may have at once.
const INSTANCES: RangeInclusive<usize> = 1..=100;

/// Where the demo's data are, from the folder in which the server is started.
pub const DEMO_FOLDER: &str = "target/demo";

/// What the demo publishes unless told otherwise.
pub const DEMO_TABLES: &str = "Bank.*";

/// What the demo's rows are called unless told otherwise.
pub const DEMO_LABELS: &str = "Bank.Customer=Name; Bank.Account=IBAN; Bank.Branch=City";

/// How to serve.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `HOST`: name or address to listen on, 127.0.0.1 by default.
    pub host: String,
    /// `PORT`: 9000 by default; 0 is any free one.
    pub port: u16,
    /// `INSTANCES`: connections of each function at most, 2 by default.
    pub instances: usize,
    /// `QUEUE`: requests wait for a free instance (by default), or are refused at once.
    pub queue: bool,
    /// No database is named, so the demo is served.
    pub demo: bool,
    /// `LOGIN=demo`: people sign in, at a provider that is started too.
    pub login: bool,
}

impl Settings {
    /// Reads them from the environment.
    ///
    /// # Errors
    /// For the first setting that cannot be used.
    pub fn from_env() -> Result<Self, Failure> {
        Self::read(variable)
    }

    /// Reads them by their names. A relative folder of SQLite files must be there.
    ///
    /// # Errors
    /// For the first setting that cannot be used.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let host = lookup("HOST").unwrap_or_else(|| "127.0.0.1".into());
        let settings = Self {
            // The name may stand for two addresses; one is enough.
            host: if host == "localhost" { "127.0.0.1".into() } else { host },
            port: number(&lookup, "PORT", 9000, 0..=u16::MAX)?,
            instances: number(&lookup, "INSTANCES", 2, INSTANCES)?,
            queue: match lookup("QUEUE").as_deref() {
                None | Some("yes") => true,
                Some("no") => false,
                Some(other) => {
                    return Err(Failure(format!(
                        "QUEUE={other} cannot be used: write `yes`, and requests wait for a free \
                         instance, or `no`, and they are answered with 503."
                    )));
                }
            },
            login: match lookup("LOGIN").as_deref() {
                None => false,
                Some("demo") => true,
                Some(other) => {
                    return Err(Failure(format!(
                        "LOGIN={other} cannot be used: write `demo` for a sign-in with made-up \
                         people, or set ACCESS=login and the OIDC settings for one of your own."
                    )));
                }
            },
            demo: lookup("DATABASE_URL").is_none() && lookup("DATABASE_SECRET_ID").is_none(),
        };
        let url = lookup("DATABASE_URL").unwrap_or_default();
        match sqlite_folder(&url).map(|folder| (folder, full(folder))) {
            Some((folder, full)) if !full.is_dir() => Err(Failure(format!(
                "DATABASE_URL=sqlite:{folder}: there is no folder {}; name one that there is.",
                full.display()
            ))),
            _ => Ok(settings),
        }
    }
}

/// A variable of the environment. Empty is unset, as it is for the functions.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The command's arguments.
pub fn arguments() -> Vec<String> {
    env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// The folder of a `sqlite:` URL. What no source can be is left to the functions to refuse.
pub fn sqlite_folder(url: &str) -> Option<&str> {
    let (scheme, folder) = url.split_once(':')?;
    let is_folder = scheme.eq_ignore_ascii_case("sqlite") && !folder.is_empty();
    (is_folder && !folder.starts_with("//")).then_some(folder)
}

/// A folder from the file system's root.
pub fn full(folder: &str) -> PathBuf {
    absolute(folder).unwrap_or_else(|_| Path::new(folder).to_owned())
}

fn number<N: std::str::FromStr + PartialOrd + std::fmt::Display>(
    lookup: &impl Fn(&str) -> Option<String>,
    name: &str,
    default: N,
    range: RangeInclusive<N>,
) -> Result<N, Failure> {
    let Some(text) = lookup(name) else { return Ok(default) };
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_digits && range.contains(number)).ok_or_else(|| {
        let (first, last) = (range.start(), range.end());
        Failure(format!("{name}={text} cannot be used: write a number from {first} to {last}."))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Settings, String> {
        let value = |name: &str| given.iter().find(|(given, _)| *given == name);
        Settings::read(|name| value(name).map(|(_, value)| (*value).to_owned()))
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn without_settings_two_instances_serve_the_demo_to_this_machine() {
        let settings = read(&[]).unwrap();
        assert_eq!(
            (settings.host.as_str(), settings.port, settings.instances),
            ("127.0.0.1", 9000, 2)
        );
        assert!(settings.queue && settings.demo);
        let own =
            read(&[("HOST", "localhost"), ("DATABASE_SECRET_ID", "x"), ("QUEUE", "no")]).unwrap();
        assert_eq!((own.host.as_str(), own.queue, own.demo), ("127.0.0.1", false, false));
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_is_right() {
        for (name, value, words) in [
            ("PORT", "x", "PORT=x cannot be used: write a number from 0 to 65535."),
            ("PORT", "65536", "from 0 to 65535"),
            ("PORT", "+1", "from 0 to 65535"),
            ("INSTANCES", "0", "from 1 to 100"),
            ("INSTANCES", "101", "from 1 to 100"),
            ("QUEUE", "maybe", "write `yes`"),
            ("LOGIN", "yes", "write `demo`"),
            ("DATABASE_URL", "sqlite:/nowhere", "there is no folder /nowhere"),
            ("DATABASE_URL", "SQLite:nowhere", "there is no folder /"),
        ] {
            let said = read(&[(name, value)]).unwrap_err();
            assert!(said.starts_with(&format!("{name}=")) && said.contains(words), "{said}");
        }
        // The functions say what is wrong with these.
        read(&[("DATABASE_URL", "sqlite://nowhere")]).unwrap();
        read(&[("DATABASE_URL", "iris:nowhere")]).unwrap();
    }
}
