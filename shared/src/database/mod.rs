//! The connection to the database.
//!
//! Drivers block, and one may never come back from a call. So a thread of its own owns the one
//! connection, jobs reach it through a channel, and whoever waits for an answer has a deadline. A
//! thread that misses it is given up with its connection; the next job gets a new one.

mod brake;
mod connection;
mod connector;
mod fault;
pub mod odbc;
mod session;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::config::{Config, Source};
use crate::dialect::{Ask, Dialect};
use crate::error::{Error, Unavailable};
use crate::record::{Deadline, Record};
use crate::secrets::Secrets;
use crate::statement::Statement;

pub use connection::{Connection, OwnedRows, Receiver, Sink, TextRows};
pub use connector::Options;
pub use fault::{Fault, Kind};

use connector::Connector;
use session::{Asking, Reading, Session};

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The one connection of this instance, seen from the asynchronous side.
#[derive(Debug)]
pub struct Database {
    connector: Arc<Connector>,
    secrets: Option<Secrets>,
    worker: Mutex<Option<Worker>>,
    /// The last job left an open connection. Should that be gone meanwhile, the next one opens it
    /// again by itself.
    is_open: AtomicBool,
    /// What the last connection said of [`Connection::generation`].
    generation: Arc<AtomicU64>,
    /// Threads that have been given up. Those that the driver let go after all are forgotten.
    abandoned: Mutex<Vec<Life>>,
}

/// The thread that owns the connection.
#[derive(Debug)]
struct Worker {
    jobs: mpsc::Sender<Job>,
    life: Life,
}

/// Points to something as long as the thread lives.
type Life = Weak<()>;

/// How long something is left alone.
#[derive(Debug, Clone, Copy)]
pub struct Idle {
    /// A server's connection that was idle longer than this is opened again: a firewall may have
    /// forgotten it without a word.
    pub connection: Duration,
    /// A login that the server refused is not tried for this long; for twice as long after each
    /// further refusal.
    pub refused: Duration,
}

impl Default for Idle {
    fn default() -> Self {
        Self { connection: Duration::from_secs(240), refused: brake::FIRST_REST }
    }
}

/// How long closing may take. Lambda kills the process 500 ms after it has asked it to end.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(300);

/// Threads that may be lost to the driver before the process is better ended: each holds a
/// connection and memory.
const MOST_ABANDONED: usize = 3;

impl Database {
    /// The database that the settings name. It connects when it is first used.
    pub fn new(config: &Config) -> Self {
        Self::with_idle(config, Idle::default())
    }

    /// The same with other times.
    pub fn with_idle(config: &Config, idle: Idle) -> Self {
        let secrets = match &config.source {
            Source::Secret(id) => Some(Secrets::new(id.clone(), config.database_ca_file.is_some())),
            Source::Url(_) => None,
        };
        let connector = Arc::new(Connector::new(config, idle));
        Self {
            connector,
            secrets,
            worker: Mutex::default(),
            is_open: AtomicBool::new(false),
            generation: Arc::default(),
            abandoned: Mutex::default(),
        }
    }

