//! Opening a connection, and not too often where the login is refused.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::brake::Brake;
use super::connection::Connection;
use super::fault::{Fault, Kind};
use super::{Idle, lock};
use crate::config::{Config, Patterns, Place, Server, Source, Target};
use crate::databases;
use crate::dialect::Dialect;
use crate::error::{Error, Refused, Unavailable};

/// Drivers change state of the whole process while they connect (IRIS' sets the locale), so one
/// connects at a time.
///
/// Where a server never answers, those behind it wait for ever too: their requests are answered at
/// their deadlines, and all these threads are lost, until the instance is worn out and ends.
static CONNECTING: Mutex<()> = Mutex::new(());

/// What can be connected to, and how.
#[derive(Debug)]
pub struct Connector {
    /// `None` as long as the secret that names it has not been read.
    target: Mutex<Option<Target>>,
    options: Options,
    brake: Mutex<Brake>,
    longest_idle: Duration,
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

/// Where Amazon Linux, Fedora and Debian keep the certificates of public authorities.
const PUBLIC_CA_FILES: &[&str] =
    &["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

impl Options {
    /// The certificates by which a server is checked: those of the settings, else the public ones
    /// of this machine.
    ///
    /// # Errors
    /// There are none.
    pub fn ca_certificates(&self) -> Result<PathBuf, Fault> {
        let public = || PUBLIC_CA_FILES.iter().map(PathBuf::from).find(|file| file.is_file());
        self.ca_file.clone().or_else(public).ok_or_else(|| {
            Fault::new(Kind::Unreachable, "there are no CA certificates here: set DATABASE_CA_FILE")
        })
    }
}

impl Connector {
    /// What the settings name.
    pub fn new(config: &Config, idle: Idle) -> Self {
        let target = match &config.source {
            Source::Url(target) => Some(target.clone()),
            Source::Secret(_) => None,
        };
        let options = Options {
            driver: config.odbc_driver.clone(),
            ca_file: config.database_ca_file.clone(),
            login_timeout: config.login_timeout,
            published: config.published.clone(),
        };
        let brake = Mutex::new(Brake::new(idle.refused));
        Self { target: Mutex::new(target), options, brake, longest_idle: idle.connection }
    }

    /// Connects to this server from now on.
    pub fn set_server(&self, server: Server) {
        *lock(&self.target) =
            Some(Target { dialect: server.dialect, place: Place::Server(server) });
    }

    /// How long a server's connection may be idle.
    pub fn longest_idle(&self) -> Duration {
        self.longest_idle
    }

    /// Its database. The first one that there is as long as it is not known: none is asked anything
    /// before.
    pub fn dialect(&self) -> &'static dyn Dialect {
        lock(&self.target).as_ref().map_or(databases::ALL[0], |target| target.dialect)
    }

    /// Opens a connection that only reads.
    pub fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        let target = lock(&self.target).clone();
        let opened = match target {
            Some(Target { dialect, place: Place::Server(server) }) => {
                return self.log_in(dialect, server);
            }
            Some(Target { dialect, place }) => dialect.connect(&place, &self.options),
            None => Err(Fault::new(Kind::Unreachable, "the database's secret has not been read")),
        };
        opened.map_err(|fault| fault.while_connecting().into_error(Duration::ZERO))
    }

    /// Connects to a server, unless it has refused this very login a short time ago.
    fn log_in(
        &self,
        dialect: &'static dyn Dialect,
        server: Server,
    ) -> Result<Box<dyn Connection>, Error> {
        let refused = |what, again, log| {
            Err(Error::Unavailable { why: Unavailable::LoginRefused { what, again }, log })
        };
        let _turn = CONNECTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((left, what, words)) = self.brake().holds(&server, Instant::now()) {
            let log = format!(
                "this login is not tried for {} s more, since it was refused: {words}",
                left.as_secs() + 1
            );
            return refused(what, left, log);
        }
        match dialect
            .connect(&Place::Server(server.clone()), &self.options)
            .map_err(Fault::while_connecting)
        {
            Ok(connection) => {
                self.brake().accepted();
                Ok(connection)
            }
            Err(Fault { kind: kind @ (Kind::LoginRefused | Kind::DatabaseRefused), log }) => {
                let what = Refused::by(kind);
                let rest = self.brake().refused(&server, (what, &log), Instant::now());
                refused(what, rest, log)
            }
            Err(fault) => Err(fault.into_error(Duration::ZERO)),
        }
    }

    fn brake(&self) -> MutexGuard<'_, Brake> {
        lock(&self.brake)
    }
}
