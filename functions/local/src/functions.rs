//! The functions behind the gateway: which addresses each has, and how it answers.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use iris_tables::app::App;
use iris_tables::config::Config;
use iris_tables::request::Request;
use local_start::config::Settings;
use site::Site;

use crate::pool::Pool;
use crate::respond::{self, Refusal};

/// How long an answer may take, waiting for an instance included; API Gateway gives up after 30
/// seconds.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// Instances of the site function at most: as many as a new account may have of all functions.
const SITE_INSTANCES: usize = 1_000;

/// What a function answers, or why it does not.
type Answered = Result<Response<Vec<u8>>, Refusal>;

/// An answer on its way. In a box: the compiler counts futures within futures, and a request has
/// many.
type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A deployed function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Index,
    Site,
    Table,
}

/// Which function has an address, as template.yaml has it too.
fn function_of(path: &str) -> Name {
    if path.strip_prefix("/table/").is_some_and(|table| !table.is_empty()) {
        Name::Table
    } else if site::takes(path) {
        Name::Site
    } else {
        Name::Index
    }
}

/// The functions with their instances.
#[derive(Debug)]
pub struct Functions {
    index: Arc<Pool<App>>,
    site: Arc<Pool<Site>>,
    table: Arc<Pool<App>>,
}

impl Functions {
    /// Without instances; requests make them.
    pub fn new(settings: &Settings, config: &Config) -> Arc<Self> {
        let pool = |name| Pool::new(name, config.clone(), settings.instances, settings.queue);
        Arc::new(Self {
            index: pool("index"),
            site: Pool::new("site", config.site.clone(), SITE_INSTANCES, settings.queue),
            table: pool("table"),
        })
    }

    /// The answer, of a function or of the gateway itself.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response<Vec<u8>> {
        let name = function_of(&request.path);
        to_its_end(Box::pin(async move { self.answer_of(name, request).await })).await
    }

    /// The same at the address for programs, which has no site function.
    pub async fn answer_to_program(self: Arc<Self>, request: Request) -> Response<Vec<u8>> {
        let name = match function_of(&request.path) {
            Name::Site => Name::Index,
            name => name,
        };
        to_its_end(Box::pin(async move { self.answer_of(name, request).await })).await
    }

    async fn answer_of(&self, name: Name, request: Request) -> Answered {
        let response = match name {
            Name::Index => {
                let lease = self.index.lease().await?;
                let response = index::handle(&lease.instance, &request).await;
                lease.give_back();
                response
            }
            Name::Site => {
                let lease = self.site.lease().await?;
                let response = site::handle(&lease.instance, &request).await;
                lease.give_back();
                response
            }
            Name::Table => {
                let lease = self.table.lease().await?;
                let response = table::handle(&lease.instance, &request).await;
                lease.give_back();
                response
            }
        };
        respond::carried(response)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.index.close().await;
        self.table.close().await;
    }
}

/// Waits for an answer as long as the gateway does. As on Lambda, it is made to its end even if the
/// client has gone.
async fn to_its_end(answering: Answering<Answered>) -> Response<Vec<u8>> {
    let in_time = tokio::spawn(tokio::time::timeout(TIME_LIMIT, answering)).await;
    let answer =
        in_time.map_or(Err(Refusal::Failed), |answer| answer.unwrap_or(Err(Refusal::Late)));
    answer.unwrap_or_else(|refusal| {
        if let Some(reason) = refusal.fault() {
            tracing::warn!(reason, "a request has no answer of a function");
        }
        refusal.response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_never_comes_is_given_up_and_a_panic_is_an_answer() {
        let status = |response: Response<Vec<u8>>| response.status().as_u16();
        assert_eq!(status(to_its_end(Box::pin(std::future::pending())).await), 504);
        assert_eq!(status(to_its_end(Box::pin(async { panic!("in a function") })).await), 500);
        let slow = async {
            tokio::time::sleep(TIME_LIMIT / 2).await;
            Ok(Response::new(Vec::new()))
        };
        assert_eq!(status(to_its_end(Box::pin(slow)).await), 200);
    }

    #[test]
    fn each_function_has_its_addresses() {
        for (path, name) in [
            ("/", Name::Index),
            ("/table", Name::Index),
            ("/table/", Name::Index),
            ("/x/table/T", Name::Index),
            ("/static", Name::Index),
            ("/static/x.css", Name::Site),
            ("/favicon.ico", Name::Site),
            ("/table/T", Name::Table),
            ("/table/T/row", Name::Table),
            ("/table/static/", Name::Table),
        ] {
            assert_eq!(function_of(path), name, "{path}");
        }
    }
}
