//! Answers: their headers, and errors.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::paths::representations;
use super::values::reference;
use crate::respond::{self, NOT_MODIFIED, OK, ProblemKind};

/// Headers that answers have.
pub fn headers() -> Map<String, Value> {
    let of =
        |description: &str, schema: Value| json!({"description": description, "schema": schema});
    let text = json!({"type": "string"});
    [
        ("ETag", of("Names this very representation, for `If-None-Match`", text.clone())),
        ("Link", of("As RFC 8288 has it: `next` and `first` page, `collection` (the rows), `describedby` (the columns), `service-desc`", text.clone())),
        (
            "Page-Truncated",
            of("The page ends early because of its bytes, or a cell was cut", json!({"enum": ["bytes", "cell", "groups"]})),
        ),
        ("Page-Cut", of("The columns whose values are cut, percent-encoded", text.clone())),
        (
            "Page-Total",
            of("How many rows there are in all, where `_count=exact` asks: an integer, with `;at-least` where there may be more", text.clone()),
        ),
        (
            "Page-Uncounted",
            of("Why there is no total though it was asked: the database's user may not count the rows", json!({"const": "privilege"})),
        ),
        ("Retry-After", of("Seconds after which to try again", json!({"type": "integer"}))),
    ]
    .into_iter()
    .map(|(name, header)| (name.to_owned(), header))
    .collect()
}

/// Errors of the sign-in's own addresses, which are for browsers and not described.
pub const OF_SIGN_IN: [&str; 2] = ["sign-in-failed", "provider-unavailable"];

/// The answer with a table's columns.
pub const COLUMNS: &str = "Columns";

/// The answer with a table's groups.
pub const GROUPS: &str = "Groups";

/// The client has it already.
const KNOWN: &str = "Known";

/// Answers that tables share: errors by their status among them.
pub fn shared() -> Map<String, Value> {
    let content = json!({
        "application/json": {"schema": reference("Schema")}, "text/html": {"schema": {"type": "string"}},
    });
    let columns = json!({"description": "The columns", "content": content, "headers": refer("headers", &["ETag", "Link"])});
    let headers = refer(
        "headers",
        &["ETag", "Link", "Page-Truncated", "Page-Cut", "Page-Total", "Page-Uncounted"],
    );
    let known = json!({"description": "The client has it already", "headers": headers});
    let mut shared = problems();
    shared.insert(COLUMNS.to_owned(), columns);
    let groups = json!({
        "description": "The groups", "content": representations(reference("Groups")),
        "headers": refer("headers", &["ETag", "Link", "Page-Truncated"]),
    });
    shared.insert(GROUPS.to_owned(), groups);
    shared.insert(KNOWN.to_owned(), known);
    shared
}

fn problems() -> Map<String, Value> {
    let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
    respond::problems()
        .into_iter()
        .filter(|problem| !OF_SIGN_IN.contains(&problem.word))
        .for_each(|problem| by_status.entry(problem.code).or_default().push(problem));
    by_status.into_iter().map(|(code, problems)| (problem_name(code), problem(&problems))).collect()
}

fn problem_name(code: u16) -> String {
    format!("Problem{code}")
}

fn problem(problems: &[ProblemKind]) -> Value {
    let mut titles: Vec<&str> = problems.iter().map(|problem| problem.title).collect();
    titles.dedup();
    let mut answer = json!({
        "description": titles.join("; "),
        "content": {
            "application/problem+json": {"schema": reference("Problem")},
            "text/html": {"schema": {"type": "string"}},
        },
    });
    if problems.iter().any(|problem| problem.has_retry_after) {
        answer["headers"] = refer("headers", &["Retry-After"]);
    }
    answer
}

/// Components by their names.
fn refer(kind: &str, names: &[&str]) -> Value {
    let one =
        |name: &&str| ((*name).to_owned(), json!({"$ref": format!("#/components/{kind}/{name}")}));
    Value::Object(names.iter().map(one).collect())
}

/// What an operation answers: this content with these headers, and errors of these kinds.
pub fn answers(
    description: &str,
    content: Value,
    headers: &[&str],
    is_error: impl Fn(&str) -> bool,
) -> Value {
    let mut good = json!({"description": description, "content": content});
    if !headers.is_empty() {
        good["headers"] = refer("headers", headers);
    }
    or_errors(good, !headers.is_empty(), is_error)
}

/// This answer, that the client has it already where it may say so, and errors of these kinds.
pub fn or_errors(good: Value, is_tagged: bool, is_error: impl Fn(&str) -> bool) -> Value {
    let mut answers = Map::new();
    answers.insert(OK.as_str().to_owned(), good);
    if is_tagged {
        answers.insert(NOT_MODIFIED.as_str().to_owned(), response(KNOWN));
    }
    for problem in respond::problems().iter().filter(|problem| is_error(problem.word)) {
        answers.insert(problem.code.to_string(), response(&problem_name(problem.code)));
    }
    Value::Object(answers)
}

/// Errors of a status, among the components.
pub fn problem_response(code: u16) -> Value {
    response(&problem_name(code))
}

/// An answer among the components.
pub fn response(name: &str) -> Value {
    json!({"$ref": format!("#/components/responses/{name}")})
}
