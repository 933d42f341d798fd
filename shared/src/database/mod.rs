//! The connection to the database: the only room that knows ODBC.
//!
//! ODBC calls block, and a driver may never come back from one. So a thread of its own owns the one connection, jobs
//! reach it through a channel, and whoever waits for an answer has a deadline. A thread that misses it is given up with
//! its connection; the next job gets a new one.

mod connect;
mod fault;
mod fetch;
mod portions;
mod session;
mod sqlite_library;
mod sqlite_limit;
mod widths;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::config::{Config, Source};
use crate::error::{Error, Unavailable};
use crate::record::{Deadline, Record};
use crate::secrets::Secrets;
use crate::sql::{Dialect, Statement};

use connect::Connector;
use session::Session;

/// Receives the rows of a result.
pub trait Sink: Send + 'static {
    /// Takes a row: a cell for each output, NULL as nothing. Breaks when it wants no more rows.
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()>;
}

/// A finished reading.
#[derive(Debug)]
pub struct Reading<S> {
    /// What received the rows.
    pub sink: S,
    /// The time that the sink took.
    pub sink_time: Duration,
    /// The time that it took to connect, where the connection had rested too long or was lost.
    pub connect_time: Duration,
}

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The one connection of this instance, seen from the asynchronous side.
#[derive(Debug)]
pub struct Database {
    connector: Arc<Connector>,
    secrets: Option<Secrets>,
    worker: Mutex<Option<Worker>>,
    /// The last job left an open connection. Should that be gone meanwhile, the next one opens it anew by itself.
    is_open: AtomicBool,
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
pub struct Rests {
    /// A server's connection that rested longer than this is opened anew: a firewall may have forgotten it without a word.
    pub connection: Duration,
    /// A login that the server refused is not tried for this long; for twice as long after each further refusal.
    pub refused: Duration,
}

impl Default for Rests {
    fn default() -> Self {
        Self { connection: Duration::from_secs(240), refused: connect::FIRST_REST }
    }
}

/// How long closing may take. Lambda kills the process 500 ms after it has asked it to end.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(300);

/// Threads that may be lost to the driver before the process is better ended: each holds a connection and memory.
const MOST_ABANDONED: usize = 3;

impl Database {
    /// The database that the settings name. It connects when it is first used.
    pub fn new(config: &Config) -> Self {
        Self::resting(config, Rests::default())
    }

    /// The same with other rests.
    pub fn resting(config: &Config, rests: Rests) -> Self {
        let secrets = match &config.source {
            Source::Secret(id) => Some(Secrets::new(id.clone(), config.database_ca_file.is_some())),
            Source::Url(_) => None,
        };
        let connector = Arc::new(Connector::new(config, rests));
        Self {
            connector,
            secrets,
            worker: Mutex::default(),
            is_open: AtomicBool::new(false),
            abandoned: Mutex::default(),
        }
    }

    /// Its SQL.
    pub fn dialect(&self) -> Dialect {
        self.connector.dialect()
    }

    /// Too many threads never came back from the driver: the process should end when it can.
    pub fn is_worn_out(&self) -> bool {
        let mut abandoned = lock(&self.abandoned);
        abandoned.retain(|life| life.strong_count() > 0);
        abandoned.len() >= MOST_ABANDONED
    }

    /// Closes the connection and waits until that is done, but not long: the process is about to be ended anyway.
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
    /// [`Error::Unavailable`], or [`Error::Timeout`] at the deadline. A later call tries anew.
    pub async fn connect(&self, record: &Record) -> Result<(), Error> {
        self.logged_in(record, || self.open(record)).await
    }

    /// Runs a statement; its rows go to a sink, which renders them. `new_sink` makes one for each attempt: a lost
    /// connection, or a cell longer than its buffer, starts the reading again.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Timeout`], [`Error::Changed`] or [`Error::Internal`].
    pub async fn read<S: Sink>(
        &self,
        statement: Statement,
        record: &Record,
        new_sink: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<S, Error> {
        let Reading { sink, sink_time, .. } = self.reading(statement, record, new_sink).await?;
        record.note(|line| {
            line.database_time = line.database_time.saturating_sub(sink_time);
            line.render_time += sink_time;
        });
        Ok(sink)
    }

    /// Runs a statement and gives its rows as texts: for small results such as the catalogue's.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn rows(&self, statement: Statement, record: &Record) -> Result<Vec<Vec<Option<String>>>, Error> {
        Ok(self.reading(statement, record, Collect::default).await?.sink.0)
    }

    async fn reading<S: Sink>(
        &self,
        statement: Statement,
        record: &Record,
        new_sink: impl Fn() -> S + Send + Sync + 'static,
    ) -> Result<Reading<S>, Error> {
        let (statement, new_sink) = (Arc::new(statement), Arc::new(new_sink));
        let attempt = || {
            let (statement, new_sink) = (Arc::clone(&statement), Arc::clone(&new_sink));
            async move {
                // Apart from the reading, so that a server that is not reached is not taken for a slow query.
                if !self.is_open.load(Ordering::Relaxed) {
                    self.open(record).await?;
                }
                let (deadline, started) = (record.deadline, Instant::now());
                let result = self.submit(deadline, move |session| session.read(&statement, deadline, &*new_sink)).await;
                self.is_open.store(result.is_ok(), Ordering::Relaxed);
                let connect_time = result.as_ref().map_or(Duration::ZERO, |reading| reading.connect_time);
                record.note(|line| {
                    line.connect_time += connect_time;
                    line.database_time += started.elapsed().saturating_sub(connect_time);
                });
                result
            }
        };
        self.logged_in(record, attempt).await
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

    /// Makes sure that the server is known before, and that a login refused after a rotation is tried once more with
    /// what the secret says now.
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
                        tracing::info!("the login was refused; the secret has changed and is tried");
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
        let job: Job = Box::new(move |session| {
            // Where nobody waits any more, nothing is to be done.
            if !reply.is_closed() {
                let _ = reply.send(run(session));
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
                Err(Error::Timeout { limit: deadline.limit })
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
        let new = Worker::start(Arc::clone(&self.connector))
            .map_err(|error| Error::internal(format!("the database thread does not start: {error}")))?;
        let (sent, life) = (new.jobs.send(job), new.life.clone());
        *worker = Some(new);
        sent.map(|()| life).map_err(|_| Error::internal("the database thread ended at once"))
    }

    /// No job goes to that thread any more; it ends when it has none left, should its driver ever come back. False where
    /// it had been dismissed already.
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

/// Keeps rows as they come: for one row.
#[derive(Debug, Default)]
pub struct RawRows(pub Vec<Vec<Option<Vec<u8>>>>);

impl Sink for RawRows {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        self.0.push(cells.iter().map(|cell| cell.map(<[u8]>::to_vec)).collect());
        ControlFlow::Continue(())
    }
}

#[derive(Default)]
struct Collect(Vec<Vec<Option<String>>>);

impl Sink for Collect {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let text = |cell: &Option<&[u8]>| cell.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        self.0.push(cells.iter().map(text).collect());
        ControlFlow::Continue(())
    }
}
