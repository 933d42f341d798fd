//! The index function: the list of published tables, the API's description, health, and every
//! unknown address.

mod docs;
mod health;
mod me;
mod openapi;
mod tables;

use http::Response;
use iris_tables::app::{App, Reply, RouteAccess};
use iris_tables::error::Error;
use iris_tables::record::Record;
use iris_tables::request::Request;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The list of tables.
    Index,
    /// This instance answers.
    Health,
    /// Secret and database do, too.
    DeepHealth,
    /// The API, for programs.
    OpenApi,
    /// The same for people.
    Docs,
    /// Who the caller is taken for.
    Me,
    /// Nothing.
    Unknown,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Index,
        Self::Health,
        Self::DeepHealth,
        Self::OpenApi,
        Self::Docs,
        Self::Me,
        Self::Unknown,
    ];

    /// The route of an address. Whatever health is asked beside nothing is for known callers.
    pub fn of(path: &str, query: &str) -> Self {
        match path {
            "/" => Self::Index,
            "/health" if query.is_empty() => Self::Health,
            "/health" => Self::DeepHealth,
            "/openapi.json" => Self::OpenApi,
            "/docs" => Self::Docs,
            "/me" => Self::Me,
            _ => Self::Unknown,
        }
    }

    /// As the log has it.
    fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Health | Self::DeepHealth => "health",
            Self::OpenApi => "openapi",
            Self::Docs => "docs",
            Self::Me => "me",
            Self::Unknown => "unknown",
        }
    }

    /// Whether everybody may ask.
    pub fn access(self) -> RouteAccess {
        match self {
            Self::Health => RouteAccess::Public,
            _ => RouteAccess::Protected,
        }
    }
}

/// Answers a request to any address but those of the other functions.
pub async fn handle(app: &App, request: &Request) -> Response<Vec<u8>> {
    let record = app.record();
    let route = Route::of(&request.path, &request.query);
    record.note(|line| line.route = route.name());
    let result = app.run(&record, || answer(app, request, &record, route)).await;
    app.respond(request, &record, result)
}

async fn answer(
    app: &App,
    request: &Request,
    record: &Record,
    route: Route,
) -> Result<Reply, Error> {
    let ask = app.ask(request, record, route.access()).await?;
    match route {
        Route::Index => tables::answer(app, &ask).await,
        Route::Health | Route::DeepHealth => health::answer(app, &ask).await,
        Route::OpenApi => openapi::answer(app, &ask).await,
        Route::Docs => docs::answer(app, &ask).await,
        Route::Me => me::answer(app, &ask),
        Route::Unknown => Err(Error::UnknownPath),
    }
}
