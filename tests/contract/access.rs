//! Where callers must be known, nothing but what is open answers anybody else, whatever the address
//! looks like; and a session that is not this site's own is none.

use http::{HeaderName, Method, header};
use iris_tables::caller::Authorizer;
use iris_tables::config::{Access, Secret};
use iris_tables::frame::RouteAccess;
use iris_tables::session::{Purpose, SESSION_COOKIE, Sealer, now};
use serde_json::json;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{BROWSER, LOGIN, Site};
use crate::row;

/// In the table, and in no answer to nobody.
const ROW: &str = "hunter2";

fn fixture() -> Fixture {
    let table = Table::new("Ward")
        .column("ID", Kind::Integer)
        .column("Word", Kind::Text)
        .key(&["ID"])
        .rows([row![1, ROW]]);
    Fixture::with(&[table])
}

/// Settings with one of them changed.
fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    LOGIN.iter().map(|(known, old)| (*known, if *known == name { value } else { old })).collect()
}

/// A session as `settings` would seal it.
fn sealed(settings: &[(&str, &str)], purpose: Purpose, until: u64) -> String {
    let find = |name: &str| {
        let found = settings.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let Access::Login(login) = iris_tables::config::read_site(find).unwrap().access else {
        panic!("ACCESS=login")
    };
    let key = Secret::from(find("SESSION_KEY").unwrap());
    let session = json!({"sub": "ada", "name": "Ada", "issued": now(), "until": until});
    let sealer = Sealer::new(&[key], &login);
    let sealed = sealer.seal(purpose, session.to_string().as_bytes(), "").unwrap();
    format!("{SESSION_COOKIE}={sealed}")
}

/// An address of each route that somebody may ask, by the enums that dispatch.
fn routes(table: &str) -> Vec<String> {
    let of_index = index::Route::ALL.into_iter().map(|route| {
        let address = match route {
            index::Route::Index => "/",
            index::Route::Health => "/health",
            index::Route::DeepHealth => "/health?deep=1",
            index::Route::OpenApi => "/openapi.json",
            index::Route::Docs => "/docs",
            index::Route::Me => "/me",
            index::Route::Unknown => "/nothing",
        };
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        assert_eq!(index::Route::of(path, query), route, "{address}");
        address.to_owned()
    });
    let of_table = table::View::ALL.into_iter().flat_map(|(end, _)| {
        let queries = ["", "?ID=1", "?_format=csv", "?_view=page", "?_form=x", "?_cell=Word&ID=1"];
        queries.map(|query| format!("/table/{table}{end}{query}"))
    });
    of_index.chain(of_table).collect()
}

/// The same, and odd spellings of them.
fn addresses(table: &str) -> Vec<String> {
    let mut all = routes(table);
    for address in routes(table) {
        for before in ["/static/..", "/static/%2e%2e", "/", "/favicon.ico/..", "/login/..", "/."] {
            all.push(format!("{before}{address}"));
        }
        for after in ["/", "#", ";x", "%00", "%20", "/..", "?to=/login", "#/login", "/login"] {
            all.push(format!("{address}{after}"));
        }
        all.push(address.replacen('/', "/%2F", 1));
        all.push(address.replacen('/', "\\", 1));
        all.push(address.replace('?', "%3F"));
        all.push(address.to_uppercase());
    }
    for path in ["/static", "/Health", "/health?", "/%68ealth", "/login%2Fcallback", "/loginx"] {
        all.push(path.to_owned());
        all.push(format!("{path}/table/{table}"));
    }
    all
}

/// What everybody may ask, as the documentation has it.
fn is_open(path: &str, query: &str) -> bool {
    let of_site = ["/login", "/login/callback", "/logout", "/logout/done", "/favicon.ico"];
    of_site.contains(&path) || path.starts_with("/static/") || path == "/health" && query.is_empty()
}

#[test]
fn nobody_gets_past_the_check() {
    let fixture = fixture();
    let stale = sealed(&LOGIN, Purpose::Session, now() - 1);
    let headers: [&[(HeaderName, &str)]; 9] = [
        &[],
        &[(header::ACCEPT, BROWSER)],
        &[(header::AUTHORIZATION, "Bearer x.y.z")],
        &[(header::AUTHORIZATION, "AWS4-HMAC-SHA256 Credential=AKIA")],
        &[(header::COOKIE, "__Host-iris-session=1.x.y")],
        &[(header::COOKIE, &stale)],
        &[(HeaderName::from_static("x-amzn-oidc-identity"), "ada")],
        &[(HeaderName::from_static("x-forwarded-user"), "ada")],
        &[(header::USER_AGENT, "ELB-HealthChecker/2.0")],
    ];
    for access in ["login", "jwt", "iam"] {
        let site = fixture.site_with(&with("ACCESS", access));
        for address in addresses("Test.Ward") {
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
                for headers in headers {
                    let answer = site.ask(method.clone(), &address, headers);
                    let is_shut = [303, 401].contains(&answer.status);
                    assert!(
                        is_shut || is_open(path, query),
                        "{access} {method} {address} {headers:?}: {}",
                        answer.status
                    );
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    assert!(!body.contains(ROW), "{address}: {body}");
                }
            }
        }
        assert_eq!(site.get("/health").status, 200, "{access}");
    }
}

