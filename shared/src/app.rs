//! An instance of a function with a database: what it holds between requests.

use std::future::Future;

use http::Response;

use crate::audit::Audit;
use crate::catalog::{Ages, Catalog};
use crate::config::Config;
use crate::database::Database;
use crate::dialect::Refusal;
use crate::error::Error;
pub use crate::frame::{Ask, Reply, RouteAccess};
use crate::frame::{Frame, caught};
use crate::openapi;
use crate::record::Record;
use crate::request::Request;
use crate::table::TableName;

/// An instance of a function: it lives through many requests, one at a time.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// The connection.
    pub database: Database,
    /// The published tables.
    pub catalog: Catalog,
    /// What `/openapi.json` says of them.
    pub description: openapi::Kept,
    /// What surrounds every answer.
    pub frame: Frame,
    /// Who has seen which rows, where that is written down.
    pub audit: Option<Audit>,
}

impl App {
    /// An instance that has not connected yet.
    pub fn new(config: Config) -> Self {
        let database = Database::new(&config);
        let catalog = Catalog::new(&config, Ages::default());
        let frame = Frame::new(config.site.clone());
        let audit = config.audit.clone().map(Audit::new);
        Self { config, database, catalog, description: openapi::Kept::default(), frame, audit }
    }

    /// Opens the connection, so that the first request finds it. If that fails, the request will
    /// try again and say so.
    pub async fn connect(&self) {
        if let Err(error) = self.database.connect(&Record::new(self.config.login_timeout)).await {
            tracing::warn!(
                reason = error.log().unwrap_or_default(),
                "no connection at start: {error}"
            );
        }
    }

    /// A request that comes in now.
    pub fn record(&self) -> Record {
        Record::new(self.config.query_timeout)
    }

    /// As [`Frame::ask`].
    ///
    /// # Errors
    /// The same.
    pub async fn ask<'a>(
        &'a self,
        request: &'a Request,
        record: &'a Record,
        access: RouteAccess,
    ) -> Result<Ask<'a>, Error> {
        self.frame.ask(request, record, access).await
    }

    /// Runs a route. A panic is an error like others. A table that may have changed is looked up
    /// again, once.
    ///
    /// # Errors
    /// As the route.
    pub async fn run<F: Future<Output = Result<Reply, Error>>>(
        &self,
        record: &Record,
        route: impl Fn() -> F,
    ) -> Result<Reply, Error> {
        // In a box: the compiler counts futures within futures, and there are many on the way to
        // the database.
        let attempt = || caught(Box::pin(route()));
        let result = attempt().await;
        let Some(table) = record.table() else { return result };
        match result {
            Err(Error::Changed { log }) if self.catalog.forget(&table) => {
                tracing::info!(reason = log, "a table is looked up again");
                let result = attempt().await;
                if matches!(result, Err(Error::Changed { .. })) {
                    self.catalog.forgot_in_vain(&table);
                }
                result
            }
            Err(Error::Denied { log }) => {
                self.narrowed(record, &table, Refusal::Privilege, Error::Denied { log }, attempt)
                    .await
            }
            Err(Error::Failed { log }) => {
                self.narrowed(record, &table, Refusal::Comparison, Error::Failed { log }, attempt)
                    .await
            }
            Err(Error::UnknownColumn { .. }) if self.catalog.doubt(&table) => attempt().await,
            result => result,
        }
    }

    /// Runs a route again once it is known what can be read of its table, where that is less than
    /// the catalogue says.
    async fn narrowed<F: Future<Output = Result<Reply, Error>>>(
        &self,
        record: &Record,
        table: &TableName,
        refusal: Refusal,
        error: Error,
        attempt: impl Fn() -> F,
    ) -> Result<Reply, Error> {
        if !Box::pin(self.catalog.narrow(&self.database, table, refusal, record)).await? {
            return Err(error);
        }
        tracing::info!(reason = error.log(), "of {table} less can be read than is listed");
        attempt().await
    }

    /// As [`Frame::respond`]; where a table is audited, once that is written.
    pub async fn respond_audited(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
    ) -> Response<Vec<u8>> {
        match &self.audit {
            None => self.frame.respond(request, record, result),
            Some(audit) => self.frame.respond_audited(request, record, result, audit).await,
        }
    }

    /// As [`Frame::respond`].
    pub fn respond(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
    ) -> Response<Vec<u8>> {
        self.frame.respond(request, record, result)
    }
}
