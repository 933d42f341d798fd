//! A folder of SQLite files as one database: each file is attached as a schema, read-only.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use odbc_api::{Connection, ConnectionOptions, escape_attribute_value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Open, Options, driver_path, run};
use crate::config::Patterns;
use crate::database::fault::{Fault, Kind};
use crate::database::sqlite_limit;
use crate::sql::Dialect;

/// Milliseconds that SQLite waits for a lock. Its driver's own default is 100 seconds. For most statements the driver
/// (0.9998) waits twice: it prepares them anew after a failure.
const SQLITE_BUSY_MS: u32 = 1_000;

/// Where Debian, Ubuntu and Fedora put SQLite's driver, and where a Lambda layer would.
const SQLITE_DRIVERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so",
    "/usr/lib/aarch64-linux-gnu/odbc/libsqlite3odbc.so",
    "/usr/lib64/libsqlite3odbc.so",
    "/opt/lib/libsqlite3odbc.so",
];

/// Opens the folder.
pub fn connect(folder: &Path, options: &Options) -> Result<Open, Fault> {
    let driver = driver_path(options.driver.as_deref(), SQLITE_DRIVERS, "SQLite", "install the package libsqliteodbc")?;
    sqlite_limit::prepare(&driver);
    // Its own path: a link that leads elsewhere later is not to change what has been attached.
    let own = folder.canonicalize().map_err(|error| unreadable(folder, &error.to_string()))?;
    let files = published_files(&own, &options.published)?;
    let text = format!(
        "DRIVER={};Database=:memory:;StepAPI=1;NoWCHAR=1;Timeout={SQLITE_BUSY_MS}",
        escape_attribute_value(&driver)
    );
    let connection =
        Open::in_turn(|| odbc_api::environment()?.connect_with_connection_string(&text, ConnectionOptions::default()))?;
    attach(&connection, files)?;
    run(&connection, "PRAGMA query_only = ON")?;
    Ok(connection)
}

/// Makes each file a schema. One that SQLite does not take (no database, a name of SQLite's own such as `main`, more
/// files than it attaches) is left out with a word in the log: the others can be read all the same.
fn attach(connection: &Connection<'static>, files: Vec<(String, String)>) -> Result<(), Fault> {
    let mut attached = 0;
    let mut refused = None;
    for (schema, path) in files {
        // mode=ro: SQLite itself refuses every write to the file.
        let uri = format!("file:{}?mode=ro", utf8_percent_encode(&path, URI_PATH));
        let result = run(connection, &format!("ATTACH '{uri}' AS {}", Dialect::Sqlite.quote(&schema)));
        match result.map_err(|fault| fault.classify(Dialect::Sqlite)) {
            Ok(()) => attached += 1,
            Err((kind @ Kind::LimitReached, log)) => return Err(Fault::Known(kind, log)),
            Err((_, log)) => {
                tracing::warn!(file = path, reason = log, "this file is left out");
                refused = Some(format!("{path}: {log}"));
            }
        }
    }
    match refused {
        Some(log) if attached == 0 => Err(Fault::Known(Kind::Unreachable, log)),
        _ => Ok(()),
    }
}

/// Which files of the folder are read, by name and identity: a file that is replaced by another one of its name is
/// another one. Nothing where that cannot be told.
pub fn holds(folder: &Path, published: &Patterns) -> Option<Vec<(String, u64, u64)>> {
    let identified = |(schema, path): (String, String)| {
        let file = std::fs::metadata(path).ok()?;
        Some((schema, file.dev(), file.ino()))
    };
    published_files(folder, published).ok()?.into_iter().map(identified).collect()
}

/// What may stand as it is in the path of a `file:` URI within an SQL text.
const URI_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// The folder's databases that hold something to publish, by name: SQLite attaches ten of them at most.
fn published_files(folder: &Path, published: &Patterns) -> Result<Vec<(String, String)>, Fault> {
    let mut files = database_files(folder)?;
    files.retain(|(schema, _)| published.reaches(schema));
    Ok(files)
}

/// The folder's databases by name.
fn database_files(folder: &Path) -> Result<Vec<(String, String)>, Fault> {
    let failed = |why: &str| unreadable(folder, why);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(&error.to_string()))? {
        let path = entry.map_err(|error| failed(&error.to_string()))?.path();
        if path.extension().is_none_or(|extension| extension != "db") {
            continue;
        }
        match (path.file_stem().and_then(|name| name.to_str()), path.to_str()) {
            (Some(name), Some(whole)) => files.push((name.to_owned(), whole.to_owned())),
            _ => return Err(failed(&format!("the name of {} is not UTF-8", path.display()))),
        }
    }
    if files.is_empty() {
        return Err(failed("it holds no file NAME.db"));
    }
    files.sort();
    Ok(files)
}

fn unreadable(folder: &Path, why: &str) -> Fault {
    Fault::Known(Kind::Unreachable, format!("the folder {}: {why}", folder.display()))
}