#[test]
fn what_is_open_is_what_the_documentation_says() {
    let open: Vec<_> = index::Route::ALL
        .into_iter()
        .filter(|route| route.access() == RouteAccess::Public)
        .collect();
    assert_eq!(open, [index::Route::Health]);
    let shut: Vec<_> = site::Route::ALL
        .into_iter()
        .filter(|route| route.access() == RouteAccess::Protected)
        .collect();
    assert_eq!(shut, [site::Route::Unknown]);
}

fn ask(site: &Site, cookie: &str) -> (u16, bool) {
    let answer = site.ask(Method::GET, "/table/Test.Ward", &[(header::COOKIE, cookie)]);
    (answer.status, answer.text().contains(ROW))
}

#[test]
fn a_session_is_who_signed_in_and_a_forged_one_is_nobody() {
    let fixture = fixture();
    let site = fixture.site_with(&LOGIN);
    let later = now() + 600;
    let right = sealed(&LOGIN, Purpose::Session, later);
    assert_eq!(ask(&site, &right), (200, true));
    assert_eq!(ask(&site, &format!("a=b; {right}; c=d")), (200, true));
    let me = site.ask(Method::GET, "/me", &[(header::COOKIE, &right)]).expect(200).json();
    assert_eq!((&me["subject"], &me["source"]), (&json!("ada"), &json!("session")));
    let mut flipped = right.clone().into_bytes();
    let middle = flipped.len() / 2 + 20;
    flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
    let state = sealed(&LOGIN, Purpose::State, later);
    for (forged, what) in [
        (String::from_utf8(flipped).unwrap(), "a flipped bit"),
        (state, "a state as a session"),
        (sealed(&LOGIN, Purpose::Session, now()), "an ended one"),
        (
            sealed(
                &with("SESSION_KEY", "another key of 32 characters....."),
                Purpose::Session,
                later,
            ),
            "of another key",
        ),
        (
            sealed(&with("OIDC_ISSUER", "https://other.example"), Purpose::Session, later),
            "of another provider",
        ),
        (sealed(&with("OIDC_CLIENT_ID", "other"), Purpose::Session, later), "of another client"),
        (format!("{right}; {right}"), "two of the name"),
        (right.replace("__Host-", "__host-"), "another name"),
        (right.replace("=1.", "=2."), "another version"),
        (format!("{right}x"), "more after it"),
    ] {
        assert_eq!(ask(&site, &forged), (401, false), "{what}");
    }
}

/// The gateway's own word is no header, and a route that has lost its authorizer stays shut.
#[test]
fn a_caller_by_token_or_signature_is_the_gateways_word_alone() {
    let fixture = fixture();
    let claims = [("iss", "https://id.example"), ("sub", "program")];
    let claims = claims.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let token = Authorizer::Jwt(claims.into());
    let signature = Authorizer::Iam {
        user_arn: "arn:aws:iam::123456789012:user/x".to_owned(),
        user_id: "x".to_owned(),
        account_id: "123456789012".to_owned(),
    };
    for (access, authorizer, status) in [
        ("jwt", &token, 200),
        ("login", &token, 200),
        ("iam", &signature, 200),
        ("jwt", &signature, 401),
        ("login", &signature, 401),
        ("iam", &token, 401),
        ("jwt", &Authorizer::Absent, 401),
        ("iam", &Authorizer::Absent, 401),
        ("jwt", &Authorizer::Jwt([].into()), 401),
    ] {
        let site = fixture.site_with(&with("ACCESS", access)).authorized(authorizer.clone());
        assert_eq!(site.get("/table/Test.Ward").status, status, "{access} {authorizer:?}");
        assert_eq!(site.get("/me").status, status, "{access} {authorizer:?}");
    }
}

/// The session's cookie takes its part of what the gateway reads.
#[test]
fn an_address_may_be_shorter_where_people_sign_in() {
    let fixture = fixture();
    let session = sealed(&LOGIN, Purpose::Session, now() + 600);
    let headers: &[(HeaderName, &str)] = &[(header::COOKIE, &session)];
    let site = fixture.site_with(&LOGIN);
    let address = |length: usize| format!("/table/Test.Ward?_q={}", "x".repeat(length));
    assert_eq!(site.ask(Method::GET, &address(3_000), headers).status, 200);
    let refused = site.ask(Method::GET, &address(3_100), headers).expect(414);
    assert!(
        refused.text().contains("3,056") || refused.text().contains("3056"),
        "{}",
        refused.text()
    );
    assert_eq!(fixture.site_with(&[]).get(&address(3_100)).status, 200);
}
