//! Walks through what only PostgreSQL can hold: keys that may be read in part, tables with
//! children, odd indexes.

use serde_json::Value;

use crate::fixture::Fixture;
use crate::harness::{Shown, Site, json_walk};

/// What a column holds over all pages of two rows, sorted.
fn walked(site: &Site, address: &str, column: &str) -> Vec<i64> {
    let number = |row: &serde_json::Map<String, Value>| row[column].as_i64().unwrap();
    let mut numbers: Vec<i64> = json_walk(site, address).iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// Every row comes once, however it is sorted, and every link on a page leads to its row.
fn check(fixture: &Fixture, site: &Site, table: &str, expected: &[i64]) {
    for sort in ["", "&_sort=n", "&_sort=-g", "&_sort=g,-n"] {
        let address = fixture.address(table, &format!("?_size=2{sort}"));
        assert_eq!(walked(site, &address, "n"), expected, "{table}{sort}");
    }
    let page = site.page(&fixture.address(table, "?_col=n"));
    assert_eq!(page.rows.len(), expected.len());
    for row in &page.rows {
        let Some(href) = &row[0].href else { continue };
        let alone = site.json(href);
        assert_eq!(row[0].shown, Shown::Text(alone["row"]["n"].to_string()), "{table}: {href}");
    }
}

#[test]
fn a_key_of_which_a_part_may_be_read_is_no_key() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (g int, n int, h int, secret text, PRIMARY KEY (g, h))");
    fixture.run("INSERT INTO t SELECT n / 5, n, n % 5, 'x' FROM generate_series(0, 19) n");
    // The same with another key, of which all may be read.
    fixture.run("CREATE TABLE u (LIKE t INCLUDING ALL, UNIQUE (n, g))");
    fixture.run("ALTER TABLE u ALTER n SET NOT NULL");
    fixture.run("INSERT INTO u SELECT * FROM t");
    let site = fixture.site_of_reader(&[
        "GRANT SELECT (g, n) ON t TO reader",
        "GRANT SELECT (g, n) ON u TO reader",
    ]);
    let all: Vec<i64> = (0..20).collect();
    check(&fixture, &site, "t", &all);
    check(&fixture, &site, "u", &all);
    let key = |table: &str| {
        let columns = site.json(&fixture.address(table, "/schema"))["columns"].clone();
        columns.as_array().unwrap().iter().map(|column| column["key"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(key("t"), [Value::Null, Value::Null]);
    assert_eq!(key("u"), [2, 1]);
    assert_eq!(site.json(&fixture.address("t", "?_count=exact&n__lt=3"))["total"]["value"], 3);
    assert!(site.page(&fixture.address("u", "")).rows[0][0].href.is_some());
    site.refused(&fixture.address("t", "?secret=x"), "secret");
}

#[test]
fn ctid_is_selected_only_where_it_may_be_read() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (g int, n int, secret text)");
    fixture.run("INSERT INTO t SELECT n / 5, n, 'x' FROM generate_series(0, 19) n");
    fixture.run("CREATE MATERIALIZED VIEW m AS SELECT * FROM t");
    let grants = ["GRANT SELECT (g, n) ON t TO reader", "GRANT SELECT (g, n) ON m TO reader"];
    let site = fixture.site_of_reader(&grants);
    let all: Vec<i64> = (0..20).collect();
    for table in ["t", "m"] {
        check(&fixture, &site, table, &all);
        assert!(site.page(&fixture.address(table, "")).rows[0][0].href.is_none());
        site.get(&fixture.address(table, "/row?n=1")).expect(404);
        // Who may read all of it gets `ctid`.
        check(&fixture, &fixture.site(), table, &all);
        assert!(fixture.site().page(&fixture.address(table, "")).rows[0][0].href.is_some());
    }
}

#[test]
fn neither_key_nor_ctid_identifies_rows_of_children() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (g int PRIMARY KEY, n int)");
    fixture.run("CREATE TABLE c (more text) INHERITS (t)");
    fixture.run("CREATE TABLE d () INHERITS (c)");
    fixture.run("ALTER TABLE c ALTER g DROP NOT NULL");
    fixture.run("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    fixture.run("INSERT INTO c VALUES (1, 4), (2, 5), (NULL, 6)");
    fixture.run("INSERT INTO d VALUES (1, 7), (2, 8), (3, 9)");
    let site = fixture.site();
    check(&fixture, &site, "t", &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    check(&fixture, &site, "c", &[4, 5, 6, 7, 8, 9]);
    // A child without children is a table like any other, and so is a parent that has lost its own.
    assert!(site.page(&fixture.address("d", "")).rows[0][0].href.is_some());
    fixture.run("DROP TABLE c CASCADE");
    let site = fixture.site();
    check(&fixture, &site, "t", &[1, 2, 3]);
    assert!(
        site.page(&fixture.address("t", "")).rows[0][0].href.as_deref().unwrap().ends_with("?g=1")
    );
}

#[test]
fn a_key_of_a_partitioned_table_holds_over_its_partitions() {
    let Some(fixture) = Fixture::postgres() else { return };
    let make = |table: &str, columns: &str| {
        fixture.run(&format!("CREATE TABLE {table} ({columns}) PARTITION BY LIST (g)"));
        fixture.run(&format!("CREATE TABLE {table}_0 PARTITION OF {table} FOR VALUES IN (0, 1)"));
        fixture.run(&format!("CREATE TABLE {table}_2 PARTITION OF {table} FOR VALUES IN (2, 3)"));
        fixture.run(&format!("INSERT INTO {table} SELECT n / 5, n FROM generate_series(0, 19) n"));
    };
    let all: Vec<i64> = (0..20).collect();
    make("t", "g int, n int, PRIMARY KEY (g, n)");
    // Rows of different partitions have the same `ctid`.
    make("u", "g int, n int");
    // An index that not every partition has is not valid.
    make("v", "g int NOT NULL, n int");
    fixture.run("CREATE UNIQUE INDEX ON ONLY v (g)");
    let site = fixture.site();
    for (table, linked) in [("t", true), ("u", false), ("v", false)] {
        check(&fixture, &site, table, &all);
        assert_eq!(
            site.page(&fixture.address(table, "")).rows[0][0].href.is_some(),
            linked,
            "{table}"
        );
    }
}

#[test]
fn an_index_that_does_not_tell_all_rows_apart_is_no_key() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    for (name, columns, index) in [
        ("partial", "g int NOT NULL, n int", "(n) WHERE g = 0"),
        ("of_expression", "g int NOT NULL, n int NOT NULL", "((n * 10 + g))"),
        ("nullable", "g int, n int", "(g)"),
        ("one_null", "g int, n int", "(g, n) NULLS NOT DISTINCT"),
        ("other_collation", "g int, n int, k text COLLATE any_case NOT NULL", "(k COLLATE \"C\")"),
    ] {
        fixture.run(&format!("CREATE TABLE {name} ({columns})"));
        fixture.run(&format!("CREATE UNIQUE INDEX ON {name} {index}"));
        let more = if columns.contains("k text") {
            ", CASE n % 2 WHEN 0 THEN 'k' ELSE 'K' END || n / 2"
        } else {
            ""
        };
        let group = if columns.starts_with("g int,") { "nullif(0, 0)" } else { "n % 3" };
        fixture.run(&format!(
            "INSERT INTO {name} SELECT {group}, n{more} FROM generate_series(0, 19) n"
        ));
        check(&fixture, &fixture.site(), name, &(0..20).collect::<Vec<_>>());
        let page = fixture.site().page(&fixture.address(name, ""));
        let href = page.rows[0][0].href.as_deref().unwrap();
        assert!(href.contains("/row?_row="), "{name}: {href}");
    }
}

#[test]
fn a_key_is_what_is_unique_and_not_what_the_index_holds_besides() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (g int, n int, PRIMARY KEY (n) INCLUDE (g))");
    fixture.run("CREATE TABLE u (g int, n int NOT NULL, UNIQUE (n) INCLUDE (g) DEFERRABLE INITIALLY DEFERRED)");
    for table in ["t", "u"] {
        fixture.run(&format!(
            "INSERT INTO {table} SELECT nullif(n / 5, 0), n FROM generate_series(0, 19) n"
        ));
        check(&fixture, &fixture.site(), table, &(0..20).collect::<Vec<_>>());
        let page = fixture.site().page(&fixture.address(table, ""));
        assert!(page.rows[0][0].href.as_deref().unwrap().ends_with("/row?n=0"));
    }
}

#[test]
fn rows_that_compare_equal_and_look_different_come_once_each() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE EXTENSION citext WITH SCHEMA \"Test\"");
    fixture
        .run("CREATE TABLE t (n int, d numeric, j json, p point, b jsonb, f double precision, c citext, i interval)");
    // They differ in one column, by something that no comparison of its type sees.
    fixture.run(
        "INSERT INTO t SELECT 1, CAST('1.' || repeat('0', x) AS numeric), CAST('{\"a\":' || y || '}' AS json), \
         point(z, 1), jsonb_build_object('x', CAST('1.' || repeat('0', x) AS numeric)), CASE y WHEN 1 THEN -0.0 ELSE 0.0 END, \
         CASE z WHEN 1 THEN 'a' ELSE 'A' END, CASE x WHEN 1 THEN interval '1 day' ELSE interval '24 hours' END \
         FROM generate_series(1, 3) x, generate_series(1, 3) y, generate_series(1, 3) z",
    );
    fixture.run("CREATE VIEW v AS SELECT * FROM t ORDER BY random()");
    let site = fixture.site();
    let texts = |rows: Vec<serde_json::Map<String, Value>>| {
        let mut texts: Vec<String> =
            rows.into_iter().map(|row| Value::from(row).to_string()).collect();
        texts.sort_unstable();
        texts
    };
    for sort in ["", "&_sort=-d", "&_sort=c,i"] {
        let whole = texts(json_walk(&site, &fixture.address("t", "")));
        let walked = texts(json_walk(&site, &fixture.address("v", &format!("?_size=2{sort}"))));
        assert_eq!(walked, whole, "{sort}");
    }
}
