//! Between Lambda and the library: events become requests, responses become answers to Lambda. Both functions use it.

use std::process::ExitCode;
use std::sync::Arc;

use iris_tables::app::App;
use iris_tables::request::Request;
use iris_tables::{config, log, payload};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Error, RequestExt, Response, run, service_fn};

/// Runs a function until Lambda ends it: reads the settings, opens the connection, answers requests.
///
/// A wrong setting ends it at once, with one line that names the variable. To be called first in `main`: what drivers
/// read from the environment is set while no other thread runs.
pub fn main<F>(handle: impl Fn(Arc<App>, Request) -> F + Clone + Send + 'static) -> ExitCode
where
    F: Future<Output = Response<Vec<u8>>> + Send,
{
    // SAFETY: this is the process' only thread so far.
    unsafe { config::process::prepare() };
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(serve(handle)),
        Err(error) => stop(&error.to_string()),
    }
}

async fn serve<F>(handle: impl Fn(Arc<App>, Request) -> F + Clone + Send + 'static) -> ExitCode
where
    F: Future<Output = Response<Vec<u8>>> + Send,
{
    let config = match config::from_env() {
        Ok(config) => config,
        Err(error) => return stop(&error.to_string()),
    };
    log::init(config.log_level);
    let app = Arc::new(App::new(config));
    app.connect().await;
    let service = service_fn(move |event: lambda_http::Request| {
        let answer = handle(Arc::clone(&app), request(&event));
        async move { Ok::<_, Error>(to_lambda(answer.await)) }
    });
    match run(service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => stop(&error.to_string()),
    }
}

fn stop(reason: &str) -> ExitCode {
    // Harmless where it has been done: a wrong setting comes before it.
    log::init(log::DEFAULT_LEVEL);
    log::stopped(reason);
    ExitCode::FAILURE
}

/// The request of an event.
pub fn request(event: &lambda_http::Request) -> Request {
    let gateway_id = match event.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    let id =
        gateway_id.or_else(|| event.lambda_context_ref().map(|context| context.request_id.clone())).unwrap_or_default();
    Request {
        id,
        method: event.method().clone(),
        path: event.raw_http_path().to_owned(),
        query: event.uri().query().unwrap_or_default().to_owned(),
        headers: event.headers().clone(),
    }
}

/// The answer as Lambda takes it: text where that is smaller inside Lambda's JSON, else base64.
pub fn to_lambda(response: Response<Vec<u8>>) -> Response<Body> {
    response.map(|body| {
        if body.is_empty() {
            return Body::Empty;
        }
        if !payload::as_text(&body) {
            return Body::Binary(body);
        }
        match String::from_utf8(body) {
            Ok(text) => Body::Text(text),
            Err(error) => Body::Binary(error.into_bytes()),
        }
    })
}
