//! A database server as a secret describes it: the JSON that AWS' own rotation functions read and
//! write.

use std::net::Ipv6Addr;

use serde::Deserialize;

use super::database_url::is_host_name;
use super::{Secret, Server};
use crate::databases;

/// The secret's members. Those of other purposes are passed over.
#[derive(Deserialize)]
struct Members {
    engine: Option<String>,
    host: Option<String>,
    port: Option<Port>,
    namespace: Option<String>,
    dbname: Option<String>,
    username: Option<String>,
    password: Option<String>,
    tls: Option<Truth>,
}

/// Consoles write numbers as texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Truth {
    Boolean(bool),
    Text(String),
}

impl Server {
    /// Reads a secret. `tls` holds where the secret says nothing of it.
    ///
    /// # Errors
    /// A sentence that names the member that is missing or wrong, and repeats no value.
    pub fn from_secret(text: &str, tls: bool) -> Result<Self, String> {
        let members: Members = serde_json::from_str(text)
            .map_err(|_| "it is no JSON object with texts as values".to_owned())?;
        // Drivers take their texts to end at a NUL, so that the rest of a connection string could
        // be lost, TLS with it.
        let checked = |name: &str, value: String| match value.chars().any(char::is_control) {
            true => Err(format!("`{name}` has a control character")),
            false => Ok(value),
        };
        let needed = |name: &str, value: Option<String>| {
            let value = value
                .filter(|value| !value.is_empty())
                .ok_or_else(|| format!("`{name}` is missing"))?;
            checked(name, value)
        };
        let engine = needed("engine", members.engine)?;
        let known =
            databases::named(&engine).and_then(|dialect| Some((dialect, dialect.server()?)));
        let (dialect, form) = known.ok_or("`engine` is neither `iris` nor `postgres`")?;
        let names = [("namespace", members.namespace), ("dbname", members.dbname)];
        let [own, other] = if names[0].0 == form.database {
            names
        } else {
            let [a, b] = names;
            [b, a]
        };
        let database = needed(own.0, own.1.or(other.1))?;
        let port = match members.port {
            None => form.port,
            Some(Port::Number(port)) => port,
            Some(Port::Text(text)) => {
                text.trim().parse().map_err(|_| "`port` is no number from 1 to 65535".to_owned())?
            }
        };
        let tls = match members.tls {
            None => tls,
            Some(Truth::Boolean(tls)) => tls,
            Some(Truth::Text(text)) => text
                .trim()
                .to_ascii_lowercase()
                .parse()
                .map_err(|_| "`tls` is neither true nor false".to_owned())?,
        };
        let host = needed("host", members.host)?;
        if !is_host_name(&host) && host.parse::<Ipv6Addr>().is_err() {
            return Err("`host` is neither a name nor an address by itself".to_owned());
        }
        Ok(Self {
            dialect,
            host,
            port,
            database,
            user: needed("username", members.username)?,
            password: Secret::from(checked("password", members.password.unwrap_or_default())?),
            tls,
        })
    }

    /// Both log in as the same user with the same password, at the same place.
    pub fn same_login(&self, other: &Self) -> bool {
        (&self.host, self.port, &self.database, &self.user)
            == (&other.host, other.port, &other.database, &other.user)
            && self.password.expose() == other.password.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_both_engines() {
        let iris = r#"{"engine":"iris","host":"h","port":"51773","namespace":"USER","username":"u","password":"p;}","tls":"true"}"#;
        let server = Server::from_secret(iris, false).unwrap();
        assert_eq!(
            (server.dialect.names()[0], server.port, server.database.as_str(), server.tls),
            ("iris", 51_773, "USER", true)
        );
        assert_eq!(server.password.expose(), "p;}");
        let postgres = r#"{"engine":"postgres","host":"fe80::1","dbname":"d","username":"u","password":"p","masterarn":"x"}"#;
        let server = Server::from_secret(postgres, true).unwrap();
        assert_eq!((server.dialect.names()[0], server.port, server.tls), ("postgres", 5_432, true));
    }

    #[test]
    fn what_is_wrong_is_named_and_nothing_repeated() {
        for (text, named) in [
            ("hunter2", "JSON"),
            (r#"{"password":"hunter2"}"#, "engine"),
            (r#"{"engine":"hunter2"}"#, "engine"),
            (r#"{"engine":"iris","password":"hunter2","host":"h","username":"u"}"#, "namespace"),
            (r#"{"engine":"iris","namespace":"U","password":"hunter2","username":"u"}"#, "host"),
            (r#"{"engine":"iris","namespace":"U","password":"hunter2","host":"h"}"#, "username"),
            (
                r#"{"engine":"iris","namespace":"U","password":"hunter2","host":"h","username":"u","port":"hunter2"}"#,
                "port",
            ),
            (
                r#"{"engine":"iris","namespace":"U","password":"hunter2\u0000","username":"u","host":"h"}"#,
                "password",
            ),
            (
                r#"{"engine":"iris","namespace":"U","password":"hunter2","username":"u\n","host":"h"}"#,
                "username",
            ),
            (
                r#"{"engine":"iris","namespace":"U","password":"p","username":"u","host":"h;PORT=hunter2"}"#,
                "host",
            ),
            (
                r#"{"engine":"iris","namespace":"U","password":"p","username":"u","host":"hunter2:1972"}"#,
                "host",
            ),
        ] {
            let reason = Server::from_secret(text, false).unwrap_err();
            assert!(reason.contains(named) && !reason.contains("hunter2"), "{reason}");
        }
    }
}
