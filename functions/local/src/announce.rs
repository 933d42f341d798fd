//! The first answers, and what the terminal says of them.

use std::io::{Write as _, stdout};
use std::sync::Arc;

use http::{Method, Response};
use iris_tables::caller::Authorizer;
use iris_tables::request::Request;
use local_start::Failure;
use local_start::config::DEMO_TABLES;
use serde_json::json;

use crate::respond::{failure, plain};
use crate::serve::{Server, next_id};
use crate::source;

/// Health, with a look at the database.
const DEEP_HEALTH: &str = "/health?deep=1";

/// The demo's table that is shown first.
const DEMO_TABLE: &str = "/table/Bank.Account";

/// Asks each function for its first answers, then says where to look.
///
/// # Errors
/// Where an answer that is certain fails.
pub async fn once_ready(server: &Server) -> Result<(), Failure> {
    let published = source::published(&server.settings);
    let is_whole_demo = server.settings.demo && published.as_deref() == Some(DEMO_TABLES);
    // No table of a user's database is known. Any will do: `unknown` is an answer too.
    let table = if server.settings.demo { DEMO_TABLE } else { "/table/any" };
    let mut has_table = false;
    for path in ["/health", "/", table] {
        let response = get(server, path).await;
        let Some(status) = failure(&response) else {
            has_table = path == DEMO_TABLE;
            continue;
        };
        // Of a user's database only the first is certain; of the demo all, if all is published.
        if path == "/health" || is_whole_demo {
            let (said, log) = (plain(&response), server.log.display());
            return Err(Failure(format!(
                "GET {path} was answered with {status}: {said} More in {log}."
            )));
        }
    }
    let deep = get(server, DEEP_HEALTH).await;
    let lines = lines(server, has_table, published.is_some(), &deep);
    let _ = stdout().write_all(lines.as_bytes()).and_then(|()| stdout().flush());
    Ok(())
}

async fn get(server: &Server, address: &str) -> Response<Vec<u8>> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    // Where callers must be known, the server itself is.
    let claims = [("iss", "local"), ("sub", "local")];
    let claims = claims.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let authorizer = Authorizer::Jwt(claims.into());
    let request = Request {
        id: next_id(),
        method: Method::GET,
        path,
        query,
        authorizer,
        ..Request::default()
    };
    Arc::clone(&server.functions).answer(request).await
}

fn lines(
    server: &Server,
    has_table: bool,
    has_published: bool,
    deep: &Response<Vec<u8>>,
) -> String {
    let (base, log) = (&server.base, server.log.display());
    let mut lines = Vec::new();
    // For programs, which ask for any free port.
    if server.settings.port == 0 {
        let tokens = &server.token_address;
        lines.push(json!({ "url": base, "tokens": tokens, "log": log.to_string() }).to_string());
    }
    lines.push(format!("Open {base}/ for the tables of {}", source::described(&server.settings)));
    if has_table {
        lines.push(format!("     {base}{DEMO_TABLE} for the rows of one"));
        // Where people sign in, this address has nothing for programs.
        if server.token_address.is_none() {
            lines.push(format!("     curl '{base}{DEMO_TABLE}?_size=3' for the same as JSON"));
        }
    }
    if let Some(address) = &server.token_address {
        lines.push(format!("     {address}/ for programs with a token (docs/sign-in.md)"));
    }
    if !has_published {
        let example = "`make run PUBLISHED_TABLES='Sales.*'`";
        lines.push(format!(
            "PUBLISHED_TABLES is empty, so no table is published: give patterns, as in {example}."
        ));
    }
    if let Some(status) = failure(deep) {
        lines.push(format!("{base}{DEEP_HEALTH} reports a fault ({status}): {}", plain(deep)));
    }
    lines.push(format!("Log: {log}"));
    lines.push("Ctrl-C ends it.\n".to_owned());
    lines.join("\n")
}
