//! The site function: the files that pages load. It has no database, so nothing limits how many of
//! its instances there are: a page asks for several files at once, and Lambda refuses what finds no
//! free instance.

mod instance;

use std::time::Duration;

use http::Response;
use iris_tables::assets;
use iris_tables::error::Error;
use iris_tables::frame::{Ask, Reply, caught};
use iris_tables::record::Record;
use iris_tables::request::Request;
use iris_tables::respond::{Caching, Content};

pub use instance::Site;

/// The addresses of this function, beside those below [`assets::PREFIX`].
const FAVICON: &str = "/favicon.ico";

/// Time for an answer.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    File,
    Favicon,
    Unknown,
}

impl Route {
    fn of(path: &str) -> Self {
        match path {
            FAVICON => Self::Favicon,
            path if path.starts_with(assets::PREFIX) => Self::File,
            _ => Self::Unknown,
        }
    }

    /// As the log has it.
    fn name(self) -> &'static str {
        match self {
            Self::File => "static",
            Self::Favicon => "favicon",
            Self::Unknown => "unknown",
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
    let result = caught(async { answer(site, request, &record, route) }).await;
    site.frame.respond(request, &record, result)
}

fn answer(site: &Site, request: &Request, record: &Record, route: Route) -> Result<Reply, Error> {
    let ask = site.frame.ask(request, record)?;
    match route {
        Route::File => file(&ask),
        Route::Favicon => Ok(favicon()),
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