    /// Which database it is.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.connector.dialect()
    }

    /// A number that changes whenever what is read from has changed as a whole, such as a folder
    /// that has another file: what was read of the catalogue before is out of date then.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Too many threads never came back from the driver: the process should end when it can.
    pub fn is_worn_out(&self) -> bool {
        let mut abandoned = lock(&self.abandoned);
        abandoned.retain(|life| life.strong_count() > 0);
        abandoned.len() >= MOST_ABANDONED
    }

    /// Closes the connection and waits until that is done, but not long: the process is about to be
    /// ended anyway.
    pub async fn close(&self) {
        let deadline = Deadline::after(CLOSE_TIMEOUT);
        self.is_open.store(false, Ordering::Relaxed);
        let open = lock(&self.worker).is_some();
        if open
            && self
                .submit(deadline, |session| {
                    session.close();
                    Ok(())
                })
                .await
                .is_err()
        {
            tracing::warn!("the connection could not be closed in time");
        }
    }

    /// Opens the connection, if it is not open.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Timeout`] at the deadline. A later call tries again.
    pub async fn connect(&self, record: &Record) -> Result<(), Error> {
        self.logged_in(record, || self.open(record)).await
    }

    /// Runs a statement; its rows go to a sink, which renders them. `new_sink` makes one for each
    /// attempt: a lost connection, or a cell longer than its buffer, starts the reading again.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Timeout`], [`Error::Changed`] or [`Error::Internal`].
    pub async fn read<S: Sink>(
        &self,
        statement: Statement,
        record: &Record,
        new_sink: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<S, Error> {
        let deadlines = (record.deadline, record.deadline);
        self.read_until(statement, record, deadlines, new_sink).await
    }

    /// The same for what may cost no more than a part of the request's time: until the first
    /// deadline the database has time, until the second its driver.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn read_until<S: Sink>(
        &self,
        statement: Statement,
        record: &Record,
        deadlines: (Deadline, Deadline),
        new_sink: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<S, Error> {
        let Reading { sink, sink_time, .. } =
            self.reading(statement, record, deadlines, new_sink).await?;
        record.note(|line| {
            line.database_time = line.database_time.saturating_sub(sink_time);
            line.render_time += sink_time;
        });
        Ok(sink)
    }

    /// Runs a statement and gives its rows as texts: for small results.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn rows(
        &self,
        statement: Statement,
        record: &Record,
    ) -> Result<Vec<Vec<Option<String>>>, Error> {
        let deadlines = (record.deadline, record.deadline);
        Ok(self.reading(statement, record, deadlines, TextRows::default).await?.sink.0)
    }

    /// Has the catalogue read on the database's thread, by a function that may ask more than once.
    /// It may run again where the login was refused.
    ///
    /// # Errors
    /// As the function, and as [`Database::read`].
    pub async fn ask<T: Send + 'static>(
        &self,
        record: &Record,
        run: impl Fn(&mut dyn Ask) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        self.ask_until(record, (record.deadline, record.deadline), run).await
    }

    /// The same for what may cost no more than a part of the request's time: until the first
    /// deadline the database has time, until the second its driver. A driver that does not come
    /// back is given up with its connection.
    ///
    /// # Errors
    /// As [`Database::ask`].
    pub async fn ask_until<T: Send + 'static>(
        &self,
        record: &Record,
        (deadline, given_up): (Deadline, Deadline),
        run: impl Fn(&mut dyn Ask) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        let run = Arc::new(run);
        let attempt = || {
            let run = Arc::clone(&run);
            self.timed(record, given_up, move |session| {
                let mut asking = Asking { session, deadline, connect_time: Duration::ZERO };
                let result = run(&mut asking)?;
                Ok((result, asking.connect_time))
            })
        };
        Ok(self.logged_in(record, attempt).await?.0)
    }

    async fn reading<S: Sink>(
        &self,
        statement: Statement,
        record: &Record,
        (deadline, given_up): (Deadline, Deadline),
        new_sink: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<Reading<S>, Error> {
        let (statement, new_sink) = (Arc::new(statement), Arc::new(new_sink));
        let attempt = || {
            let (statement, new_sink) = (Arc::clone(&statement), Arc::clone(&new_sink));
            self.timed(record, given_up, move |session| {
                let reading = session.read(&statement, deadline, &*new_sink)?;
                let connect_time = reading.connect_time;
                Ok((reading, connect_time))
            })
        };
        Ok(self.logged_in(record, attempt).await?.0)
    }

    /// Runs a job, which also gives the time that it took to connect, and notes its times.
    async fn timed<T: Send + 'static>(
        &self,
        record: &Record,
        deadline: Deadline,
        run: impl FnOnce(&mut Session) -> Result<(T, Duration), Error> + Send + 'static,
    ) -> Result<(T, Duration), Error> {
        // Apart from the reading, so that a server that is not reached is not taken for a slow
        // query.
        if !self.is_open.load(Ordering::Relaxed) {
            self.open(record).await?;
        }
        let started = Instant::now();
        let result = self.submit(deadline, run).await;
        self.is_open.store(result.is_ok(), Ordering::Relaxed);
        let connect_time =
            result.as_ref().map_or(Duration::ZERO, |(_, connect_time)| *connect_time);
        record.note(|line| {
            line.connect_time += connect_time;
            line.database_time += started.elapsed().saturating_sub(connect_time);
        });
        result
    }

    async fn open(&self, record: &Record) -> Result<(), Error> {
        let started = Instant::now();
        let opened = self.submit(record.deadline, |session| session.connect()).await;
        self.is_open.store(opened.is_ok(), Ordering::Relaxed);
        if !matches!(opened, Ok(false)) {
            record.note(|line| line.connect_time += started.elapsed());
        }
        opened.map(drop)
    }

    /// Makes sure that the server is known before, and that a login refused after a rotation is
    /// tried once more with what the secret says now.
    async fn logged_in<T, F>(&self, record: &Record, attempt: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let Some(secrets) = &self.secrets else { return attempt().await };
        let server = match secrets.believed() {
            Some(server) => server,
            None => record.in_connect(secrets.server(record.deadline)).await?,
        };
        self.connector.set_server(server.clone());
        match attempt().await {
            Err(Error::Unavailable { why: why @ Unavailable::LoginRefused { .. }, log }) => {
                match record.in_connect(secrets.changed(&server, record.deadline)).await? {
                    Some(server) => {
                        tracing::info!(
                            "the login was refused; the secret has changed and is tried"
                        );
                        self.connector.set_server(server);
                        attempt().await
                    }
                    None => Err(Error::Unavailable { why, log }),
                }
            }
            result => result,
        }
    }

    async fn submit<T: Send + 'static>(
        &self,
        deadline: Deadline,
        run: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, mut answer) = oneshot::channel();
        let generation = Arc::clone(&self.generation);
        let job: Job = Box::new(move |session| {
            // Where nobody waits any more, there is no use in it.
            if !reply.is_closed() {
                let result = run(session);
                generation.store(session.generation(), Ordering::Relaxed);
                let _ = reply.send(result);
            }
        });
        let life = self.send(job)?;
        match tokio::time::timeout_at(deadline.at.into(), &mut answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                self.dismiss(&life);
                Err(Error::internal("the database thread ended while it worked"))
            }
            Err(_) => {
                answer.close();
                if let Ok(result) = answer.try_recv() {
                    return result;
                }
                if self.dismiss(&life) {
                    lock(&self.abandoned).push(life);
                }
                Err(Error::Timeout { limit: deadline.limit, advice: None })
            }
        }
    }

    /// Hands a job to the thread, or to a new one where there is none.
    fn send(&self, job: Job) -> Result<Life, Error> {
        let mut worker = lock(&self.worker);
        let job = match worker.as_ref() {
            Some(Worker { jobs, life }) => match jobs.send(job) {
                Ok(()) => return Ok(life.clone()),
                Err(mpsc::SendError(job)) => job,
            },
            None => job,
        };
        let new = Worker::start(Arc::clone(&self.connector)).map_err(|error| {
            Error::internal(format!("the database thread does not start: {error}"))
        })?;
        let (sent, life) = (new.jobs.send(job), new.life.clone());
        *worker = Some(new);
        sent.map(|()| life).map_err(|_| Error::internal("the database thread ended at once"))
    }

    /// No job goes to that thread any more; it ends when it has none left, should its driver ever
    /// come back. False where it had been dismissed already.
    fn dismiss(&self, life: &Life) -> bool {
        lock(&self.worker).take_if(|worker| worker.life.ptr_eq(life)).is_some()
    }
}

impl Worker {
    fn start(connector: Arc<Connector>) -> std::io::Result<Self> {
        let (jobs, taken) = mpsc::channel::<Job>();
        let lives = Arc::new(());
        let life = Arc::downgrade(&lives);
        std::thread::Builder::new().name("database".to_owned()).spawn(move || {
            // Given back last, after the connection is closed: closing may hang too.
            let _lives = lives;
            let mut session = Session::new(connector);
            while let Ok(job) = taken.recv() {
                job(&mut session);
            }
        })?;
        Ok(Self { jobs, life })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
