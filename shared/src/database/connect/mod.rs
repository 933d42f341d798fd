//! Opening a connection.

mod brake;
mod server;
mod sqlite;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use odbc_api::Connection;

use super::Rests;
use super::fault::{Fault, Kind};
use crate::config::{Config, DatabaseUrl, Engine, Patterns, Server, Source};
use crate::error::{Error, Unavailable};
use crate::sql::Dialect;

use brake::Brake;
pub use brake::FIRST_REST;

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
    brake: Mutex<Brake>,
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
    /// What the settings name.
    pub fn new(config: &Config, rests: Rests) -> Self {
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
        let brake = Mutex::new(Brake::new(rests.refused));
        Self { target: Mutex::new(target), options, brake, longest_rest: rests.connection }
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
    pub fn connect(&self) -> Result<Open, Error> {
        let target = self.target.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let opened = match target {
            Target::Sqlite(folder) => sqlite::connect(&folder, &self.options),
            Target::Server(server) => return self.log_in(&server),
            Target::Unknown => Err(Fault::Known(Kind::Unreachable, "the database's secret has not been read".into())),
        };
        opened.map_err(|fault| {
            let (kind, log) = fault.classify_connecting(self.dialect());
            kind.into_error(log, Duration::ZERO)
        })
    }

    /// Connects to a server, unless it has refused this very login a moment ago.
    fn log_in(&self, server: &Server) -> Result<Open, Error> {
        let refused = |again, log| Err(Error::Unavailable { why: Unavailable::LoginRefused { again }, log });
        let _turn = turn();
        if let Some((left, words)) = self.brake().holds(server, Instant::now()) {
            let log =
                format!("this login is not tried for {} s more, since it was refused: {words}", left.as_secs() + 1);
            return refused(left, log);
        }
        match server::connect(server, &self.options) {
            Ok(connection) => {
                self.brake().taken();
                Ok(Open::at_any_time(connection))
            }
            Err(fault) => match fault.classify_connecting(self.dialect()) {
                (Kind::LoginRefused, log) => refused(self.brake().refused(server, &log, Instant::now()), log),
                (kind, log) => Err(kind.into_error(log, Duration::ZERO)),
            },
        }
    }

    fn brake(&self) -> MutexGuard<'_, Brake> {
        self.brake.lock().unwrap_or_else(PoisonError::into_inner)
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
