//! The HTTP server.

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{Write as _, stdout};
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::handler::HandlerWithoutStateExt as _;
use axum::serve::ListenerExt as _;
use http::{HeaderValue, Response};
use iris_tables::config::Config;
use iris_tables::request::Request;
use local_start::config::Settings;
use local_start::{Failure, listener};

use crate::functions::Functions;
use crate::login::Provider;
use crate::respond::{Refusal, check_head};
use crate::tokens::Tokens;
use crate::{announce, log, signals, source};

/// Bytes of a request's body.
const MOST_BODY: usize = 10_000_000;

/// How long the first answers may take.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Where the logs are, from the folder in which the server is started.
const LOGS: &str = "target/run";

/// The address for programs, before it is served.
struct Programs {
    listener: TcpListener,
    address: String,
    tokens: Tokens,
}

impl Programs {
    /// Two ports after the server's own, where that is known; else at any free one.
    fn new(settings: &Settings, provider: &Provider) -> Result<Self, Failure> {
        let port = if settings.port == 0 { 0 } else { settings.port.wrapping_add(2) };
        let listener = listener::listen(&Settings { port, ..settings.clone() })?;
        let port = listener.local_addr().map_err(|error| not_started(&error))?.port();
        let address = listener::address(&settings.host, port);
        Ok(Self { listener, address, tokens: Tokens::new(&provider.issuer)? })
    }
}

/// A server that listens.
pub struct Server {
    pub settings: Settings,
    pub functions: Arc<Functions>,
    /// Its address, without a `/` at its end.
    pub base: String,
    /// The address for programs, where the demo's provider makes tokens.
    pub token_address: Option<String>,
    pub log: PathBuf,
}

/// Serves until a signal ends it.
///
/// # Errors
/// Where it cannot begin, or the functions do not answer.
pub fn until_asked_to_end(settings: &Settings, listener: TcpListener) -> Result<(), Failure> {
    let port = listener.local_addr().map_err(|error| not_started(&error))?.port();
    let address = listener::address(&settings.host, port);
    // A port that is known, where the server's own is.
    let next = if settings.port == 0 { 0 } else { port.wrapping_add(1) };
    let provider = settings.login.then(|| Provider::start(next, &address)).transpose()?;
    let programs =
        provider.as_ref().map(|provider| Programs::new(settings, provider)).transpose()?;
    let token_address = programs.as_ref().map(|programs| programs.address.clone());
    let config = source::config(settings, &address, provider.as_ref(), token_address.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| not_started(&error))?;
    let served = runtime.block_on(serve(settings, &config, listener, programs));
    // Requests that still run are not waited for.
    runtime.shutdown_background();
    served
}

async fn serve(
    settings: &Settings,
    config: &Config,
    listener: TcpListener,
    programs: Option<Programs>,
) -> Result<(), Failure> {
    let mut server = prepared(settings, config, &listener).map_err(|error| not_started(&error))?;
    let functions = Arc::clone(&server.functions);
    listen(listener, move |request| answer(Arc::clone(&functions), request))?;
    if let Some(Programs { listener, address, tokens }) = programs {
        let (functions, tokens) = (Arc::clone(&server.functions), Arc::new(tokens));
        listen(listener, move |request| {
            answer_to_program(Arc::clone(&functions), Arc::clone(&tokens), request)
        })?;
        server.token_address = Some(address);
    }
    let mut asked_to_end = pin!(signals::asked_to_end());
    let started = tokio::select! {
        started = tokio::time::timeout(START_LIMIT, announce::once_ready(&server)) => {
            started.unwrap_or_else(|_| Err(late()))
        }
        () = &mut asked_to_end => {
            server.functions.close().await;
            return ended();
        }
    };
    if started.is_ok() {
        asked_to_end.await;
    }
    server.functions.close().await;
    started.and_then(|()| ended())
}

/// Answers what comes in at a port.
fn listen<H, F>(listener: TcpListener, handler: H) -> Result<(), Failure>
where
    H: Fn(http::Request<Body>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    listener.set_nonblocking(true).map_err(|error| not_started(&error))?;
    let listener =
        tokio::net::TcpListener::from_std(listener).map_err(|error| not_started(&error))?;
    // Without it the end of an answer may wait for the client's acknowledgement: 40 ms.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, handler.into_make_service()).await });
    Ok(())
}

fn late() -> Failure {
    let seconds = START_LIMIT.as_secs();
    Failure(format!("The functions have not answered within {seconds} seconds."))
}

fn ended() -> Result<(), Failure> {
    let _ = writeln!(stdout(), "\nEnded.");
    Ok(())
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure(format!("The server cannot start: {error}."))
}

fn prepared(
    settings: &Settings,
    config: &Config,
    listener: &TcpListener,
) -> std::io::Result<Server> {
    let port = listener.local_addr()?.port();
    let log = PathBuf::from(format!("{LOGS}/{port}.log"));
    fs::create_dir_all(LOGS)?;
    log::init(config.site.log_level, File::create(&log)?);
    let functions = Functions::new(settings, config);
    Ok(Server {
        settings: settings.clone(),
        functions,
        base: listener::address(&settings.host, port),
        token_address: None,
        log,
    })
}

/// A request as the gateway takes it.
async fn answer(
    functions: Arc<Functions>,
    request: http::Request<Body>,
) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    let answer = match check_head(&head) {
        Err(refusal) => refusal.response(),
        // No function reads a body, but the next request on the connection follows it.
        Ok(()) if to_bytes(body, MOST_BODY).await.is_err() => Refusal::LongBody.response(),
        Ok(()) => functions.answer(request_of(head)).await,
    };
    Ok(answer.map(Body::from))
}

/// A program's request, whose token is checked first.
async fn answer_to_program(
    functions: Arc<Functions>,
    tokens: Arc<Tokens>,
    request: http::Request<Body>,
) -> Result<Response<Body>, Infallible> {
    let (head, _) = request.into_parts();
    let answer = match (check_head(&head), tokens.authorizer(&head.headers).await) {
        (Err(refusal), _) => refusal.response(),
        (Ok(()), None) => Refusal::Unauthorized.response(),
        (Ok(()), Some(authorizer)) => {
            let request = Request { authorizer, ..request_of(head) };
            functions.answer_to_program(request).await
        }
    };
    Ok(answer.map(Body::from))
}

/// The path stays percent-encoded, as some ways to a function have it.
fn request_of(head: http::request::Parts) -> Request {
    let mut headers = head.headers;
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    Request {
        id: next_id(),
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        ..Request::default()
    }
}

/// An id that no other request of this server has.
pub fn next_id() -> String {
    static ASKED: AtomicU64 = AtomicU64::new(1);
    format!("local-{}", ASKED.fetch_add(1, Ordering::Relaxed))
}
