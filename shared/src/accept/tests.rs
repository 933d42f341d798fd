use super::Format::{Csv, Html, Json, Ndjson};
use super::*;

mod properties;

const CHROME: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,\
     application/signed-exchange;v=b3;q=0.7";
const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const OLD_IE: &str = "text/html, application/xhtml+xml, */*";
const AXIOS: &str = "application/json, text/plain, */*";
const JQUERY: &str = "application/json, text/javascript, */*; q=0.01";

fn chosen(accept: &str) -> Option<Format> {
    choose(Some(accept), None, &Format::ALL).ok()
}

#[test]
fn clients_as_they_are() {
    for (accept, format) in [
        (CHROME, Html),
        (FIREFOX, Html),
        (OLD_IE, Html),
        ("*/*", Json),
        (AXIOS, Json),
        (JQUERY, Json),
        ("text/csv, */*", Csv),
        ("application/x-ndjson", Ndjson),
        ("application/ndjson", Ndjson),
        ("application/jsonl", Ndjson),
        ("", Json),
        (" , ,", Json),
    ] {
        assert_eq!(chosen(accept), Some(format), "{accept}");
    }
    assert_eq!(choose(None, None, &Format::ALL).ok(), Some(Json));
    assert_eq!(choose(None, None, &[Csv, Html]).ok(), Some(Csv));
    assert_eq!(choose(Some("*/*"), None, &[Csv, Html]).ok(), Some(Html));
}

#[test]
fn weights_and_precedence() {
    for (accept, format) in [
        ("text/html;q=0.5, application/json;q=0.4", Html),
        ("text/html;q=0.499, application/json;q=0.5", Json),
        ("text/html;q=.5, application/json;q=0.4", Html),
        ("text/html;q=.5, application/json;q=0.6", Json),
        // The specific range counts, not the one that is kinder.
        ("application/json;q=0.1, */*", Html),
        ("text/*, text/html;q=0.2", Csv),
        ("text/html;q=0, text/*;q=0.1", Csv),
        ("*/*;q=1, application/json;q=0", Html),
        // Equal weights: specific before general, then the header's order, then ours.
        ("*/*, text/*, text/csv", Csv),
        ("text/csv, text/html", Csv),
        ("text/html, text/csv", Html),
        ("text/*", Html),
        // Where two names of one format disagree, the kinder counts.
        ("application/x-ndjson;q=0.1, application/ndjson, text/csv;q=0.5", Ndjson),
        ("TEXT/HTML;Q=0.9 , Application/JSON ; q=0.3", Html),
        // The weight counts wherever it stands.
        ("text/html;q=0.1;charset=utf-8, text/csv;q=0.2", Csv),
    ] {
        assert_eq!(chosen(accept), Some(format), "{accept}");
    }
    for accept in [
        "image/png",
        "application/problem+json",
        "application/json;q=0",
        "*/*;q=0.000",
        "text/csv;version=2",
        "text/html;q=0",
    ] {
        let error = choose(Some(accept), None, &Format::ALL).unwrap_err();
        assert!(matches!(error, Error::NoRepresentation { .. }), "{accept}: {error}");
    }
}

#[test]
fn parameters_of_a_range_must_be_ours() {
    assert_eq!(chosen("text/html;charset=\"UTF-8\", application/json;q=0.5"), Some(Html));
    assert_eq!(chosen("text/csv;header=present, application/json;q=0.5"), Some(Csv));
    assert_eq!(chosen("text/csv;header=absent, application/json;q=0.5"), Some(Json));
    // JSON has no parameters, so whatever a client says by one, it gets JSON.
    for accept in
        ["application/json;odata=verbose", "application/json;version=2;q=0.5, text/html;q=0.4"]
    {
        assert_eq!(chosen(accept), Some(Json), "{accept}");
        assert_eq!(choose_for_error(Some(accept), None), Json, "{accept}");
    }
    assert_eq!(chosen("application/json;version=2;q=0, */*;q=0.1"), Some(Html));
    // RFC 9110 section 12.5.1: the range with a parameter goes before the one without.
    assert_eq!(chosen("text/csv;header=present;q=0.1, text/csv, text/html;q=0.5"), Some(Html));
    // A comma or semicolon within quotes parts nothing.
    assert_eq!(chosen("text/html;title=\"a, text/html;q=1, \\\" b\", text/csv;q=0.5"), Some(Csv));
}

