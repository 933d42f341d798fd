//! Opening a connection.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

use odbc_api::{Connection, ConnectionOptions, escape_attribute_value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::fault::{Fault, Kind};
use crate::config::{Config, DatabaseUrl, Source};
use crate::sql::Dialect;

/// Milliseconds that SQLite waits for a lock. Its driver's own default is 100 seconds.
const SQLITE_BUSY_MS: u32 = 2_000;

/// Where Debian, Ubuntu and Fedora put SQLite's driver, and where a Lambda layer would.
const SQLITE_DRIVERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so",
    "/usr/lib/aarch64-linux-gnu/odbc/libsqlite3odbc.so",
    "/usr/lib64/libsqlite3odbc.so",
    "/opt/lib/libsqlite3odbc.so",
];

/// Drivers change state of the whole process while they connect (IRIS' sets the locale), so one connects at a time.
static CONNECTING: Mutex<()> = Mutex::new(());

/// What can be connected to.
#[derive(Debug)]
pub enum Connector {
    /// A folder of SQLite files; each `NAME.db` is the schema `NAME`.
    Sqlite {
        /// The folder.
        folder: PathBuf,
        /// The driver, where it is not in a usual place.
        driver: Option<PathBuf>,
    },
    /// A server: its connection is the next issue's.
    NotYet,
}

impl Connector {
    /// What the settings name.
    pub fn new(config: &Config) -> Self {
        match &config.source {
            Source::Url(DatabaseUrl::Sqlite { folder }) => {
                Self::Sqlite { folder: folder.clone(), driver: config.odbc_driver.clone() }
            }
            Source::Url(DatabaseUrl::Server(_)) | Source::Secret(_) => Self::NotYet,
        }
    }

    /// Its SQL.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::NotYet => Dialect::Iris,
        }
    }

    /// Opens a connection that only reads.
    pub fn connect(&self) -> Result<Connection<'static>, Fault> {
        let _one_at_a_time = CONNECTING.lock().unwrap_or_else(PoisonError::into_inner);
        match self {
            Self::Sqlite { folder, driver } => sqlite(folder, driver.as_deref()),
            Self::NotYet => Err(Fault::Known(Kind::Unreachable, "only sqlite:FOLDER can be read so far".into())),
        }
    }
}

fn sqlite(folder: &Path, driver: Option<&Path>) -> Result<Connection<'static>, Fault> {
    let driver = driver_path(driver, SQLITE_DRIVERS, "SQLite", "install the package libsqliteodbc")?;
    let files = database_files(folder)?;
    let text = format!(
        "DRIVER={};Database=:memory:;StepAPI=1;NoWCHAR=1;Timeout={SQLITE_BUSY_MS}",
        escape_attribute_value(&driver)
    );
    let connection = odbc_api::environment()?.connect_with_connection_string(&text, ConnectionOptions::default())?;
    for (schema, path) in files {
        // mode=ro: SQLite itself refuses every write to the file.
        let uri = format!("file:{}?mode=ro", utf8_percent_encode(&path, URI_PATH));
        run(&connection, &format!("ATTACH '{uri}' AS {}", Dialect::Sqlite.quote(&schema)))?;
    }
    run(&connection, "PRAGMA query_only = ON")?;
    Ok(connection)
}

/// What may stand as it is in the path of a `file:` URI within an SQL text.
const URI_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

fn run(connection: &Connection<'static>, sql: &str) -> Result<(), Fault> {
    connection.execute(sql, (), None)?;
    Ok(())
}

/// The folder's databases by name.
fn database_files(folder: &Path) -> Result<Vec<(String, String)>, Fault> {
    let failed = |why: String| Fault::Known(Kind::Unreachable, format!("the folder {}: {why}", folder.display()));
    let folder = folder.canonicalize().map_err(|error| failed(error.to_string()))?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| failed(error.to_string()))? {
        let path = entry.map_err(|error| failed(error.to_string()))?.path();
        if path.extension().is_none_or(|extension| extension != "db") {
            continue;
        }
        match (path.file_stem().and_then(|name| name.to_str()), path.to_str()) {
            (Some(name), Some(whole)) => files.push((name.to_owned(), whole.to_owned())),
            _ => return Err(failed(format!("the name of {} is not UTF-8", path.display()))),
        }
    }
    if files.is_empty() {
        return Err(failed("it holds no file NAME.db".to_owned()));
    }
    files.sort();
    Ok(files)
}

/// The driver that was asked for, or the first that is in a usual place.
fn driver_path(asked: Option<&Path>, usual: &[&str], database: &str, help: &str) -> Result<String, Fault> {
    let found = match asked {
        Some(path) => path.is_file().then(|| path.to_string_lossy().into_owned()),
        None => usual.iter().find(|path| Path::new(path).is_file()).map(|path| (*path).to_owned()),
    };
    found.ok_or_else(|| {
        let places = asked.map_or_else(|| usual.join(", "), |path| path.display().to_string());
        let text = format!("there is no ODBC driver for {database} at {places}: {help}, or set ODBC_DRIVER");
        Fault::Known(Kind::Unreachable, text)
    })
}
