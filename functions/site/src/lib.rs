//! The site function: the files that pages load, and sign-in. It has no database, so nothing limits how many of
//! its instances there are: a page asks for several files at once, and Lambda refuses what finds no
//! free instance.

mod instance;
mod login;
mod logout;

use std::time::Duration;

use http::Response;
use iris_tables::assets;
use iris_tables::error::Error;
use iris_tables::frame::{Ask, LOGIN, Reply, RouteAccess, caught};
use iris_tables::oidc::CALLBACK;
use iris_tables::record::Record;
use iris_tables::request::Request;
use iris_tables::respond::{Caching, Content};

use crate::logout::{LOGOUT, SIGNED_OUT};

pub use instance::Site;

/// The addresses of this function, beside those below [`assets::PREFIX`].
const FAVICON: &str = "/favicon.ico";

/// Time for an answer.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// One of the pages' files.
    File,
    /// The icon.
    Favicon,
    /// To the provider.
    Login,
    /// Back from it.
    Callback,
    /// The end of a session.
    Logout,
    /// After it.
    SignedOut,
    /// Nothing.
    Unknown,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::File,
        Self::Favicon,
        Self::Login,
        Self::Callback,
        Self::Logout,
        Self::SignedOut,
        Self::Unknown,
    ];

    /// The route of an address.
    pub fn of(path: &str) -> Self {
        match path {
            FAVICON => Self::Favicon,
            LOGIN => Self::Login,
            CALLBACK => Self::Callback,
            LOGOUT => Self::Logout,
            SIGNED_OUT => Self::SignedOut,
            path if path.starts_with(assets::PREFIX) => Self::File,
            _ => Self::Unknown,
        }
    }

    /// As the log has it.
    fn name(self) -> &'static str {
        match self {
            Self::File => "static",
            Self::Favicon => "favicon",
            Self::Login => "login",
            Self::Callback => "callback",
            Self::Logout | Self::SignedOut => "logout",
            Self::Unknown => "unknown",
        }
    }

    /// Whether everybody may ask. The gateway has checked tokens and signatures before, so there
    /// what it lets through has a caller.
    pub fn access(self) -> RouteAccess {
        match self {
            Self::Unknown => RouteAccess::Protected,
            _ => RouteAccess::Public,
        }
    }
}

/// Whether an address is this function's, as template.yaml has it too.
pub fn takes(path: &str) -> bool {
    Route::of(path) != Route::Unknown
}

/// Answers a request to one of its addresses.
pub async fn handle(site: &Site, request: &Request) -> Response<Vec<u8>> {
    let record = Record::new(TIME_LIMIT);
    let route = Route::of(&request.path);
    record.note(|line| line.route = route.name());
    let result = caught(Box::pin(answer(site, request, &record, route))).await;
    site.frame.respond(request, &record, result)
}

async fn answer(
    site: &Site,
    request: &Request,
    record: &Record,
    route: Route,
) -> Result<Reply, Error> {
    let ask = site.frame.ask(request, record, route.access()).await?;
    match route {
        Route::File => file(&ask),
        Route::Favicon => Ok(favicon()),
        Route::Login => login::begin(site, &ask).await,
        Route::Callback => login::complete(site, &ask).await,
        Route::Logout => logout::end(site, &ask).await,
        Route::SignedOut => logout::done(&ask),
        Route::Unknown => Err(Error::UnknownPath),
    }
}

/// One of the pages' own files. Its name changes with its contents, so it may be cached for ever.
fn file(ask: &Ask<'_>) -> Result<Reply, Error> {
    let name = ask.request.path.strip_prefix(assets::PREFIX).unwrap_or_default();
    let asset = assets::find(name).ok_or(Error::UnknownPath)?;
    let mut content = Content::new(asset.content_type, asset.plain);
    content.gzip = Some(asset.gzip);
    content.caching = Caching::Immutable;
    Ok(Reply::Content(content))
}

/// The icon that browsers ask for unasked, where no page has named one.
fn favicon() -> Reply {
    let mut content = Content::new("image/x-icon", assets::FAVICON);
    content.caching = Caching::Day;
    Reply::Content(content)
}
