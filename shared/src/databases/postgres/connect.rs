//! Connecting to PostgreSQL.

use std::time::Duration;

use super::faults;
use crate::config::Server;
use crate::database::odbc::{Odbc, Ways, driver_path, escape_attribute_value};
use crate::database::{Fault, Kind, Options};

/// What PostgreSQL's driver does differently.
static WAYS: Ways = Ways {
    classify: faults::classify,
    in_portions: true,
    has_stale_rows: false,
    has_whole_texts: false,
    hides_surrogates: false,
    // It writes a float with 15 digits into the statement.
    binds_floats_as_text: true,
    binds_decimals_as_numbers: false,
    has_no_letter: Some("22P05"),
};

/// Where Debian, Ubuntu and Fedora put PostgreSQL's driver, and where a layer would. The one
/// without wide functions: it takes and gives UTF-8 as the server has it.
const DRIVERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/odbc/psqlodbca.so",
    "/usr/lib/aarch64-linux-gnu/odbc/psqlodbca.so",
    "/usr/lib64/psqlodbca.so",
    "/opt/lib/psqlodbca.so",
];

/// Operators of types such as `citext` are found only in the schemas of the search path; elsewhere
/// their values would be compared as texts, while they are sorted as what they are. Names of tables
/// always have their schema.
const OPERATORS: &str = "SELECT pg_catalog.set_config('search_path', concat_ws(', ', \
     nullif(pg_catalog.current_setting('search_path'), ''), pg_catalog.string_agg(DISTINCT quote_ident(n.nspname), ', ')), false) \
     FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace \
     WHERE o.opcdefault AND n.nspname <> 'pg_catalog'";

/// A database in SQL_ASCII has bytes of any encoding, which the server would refuse to hand over as
/// UTF-8: they come as they are.
const UNCHECKED: &str = "SELECT pg_catalog.set_config('client_encoding', 'SQL_ASCII', false) \
     WHERE pg_catalog.current_setting('server_encoding') = 'SQL_ASCII'";

/// With a time limit of one second PostgreSQL's driver never connects.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(2);

/// Opens a connection: read-only for every transaction to come, and timestamps with a zone in UTC,
/// whatever the server's place.
pub fn connect(server: &Server, options: &Options) -> Result<Odbc, Fault> {
    let timeout = options.login_timeout.max(SHORTEST_TIMEOUT);
    let connection = Odbc::open(&connection_string(server, options, timeout)?, timeout, &WAYS)?;
    connection.run("SET default_transaction_read_only = on")?;
    connection.run("SET TimeZone = 'UTC'")?;
    connection.run(OPERATORS)?;
    connection.run(UNCHECKED)?;
    Ok(connection)
}

fn connection_string(
    server: &Server,
    options: &Options,
    timeout: Duration,
) -> Result<String, Fault> {
    let driver =
        driver_path(options.driver.as_deref(), DRIVERS, "PostgreSQL", "install odbc-postgresql")?;
    // The driver takes braces around these for a part of them.
    if let Some((what, _)) = [("database name", &server.database), ("user", &server.user)]
        .iter()
        .find(|(_, value)| value.contains(';') || value.starts_with('{'))
    {
        let text = format!(
            "PostgreSQL's driver cannot be given a {what} that has a `;` or begins with `{{`: choose another"
        );
        return Err(Fault::new(Kind::LoginRefused, text));
    }
    // libpq has a word for the public ones, `system`, only since version 16.
    let (mode, ca_file) = match server.tls {
        false => ("disable", String::new()),
        true => (
            "verify-full",
            format!(" sslrootcert={}", libpq_value(&options.ca_certificates()?.to_string_lossy())),
        ),
    };
    let for_libpq = format!("connect_timeout={} keepalives_idle=30{ca_file}", timeout.as_secs());
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

/// A password or libpq's settings, in braces whatever it holds: what has none PostgreSQL's driver
/// decodes as if it stood in a URL.
fn in_braces(text: &str) -> String {
    format!("{{{}}}", text.replace('}', "}}"))
}
