//! IRIS and PostgreSQL over the network.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use odbc_api::{Connection, ConnectionOptions, escape_attribute_value};

use super::{Options, driver_path, run};
use crate::config::process::{IRIS_TLS_SECTION, has_iris_locale, iris_tls_file};
use crate::config::{Engine, Server};
use crate::database::fault::{Fault, Kind};

/// Where a layer puts IRIS' driver. Of a kit's libraries this is the one for a driver manager with 64-bit lengths.
const IRIS_DRIVERS: &[&str] = &["/opt/lib/libirisodbcur6435.so", "/usr/local/lib/libirisodbcur6435.so"];

/// Where Debian, Ubuntu and Fedora put PostgreSQL's driver, and where a layer would. The one without wide functions:
/// it takes and gives UTF-8 as the server has it.
const POSTGRES_DRIVERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/odbc/psqlodbca.so",
    "/usr/lib/aarch64-linux-gnu/odbc/psqlodbca.so",
    "/usr/lib64/psqlodbca.so",
    "/opt/lib/psqlodbca.so",
];

/// IRIS' number for TLS 1.2 in its settings; lower versions are refused.
const IRIS_TLS_1_2: u32 = 16;

/// IRIS' words for: certificate and host name must be right.
const IRIS_VERIFY: &str = "VerifyPeer=1\nVerifyHost=1";

/// Where Amazon Linux, Fedora and Debian keep the certificates of public authorities.
const PUBLIC_CA_FILES: &[&str] = &["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// Operators of types such as `citext` are found only in the schemas of the search path; elsewhere their values would be
/// compared as texts, while they are sorted as what they are. Names of tables always have their schema.
const POSTGRES_OPERATORS: &str = "SELECT pg_catalog.set_config('search_path', concat_ws(', ', \
     nullif(pg_catalog.current_setting('search_path'), ''), pg_catalog.string_agg(DISTINCT quote_ident(n.nspname), ', ')), false) \
     FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace \
     WHERE o.opcdefault AND n.nspname <> 'pg_catalog'";

/// Opens a connection.
pub fn connect(server: &Server, options: &Options) -> Result<Connection<'static>, Fault> {
    let text = match server.engine {
        Engine::Iris => iris(server, options)?,
        Engine::Postgres => postgres(server, options)?,
    };
    let login_timeout_sec = u32::try_from(options.login_timeout.as_secs()).ok();
    let connection_options = ConnectionOptions { login_timeout_sec, packet_size: None };
    let connection = odbc_api::environment()?.connect_with_connection_string(&text, connection_options)?;
    if server.engine == Engine::Postgres {
        // Read-only for every transaction to come; moments with a zone in UTC, whatever the server's place.
        run(&connection, "SET default_transaction_read_only = on")?;
        run(&connection, "SET TimeZone = 'UTC'")?;
        run(&connection, POSTGRES_OPERATORS)?;
    }
    Ok(connection)
}

fn iris(server: &Server, options: &Options) -> Result<String, Fault> {
    if !has_iris_locale() {
        let text = "the locale of IRISODBCLOCALE (C.UTF-8) is not installed, and IRIS' driver would make other letters of \
                    all beyond ASCII: install it, or put its folder into one named `locale` beside the driver";
        return Err(Fault::Known(Kind::Unreachable, text.into()));
    }
    let help = "take libirisodbcur6435.so from InterSystems' ODBC driver kit for this platform";
    let driver = driver_path(options.driver.as_deref(), IRIS_DRIVERS, "IRIS", help)?;
    // The driver (2023.1) takes braces around a value for a part of it, and every `;` for its end.
    let login = [("namespace", &*server.database), ("user", &*server.user), ("password", server.password.expose())];
    if let Some((what, _)) = login.iter().find(|(_, value)| value.contains(';')) {
        let text = format!("InterSystems' driver cannot be given a {what} that has a `;`: choose another");
        return Err(Fault::Known(Kind::LoginRefused, text));
    }
    let tls = if server.tls {
        write_iris_tls(options)?;
        format!(";Authentication Method=2;Security Level=10;SSL Server Name={IRIS_TLS_SECTION}")
    } else {
        String::new()
    };
    Ok(format!(
        "DRIVER={};SERVER={};PORT={};DATABASE={};UID={};PWD={}{tls}",
        escape_attribute_value(&driver),
        server.host,
        server.port,
        server.database,
        server.user,
        server.password.expose(),
    ))
}

