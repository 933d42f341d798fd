//! An extension within the function's own process. Lambda asks a process to end before it ends it
//! (by SIGTERM) only where there is one: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>.

use http::{HeaderName, HeaderValue, Method, Request, header};
use lambda_runtime::Error;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{Client, build_request};

/// As Lambda's log calls it; no other extension may have this name.
const NAME: &str = "iris-tables";

/// What Lambda names a registered extension by.
const IDENTIFIER: HeaderName = HeaderName::from_static("lambda-extension-identifier");

/// Registers the extension. It asks for no event: none will come, but only with its question is it
/// ready in Lambda's eyes.
///
/// # Errors
/// What the API said or did not say.
pub async fn register() -> Result<(), Error> {
    let client = Client::builder().build()?;
    let registered = client.call(registration()?).await?;
    let identifier = registered.headers().get(IDENTIFIER).cloned();
    let identifier = identifier.ok_or_else(|| format!("Lambda answers {}", registered.status()))?;
    let question = next_event(identifier)?;
    tokio::spawn(async move { client.call(question).await.map(drop) });
    Ok(())
}

fn registration() -> Result<Request<Body>, http::Error> {
    build_request()
        .method(Method::POST)
        .uri("/2020-01-01/extension/register")
        .header("lambda-extension-name", NAME)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"events":[]}"#))
}

fn next_event(identifier: HeaderValue) -> Result<Request<Body>, http::Error> {
    build_request()
        .uri("/2020-01-01/extension/event/next")
        .header(IDENTIFIER, identifier)
        .body(Body::empty())
}
