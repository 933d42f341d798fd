//! What cannot be read in PostgreSQL costs itself alone, and says why.

use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::harness::{csv_walk, json_walk};

#[test]
fn what_cannot_be_read_says_why() {
    let Some(fixture) = Fixture::postgres() else { return };
    for sql in [
        "CREATE TABLE t (id int PRIMARY KEY, v text)",
        "INSERT INTO t VALUES (1, 'one')",
        "CREATE MATERIALIZED VIEW empty AS SELECT * FROM t WITH NO DATA",
        "CREATE VIEW of_empty AS SELECT * FROM empty",
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE elsewhere (a text) SERVER files OPTIONS (filename '/nowhere/x.csv')",
        "CREATE FUNCTION fails() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$",
        "CREATE VIEW failing AS SELECT fails() AS n FROM t",
        "CREATE VIEW divided AS SELECT 1 / (id - 1) AS n FROM t",
    ] {
        fixture.run(sql);
    }
    let site = fixture.site();
    for (table, words) in [
        ("empty", "not been filled yet"),
        ("of_empty", "not been filled yet"),
        ("elsewhere", "foreign table"),
        ("failing", "function"),
        ("divided", "cannot be computed"),
    ] {
        for rest in ["", "?_size=1", "?_format=csv"] {
            let problem = site.get(&fixture.address(table, rest)).expect(500).json();
            assert_eq!(problem["type"], "urn:iris-tables:problem:table-unreadable", "{table}");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
        assert_eq!(site.json(&fixture.address("t", ""))["rows"], json!([{"id": 1, "v": "one"}]));
    }
    let health = site.json("/health?deep=1");
    assert_eq!(
        health["unreadable"],
        json!(["Test.empty: it is a materialized view that has not been filled yet"])
    );
    fixture.run("REFRESH MATERIALIZED VIEW empty");
    assert_eq!(json_walk(&site, &fixture.address("of_empty", "")).len(), 1);
    assert_eq!(fixture.site().json("/health?deep=1")["unreadable"], Value::Null);
}

#[test]
fn a_view_of_very_many_columns_is_read_in_one_order() {
    let Some(fixture) = Fixture::postgres() else { return };
    // They differ in the last column alone, and in its text alone.
    for columns in [850, 1600] {
        let equal: Vec<String> = (1..columns).map(|column| format!("'x' AS c{column}")).collect();
        fixture.run(&format!(
            "CREATE VIEW w{columns} AS SELECT {}, CAST('1.' || repeat('0', n) AS numeric) AS last \
             FROM generate_series(1, 5) n",
            equal.join(", ")
        ));
        let site = fixture.site();
        let walked = csv_walk(&site, &fixture.address(&format!("w{columns}"), "?_size=2"));
        let mut last: Vec<String> =
            walked.iter().map(|row| row.last().unwrap().clone().unwrap()).collect();
        assert_eq!(last.len(), 5);
        assert!(last.is_sorted(), "{last:?}");
        last.dedup();
        assert_eq!(last.len(), 5, "each row once");
        for rest in ["?c1=x", "?_q=x", "?_count=exact", "?_sort=-last", "?_format=html&_size=1"] {
            site.get(&fixture.address(&format!("w{columns}"), rest)).expect(200);
        }
    }
}

#[test]
fn bytes_of_any_encoding_are_read() {
    let Some(fixture) = Fixture::postgres_in("SQL_ASCII") else { return };
    fixture.run("CREATE TABLE t (v text PRIMARY KEY, w varchar(20), c char(9))");
    fixture.run(
        "INSERT INTO t VALUES (E'\\344latin1', E'\\344', E'\\344'), ('ä', 'ö', 'ü'), \
         ('plain', 'x', 'y'), (E'\\377last', 'x', E'\\377')",
    );
    let site = fixture.site();
    assert_eq!(
        json!(json_walk(&site, &fixture.address("t", "?_size=1"))),
        json!([
            {"v": "plain", "w": "x", "c": "y        "},
            {"v": "ä", "w": "ö", "c": "ü       "},
            {"v": "\u{fffd}latin1", "w": "\u{fffd}", "c": "\u{fffd}        "},
            {"v": "\u{fffd}last", "w": "x", "c": "\u{fffd}        "},
        ])
    );
    for (rest, found) in
        [("?v=ä", 1), ("?_q=ö", 1), ("?v__contains=latin", 1), ("?v__not=ä", 3), ("?v__gt=ä", 2)]
    {
        assert_eq!(json_walk(&site, &fixture.address("t", rest)).len(), found, "{rest}");
    }
    // Each row's own page, and its values by themselves.
    let page = site.page(&fixture.address("t", ""));
    for (row, bytes) in page.rows.iter().zip([&b"x"[..], "ö".as_bytes(), b"\xe4", b"x"]) {
        let href = row.iter().find_map(|cell| cell.href.as_deref()).unwrap();
        site.page(href);
        assert_eq!(site.get(&format!("{href}&_cell=w")).expect(200).body, bytes);
    }
}
