//! Every event in `events/` through conversion and function, to a reviewed snapshot; and what all
//! of them have in common.
//!
//! After an intended change: `INSTA_UPDATE=always cargo test --package tests --test events`, then
//! read what differs in `tests/events/snapshots`. A new event gets its snapshot in the same way.
#![cfg(test)]

mod answer;
mod instance;
mod openapi;

use std::panic::{AssertUnwindSafe, catch_unwind};

use answer::Answer;
use instance::{event, events, invoke, names_in, respond};
use serde_json::{Value, json};

fn answer(event: &str) -> Answer {
    Answer::read(&invoke(event))
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&event(name)).unwrap_or_else(|error| panic!("events/{name}.json: {error}"))
}

/// An event with another method.
fn with_method(mut event: Value, method: &str) -> String {
    event["requestContext"]["http"]["method"] = method.into();
    event.to_string()
}

/// The GET events, with the status that each is answered with.
fn got() -> Vec<(String, Value, Answer)> {
    let gets = events().into_iter().map(|name| (parsed(&name), name));
    let gets = gets.filter(|(event, _)| event["requestContext"]["http"]["method"] == "GET");
    gets.map(|(event, name)| (name, event.clone(), answer(&event.to_string()))).collect()
}

#[test]
fn every_event_is_answered_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (changing, name) in [
        // What it took, this time; and what the first to come had to do for those after it.
        (r"(connect|catalogue);dur=\d+\.\d{3}, ", ""),
        (r"dur=\d+\.\d{3}", "dur=[ms]"),
        // They follow from what they name: body, contents of a file, query and row. Tests below
        // hold them.
        (r#""[0-9a-f]{32}(-gzip)?""#, r#""[hash]$1""#),
        (r"\.[0-9a-f]{8}\.(css|js)", ".[hash].$1"),
        (r"_next=[A-Za-z0-9_-]{20,}", "_next=[token]"),
    ] {
        settings.add_filter(changing, name);
    }
    let wrong: Vec<String> = events()
        .into_iter()
        .filter(|name| {
            let event = parsed(name);
            let http = &event["requestContext"]["http"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let address = text(&event["rawPath"]) + "?" + &text(&event["rawQueryString"]);
            settings.set_description(format!(
                "{} {}",
                text(&http["method"]),
                address.trim_end_matches('?')
            ));
            let review = || {
                let text = answer(&event.to_string()).for_review();
                settings.bind(|| insta::assert_snapshot!(name.as_str(), text));
            };
            catch_unwind(AssertUnwindSafe(review)).is_err()
        })
        .collect();
    assert!(wrong.is_empty(), "answered differently from the review, or never reviewed: {wrong:?}");
    assert_eq!(
        names_in("tests/events/snapshots", ".snap"),
        events(),
        "a snapshot is missing or has lost its event"
    );
}

#[test]
fn events_are_as_api_gateway_sends_them() {
    for name in events() {
        let event = parsed(&name);
        let context = &event["requestContext"];
        assert_eq!(event["version"], "2.0", "{name}");
        assert_eq!(event["routeKey"], context["routeKey"], "{name}");
        assert_eq!(event["rawPath"], context["http"]["path"], "{name}");
        assert_eq!(context["stage"], "$default", "{name}");
        assert!(context["requestId"].as_str().is_some_and(|id| id.len() == 16), "{name}");
        assert_eq!(event["headers"]["host"], context["domainName"], "{name}");
        assert_eq!(event["headers"]["user-agent"], context["http"]["userAgent"], "{name}");
        assert_eq!(event["isBase64Encoded"], json!(false), "{name}");
        let is_sent = |header: &str| {
            header == header.to_lowercase() && !["connection", "te"].contains(&header)
        };
        assert!(
            event["headers"]
                .as_object()
                .is_some_and(|headers| headers.keys().all(|name| is_sent(name))),
            "{name}"
        );
    }
}

#[test]
fn every_answer_can_be_sent_and_is_safe_to_show() {
    for name in events() {
        let response = respond(&event(&name));
        let mut headers = response.headers().clone();
        // These alone are sent apart.
        headers.remove("set-cookie");
        // Of several headers with one name, the first alone would be sent.
        assert_eq!(headers.len(), headers.keys_len(), "{name}: {headers:?}");
        let text = |name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        // Files are the same for everybody.
        let is_personal = name.starts_with("login-") && !text("cache-control").contains("public");
        let callers = if is_personal { ", Authorization, Cookie" } else { "" };
        assert_eq!(text("vary"), format!("Accept, Accept-Encoding{callers}"), "{name}");
        assert!(text("content-security-policy").contains("default-src 'none'"), "{name}");
        assert_eq!(text("x-content-type-options"), "nosniff", "{name}");
        assert!(!text("cache-control").is_empty(), "{name}");
        assert!(response.status().as_u16() < 500, "{name}: {}", response.status());
    }
}

#[test]
fn head_is_answered_as_get_without_body() {
    for (name, event, mut got) in got() {
        let mut head = answer(&with_method(event, "HEAD"));
        for answer in [&mut got, &mut head] {
            answer.headers.remove("server-timing");
        }
        assert_eq!((got.status, &got.headers), (head.status, &head.headers), "{name}");
        assert!(head.body.is_empty(), "{name}");
    }
}

#[test]
fn a_cached_answer_is_a_304() {
    let mut tagged = 0;
    for (name, mut event, got) in got().into_iter().filter(|(_, _, got)| got.status == 200) {
        let tag = got.header("etag");
        if tag.is_empty() {
            assert_eq!(got.header("cache-control"), "no-store", "{name}");
            continue;
        }
        tagged += 1;
        event["headers"]["if-none-match"] = tag.into();
        let again = answer(&event.to_string());
        assert_eq!((again.status, again.header("etag"), again.body.len()), (304, tag, 0), "{name}");
    }
    assert!(tagged > 40, "only {tagged} answers have a tag");
}

/// Events contain tokens and tags that a page once gave. A change that makes others must update the
/// events.
#[test]
fn tokens_and_tags_in_events_are_current() {
    let token_in = |text: &str| {
        let token = text.split("_next=").nth(1).unwrap_or_default();
        token.split(['&', '>', '"']).next().unwrap_or_default().to_owned()
    };
    let mut checked = 0;
    for name in events()
        .into_iter()
        .filter(|name| name.starts_with("table-next-") && !name.ends_with("-other-filter"))
    {
        let mut event = parsed(&name);
        let query = event["rawQueryString"].as_str().unwrap_or_default().to_owned();
        let token = token_in(&query);
        event["rawQueryString"] = query.replace(&format!("&_next={token}"), "").into();
        assert_eq!(
            token,
            token_in(answer(&event.to_string()).header("link")),
            "events/{name}.json: the token on the right"
        );
        checked += 1;
    }
    assert_eq!(token_in(&event("table-next-other-filter")), token_in(&event("table-next-of-view")));
    for name in events().into_iter().filter(|name| name.contains("-known")) {
        let mut event = parsed(&name);
        let known = event["headers"]["if-none-match"].take();
        let tag = known.as_str().unwrap_or_default().trim_start_matches("W/");
        event["headers"]["if-none-match"] = "\"\"".into();
        assert_eq!(
            tag,
            answer(&event.to_string()).header("etag"),
            "events/{name}.json: the tag on the right"
        );
        checked += 1;
    }
    assert!(checked >= 6, "only {checked} events with a token or a tag");
}

#[test]
fn encoded_and_decoded_paths_lead_to_the_same() {
    let names = events();
    let encoded: Vec<&str> =
        names.iter().filter_map(|name| name.strip_suffix("-encoded")).collect();
    assert!(encoded.len() >= 5, "{encoded:?}");
    for name in encoded {
        let [mut one, mut other] =
            ["encoded", "decoded"].map(|form| answer(&event(&format!("{name}-{form}"))));
        for answer in [&mut one, &mut other] {
            assert_eq!(answer.status, 200, "{name}");
            answer.headers.remove("server-timing");
        }
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn unpublished_tables_are_as_unknown_ones() {
    let without_id = |name: &str| {
        let mut answer = answer(&event(name));
        let mut problem: Value = serde_json::from_slice(&answer.body).expect("a problem document");
        problem["requestId"].take();
        answer.body = problem.to_string().into_bytes();
        answer
    };
    let unknown = without_id("table-unknown-curl");
    assert_eq!(unknown.status, 404);
    assert_eq!(without_id("table-unpublished"), unknown);
    assert_eq!(without_id("table-system"), unknown);
}

#[test]
fn the_files_that_pages_name_are_there() {
    let page =
        String::from_utf8(answer(&event("index-chrome")).plain_body()).expect("a page is UTF-8");
    let page = page.replace("&#x2f;", "/");
    let addresses: Vec<&str> =
        page.split('"').filter(|part| part.starts_with("/static/")).collect();
    assert!(addresses.iter().any(|address| address.ends_with(".css")), "{addresses:?}");
    for address in addresses {
        let mut event = parsed("static-unknown");
        event["rawPath"] = address.into();
        let zipped = answer(&event.to_string());
        event["headers"]["accept-encoding"] = "identity".into();
        let plain = answer(&event.to_string());
        for answer in [&zipped, &plain] {
            assert_eq!(answer.status, 200, "{address}");
            assert_eq!(
                answer.header("cache-control"),
                "public, max-age=31536000, immutable",
                "{address}"
            );
            let kind = if address.ends_with(".css") { "text/css" } else { "text/javascript" };
            assert_eq!(
                answer.header("content-type"),
                format!("{kind}; charset=utf-8"),
                "{address}"
            );
        }
        assert_eq!(
            (zipped.header("content-encoding"), plain.header("content-encoding")),
            ("gzip", ""),
            "{address}"
        );
        assert_eq!(zipped.plain_body(), plain.body, "{address}");
    }
}

/// API Gateway passes a query on as the client wrote it. Whatever that is, it is read or answered
/// 400.
#[test]
fn any_character_in_a_query_is_answered() {
    for character in (' '..='\u{ff}').chain(['\t', '\u{7f}', '東', '🏦', '\u{fffd}']) {
        let mut event = parsed("raw-hash");
        event["rawQueryString"] = format!("Code=a{character}b&_size=1").into();
        let got = answer(&event.to_string());
        let expected = match character {
            '&' => 400, // Ends the value: then there is a parameter `b`.
            _ => 200,
        };
        assert_eq!(got.status, expected, "{character:?}: {}", String::from_utf8_lossy(&got.body));
    }
}
