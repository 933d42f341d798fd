//! `DATABASE_URL`: where the database is and who asks.

use std::net::Ipv6Addr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::Secret;
use crate::databases;
use crate::dialect::{Dialect, ServerForm};

#[cfg(test)]
mod tests;

/// The forms of a database's URL, for a person who wrote another one.
const FORMS: &str = "Right are sqlite:FOLDER, iris://user:password@host:1972/NAMESPACE and \
    postgres://user:password@host:5432/database, the two with ?tls=true for TLS. Within user, password and the last \
    part, special characters are percent-encoded: `@` is %40, `/` is %2F, `%` is %25.";

/// The source that a URL names.
#[derive(Debug, Clone)]
pub struct Target {
    /// Which database it is.
    pub dialect: &'static dyn Dialect,
    /// Where it is.
    pub place: Place,
}

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder of files, as it stands in the URL; not percent-decoded.
    Folder(PathBuf),
    /// Behind a network.
    Server(Server),
}

/// A database server, and the login to it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Which database it is.
    pub dialect: &'static dyn Dialect,
    /// Its name or address; an IPv6 address without its brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// The name of the database there: IRIS' namespace.
    pub database: String,
    /// Who asks.
    pub user: String,
    /// Empty where the URL has none.
    pub password: Secret,
    /// Connect with TLS or not at all.
    pub tls: bool,
}

impl Target {
    /// Reads a URL. `tls` holds where the URL says nothing about TLS (`tls=true` or `false`, for
    /// PostgreSQL also `sslmode`).
    ///
    /// # Errors
    /// A sentence that says what is wrong and what is right. It repeats nothing of the URL: a
    /// password with an unescaped character may lie in any part of it.
    pub fn parse(url: &str, tls: bool) -> Result<Self, String> {
        let wrong = |what: &str| format!("{what}. {FORMS}");
        let (scheme, rest) = url.split_once(':').ok_or_else(|| wrong("it is no URL"))?;
        let dialect = databases::named(scheme)
            .ok_or_else(|| wrong("it begins with no kind of database we know"))?;
        let Some(form) = dialect.server() else {
            // Elsewhere `sqlite:///x` is relative and `sqlite:////x` is not: better no guess.
            return match rest {
                "" => Err(wrong("the folder is missing")),
                _ if rest.starts_with("//") => {
                    Err(wrong("the folder follows `sqlite:` without `//`"))
                }
                _ => Ok(Self { dialect, place: Place::Folder(PathBuf::from(rest)) }),
            };
        };
        let rest =
            rest.strip_prefix("//").ok_or_else(|| wrong("`//` must follow the first colon"))?;
        let server = server(dialect, form, rest, tls).map_err(|what| wrong(&what))?;
        Ok(Self { dialect, place: Place::Server(server) })
    }
}

/// Reads `user:password@host:port/database?tls=true`.
fn server(
    dialect: &'static dyn Dialect,
    form: &ServerForm,
    rest: &str,
    tls: bool,
) -> Result<Server, String> {
    if rest.contains('#') {
        return Err("a `#` must be written %23".into());
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, address) =
        authority.rsplit_once('@').ok_or("user and password are missing before an `@`")?;
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (host, port) = host_and_port(address)?;
    if database.contains('/') {
        return Err("after the host there must be one name only".into());
    }
    Ok(Server {
        dialect,
        host,
        port: port.unwrap_or(form.port),
        database: decode("the namespace or database", database, true)?,
        user: decode("the user", user, true)?,
        password: Secret::from(decode("the password", password, false)?),
        tls: wants_tls(form, query)?.unwrap_or(tls),
    })
}

fn host_and_port(address: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = if let Some(bracketed) = address.strip_prefix('[') {
        let (host, after) =
            bracketed.split_once(']').ok_or("the `]` after the IPv6 address is missing")?;
        host.parse::<Ipv6Addr>().map_err(|_| "between `[` and `]` there is no IPv6 address")?;
        (host, if after.is_empty() { None } else { Some(after.strip_prefix(':').unwrap_or("")) })
    } else {
        let (host, port) =
            address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port)));
        if !is_host_name(host) {
            return Err(
                "the host must be a name, an IPv4 address or an IPv6 address in brackets".into()
            );
        }
        (host, port)
    };
    let number =
        |text: &str| text.parse().ok().filter(|port| *port > 0).filter(|_| !text.starts_with('+'));
    match port {
        None => Ok((host.to_owned(), None)),
        Some(text) => match number(text) {
            Some(port) => Ok((host.to_owned(), Some(port))),
            None => Err("the port must be a number from 1 to 65535".into()),
        },
    }
}

/// A name or an IPv4 address. It reaches the driver's connection string: nothing that could mean
/// something else there.
pub(super) fn is_host_name(text: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    !text.is_empty() && text.bytes().all(in_name)
}

/// What the parameters say about TLS. `prefer` and `allow` are refused: what they promise, any
/// listener can take away.
fn wants_tls(form: &ServerForm, query: &str) -> Result<Option<bool>, String> {
    let mut tls = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let wanted = match (pair, form.sslmode) {
            ("tls=true", _) => true,
            ("tls=false", _) => false,
            ("sslmode=require" | "sslmode=verify-ca" | "sslmode=verify-full", true) => true,
            ("sslmode=disable", true) => false,
            ("sslmode=prefer" | "sslmode=allow", true) => {
                return Err(
                    "sslmode must be `disable`, `require`, `verify-ca` or `verify-full`".into()
                );
            }
            _ => {
                return Err(
                    "after `?` only tls=true or tls=false may stand (a `?` elsewhere is %3F)"
                        .into(),
                );
            }
        };
        if tls.replace(wanted).is_some() {
            return Err("TLS is spoken of twice after the `?`".into());
        }
    }
    Ok(tls)
}

/// Percent-decodes a part. Control characters are refused: drivers take their texts to end at a
/// NUL.
fn decode(what: &str, text: &str, needed: bool) -> Result<String, String> {
    if needed && text.is_empty() {
        return Err(format!("{what} is missing"));
    }
    let escaped =
        |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(escaped) {
        return Err(format!("in {what} a `%` is not followed by two hexadecimal digits"));
    }
    let decoded =
        percent_decode_str(text).decode_utf8().map_err(|_| format!("{what} is not UTF-8"))?;
    if decoded.chars().any(char::is_control) {
        return Err(format!("{what} has a control character"));
    }
    Ok(decoded.into_owned())
}
