//! The functions behind the gateway: which addresses each has, and how it answers.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::Response;
use iris_tables::app::App;
use iris_tables::config::Config;
use iris_tables::request::Request;
use local_start::config::Settings;

use crate::pool::Pool;
use crate::respond::{self, Refusal};

/// How long an answer may take, waiting for an instance included; API Gateway gives up after 30
/// seconds.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// What a function answers, or why it does not.
type Answered = Result<Response<Vec<u8>>, Refusal>;

/// An answer on its way. In a box: the compiler counts futures within futures, and a request has
/// many.
type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How a function answers with one of its instances.
type Handler = fn(Arc<App>, Request) -> Answering<Response<Vec<u8>>>;

/// A deployed function.
struct Function {
    name: &'static str,
    /// Whether it has this address.
    takes: fn(&str) -> bool,
    answer: Handler,
}

/// All of them. An address goes to the first that takes it.
const FUNCTIONS: [Function; 2] = [
    Function {
        name: "table",
        takes: |path| path.strip_prefix("/table/").is_some_and(|table| !table.is_empty()),
        answer: |app, request| Box::pin(async move { table::handle(&app, &request).await }),
    },
    Function {
        name: "index",
        takes: |_| true,
        answer: |app, request| Box::pin(async move { index::handle(&app, &request).await }),
    },
];

/// The functions with their instances.
#[derive(Debug)]
pub struct Functions(Vec<Arc<Pool<App>>>);

impl Functions {
    /// Without instances; requests make them.
    pub fn new(settings: &Settings, config: &Config) -> Arc<Self> {
        let pool = |function: &Function| {
            Pool::new(function.name, config.clone(), settings.instances, settings.queue)
        };
        Arc::new(Self(FUNCTIONS.iter().map(pool).collect()))
    }

    /// The answer, of a function or of the gateway itself.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response<Vec<u8>> {
        to_its_end(Box::pin(async move { self.answer_of_function(request).await })).await
    }

    async fn answer_of_function(&self, request: Request) -> Answered {
        let mut functions = FUNCTIONS.iter().zip(&self.0);
        let function = functions.find(|(function, _)| (function.takes)(&request.path));
        let (function, pool) = function.ok_or(Refusal::NoPath)?;
        let lease = pool.lease().await?;
        let response = (function.answer)(Arc::clone(&lease.instance), request).await;
        lease.give_back();
        respond::carried(response)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        let closing = self.0.iter().map(|pool| pool.close());
        for each in closing {
            each.await;
        }
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
            ("/", "index"),
            ("/table", "index"),
            ("/table/", "index"),
            ("/x/table/T", "index"),
            ("/table/T", "table"),
            ("/table/T/row", "table"),
        ] {
            let function = FUNCTIONS.iter().find(|function| (function.takes)(path));
            assert_eq!(function.map(|function| function.name), Some(name), "{path}");
        }
    }
}
