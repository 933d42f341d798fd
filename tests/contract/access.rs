//! Where callers must be known, nothing but what is open answers anybody else, whatever the address
//! looks like.

use http::{HeaderName, Method, header};
use iris_tables::app::Door;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{BROWSER, LOGIN};
use crate::row;

/// Addresses of every route, and odd spellings of them.
fn addresses(table: &str) -> Vec<String> {
    let plain = [
        "/",
        "/health?deep=1",
        "/health?",
        "/health?x",
        "/openapi.json",
        "/docs",
        "/me",
        "/nothing",
        "/table",
        "/table/",
        "/login/x",
        "/logout/x",
    ];
    let tables = ["", "/row", "/row?ID=1", "/schema", "?_format=csv", "?_view=page", "?_form=x"];
    let mut all: Vec<String> = plain.map(str::to_owned).into();
    all.extend(tables.map(|rest| format!("/table/{table}{rest}")));
    for before in ["/static/..", "/static/%2e%2e", "//static/..", "/favicon.ico/..", "/health/.."] {
        all.push(format!("{before}/table/{table}"));
    }
    for path in [
        "//",
        "/./",
        "/%2e/",
        "/;/",
        "/\\",
        "/static",
        "/favicon.ico/",
        "/Health",
        "/health/",
        "/health#",
        "/login#",
        "/%68ealth",
        "/health%3Fx",
        "/login%2Fcallback",
        "/table/#",
        "/health;x",
    ] {
        all.push(path.to_owned());
        all.push(format!("{path}table/{table}"));
    }
    all
}

#[test]
fn nobody_gets_past_the_check() {
    let table = Table::new("Ward")
        .column("ID", Kind::Integer)
        .column("Word", Kind::Text)
        .key(&["ID"])
        .rows([row![1, "hunter2"]]);
    let fixture = Fixture::with(&[table]);
    let headers: [&[(HeaderName, &str)]; 6] = [
        &[],
        &[(header::ACCEPT, BROWSER)],
        &[(header::AUTHORIZATION, "Bearer x.y.z")],
        &[(header::COOKIE, "__Host-iris-session=1.x.y")],
        &[(HeaderName::from_static("x-amzn-oidc-identity"), "ada")],
        &[(HeaderName::from_static("x-forwarded-user"), "ada")],
    ];
    for access in ["login", "jwt", "iam"] {
        let settings: Vec<_> = LOGIN
            .iter()
            .map(|(name, value)| (*name, if *name == "ACCESS" { access } else { value }))
            .collect();
        let site = fixture.site_with(&settings);
        for address in addresses("Test.Ward") {
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            let is_open = !path.starts_with("/table/")
                && (site::takes(path) || index::Route::of(path, query).door() == Door::Open);
            for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
                for headers in headers {
                    let answer = site.ask(method.clone(), &address, headers);
                    let is_shut = [303, 401].contains(&answer.status);
                    assert!(is_shut || is_open, "{access} {method} {address}: {}", answer.status);
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    assert!(!body.contains("hunter2"), "{address}: {body}");
                }
            }
        }
        assert_eq!(site.get("/health").status, 200, "{access}");
    }
}

#[test]
fn only_health_is_open_among_the_routes_with_a_database() {
    let open: Vec<_> =
        index::Route::ALL.into_iter().filter(|route| route.door() == Door::Open).collect();
    assert_eq!(open, [index::Route::Health]);
}
