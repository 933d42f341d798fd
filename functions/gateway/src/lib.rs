//! Between Lambda and the library: events become requests, responses become answers to Lambda. All
//! functions use it.
//!
//! Events are read here, not by way of `lambda_http::run`: that puts path and query together to one
//! URI, and there is no URI for every request that API Gateway hands over. It decodes paths, and
//! `#` or `?` in a decoded path makes the query end or begin elsewhere, so that filters would be
//! lost. Queries come as the client wrote them, and `"`, `<`, `>` or a space, which curl sends as
//! they are, would end in a panic.

use std::process::ExitCode;
use std::sync::{Arc, Once};

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, Response};
use iris_tables::caller::Authorizer;
use iris_tables::request::Request;
use iris_tables::{config, log};
use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizer;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use tokio::signal::unix::{SignalKind, signal};

mod answer;
mod event;
mod extension;
mod instance;
mod retire;

pub use answer::Answer;
pub use event::Event;
pub use instance::Instance;
use retire::Retire;

/// Runs a function until Lambda ends it: reads the settings, opens the connection, answers
/// requests.
///
/// A wrong setting ends it at once, with one line that names the variable. To be called first in
/// `main`: what drivers read from the environment is set while no other thread runs.
pub fn main<I, F>(handle: impl Fn(Arc<I>, Request) -> F + Clone + Send + 'static) -> ExitCode
where
    I: Instance,
    F: Future<Output = Response<Vec<u8>>> + Send + 'static,
{
    // SAFETY: this is the process' only thread so far.
    unsafe { config::process::prepare() };
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(serve(handle)),
        Err(error) => stop(&error.to_string()),
    }
}

async fn serve<I, F>(handle: impl Fn(Arc<I>, Request) -> F + Clone + Send + 'static) -> ExitCode
where
    I: Instance,
    F: Future<Output = Response<Vec<u8>>> + Send + 'static,
{
    let config = match I::config() {
        Ok(config) => config,
        Err(error) => return stop(&error.to_string()),
    };
    log::init(I::log_level(&config));
    log::take_panics();
    let app = Arc::new(I::new(config));
    app.connect().await;
    let answering = Arc::clone(&app);
    let service = service_fn(move |event: LambdaEvent<Event>| {
        check_stage(&event.payload);
        let answer =
            handle(Arc::clone(&answering), request(event.payload, &event.context.request_id));
        async move { Ok::<_, Error>(Answer::of(answer.await)?) }
    });
    close_at_the_end(Arc::clone(&app)).await;
    match Runtime::new(service).layer(Retire(app)).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&error.to_string()),
    }
}

/// Closes the connection when the process is asked to end, so that the database has its licence
/// unit back at once.
///
/// Lambda asks only a process that has an extension, so there one is registered. Should that fail,
/// the function works all the same.
async fn close_at_the_end(app: Arc<impl Instance>) {
    if config::process::is_on_lambda()
        && let Err(error) = extension::register().await
    {
        log::warned(&format!(
            "no extension could be registered, the connection will not be closed at the end: {error}"
        ));
    }
    let Ok(mut asked) = signal(SignalKind::terminate()) else { return };
    tokio::spawn(async move {
        asked.recv().await;
        app.close().await;
        std::process::exit(0);
    });
}

/// Says once that the API is not at the root of its address: ours would lead nowhere.
fn check_stage(event: &Event) {
    static SAID: Once = Once::new();
    let path = event.raw_path.as_deref().unwrap_or_default();
    let stage = event.request_context.stage.as_deref().unwrap_or("$default");
    let within = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
    if within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        SAID.call_once(|| {
            log::warned(&format!(
                "the API has the stage `{stage}`, and the service answers at the root of its address \
                 only: make the stage `$default`"
            ));
        });
    }
}

fn stop(reason: &str) -> ExitCode {
    // Harmless where it has been done: a wrong setting comes before it.
    log::init(log::DEFAULT_LEVEL);
    log::stopped(reason);
    ExitCode::FAILURE
}

/// The request of an event. `invocation` is Lambda's own id of it, for events that bring none.
pub fn request(event: Event, invocation: &str) -> Request {
    Request {
        id: event.request_context.request_id.unwrap_or_else(|| invocation.to_owned()),
        method: event.request_context.http.method,
        path: event.raw_path.unwrap_or_default(),
        query: event.raw_query_string.unwrap_or_default(),
        headers: with_cookies(event.headers, event.cookies),
        authorizer: authorizer(event.request_context.authorizer),
    }
}

/// Payload format 2.0 takes the cookies out of the headers. One that no header can hold is left
/// out, alone.
fn with_cookies(mut headers: HeaderMap, cookies: Option<Vec<String>>) -> HeaderMap {
    let cookies = cookies.unwrap_or_default().into_iter();
    for value in cookies.filter_map(|cookie| HeaderValue::try_from(cookie).ok()) {
        headers.append(COOKIE, value);
    }
    headers
}

/// What the gateway's own authorizer says.
fn authorizer(given: Option<ApiGatewayRequestAuthorizer>) -> Authorizer {
    let Some(given) = given else { return Authorizer::Absent };
    match (given.jwt, given.iam) {
        (Some(jwt), _) => Authorizer::Jwt(jwt.claims.into_iter().collect()),
        (None, Some(iam)) => Authorizer::Iam {
            user_arn: iam.user_arn.unwrap_or_default(),
            user_id: iam.user_id.unwrap_or_default(),
            account_id: iam.account_id.unwrap_or_default(),
        },
        (None, None) => Authorizer::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_without_an_id_has_that_of_the_invocation() {
        let mut event = Event::default();
        assert_eq!(request(event.clone(), "invocation").id, "invocation");
        event.request_context.request_id = Some("gateway".to_owned());
        assert_eq!(request(event, "invocation").id, "gateway");
    }
}
