//! `/`: the published tables, and what else the index function answers.

use http::{Method, header};
use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table};
use crate::row;

#[test]
fn the_published_tables_are_listed_with_what_they_are() {
    let fixture = Fixture::with(&[
        Table::new("Account")
            .column("ID", Kind::Integer)
            .column("Owner", Kind::Text)
            .key(&["ID"])
            .rows([row![1, "x"]]),
        Table::new("Empty").column("ID", Kind::Integer).key(&["ID"]),
    ]);
    let (view, table) = (fixture.in_sql("Seen"), fixture.in_sql("Account"));
    fixture.run(&format!("CREATE VIEW {view} AS SELECT \"ID\" FROM {table}"));
    let site = fixture.site_with(&[("SITE_TITLE", "Our <tables>")]);
    let index = site.json("/");
    assert_eq!(index["title"], "Our <tables>");
    let lines: Vec<Value> = index["tables"].as_array().unwrap().clone();
    let line = |name: &str, kind: &str, columns: usize| {
        json!({"table": format!("Test.{name}"), "schema": "Test", "name": name, "kind": kind, "columns": columns,
               "description": null, "href": format!("/table/Test.{name}")})
    };
    assert_eq!(
        lines,
        [line("Account", "table", 2), line("Empty", "table", 1), line("Seen", "view", 1)]
    );
    let page = site.page("/");
    assert!(page.html.contains("Our &lt;tables&gt;"));
    for line in &lines {
        let href = line["href"].as_str().unwrap();
        assert!(page.links().iter().any(|link| link == href), "{href}");
        site.page(href);
    }
    site.ask(Method::GET, "/", &[(header::ACCEPT, "text/csv")]).expect(406);
}

#[test]
fn a_table_that_is_made_is_found_soon_and_one_that_is_dropped_is_not_served() {
    let fixture = Fixture::with(&[Table::new("First").column("ID", Kind::Integer).key(&["ID"])]);
    let site = fixture.site();
    site.get(&fixture.address("First", "")).expect(200);
    fixture.run(&format!("DROP TABLE {}", fixture.in_sql("First")));
    site.get(&fixture.address("First", "")).expect(404);
    site.get(&fixture.address("First", "/row?ID=1")).expect(404);
}

#[test]
fn broken_views_break_no_list() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE Gone (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("CREATE TABLE Stays (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("CREATE VIEW Broken AS SELECT * FROM Gone");
    fixture.run("CREATE VIEW Half AS SELECT V FROM Gone");
    fixture.run("DROP TABLE Gone");
    let site = fixture.site();
    let index = site.json("/");
    let names: Vec<_> =
        index["tables"].as_array().unwrap().iter().map(|table| table["name"].clone()).collect();
    assert_eq!(names, ["Broken", "Half", "Stays"]);
    let stays = &index["tables"][2];
    assert_eq!((&stays["kind"], &stays["columns"]), (&json!("table"), &json!(2)));
    site.page("/");
    site.get(&fixture.address("Stays", "")).expect(200);
    for name in ["Broken", "Half"] {
        let status = site.get(&fixture.address(name, "")).status;
        assert!((500..600).contains(&status), "{name}: {status}");
    }
}

#[test]
fn descriptions_are_shown_where_the_database_has_them() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("CREATE TABLE _descriptions (table_name TEXT, column_name TEXT, description TEXT)");
    fixture.run(
        "INSERT INTO _descriptions VALUES ('t', NULL, 'Things & more'), ('T', 'v', 'A value')",
    );
    let site = fixture.site();
    assert_eq!(site.json("/")["tables"][0]["description"], "Things & more");
    assert!(site.page("/").html.contains("Things &amp; more"));
    assert_eq!(site.json(&fixture.address("T", "/schema"))["columns"][1]["description"], "A value");
    // A table that only has the name has another purpose.
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY)");
    fixture.run("CREATE TABLE _descriptions (number INTEGER)");
    let site = fixture.site();
    assert_eq!(site.json("/")["tables"].as_array().unwrap().len(), 1);
    site.get(&fixture.address("T", "")).expect(200);
}

#[test]
fn a_virtual_table_is_one_table() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE VIRTUAL TABLE Notes USING fts5(title, body)");
    fixture.run("INSERT INTO Notes VALUES ('first', 'text'), ('second', 'text')");
    let site = fixture.site();
    assert_eq!(site.json("/")["tables"].as_array().unwrap().len(), 1);
    let rows =
        crate::harness::json_walk(&site, &fixture.address("Notes", "?_size=1&title__contains=s"));
    assert_eq!(rows.len(), 2);
}

#[test]
fn an_unknown_address_is_a_404_in_the_requested_representation() {
    let fixture = Fixture::new();
    let site = fixture.site();
    for path in [
        "/nothing",
        "/table",
        "/tables",
        "/health/x",
        "/static/",
        "/static/nothing.css",
        "//",
        "/openapi.yaml",
    ] {
        let answer = site.get(path).expect(404);
        assert_eq!(answer.header(header::CONTENT_TYPE), Some("application/problem+json"), "{path}");
        let answer =
            site.ask(Method::GET, path, &[(header::ACCEPT, crate::harness::BROWSER)]).expect(404);
        assert_eq!(answer.header(header::CONTENT_TYPE), Some("text/html; charset=utf-8"), "{path}");
    }
}

#[test]
fn health_tells_whether_the_database_answers() {
    let fixture = Fixture::with(&[Table::new("T").column("ID", Kind::Integer).key(&["ID"])]);
    let site = fixture.site();
    assert_eq!(site.json("/health")["status"], "ok");
    let deep = site.get("/health?deep=1").expect(200);
    assert_eq!(deep.json()["status"], "ok");
    assert_eq!(deep.header(header::CACHE_CONTROL), Some("no-store"));
}