/// Writes the TLS settings that IRIS' driver reads from a file.
fn write_iris_tls(options: &Options) -> Result<(), Fault> {
    let text = format!(
        "[{IRIS_TLS_SECTION}]\nCAFile={}\n{IRIS_VERIFY}\nTLSMinVersion={IRIS_TLS_1_2}\n",
        ca_file(options)?.display()
    );
    let file = iris_tls_file();
    written_anew(&file, &text)
        .map_err(|error| Fault::Known(Kind::Unreachable, format!("{} cannot be written: {error}", file.display())))
}

/// Writes a file that nobody else can have made or opened: it says whom to trust, in a folder that all may write to.
fn written_anew(file: &Path, text: &str) -> io::Result<()> {
    if let Err(error) = fs::remove_file(file)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}

/// The certificates by which a server is checked: those of the settings, else the public ones of this machine.
fn ca_file(options: &Options) -> Result<PathBuf, Fault> {
    let public = || PUBLIC_CA_FILES.iter().map(PathBuf::from).find(|file| file.is_file());
    options.ca_file.clone().or_else(public).ok_or_else(|| {
        Fault::Known(Kind::Unreachable, "there are no CA certificates here: set DATABASE_CA_FILE".into())
    })
}

fn postgres(server: &Server, options: &Options) -> Result<String, Fault> {
    let driver = driver_path(options.driver.as_deref(), POSTGRES_DRIVERS, "PostgreSQL", "install odbc-postgresql")?;
    // The driver takes braces around these for a part of them.
    if let Some((what, _)) = [("database name", &server.database), ("user", &server.user)]
        .iter()
        .find(|(_, value)| value.contains(';') || value.starts_with('{'))
    {
        let text =
            format!("PostgreSQL's driver cannot be given a {what} that has a `;` or begins with `{{`: choose another");
        return Err(Fault::Known(Kind::LoginRefused, text));
    }
    // libpq has a word for the public ones, `system`, only since version 16.
    let (mode, ca_file) = match server.tls {
        false => ("disable", String::new()),
        true => ("verify-full", format!(" sslrootcert={}", libpq_value(&ca_file(options)?.to_string_lossy()))),
    };
    let for_libpq = format!("connect_timeout={} keepalives_idle=30{ca_file}", options.login_timeout.as_secs().max(2));
    Ok(format!(
        "DRIVER={};SERVER={};PORT={};DATABASE={};UID={};PWD={};SSLmode={mode};UseDeclareFetch=0;\
         UseServerSidePrepare=1;ByteaAsLongVarBinary=1;MaxVarcharSize=8190;UnknownSizes=2;\
         pqopt={}",
        escape_attribute_value(&driver),
        server.host,
        server.port,
        server.database,
        server.user,
        in_braces(server.password.expose()),
        in_braces(&for_libpq),
    ))
}

/// A value among libpq's settings.
fn libpq_value(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

/// A password or libpq's settings, in braces whatever it holds: what has none PostgreSQL's driver decodes as if it stood in
/// a URL.
fn in_braces(text: &str) -> String {
    format!("{{{}}}", text.replace('}', "}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_there_before_is_neither_followed_nor_shared() {
        let folder = std::env::temp_dir().join(format!("iris-tables-written-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, other) = (folder.join("file"), folder.join("other"));
        fs::write(&other, "somebody's own").unwrap();
        std::os::unix::fs::symlink(&other, &file).unwrap();
        for text in ["once", "again"] {
            written_anew(&file, text).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(fs::read_to_string(&other).unwrap(), "somebody's own");
        fs::remove_dir_all(&folder).unwrap();
    }
}
