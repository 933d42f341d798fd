//! Answers as HTTP has them. What every answer must have is checked by the harness, at each.

use http::{Method, header};

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Answer, BROWSER, Site};
use crate::row;

fn fixture() -> Fixture {
    let rows = (0..60)
        .map(|number| row![number, format!("text number {number}, long enough to be compressed")]);
    let table =
        Table::new("T").column("ID", Kind::Integer).column("V", Kind::Text).key(&["ID"]).rows(rows);
    Fixture::with(&[table])
}

/// An address of every route.
fn addresses(fixture: &Fixture) -> Vec<String> {
    let rest = ["", "?_size=5", "/row?ID=1", "/schema"];
    rest.iter().map(|rest| fixture.address("T", rest)).chain(["/".to_owned()]).collect()
}

fn ask(site: &Site, address: &str, accept: &str) -> Answer {
    site.ask(Method::GET, address, &[(header::ACCEPT, accept)])
}

#[test]
fn the_representation_is_the_requested_one() {
    let fixture = fixture();
    let site = fixture.site();
    let rows = fixture.address("T", "");
    for (accept, expected) in [
        (BROWSER, "text/html; charset=utf-8"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/json", "application/json"),
        ("application/json;odata=verbose", "application/json"),
        ("text/csv;q=.5, text/html;q=0.4", "text/csv; charset=utf-8; header=present"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("TEXT/CSV;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8; header=present"),
        ("text/*", "text/html; charset=utf-8"),
        ("image/png, text/csv;q=0.1", "text/csv; charset=utf-8; header=present"),
    ] {
        let answer = ask(&site, &rows, accept).expect(200);
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(expected), "{accept}");
        let row = ask(&site, &fixture.address("T", "/row?ID=1"), accept).expect(200);
        assert_eq!(row.header(header::CONTENT_TYPE), Some(expected), "{accept}");
    }
    for accept in ["image/png", "application/xml", "text/csv;q=0", "text/html;version=2"] {
        let answer = ask(&site, &rows, accept).expect(406);
        assert!(answer.json()["detail"].as_str().unwrap().contains("text/csv"), "{accept}");
    }
    ask(&site, "/", "text/csv").expect(406);
    ask(&site, &fixture.address("T", "/schema"), "text/csv").expect(406);
    for (format, expected) in [
        ("html", "text/html"),
        ("json", "application/json"),
        ("csv", "text/csv"),
        ("ndjson", "application/x-ndjson"),
    ] {
        let answer = ask(&site, &fixture.address("T", &format!("?_format={format}")), "image/png")
            .expect(200);
        assert!(answer.header(header::CONTENT_TYPE).unwrap().starts_with(expected), "{format}");
    }
}

#[test]
fn errors_come_as_a_document_or_as_a_page() {
    let fixture = fixture();
    let site = fixture.site();
    for (address, status) in [
        (fixture.address("T", "?_size=x"), 400),
        (fixture.address("Nothing", ""), 404),
        (fixture.address("T", "/row?ID=-1"), 404),
        ("/nothing".to_owned(), 404),
    ] {
        let document = ask(&site, &address, "application/json").expect(status);
        assert_eq!(document.header(header::CONTENT_TYPE), Some("application/problem+json"));
        let page = ask(&site, &address, BROWSER).expect(status);
        assert_eq!(page.header(header::CONTENT_TYPE), Some("text/html; charset=utf-8"));
        assert!(page.text().contains(&page.request_id), "a person can quote the id");
        // A request for CSV gets the document: an error is no table.
        let document = ask(&site, &address, "text/csv").expect(status);
        assert_eq!(document.header(header::CONTENT_TYPE), Some("application/problem+json"));
    }
}

#[test]
fn what_a_client_has_cached_is_not_sent_again() {
    let fixture = fixture();
    let site = fixture.site();
    for address in addresses(&fixture) {
        for accept in ["application/json", BROWSER] {
            let first = ask(&site, &address, accept).expect(200);
            let tag = first.header(header::ETAG).unwrap().to_owned();
            assert!(tag.starts_with('"'), "a strong tag: {tag}");
            for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()]
            {
                let headers = [(header::ACCEPT, accept), (header::IF_NONE_MATCH, known.as_str())];
                let again = site.ask(Method::GET, &address, &headers).expect(304);
                assert_eq!(again.header(header::ETAG), Some(tag.as_str()));
                assert_eq!(again.header(header::LINK), first.header(header::LINK));
            }
            let other = [(header::ACCEPT, accept), (header::IF_NONE_MATCH, "\"other\"")];
            site.ask(Method::GET, &address, &other).expect(200);
        }
        // Another representation is another thing.
        let tags: Vec<_> = ["application/json", BROWSER]
            .map(|accept| ask(&site, &address, accept).header(header::ETAG).unwrap().to_owned())
            .into();
        assert_ne!(tags[0], tags[1]);
    }
    let tag = site.get(&fixture.address("T", "")).header(header::ETAG).unwrap().to_owned();
    fixture.run(&format!("UPDATE {} SET \"V\" = 'changed' WHERE \"ID\" = 59", fixture.in_sql("T")));
    let known = [(header::IF_NONE_MATCH, tag.as_str())];
    assert!(
        site.ask(Method::GET, &fixture.address("T", ""), &known)
            .expect(200)
            .text()
            .contains("changed")
    );
    assert_eq!(site.get(&fixture.address("Nothing", "")).header(header::ETAG), None);
}

