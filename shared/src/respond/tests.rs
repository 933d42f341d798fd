use std::io::Read as _;

use http::HeaderName;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    CONTENT_LENGTH, LINK, ORIGIN, VARY,
};

use super::*;
use crate::config::CorsOrigins;

mod errors;

use errors::errors;

const BROWSER: (HeaderName, &str) =
    (ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
const ZIPS: (HeaderName, &str) = (ACCEPT_ENCODING, "gzip, br");

fn request(headers: &[(HeaderName, &str)]) -> Request {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    Request {
        id: "Id-1".into(),
        method: Method::GET,
        path: "/".into(),
        query: String::new(),
        headers,
        ..Request::default()
    }
}

fn content(body: &str) -> Content {
    let mut content = Content::new("application/json", body.as_bytes().to_vec());
    content.headers.insert(LINK, HeaderValue::from_static("</x>; rel=\"next\""));
    content
}

fn answer(headers: &[(HeaderName, &str)], body: &str) -> Response<Vec<u8>> {
    success(&request(headers), &HttpSettings::default(), content(body))
}

fn header(response: &Response<Vec<u8>>, name: impl http::header::AsHeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn long() -> String {
    "a page of rows ".repeat(100)
}

/// One answer of each kind there is.
fn all_kinds(headers: &[(HeaderName, &str)], settings: &HttpSettings) -> Vec<Response<Vec<u8>>> {
    let request = request(headers);
    let known = Tags::of("application/json", b"{}").plain;
    let mut asks_again = request.clone();
    asks_again.headers.insert(IF_NONE_MATCH, known.header());
    let mut kinds = vec![
        success(&request, settings, content("{}")),
        success(&asks_again, settings, content("{}")),
        redirect(&request, settings, "/x"),
    ];
    kinds.extend(
        errors().iter().map(|(error, _)| failure(&request, settings, error, |_| Ok("<p>".into()))),
    );
    kinds
}

#[test]
fn every_answer_has_vary_and_security_headers() {
    for headers in [&[BROWSER, ZIPS][..], &[]] {
        for response in all_kinds(headers, &HttpSettings::default()) {
            assert_eq!(header(&response, VARY), "Accept, Accept-Encoding", "{response:?}");
            let policy = header(&response, "content-security-policy");
            assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{response:?}");
            assert!(
                policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"),
                "{policy}"
            );
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "referrer-policy"), "no-referrer");
            assert_eq!(header(&response, "strict-transport-security"), "max-age=31536000");
            assert_eq!(header(&response, "cross-origin-opener-policy"), "same-origin");
            assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin");
            assert!(!header(&response, CACHE_CONTROL).is_empty(), "{response:?}");
            assert!(response.headers().get(CONTENT_LENGTH).is_none());
            assert!(
                response.headers().keys().all(|name| !name.as_str().starts_with("access-control"))
            );
        }
    }
}

