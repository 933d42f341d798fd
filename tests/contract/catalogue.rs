//! What an instance remembers of the catalogue, while the database changes.

use std::time::Duration;

use http::header;
use serde_json::json;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Site, json_walk};
use crate::row;

/// Longer than any test runs.
const NEVER: Duration = Duration::from_secs(3_600);

fn fixture() -> Fixture {
    let table = Table::new("T").column("ID", Kind::Integer).column("V", Kind::Text).key(&["ID"]);
    Fixture::with(&[table.rows([row![1, "one"], row![2, "two"]])])
}

/// A view of what is gone, and a table beside it.
fn broken() -> Fixture {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("CREATE TABLE Gone (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("CREATE VIEW Broken AS SELECT * FROM Gone");
    fixture.run("DROP TABLE Gone");
    fixture
}

/// Asks for a table that cannot be read.
fn unreadable(site: &Site, address: &str) {
    let answer = site.get(address).expect(500);
    assert_eq!(answer.json()["type"], "urn:iris-tables:problem:table-unreadable");
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("The table cannot be read"));
    assert_eq!(answer.header(header::RETRY_AFTER), None, "to try again does not help");
}

/// The names of a table's columns.
fn columns(site: &Site, table: &str) -> Vec<String> {
    let schema = site.json(&format!("/table/Test.{table}/schema"));
    schema["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_broken_view_does_not_affect_other_tables() {
    let fixture = broken();
    let site = fixture.site();
    assert_eq!(columns(&site, "T"), ["ID", "V"]);
    fixture.run("ALTER TABLE T ADD COLUMN W INTEGER");
    for _ in 0..2 {
        unreadable(&site, "/table/Test.Broken");
        unreadable(&site, "/table/Test.Broken/row?ID=1");
    }
    assert_eq!(columns(&site, "T"), ["ID", "V"], "it was read again");
}

#[test]
fn a_broken_view_is_looked_up_again_after_a_while_and_not_before() {
    for (doubted, status) in [(NEVER, 500), (Duration::ZERO, 200)] {
        let fixture = broken();
        let site = fixture.site_that_doubts_after(doubted);
        unreadable(&site, "/table/Test.Broken");
        fixture.run("CREATE TABLE Gone (ID INTEGER PRIMARY KEY, V TEXT)");
        site.get("/table/Test.Broken").expect(status);
    }
}

/// A search index over a table that is gone: it is described, but cannot be read.
#[test]
fn a_table_that_is_described_but_not_readable_is_looked_up_again_once() {
    for (doubted, status) in [(NEVER, 500), (Duration::ZERO, 200)] {
        let fixture = Fixture::sqlite();
        fixture.run("CREATE TABLE Gone (ID INTEGER PRIMARY KEY, V TEXT)");
        fixture.run("INSERT INTO Gone VALUES (1, 'one')");
        fixture.run("CREATE VIRTUAL TABLE Found USING fts5(V, content='Gone', content_rowid='ID')");
        let site = fixture.site_that_doubts_after(doubted);
        assert_eq!(json_walk(&site, "/table/Test.Found").len(), 1);
        fixture.run("DROP TABLE Gone");
        unreadable(&site, "/table/Test.Found");
        // The table that replaces it has another shape, which is not noticed without a request.
        fixture.run("CREATE TABLE Gone (ID INTEGER PRIMARY KEY, V TEXT)");
        fixture.run("DROP TABLE Found");
        fixture.run("CREATE TABLE Found (ID INTEGER PRIMARY KEY, W TEXT)");
        site.get("/table/Test.Found").expect(status);
    }
}

#[test]
fn the_list_says_that_it_cannot_count_the_columns_of_a_broken_view() {
    let fixture = broken();
    let site = fixture.site();
    let index = site.json("/");
    assert_eq!(
        (&index["tables"][0]["name"], &index["tables"][0]["columns"]),
        (&json!("Broken"), &json!(null))
    );
    assert_eq!(index["tables"][1]["columns"], 2);
    let page = site.page("/").html;
    assert!(
        page.contains("2 columns") && !page.contains("0 columns") && !page.contains("none"),
        "{page}"
    );
}

#[test]
fn what_the_list_has_is_found_and_what_is_found_is_in_the_list() {
    let fixture = fixture();
    let site = fixture.site_that_doubts_after(NEVER);
    site.get(&fixture.address("T", "")).expect(200);
    fixture.create(&Table::new("U").column("ID", Kind::Integer).key(&["ID"]));
    let listed = |site: &Site| site.json("/")["tables"].as_array().unwrap().len();
    assert_eq!(listed(&site), 2);
    site.get(&fixture.address("U", "")).expect(200);
    // The other way round.
    let site = fixture.site_that_doubts_after(Duration::ZERO);
    assert_eq!(listed(&site), 2);
    fixture.create(&Table::new("V").column("ID", Kind::Integer).key(&["ID"]));
    site.get(&fixture.address("V", "")).expect(200);
    assert_eq!(listed(&site), 3);
}

#[test]
fn a_new_column_is_found_as_soon_as_it_is_requested() {
    for query in ["?W=7", "?W__gt=6", "?_sort=W", "?_col=ID,W", "/row?W=7&ID=1"] {
        let fixture = fixture();
        let (soon, later) =
            (fixture.site_that_doubts_after(Duration::ZERO), fixture.site_that_doubts_after(NEVER));
        for site in [&soon, &later] {
            assert_eq!(columns(site, "T"), ["ID", "V"]);
        }
        fixture.run(&format!(
            "ALTER TABLE {} ADD COLUMN \"W\" INTEGER DEFAULT 7",
            fixture.in_sql("T")
        ));
        soon.get(&fixture.address("T", query)).expect(200);
        assert_eq!(columns(&soon, "T"), ["ID", "V", "W"]);
        // Not at every wrong name: any client could make the database describe its tables.
        later.get(&fixture.address("T", query)).expect(400);
        assert_eq!(columns(&later, "T"), ["ID", "V"]);
        soon.get(&fixture.address("T", &query.replace('W', "X"))).expect(400);
    }
}