/// They have one representation each.
#[test]
fn the_description_is_not_sent_again_either() {
    let fixture = fixture();
    let site = fixture.site();
    let asked = |method, address: &str, headers: &[(header::HeaderName, &str)]| {
        site.ask(method, address, headers)
    };
    let mut tags = Vec::new();
    for address in ["/openapi.json", "/openapi.json?_table=Test.T", "/docs", "/docs?_table=Test.T"]
    {
        let coding = |accepted| (header::ACCEPT_ENCODING, accepted);
        let tag = |answer: Answer| answer.expect(200).header(header::ETAG).unwrap().to_owned();
        let plain = tag(asked(Method::GET, address, &[]));
        assert_eq!(tag(asked(Method::HEAD, address, &[])), plain, "{address}");
        let zipped = tag(asked(Method::GET, address, &[coding("gzip")]));
        for method in [Method::GET, Method::HEAD] {
            asked(method.clone(), address, &[(header::IF_NONE_MATCH, &plain)]).expect(304);
            asked(method, address, &[coding("gzip"), (header::IF_NONE_MATCH, &zipped)]).expect(304);
        }
        tags.extend([plain, zipped]);
    }
    let count = tags.len();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), count, "each has its own: {tags:?}");
    // Another instance says the same.
    let tag = site.get("/openapi.json").header(header::ETAG).unwrap().to_owned();
    fixture.site().ask(Method::GET, "/openapi.json", &[(header::IF_NONE_MATCH, &tag)]).expect(304);
    // Without `_table` the description is of all tables, whichever were requested before.
    assert_eq!(site.get("/openapi.json").header(header::ETAG), Some(tag.as_str()));
    site.get(&fixture.address("T", "")).expect(200);
    fixture.run(&format!("CREATE TABLE {} (\"N\" int)", fixture.in_sql("More")));
    let site = fixture.site_that_doubts_after(std::time::Duration::ZERO);
    site.ask(Method::GET, "/openapi.json", &[(header::IF_NONE_MATCH, &tag)]).expect(200);
}

#[test]
fn head_answers_what_get_would() {
    let fixture = fixture();
    let site = fixture.site();
    let mut all = addresses(&fixture);
    all.extend([
        fixture.address("Nothing", ""),
        fixture.address("T", "?x=1"),
        "/health".to_owned(),
    ]);
    for address in all {
        let (get, head) = (site.get(&address), site.ask(Method::HEAD, &address, &[]));
        assert_eq!(head.status, get.status, "{address}");
        for (name, value) in &get.headers {
            if name != "server-timing" {
                assert_eq!(head.headers.get(name), Some(value), "{address}: {name}");
            }
        }
    }
}