#[test]
fn caching_is_as_asked() {
    let mut settings = HttpSettings::default();
    settings.cache_control.default = HeaderValue::from_static("public, max-age=5");
    let with = |caching| success(&request(&[]), &settings, Content { caching, ..content("x") });
    assert_eq!(header(&with(Caching::Default), CACHE_CONTROL), "public, max-age=5");
    let of_table = Caching::OfTable(HeaderValue::from_static("no-cache"));
    assert_eq!(header(&with(of_table), CACHE_CONTROL), "no-cache");
    assert_eq!(
        header(&with(Caching::Immutable), CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(header(&with(Caching::NoStore), CACHE_CONTROL), "no-store");
    assert_eq!(header(&with(Caching::NoStore), ETAG), "");
    let any = request(&[(IF_NONE_MATCH, "*")]);
    assert_eq!(
        success(&any, &settings, Content { caching: Caching::NoStore, ..content("x") }).status(),
        200
    );
    for (error, _) in errors() {
        let response = failure(&any, &settings, &error, |_| Ok(String::new()));
        assert_eq!((header(&response, CACHE_CONTROL), header(&response, ETAG)), ("no-store", ""));
    }
}

#[test]
fn tags_tell_content_type_body_and_coding_apart() {
    let tag = |response: Response<Vec<u8>>| header(&response, ETAG).to_owned();
    let plain = tag(answer(&[], &long()));
    assert!(plain.starts_with('"') && plain.ends_with('"'), "{plain}");
    assert_eq!(plain, tag(answer(&[], &long())));
    assert_ne!(plain, tag(answer(&[ZIPS], &long())));
    assert_ne!(plain, tag(answer(&[], &(long() + " "))));
    let csv = Content { content_type: "text/csv", ..content(&long()) };
    assert_ne!(plain, tag(success(&request(&[]), &HttpSettings::default(), csv)));
    // Too short to compress: the same bytes, the same tag.
    assert_eq!(tag(answer(&[], "{}")), tag(answer(&[ZIPS], "{}")));
}

#[test]
fn who_has_it_gets_304() {
    let (body, other) = (long(), "\"other, and more\"");
    for (zips, body) in [(&[ZIPS][..], &*body), (&[], &*body), (&[ZIPS], "{}")] {
        let tag = header(&answer(zips, body), ETAG).to_owned();
        for known in [
            "*".into(),
            tag.clone(),
            format!("W/{tag}"),
            format!("{other} ,W/\"x\", {tag}"),
            format!(",{tag},"),
        ] {
            let response = answer(&[zips, &[(IF_NONE_MATCH, &known)]].concat(), body);
            assert_eq!(response.status(), 304, "{known}");
            assert!(response.body().is_empty());
            assert_eq!(
                (header(&response, ETAG), header(&response, CACHE_CONTROL)),
                (&*tag, "private, no-cache")
            );
            assert_eq!(
                (header(&response, CONTENT_TYPE), header(&response, CONTENT_ENCODING)),
                ("", "")
            );
            assert_eq!(header(&response, LINK), "</x>; rel=\"next\"");
        }
        let bare = tag.trim_matches('"');
        for known in [
            other.into(),
            bare.into(),
            format!("\"a,{bare}"),
            format!("\"{bare}x\""),
            tag.to_uppercase(),
        ] {
            assert_eq!(
                answer(&[zips, &[(IF_NONE_MATCH, &known)]].concat(), body).status(),
                200,
                "{known}"
            );
        }
    }
    // The tag of one coding does not stand for the other.
    let plain = header(&answer(&[], &body), ETAG).to_owned();
    let gzip = header(&answer(&[ZIPS], &body), ETAG).to_owned();
    assert_eq!(answer(&[ZIPS, (IF_NONE_MATCH, &plain)], &body).status(), 200);
    assert_eq!(answer(&[(IF_NONE_MATCH, &gzip)], &body).status(), 200);
    // Two lines of the header are one list.
    let mut twice = request(&[(IF_NONE_MATCH, other)]);
    twice.headers.append(IF_NONE_MATCH, HeaderValue::from_str(&plain).unwrap());
    assert_eq!(success(&twice, &HttpSettings::default(), content(&body)).status(), 304);
}

#[test]
fn gzip_where_allowed_and_smaller() {
    let response = answer(&[ZIPS], &long());
    assert_eq!(header(&response, CONTENT_ENCODING), "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(response.body().as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, long());
    // RFC 1952 section 2.3: the time of the file, which would make each answer another one.
    assert_eq!(response.body()[4..8], [0; 4]);
    for plain in [
        answer(&[], &long()),
        answer(&[(ACCEPT_ENCODING, "gzip;q=0")], &long()),
        answer(&[ZIPS], &"x".repeat(1_024)),
    ] {
        assert_eq!(header(&plain, CONTENT_ENCODING), "");
    }
    assert_eq!(header(&answer(&[ZIPS], &"x".repeat(1_025)), CONTENT_ENCODING), "gzip");
    // What does not shrink goes as it is, and is known again by its tag.
    let noise: Vec<u8> = (0..2_000_u32)
        .map(|place| xxhash_rust::xxh3::xxh3_64(&place.to_le_bytes()) as u8)
        .collect();
    let noise = || Content::new("application/octet-stream", noise.clone());
    let settings = HttpSettings::default();
    let response = success(&request(&[ZIPS]), &settings, noise());
    assert_eq!((header(&response, CONTENT_ENCODING), response.body().len()), ("", 2_000));
    let again =
        success(&request(&[ZIPS, (IF_NONE_MATCH, header(&response, ETAG))]), &settings, noise());
    assert_eq!(again.status(), 304);
}

#[test]
fn what_was_compressed_before_changes_nothing() {
    let noise = |length: u32| -> String {
        (0..length)
            .map(|place| xxhash_rust::xxh3::xxh3_64(&place.to_le_bytes()).to_string())
            .collect()
    };
    let bodies =
        [long(), noise(100_000), "x".repeat(3_000_000), noise(200), long() + &noise(5_000)];
    let zipped = |body: &str| answer(&[ZIPS], body).into_body();
    // Each on a thread of its own, with nothing before it.
    let alone = bodies
        .each_ref()
        .map(|body| std::thread::scope(|scope| scope.spawn(|| zipped(body)).join().unwrap()));
    for place in [0, 1, 0, 2, 3, 2, 4, 1, 4, 3, 0] {
        assert!(zipped(&bodies[place]) == alone[place], "{place}");
        let mut text = String::new();
        flate2::read::GzDecoder::new(alone[place].as_slice()).read_to_string(&mut text).unwrap();
        assert!(text == bodies[place], "{place}");
    }
}

#[test]
fn a_prepared_gzip_is_sent_as_it_is() {
    let prepared = |headers: &[(HeaderName, &str)]| {
        let content =
            Content { gzip: Some(b"zipped"), ..Content::new("text/css", &b"not zipped"[..]) };
        success(&request(headers), &HttpSettings::default(), content)
    };
    let (zipped, plain) = (prepared(&[ZIPS]), prepared(&[]));
    assert_eq!(
        (zipped.body().as_slice(), header(&zipped, CONTENT_ENCODING)),
        (&b"zipped"[..], "gzip")
    );
    assert_eq!(
        (plain.body().as_slice(), header(&plain, CONTENT_ENCODING)),
        (&b"not zipped"[..], "")
    );
    assert_ne!(header(&zipped, ETAG), header(&plain, ETAG));
}

#[test]
fn head_is_get_without_its_body() {
    let (settings, body) = (HttpSettings::default(), long());
    for headers in [&[ZIPS][..], &[], &[(IF_NONE_MATCH, "*")]] {
        let get = request(headers);
        let head = Request { method: Method::HEAD, ..get.clone() };
        let page = |_: &ErrorPage| Ok(String::new());
        for (get, head) in [
            (success(&get, &settings, content(&body)), success(&head, &settings, content(&body))),
            (
                failure(&get, &settings, &Error::UnknownTable, page),
                failure(&head, &settings, &Error::UnknownTable, page),
            ),
        ] {
            assert_eq!((head.status(), head.headers()), (get.status(), get.headers()));
            assert!(head.body().is_empty());
        }
    }
}

#[test]
fn links_are_one_header() {
    let links = |next, first| {
        let mut content = Content::new("text/csv", Vec::new());
        content.links(&[("next", next), ("first", first)]);
        content
            .headers
            .get_all(LINK)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(links(Some("/b"), Some("/a")), ["</b>; rel=\"next\", </a>; rel=\"first\""]);
    assert_eq!(links(Some("/b"), None), ["</b>; rel=\"next\""]);
    assert_eq!(links(None, Some("/a")), ["</a>; rel=\"first\""]);
    assert!(links(None, None).is_empty());
    let long = format!("/{}", "x".repeat(5_000));
    assert_eq!(links(Some(&long), Some(&long)), [format!("<{long}>; rel=\"next\"")]);
}

#[test]
fn redirects_stay_on_this_host() {
    for (location, expected) in [
        ("/table/Bank.Account?City=K%C3%B6ln", "/table/Bank.Account?City=K%C3%B6ln"),
        ("/table/Bank.Büro?a=b c\"<>", "/table/Bank.B%C3%BCro?a=b%20c%22%3C%3E"),
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/evil.example"),
        ("https://evil.example", "/https://evil.example"),
        ("/x\r\nSet-Cookie: a=b", "/x%0D%0ASet-Cookie:%20a=b"),
        ("", "/"),
    ] {
        let response = redirect(&request(&[]), &HttpSettings::default(), location);
        assert_eq!((response.status().as_u16(), header(&response, LOCATION)), (303, expected));
        assert_eq!((response.body().len(), header(&response, CACHE_CONTROL)), (0, "no-store"));
    }
}

#[test]
fn scripts_of_configured_origins_may_read() {
    let listed = ["https://a.example", "https://b.example"].map(HeaderValue::from_static).to_vec();
    let settings = |cors_origins| HttpSettings { cors_origins, ..Default::default() };
    for (origin, allowed) in [
        (Some("https://b.example"), "https://b.example"),
        (Some("https://b.example.evil.example"), ""),
        (Some("http://b.example"), ""),
        (Some("null"), ""),
        (None, ""),
    ] {
        let headers: Vec<_> = origin.map(|origin| (ORIGIN, origin)).into_iter().collect();
        for response in all_kinds(&headers, &settings(CorsOrigins::Listed(listed.clone()))) {
            assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_ORIGIN), allowed);
            assert_eq!(
                header(&response, ACCESS_CONTROL_EXPOSE_HEADERS).is_empty(),
                allowed.is_empty()
            );
            assert_eq!(header(&response, VARY), "Accept, Accept-Encoding, Origin");
        }
        for response in all_kinds(&headers, &settings(CorsOrigins::Any)) {
            assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_ORIGIN), "*");
            assert_eq!(header(&response, VARY), "Accept, Accept-Encoding");
            let exposed = header(&response, ACCESS_CONTROL_EXPOSE_HEADERS);
            assert_eq!(
                exposed,
                "Link, ETag, Page-Truncated, Page-Cut, Page-Total, Page-Uncounted, Server-Timing, Retry-After"
            );
        }
    }
}

