//! The port on which the server listens.

use std::io::{Error, ErrorKind};
use std::net::TcpListener;

use crate::Failure;
use crate::config::Settings;

/// A socket that listens.
///
/// # Errors
/// Where somebody else listens there, or nobody may.
pub fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    let (host, port) = (settings.host.as_str(), settings.port);
    TcpListener::bind((host, port)).map_err(|error| refused(host, port, &error))
}

fn refused(host: &str, port: u16, error: &Error) -> Failure {
    if error.kind() != ErrorKind::AddrInUse {
        return Failure(format!("HOST={host} PORT={port} cannot be listened on: {error}."));
    }
    let other = if port < u16::MAX { port + 1 } else { 9000 };
    Failure(format!(
        "Port {port} is in use: end what listens there, or choose another, as in \
         `make run PORT={other}`."
    ))
}

/// The server's address for a browser on this machine. Who listens everywhere is reached on
/// loopback too.
pub fn address(host: &str, port: u16) -> String {
    let local = match host {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        host => host,
    };
    if local.contains(':') {
        format!("http://[{local}]:{port}")
    } else {
        format!("http://{local}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_be_opened() {
        for (host, expected) in [
            ("127.0.0.1", "http://127.0.0.1:9000"),
            ("0.0.0.0", "http://127.0.0.1:9000"),
            ("::", "http://[::1]:9000"),
            ("fe80::1", "http://[fe80::1]:9000"),
            ("desk.example", "http://desk.example:9000"),
        ] {
            assert_eq!(address(host, 9000), expected);
        }
    }
}
