//! Opening a connection.

mod server;
mod sqlite;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use odbc_api::Connection;

use super::fault::{Fault, Kind};
use crate::config::{Config, DatabaseUrl, Engine, Patterns, Server, Source};
use crate::sql::Dialect;

/// Drivers change state of the whole process while they connect (IRIS' sets the locale), so one connects at a time.
///
/// Where a server never answers, those behind it wait for ever too: their requests are answered at their deadlines, and all
/// these threads are lost, until the instance is worn out and ends.
static CONNECTING: Mutex<()> = Mutex::new(());

/// What can be connected to, and how.
#[derive(Debug)]
pub struct Connector {
    target: Mutex<Target>,
    options: Options,
    longest_rest: Duration,
}

#[derive(Debug, Clone)]
enum Target {
    /// A folder of SQLite files; each `NAME.db` is the schema `NAME`.
    Sqlite(PathBuf),
    /// A server.
    Server(Server),
    /// A server whose address and login are still to be read.
    Unknown,
}

/// What the settings say of every connection.
#[derive(Debug, Clone)]
pub struct Options {
    /// The driver, where it is not in a usual place.
    pub driver: Option<PathBuf>,
    /// CA certificates for TLS.
    pub ca_file: Option<PathBuf>,
    /// How long a login may take.
    pub login_timeout: Duration,
    /// What is published: no file is opened for anything else.
    pub published: Patterns,
}

impl Connector {
    /// What the settings name. A connection that rested longer than this is opened anew.
    pub fn new(config: &Config, longest_rest: Duration) -> Self {
        let target = match &config.source {
            Source::Url(DatabaseUrl::Sqlite { folder }) => Target::Sqlite(folder.clone()),
            Source::Url(DatabaseUrl::Server(server)) => Target::Server(server.clone()),
            Source::Secret(_) => Target::Unknown,
        };
        let options = Options {
            driver: config.odbc_driver.clone(),
            ca_file: config.database_ca_file.clone(),
            login_timeout: config.login_timeout,
            published: config.published.clone(),
        };
        Self { target: Mutex::new(target), options, longest_rest }
    }

    /// Connects to this server from now on.
    pub fn set_server(&self, server: Server) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = Target::Server(server);
    }

    /// How long a server's connection may rest.
    pub fn longest_rest(&self) -> Duration {
        self.longest_rest
    }

    /// Its SQL. IRIS' as long as it is not known: nothing is asked of a database before.
    pub fn dialect(&self) -> Dialect {
        match &*self.target.lock().unwrap_or_else(PoisonError::into_inner) {
            Target::Sqlite(_) => Dialect::Sqlite,
            Target::Server(Server { engine: Engine::Postgres, .. }) => Dialect::Postgres,
            Target::Server(Server { engine: Engine::Iris, .. }) | Target::Unknown => Dialect::Iris,
        }
    }

    /// What a connection opened now would find, where a folder is connected to; an open one finds what was there then.
    pub fn holds(&self) -> Option<Vec<(String, u64, u64)>> {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match target {
            Target::Sqlite(folder) => sqlite::holds(&folder, &self.options.published),
            Target::Server(_) | Target::Unknown => None,
        }
    }

    /// Opens a connection that only reads.
    pub fn connect(&self) -> Result<Open, Fault> {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match target {
            Target::Sqlite(folder) => sqlite::connect(&folder, &self.options),
            Target::Server(server) => {
                let _turn = turn();
                server::connect(&server, &self.options).map(Open::at_any_time)
            }
            Target::Unknown => Err(Fault::Known(Kind::Unreachable, "the database's secret has not been read".into())),
        }
    }
}

fn turn() -> MutexGuard<'static, ()> {
    CONNECTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open connection, closed when it is dropped. Its fields are dropped in their order: the turn lasts until it is closed.
#[derive(Debug)]
pub struct Open {
    connection: Connection<'static>,
    closes_in_turn: bool,
    turn: Option<MutexGuard<'static, ()>>,
}

impl Open {
    /// Opens one in turn, and closes it so. SQLite's driver keeps all connections in one list that nothing guards outside
    /// Windows (its `drvallocconnect`): one that is closed while another is opened may leave the list broken, and the
    /// process hanging or dead.
    fn in_turn(open: impl FnOnce() -> Result<Connection<'static>, odbc_api::Error>) -> Result<Self, Fault> {
        let _turn = turn();
        Ok(Self { connection: open()?, closes_in_turn: true, turn: None })
    }

    /// To close a connection may take as long as its server likes. Nobody else waits for that.
    fn at_any_time(connection: Connection<'static>) -> Self {
        Self { connection, closes_in_turn: false, turn: None }
    }
}

impl Deref for Open {
    type Target = Connection<'static>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.turn = self.closes_in_turn.then(turn);
    }
}

fn run(connection: &Connection<'static>, sql: &str) -> Result<(), Fault> {
    connection.execute(sql, (), None)?;
    Ok(())
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
