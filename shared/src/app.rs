//! What an instance holds, and what every request of either function goes through.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::{Method, Response, header};

use crate::accept::{self, Format};
use crate::assets;
use crate::catalog::Catalog;
use crate::config::Config;
use crate::database::{Database, Deadline};
use crate::error::Error;
use crate::log::RequestLog;
use crate::query::{self, pairs};
use crate::render;
use crate::request::Request;
use crate::respond::{self, Content};
use crate::view::{self, ErrorPage, Site};

/// An instance of a function: it lives through many requests, one at a time.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// The connection.
    pub database: Database,
    /// The published tables.
    pub catalog: Catalog,
    /// What every page shows.
    pub site: Site,
    /// No request has been answered yet.
    cold: AtomicBool,
}

/// A request that has passed the first checks.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The request.
    pub request: &'a Request,
    /// Its query, decoded.
    pub pairs: Vec<(String, String)>,
    /// When the answer must be there.
    pub deadline: Deadline,
}

impl Ask<'_> {
    /// The representation to answer in.
    ///
    /// # Errors
    /// [`Error::NoRepresentation`], or [`Error::Parameter`] for an unknown `_format` or a second one.
    pub fn format(&self, offered: &[Format]) -> Result<Format, Error> {
        let mut named = self.pairs.iter().filter(|(name, _)| name == query::FORMAT).map(|(_, value)| value.as_str());
        let first = named.next();
        if named.next().is_some() {
            return Err(Error::parameter(query::FORMAT, "It is given twice; give it once."));
        }
        accept::choose(self.request.header(header::ACCEPT).as_deref(), first, offered)
    }
}

/// What a route answers, and what the log tells of it.
#[derive(Debug)]
pub struct Answer {
    /// The answer.
    pub reply: Reply,
    /// The table, by its catalogue name.
    pub table: Option<String>,
    /// Rows in the answer.
    pub rows: usize,
    /// The time that the database took.
    pub database_time: Duration,
    /// The time that rendering took.
    pub render_time: Duration,
}

/// The two kinds of success.
#[derive(Debug)]
pub enum Reply {
    /// A body.
    Content(Content),
    /// Another address that has the answer.
    Redirect(String),
}

impl Answer {
    /// An answer without rows.
    pub fn of(reply: Reply) -> Self {
        Self { reply, table: None, rows: 0, database_time: Duration::ZERO, render_time: Duration::ZERO }
    }
}

impl App {
    /// An instance that has not connected yet.
    pub fn new(config: Config) -> Self {
        let database = Database::new(&config);
        let catalog = Catalog::new(config.published.clone());
        let site = Site { title: config.site_title.clone(), files: assets::addresses() };
        Self { config, database, catalog, site, cold: AtomicBool::new(true) }
    }

    /// Opens the connection, so that the first request finds it. If that fails, the request will try again and say so.
    pub async fn connect(&self) {
        if let Err(error) = self.database.connect(Deadline::after(self.config.login_timeout)).await {
            tracing::warn!(reason = error.log().unwrap_or_default(), "no connection at start: {error}");
        }
    }

    /// The first checks of every request: only reading, and an address of a sane length.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::AddressTooLong`], or [`Error::Parameter`] for a query that is no UTF-8.
    pub fn ask<'a>(&self, request: &'a Request) -> Result<Ask<'a>, Error> {
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(Error::ReadOnly);
        }
        query::check_length(&request.path, &request.query)?;
        let pairs = pairs::parse(&request.query)?;
        // What a form sends becomes a shorter address, which is checked in turn.
        if !pairs.iter().any(|(name, _)| name == query::FORM) {
            query::check_next_length(&request.path, &pairs)?;
        }
        Ok(Ask { request, pairs, deadline: Deadline::after(self.config.query_timeout) })
    }

    /// Runs a route. A panic is an error like others. A table that turns out to have changed is looked up anew, once.
    ///
    /// # Errors
    /// As the route.
    pub async fn run<F: Future<Output = Result<Answer, Error>>>(&self, route: impl Fn() -> F) -> Result<Answer, Error> {
        match caught(route()).await {
            Err(Error::Changed { log }) => {
                tracing::info!(reason = log, "the catalogue is read anew");
                self.catalog.forget();
                caught(route()).await
            }
            result => result,
        }
    }

    /// Makes the response, and writes the request's line in the log.
    pub fn respond(
        &self,
        request: &Request,
        route: &'static str,
        started: Instant,
        result: Result<Answer, Error>,
    ) -> Response<Vec<u8>> {
        let http = &self.config.http;
        let mut line = RequestLog {
            request_id: request.id.clone(),
            method: request.method.to_string(),
            route,
            cold: self.cold.swap(false, Ordering::Relaxed),
            ..RequestLog::default()
        };
        let response = match result {
            Ok(answer) => {
                line.table = answer.table;
                line.rows = Some(answer.rows);
                line.db_ms = Some(milliseconds(answer.database_time));
                line.render_ms = Some(milliseconds(answer.render_time));
                match answer.reply {
                    Reply::Content(content) => {
                        line.format = Some(content.content_type);
                        respond::success(request, http, content)
                    }
                    Reply::Redirect(address) => respond::redirect(request, http, &address),
                }
            }
            Err(error) => {
                line.error = Some(error.to_log());
                line.log = error.log().map(str::to_owned);
                respond::failure(request, http, &error, |page| {
                    let ways = view::ways_on(&request.path, &request.query, &error);
                    render::html::error(&self.site, &ErrorPage { ways, ..page.clone() })
                })
            }
        };
        line.status = response.status().as_u16();
        line.bytes = response.body().len();
        line.total_ms = milliseconds(started.elapsed());
        line.emit();
        response
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A future whose panic is an error, not the end of the instance.
async fn caught<F: Future<Output = Result<Answer, Error>>>(future: F) -> Result<Answer, Error> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Err(Error::internal("a panic while the request was answered"))))
    })
    .await
}