#[test]
fn browsers_are_told_what_scripts_of_configured_origins_may_send() {
    let settings = |cors_origins| HttpSettings { cors_origins, ..Default::default() };
    let listed = settings(CorsOrigins::Listed(vec![HeaderValue::from_static("https://a.example")]));
    let any = settings(CorsOrigins::Any);
    let asks = |origin: &str| Request {
        method: Method::OPTIONS,
        ..request(&[(ORIGIN, origin), (ACCESS_CONTROL_REQUEST_METHOD, "GET"), ZIPS])
    };
    for (settings, origin, allowed) in [
        (&listed, "https://a.example", "https://a.example"),
        (&any, "https://b.example", "*"),
        (&any, "null", "*"),
    ] {
        let answer = preflight(&asks(origin), settings).unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().len()), (204, 0));
        assert_eq!(header(&answer, ACCESS_CONTROL_ALLOW_ORIGIN), allowed);
        assert_eq!(header(&answer, ACCESS_CONTROL_ALLOW_METHODS), "GET, HEAD");
        assert_eq!(header(&answer, ACCESS_CONTROL_ALLOW_HEADERS), "Authorization, *");
        assert!(header(&answer, ACCESS_CONTROL_MAX_AGE).parse::<u32>().unwrap() > 0);
        assert_eq!(header(&answer, CACHE_CONTROL), "no-store");
        assert_eq!(header(&answer, "access-control-allow-credentials"), "");
    }
    assert_eq!(
        header(&preflight(&asks("https://a.example"), &listed).unwrap(), VARY),
        "Accept, Accept-Encoding, Origin"
    );
    assert!(preflight(&asks("https://b.example"), &listed).is_none());
    assert!(preflight(&asks("https://a.example"), &HttpSettings::default()).is_none());
    // OPTIONS by itself is no such question, nor is GET.
    let mut bare = asks("https://a.example");
    bare.headers.remove(ACCESS_CONTROL_REQUEST_METHOD);
    assert!(preflight(&bare, &listed).is_none());
    assert!(
        preflight(&Request { method: Method::GET, ..asks("https://a.example") }, &listed).is_none()
    );
}
