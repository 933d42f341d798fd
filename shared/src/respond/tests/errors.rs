use std::time::Duration;

use http::header::{ALLOW, RETRY_AFTER};
use serde_json::{Value, json};

use super::*;
use crate::error::{Refused, Unavailable};

/// One error of each kind, and its status.
pub fn errors() -> Vec<(Error, u16)> {
    let unavailable = |why| Error::Unavailable { why, log: "db.internal: licence".into() };
    vec![
        (Error::parameter("Nmae", "The table has no such column."), 400),
        (
            Error::UnknownColumn {
                name: "_sort".into(),
                reason: "The table has no such column.".into(),
            },
            400,
        ),
        (Error::UnknownPath, 404),
        (Error::UnknownTable, 404),
        (Error::UnknownRow, 404),
        (Error::ReadOnly, 405),
        (Error::NoRepresentation { available: "text/html" }, 406),
        (Error::AddressTooLong { length: 9_000, limit: 8_192 }, 414),
        (Error::internal("SELECT secret FROM db.internal"), 500),
        (unavailable(Unavailable::Unreachable), 503),
        (
            unavailable(Unavailable::LoginRefused { what: Refused::Login, again: Duration::ZERO }),
            503,
        ),
        (unavailable(Unavailable::LimitReached), 503),
        (Error::Changed { log: "no column in db.internal".into() }, 500),
        (Error::Timeout { limit: Duration::from_secs(20), advice: None }, 504),
    ]
}

fn fail(headers: &[(HeaderName, &str)], error: &Error) -> Response<Vec<u8>> {
    let page = |page: &ErrorPage| {
        Ok(format!("<p>{} {} {} {}", page.status, page.title, page.detail, page.request_id))
    };
    failure(&request(headers), &HttpSettings::default(), error, page)
}

#[test]
fn every_error_has_its_status_and_document() {
    for (error, status) in errors() {
        let response = fail(&[], &error);
        assert_eq!(response.status(), status, "{error}");
        assert_eq!(header(&response, CONTENT_TYPE), "application/problem+json");
        let document: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!((&document["status"], &document["requestId"]), (&json!(status), &json!("Id-1")));
        assert_eq!(document["detail"], error.to_string());
        assert!(
            document["type"].as_str().unwrap().starts_with("urn:iris-tables:problem:"),
            "{document}"
        );
        assert!(!document["title"].as_str().unwrap().is_empty());
        // What the log may say, the client may not.
        assert!(!document.to_string().contains("db.internal"), "{document}");
        assert_eq!(document.get("parameter").is_some(), status == 400, "{document}");
        assert_eq!(header(&response, ALLOW), if status == 405 { "GET, HEAD" } else { "" });
        let retry_after =
            header(&response, RETRY_AFTER).parse::<u32>().is_ok_and(|seconds| seconds > 0);
        assert_eq!(retry_after, status == 503, "{response:?}");
    }
    let document: Value = serde_json::from_slice(fail(&[], &errors()[0].0).body()).unwrap();
    let expected = json!({
        "type": "urn:iris-tables:problem:invalid-parameter", "title": "Invalid parameter", "status": 400,
        "detail": "Parameter `Nmae`: The table has no such column.", "requestId": "Id-1", "parameter": "Nmae",
    });
    assert_eq!(document, expected);
}

#[test]
fn who_waits_as_long_as_a_login_rests_does_not_come_too_early() {
    for (millis, seconds) in [(0, "1"), (1, "1"), (9_001, "10"), (10_000, "10")] {
        let why = Unavailable::LoginRefused {
            what: Refused::Login,
            again: Duration::from_millis(millis),
        };
        let response = fail(&[], &Error::Unavailable { why, log: String::new() });
        assert_eq!(header(&response, RETRY_AFTER), seconds);
    }
}

#[test]
fn names_on_a_page_stand_in_quotes_whatever_is_in_them() {
    for (words, expected) in [
        ("`a`: no `b c`, `d`.", "“a”: no “b c”, “d”."),
        ("no `a`b`, `c`.", "no “a`b”, “c”."),
        ("no ``, `c``.", "no “”, “c`”."),
        ("none", "none"),
    ] {
        let response = fail(&[BROWSER], &Error::parameter("_col", words));
        let page = String::from_utf8(response.into_body()).unwrap();
        assert!(page.contains(expected), "{page}");
    }
}

#[test]
fn browsers_get_a_page() {
    let response = fail(&[BROWSER], &Error::UnknownRow);
    assert_eq!(
        (response.status().as_u16(), header(&response, CONTENT_TYPE)),
        (404, "text/html; charset=utf-8")
    );
    assert_eq!(response.body(), b"<p>404 No such row The table has no row with this key. Id-1");
    let mut for_programs = request(&[BROWSER]);
    for_programs.query = "a=b&_format=csv".into();
    let response =
        failure(&for_programs, &HttpSettings::default(), &Error::UnknownRow, |_| panic!("no page"));
    assert_eq!(header(&response, CONTENT_TYPE), "application/problem+json");
    // A page that cannot be rendered is no reason to send nothing.
    let fault = |_: &ErrorPage| Err(Error::internal("template"));
    let response =
        failure(&request(&[BROWSER]), &HttpSettings::default(), &Error::UnknownRow, fault);
    assert_eq!(
        (response.status().as_u16(), header(&response, CONTENT_TYPE)),
        (404, "application/problem+json")
    );
    assert!(response.body().starts_with(b"{"));
}