#[test]
fn bodies_are_compressed_for_clients_that_accept_it() {
    let fixture = fixture();
    let site = fixture.site();
    let address = fixture.address("T", "");
    let plain = site.get(&address).expect(200);
    assert_eq!(plain.header(header::CONTENT_ENCODING), None);
    for accepted in ["gzip", "gzip, deflate, br", "br;q=1, *;q=0.5", "GZIP"] {
        let answer =
            site.ask(Method::GET, &address, &[(header::ACCEPT_ENCODING, accepted)]).expect(200);
        assert_eq!(answer.header(header::CONTENT_ENCODING), Some("gzip"), "{accepted}");
        assert_eq!(answer.body, plain.body, "{accepted}");
        // Another coding has another tag, and is not sent again either.
        let tag = answer.header(header::ETAG).unwrap();
        assert_ne!(Some(tag), plain.header(header::ETAG));
        let known = [(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, tag)];
        site.ask(Method::GET, &address, &known).expect(304);
    }
    for refused in ["identity", "gzip;q=0", "br", ""] {
        let answer =
            site.ask(Method::GET, &address, &[(header::ACCEPT_ENCODING, refused)]).expect(200);
        assert_eq!(answer.header(header::CONTENT_ENCODING), None, "{refused}");
    }
    let small = site.ask(
        Method::GET,
        &fixture.address("T", "?_format=csv&_size=1"),
        &[(header::ACCEPT_ENCODING, "gzip")],
    );
    assert_eq!(small.header(header::CONTENT_ENCODING), None, "a small body is not worth it");
}

#[test]
fn only_reading_is_possible() {
    let fixture = fixture();
    let site = fixture.site();
    for address in addresses(&fixture)
        .into_iter()
        .chain(["/nothing".to_owned(), fixture.address("Nothing", "")])
    {
        for method in [
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::TRACE,
        ] {
            let answer = site.ask(method.clone(), &address, &[]).expect(405);
            assert_eq!(answer.header(header::ALLOW), Some("GET, HEAD"), "{method} {address}");
        }
    }
    let count = fixture.numbers(&format!("SELECT count(*) FROM {}", fixture.in_sql("T")), &[]);
    assert_eq!(count, [60]);
}

#[test]
fn an_address_may_have_a_certain_length() {
    let fixture = fixture();
    let site = fixture.site();
    for accept in ["application/json", BROWSER] {
        let answer = ask(&site, &format!("/?{}", "x".repeat(8_300)), accept).expect(414);
        assert!(answer.text().len() < 10_000, "the error does not repeat it");
        ask(&site, &fixture.address("T", &format!("?V={}", "x".repeat(8_300))), accept).expect(414);
        ask(&site, &fixture.address(&"x".repeat(8_300), ""), accept).expect(414);
    }
    site.get(&fixture.address("T", &format!("?V={}", "x".repeat(4_100)))).expect(200);
}

#[test]
fn the_address_of_the_next_page_is_never_too_long() {
    let key = |number: i64| format!("{number}{}", "k".repeat(2_400));
    let table = Table::new("T")
        .column("Code", Kind::Varchar(3_000))
        .key(&["Code"])
        .rows((0..6).map(|number| row![key(number)]));
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    // The query fills most of the address that a token leaves.
    let filter = format!("?_size=2&Code__not={}", "%2F".repeat(1_350));
    let rows = crate::harness::json_walk(&site, &fixture.address("T", &filter));
    assert_eq!(rows.len(), 6);
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let fixture = fixture();
    let site = fixture.site();
    for address in [
        "/".to_owned(),
        fixture.address("T", "?_size=5&_q=text&V__contains=%26&_sort=-V&_col=V,ID"),
        fixture.address("T", "/row?ID=1"),
        fixture.address("T", "/schema"),
    ] {
        let page = site.page(&address);
        let links: Vec<String> =
            page.links().into_iter().filter(|link| link.starts_with('/')).collect();
        assert!(links.len() > 2, "{address}: {links:?}");
        for link in links {
            site.get(&link).expect(200);
        }
        for file in page
            .html
            .split("href=\"/static/")
            .skip(1)
            .chain(page.html.split("src=\"/static/").skip(1))
        {
            let file =
                site.get(&format!("/static/{}", file.split('"').next().unwrap())).expect(200);
            assert!(file.header(header::CACHE_CONTROL).unwrap().contains("immutable"));
        }
    }
}

