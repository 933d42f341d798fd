//! What `/openapi.json` says, and that every event's answer is as it says.

use std::collections::BTreeSet;

use iris_tables::query::pairs::table_segment;
use jsonschema::Validator;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::answer::{Answer, in_lines};
use crate::instance::{events, invoke};
use crate::parsed;

/// The description of these tables.
fn description(selection: &str) -> Value {
    description_by("openapi", selection)
}

/// The same, as an event asks for it.
fn description_by(event: &str, selection: &str) -> Value {
    let mut event = parsed(event);
    event["rawQueryString"] =
        format!("_table={}", utf8_percent_encode(selection, NON_ALPHANUMERIC)).into();
    let answer = Answer::read(&invoke(&event.to_string()));
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.plain_body()).expect("JSON")
}

/// A schema of the description's, which may refer to the components.
fn validator(description: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = description["components"].clone();
    jsonschema::draft202012::new(&schema).expect("a schema")
}

/// The path in the description that an event's address belongs to.
fn path_of(event: &Value, answer: &Value) -> String {
    let path = event["rawPath"].as_str().unwrap_or_default();
    if !path.starts_with("/table/") {
        return path.to_owned();
    }
    let end = ["/row", "/schema", "/groups"]
        .into_iter()
        .find(|end| path.ends_with(end))
        .unwrap_or_default();
    let asked = path.trim_start_matches("/table/").trim_end_matches(end);
    let asked = percent_decode_str(asked).decode_utf8_lossy().into_owned();
    let table = answer["table"].as_str().unwrap_or(&asked);
    format!("/table/{}{end}", table_segment(table))
}

#[test]
fn the_description_of_the_demo_is_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("described");
    let lines = in_lines(&description("Bank.*").to_string(), 5);
    settings.bind(|| insta::assert_snapshot!("bank", lines));
}

/// Status, media type, headers and body of each answer.
#[test]
fn every_answer_is_as_described() {
    let (public, login) = (description("*.*"), description_by("login-openapi", "*.*"));
    let mut kinds = BTreeSet::new();
    for name in events() {
        let event = parsed(&name);
        let description = if name.starts_with("login-") { &login } else { &public };
        let query = event["rawQueryString"].as_str().unwrap_or_default();
        // What the pages' own forms and scripts send is no part of the description.
        if query.contains("_form=") || query.contains("_view=") {
            continue;
        }
        let answer = Answer::read(&invoke(&event.to_string()));
        let body = serde_json::from_slice::<Value>(&answer.plain_body()).unwrap_or_default();
        let path = path_of(&event, &body);
        let method = event["requestContext"]["http"]["method"].as_str();
        if description["paths"][&path].is_null() || !matches!(method, Some("GET" | "HEAD")) {
            assert!(
                [404, 405].contains(&answer.status)
                    || path.starts_with("/static/")
                    || ["/favicon.ico", "/login", "/login/callback", "/logout"]
                        .contains(&path.as_str()),
                "{name}: {path} is not described"
            );
            continue;
        }
        // A browser's way to the sign-in.
        if answer.status == 303 {
            continue;
        }
        let mut described =
            &description["paths"][&path]["get"]["responses"][answer.status.to_string()];
        if let Some(reference) = described["$ref"].as_str() {
            described = description.pointer(&reference[1..]).expect("a component");
        }
        assert!(described.is_object(), "{name}: {path} has no status {}", answer.status);
        let headers = [
            "etag",
            "link",
            "page-truncated",
            "page-cut",
            "page-total",
            "page-uncounted",
            "retry-after",
        ];
        for header in headers {
            let names = described["headers"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.to_lowercase());
            let is_described = names.collect::<Vec<_>>().contains(&header.to_owned());
            assert!(
                answer.header(header).is_empty() || is_described,
                "{name}: {header} is not described"
            );
        }
        if answer.body.is_empty() {
            continue;
        }
        let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
        let schema = &described["content"][media_type]["schema"];
        assert!(schema.is_object(), "{name}: {path} has no {media_type}");
        kinds.insert((
            answer.status,
            path.rsplit('/').next().unwrap_or_default().to_owned(),
            media_type.to_owned(),
        ));
        if media_type.ends_with("json") && media_type != "application/x-ndjson" {
            let wrong: Vec<String> = validator(description, schema)
                .iter_errors(&body)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        }
        if media_type == "application/x-ndjson" {
            let page =
                &described["content"]["application/json"]["schema"]["allOf"][1]["properties"];
            let row = if path.ends_with("/row") { &page["row"] } else { &page["rows"]["items"] };
            let row = validator(description, row);
            let text = String::from_utf8(answer.plain_body()).expect("UTF-8");
            for line in text.lines() {
                let line: Value = serde_json::from_str(line).expect("JSON");
                assert!(row.is_valid(&line), "{name}: {line}");
            }
        }
    }
    let statuses: BTreeSet<u64> = kinds.iter().map(|(status, _, _)| *status).collect();
    assert_eq!(statuses, BTreeSet::from([200, 400, 401, 404, 406, 414]), "{kinds:#?}");
}

#[test]
fn what_is_not_published_is_not_described() {
    let text = description("*.*").to_string();
    assert!(!text.contains("sqlite_") && !text.contains("_descriptions"), "tables of SQLite's own");
    let one = description("bank.account");
    let tables: Vec<&str> =
        one["paths"].as_object().into_iter().flatten().map(|(path, _)| path.as_str()).collect();
    assert_eq!(tables.iter().filter(|path| path.starts_with("/table/")).count(), 4, "{tables:?}");
}
