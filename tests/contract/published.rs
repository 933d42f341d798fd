//! What is not published cannot be seen, nor that it is there.

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{BROWSER, Site};
use crate::row;
use http::{Method, header};

fn fixture() -> Fixture {
    let table =
        |name: &str| Table::new(name).column("ID", Kind::Integer).key(&["ID"]).rows([row![1]]);
    Fixture::with(&[table("Open"), table("Closed")])
}

/// All that a client can see of an answer, except the request's id, the requested name and the
/// time.
fn seen(site: &Site, name: &str, address: &str, accept: &str) -> (u16, String, String) {
    let answer = site.ask(Method::GET, address, &[(header::ACCEPT, accept)]);
    let headers: Vec<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    (
        answer.status,
        headers.join("\n"),
        answer.text().replace(&answer.request_id, "ID").replace(name, "NAME"),
    )
}

#[test]
fn an_unpublished_table_is_like_one_that_does_not_exist() {
    let fixture = fixture();
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "Test.Open")]);
    for rest in [
        "",
        "?ID=1",
        "?Nothing=1",
        "?_format=csv",
        "?_size=x",
        "/row?ID=1",
        "/row?ID=2",
        "/schema",
        "/schema?x=1",
    ] {
        for accept in [BROWSER, "application/json", "text/csv", "image/png"] {
            let unknown = seen(&site, "Nowhere", &fixture.address("Nowhere", rest), accept);
            let closed = seen(&site, "Closed", &fixture.address("Closed", rest), accept);
            assert_eq!(closed, unknown, "{rest} {accept}");
            assert_eq!(closed.0, 404, "{rest} {accept}: {}", closed.2);
        }
    }
    for address in [
        "/table/Closed",
        "/table/closed",
        "/table/TEST.CLOSED",
        "/table/Test%2EClosed",
        "/table/%22Test%22.%22Closed%22",
    ] {
        site.get(address).expect(404);
    }
    for path in fixture.bare(&["/table/Open", "/table/open"]) {
        site.get(path).expect(200);
    }
    assert!(!site.get("/").expect(200).text().contains("Closed"));
    assert!(!site.page("/").html.contains("Closed"));
}

#[test]
fn nothing_is_published_by_default() {
    let fixture = fixture();
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "")]);
    assert_eq!(site.json("/")["tables"], serde_json::json!([]));
    site.page("/");
    site.get(&fixture.address("Open", "")).expect(404);
}

#[test]
fn tables_of_the_database_itself_are_not_reached_by_a_pattern() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY AUTOINCREMENT)");
    fixture.run("INSERT INTO T VALUES (41)");
    fixture.run("CREATE TABLE _descriptions (table_name TEXT, column_name TEXT, description TEXT)");
    fixture
        .run("INSERT INTO _descriptions VALUES ('T', NULL, 'Things'), ('T', 'ID', 'Their number')");
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    assert_eq!(site.json("/")["tables"].as_array().unwrap().len(), 1);
    for name in [
        "sqlite_master",
        "sqlite_schema",
        "sqlite_sequence",
        "sqlite_temp_master",
        "_descriptions",
        "pragma_table_list",
        "main.sqlite_master",
        "temp.sqlite_temp_master",
        "Test.sqlite_master",
        "SQLITE_SEQUENCE",
        "dbstat",
    ] {
        site.get(&format!("/table/{name}")).expect(404);
        site.get(&format!("/table/Test.{name}")).expect(404);
    }
    let named = fixture
        .site_with(&[("PUBLISHED_TABLES", "Test.*, Test.sqlite_sequence, Test._descriptions")]);
    assert_eq!(named.json("/table/Test.sqlite_sequence")["rows"][0]["seq"], 41);
    assert_eq!(named.json("/table/Test._descriptions")["rows"][0]["description"], "Things");
}

#[test]
fn names_in_an_address_are_never_sql() {
    let fixture = fixture();
    let site = fixture.site();
    for name in [
        "Open;DROP TABLE Open",
        "Open\" --",
        "Open WHERE 1=1",
        "(SELECT 1)",
        "Open'",
        "Open/**/",
        "\"Open\"",
    ] {
        site.get(&fixture.address(name, "")).expect(404);
    }
    for name in ["ID\" --", "ID) OR (1=1", "\"ID\"", "t.ID", "ID COLLATE NOCASE", "rowid", "1"] {
        for parameter in [name.to_owned(), format!("{name}__gt")] {
            let refused =
                site.get(&fixture.address("Open", &crate::harness::query(&[(&parameter, "1")])));
            refused.expect(400);
        }
        for parameter in ["_sort", "_col"] {
            site.refused(
                &fixture.address("Open", &crate::harness::query(&[(parameter, name)])),
                parameter,
            );
        }
    }
    site.get(&fixture.address("Open", "")).expect(200);
}