#[test]
fn answers_are_cached_as_the_settings_say_for_their_table() {
    let fixture = fixture();
    let other = Table::new("Other").column("ID", Kind::Integer).key(&["ID"]).reference(
        &["ID"],
        "T",
        &["ID"],
    );
    fixture.create(&other.rows([row![1]]));
    let site = fixture.site_with(&[
        ("CACHE_CONTROL", "private, max-age=5"),
        ("CACHE_CONTROL_TABLES", "*.Other=no-store; Test.T=public, max-age=3600"),
    ]);
    let kept = |address: &str| {
        site.get(address).expect(200).header(header::CACHE_CONTROL).unwrap().to_owned()
    };
    for rest in ["", "?_size=5", "?_format=csv", "/row?ID=1", "/row?ID=1&_cell=V", "/schema"] {
        let address = fixture.address("T", rest);
        assert_eq!(kept(&address), "public, max-age=3600", "{rest}");
        let known = site.get(&address).header(header::ETAG).unwrap().to_owned();
        let again = site.ask(Method::GET, &address, &[(header::IF_NONE_MATCH, &known)]).expect(304);
        assert_eq!(again.header(header::CACHE_CONTROL), Some("public, max-age=3600"), "{rest}");
    }
    assert_eq!(kept(&fixture.address("Other", "")), "no-store");
    // How many rows of another table refer to it is said of that table.
    let counted = fixture.address("T", "/row?ID=1&_count=exact");
    assert_eq!(kept(&counted), "no-store");
    assert_eq!([kept("/"), kept("/health")], ["private, max-age=5", "no-store"]);
    // An error of the same table is not cached: the next answer may be none. The harness checks it.
    for (rest, status) in [("?_size=x", 400), ("/row?ID=-1", 404), ("?_format=xml", 400)] {
        site.get(&fixture.address("T", rest)).expect(status);
    }
    let fresh = fixture.site();
    assert_eq!(fresh.get("/").header(header::CACHE_CONTROL), Some("private, no-cache"));
    for address in [fixture.address("T", ""), counted] {
        assert_eq!(
            fresh.get(&address).header(header::CACHE_CONTROL),
            Some("private, no-cache"),
            "{address}"
        );
    }
}

#[test]
fn scripts_of_configured_origins_may_request_and_read() {
    let fixture = fixture();
    let origin = (header::ORIGIN, "https://app.example");
    let asks = [origin.clone(), (header::ACCESS_CONTROL_REQUEST_METHOD, "GET")];
    let site = fixture.site_with(&[("CORS_ORIGINS", "https://app.example")]);
    let closed = fixture.site();
    let all = addresses(&fixture)
        .into_iter()
        .chain(["/nothing".to_owned(), fixture.address("Nothing", "")]);
    for address in all {
        let asked = site.ask(Method::OPTIONS, &address, &asks).expect(204);
        assert_eq!(asked.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some("https://app.example"));
        assert_eq!(asked.header(header::ACCESS_CONTROL_ALLOW_METHODS), Some("GET, HEAD"));
        assert!(asked.body.is_empty());
        let read = site.ask(Method::GET, &address, std::slice::from_ref(&origin));
        assert_eq!(read.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some("https://app.example"));
        for name in [
            "Link",
            "ETag",
            "Page-Truncated",
            "Page-Cut",
            "Page-Total",
            "Page-Uncounted",
            "Server-Timing",
            "Retry-After",
        ] {
            assert!(
                read.header(header::ACCESS_CONTROL_EXPOSE_HEADERS).unwrap().contains(name),
                "{name}"
            );
        }
        // A cache must not hand this answer to another origin's script, nor the other way round.
        for headers in [&[origin.clone()][..], &[]] {
            let vary =
                site.ask(Method::GET, &address, headers).header(header::VARY).unwrap().to_owned();
            assert_eq!(vary, "Accept, Accept-Encoding, Origin");
        }
        // No other origin, and none at all where none is configured.
        let other = [
            (header::ORIGIN, "https://other.example"),
            (header::ACCESS_CONTROL_REQUEST_METHOD, "GET"),
        ];
        let refused = [
            site.ask(Method::OPTIONS, &address, &other),
            closed.ask(Method::OPTIONS, &address, &asks),
        ];
        for answer in refused {
            let answer = answer.expect(405);
            assert_eq!(answer.header(header::ALLOW), Some("GET, HEAD"));
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
        }
    }
}