#[test]
fn malformed_ranges_are_passed_over() {
    for accept in [
        "text/html;q=1.1, application/json;q=0.1",
        "text/html;q=0.1234, application/json;q=0.1",
        "text/html;q=., application/json;q=0.1",
        "text/html;q=.1234, application/json;q=0.1",
        "text/html;q=-1, application/json;q=0.1",
        "text/html;q=, application/json;q=0.1",
        "text/html;q=1;q=1, application/json;q=0.1",
        "text/html;level, application/json;q=0.1",
        "text/html;title=\"x\"y, application/json;q=0.1",
        "text /html, application/json;q=0.1",
        "*/html, application/json;q=0.1",
        "text, application/json;q=0.1",
        "application/json;q=0.1, text/html;title=\"never closed, text/csv",
        // Nothing readable at all is no wish at all.
        "*",
        "*/html",
        "text/html;q=high",
    ] {
        assert_eq!(chosen(accept), Some(Json), "{accept}");
    }
    // These are well formed, if odd.
    for accept in
        ["text/html;q=1.", "text/html;q=1.000", "text/html;q=0.", ", text/html ;; q=0.001;"]
    {
        assert!(media_ranges(accept).len() == 1, "{accept}");
    }
}

#[test]
fn format_goes_before_the_header() {
    assert_eq!(choose(Some(CHROME), Some("csv"), &Format::ALL).ok(), Some(Csv));
    assert_eq!(choose(Some("image/png"), Some("html"), &Format::ALL).ok(), Some(Html));
    for (name, offered) in [
        ("xml", &Format::ALL[..]),
        ("JSON", &Format::ALL),
        ("", &Format::ALL),
        ("csv", &[Json, Html]),
    ] {
        let error = choose(None, Some(name), offered).unwrap_err();
        let Error::Parameter { name: parameter, reason } = error else { panic!("{name}: {error}") };
        assert_eq!(parameter, "_format");
        assert!(offered.iter().all(|format| reason.contains(format.name())), "{name}: {reason}");
    }
    assert_eq!(named_in("a=1&_format=csv&_format=json"), Some("csv"));
    assert_eq!(named_in("my_format=csv&_formatted=html"), None);
}

#[test]
fn an_error_says_what_there_is() {
    let error = choose(Some("image/png"), None, &[Html, Json]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "This address answers as application/json, text/html, and the Accept header allows none of them; ask for one of these."
    );
    let error = choose(Some("image/png"), None, &Format::ALL).unwrap_err();
    assert!(
        Format::ALL.iter().all(|format| error.to_string().contains(format.media_type())),
        "{error}"
    );
}

#[test]
fn errors_are_pages_for_browsers_only() {
    for accept in [
        CHROME,
        FIREFOX,
        OLD_IE,
        "text/csv, text/html;q=0.1",
        "text/html;q=0.2, application/json;q=0.1",
    ] {
        assert_eq!(choose_for_error(Some(accept), None), Html, "{accept}");
    }
    for accept in [
        "*/*",
        "",
        "text/csv",
        "image/png",
        AXIOS,
        "text/html;q=0",
        "text/html;q=0.5, application/problem+json",
    ] {
        assert_eq!(choose_for_error(Some(accept), None), Json, "{accept}");
    }
    assert_eq!(choose_for_error(None, None), Json);
    assert_eq!(choose_for_error(Some(CHROME), Some("csv")), Json);
    assert_eq!(choose_for_error(None, Some("html")), Html);
    // An error about `_format` itself.
    assert_eq!(choose_for_error(Some(CHROME), Some("xml")), Html);
}

#[test]
fn gzip_as_the_client_allows_it() {
    for yes in [
        "gzip",
        "gzip, deflate, br, zstd",
        "GZIP;q=0.1",
        "x-gzip",
        "*",
        "br, *;q=0.5",
        "identity;q=0.5, gzip",
        "gzip;q=0.5, identity;q=0.5",
        "deflate;q=2, gzip",
    ] {
        assert!(gzip_allowed(Some(yes)), "{yes}");
    }
    for no in [
        "",
        "br",
        "gzip;q=0",
        "gzip;q=0, *",
        "*;q=0",
        "identity",
        "identity, gzip;q=0.5",
        "gzip;q=high",
        "gzipped",
        "a/gzip",
    ] {
        assert!(!gzip_allowed(Some(no)), "{no}");
    }
    assert!(!gzip_allowed(None));
}
