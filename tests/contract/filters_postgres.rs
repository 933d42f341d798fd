//! Filters and sorts on what only PostgreSQL can hold.

use crate::fixture::Fixture;
use crate::harness::{encoded, json_walk};
use crate::values_postgres::{links, numbers};

#[test]
fn a_number_too_large_for_its_column_is_still_compared() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (n int PRIMARY KEY, s smallint, b bigint)");
    fixture.run("INSERT INTO t SELECT n, n, n FROM generate_series(1, 3) n");
    let site = fixture.site();
    for (column, value) in [("n", "9999999999"), ("s", "70000"), ("s", "9223372036854775807")] {
        let negative = format!("-{value}");
        for (operator, value, expected) in [
            ("", value, &[][..]),
            ("__exact", value, &[]),
            ("__not", value, &[1, 2, 3]),
            ("__gt", value, &[]),
            ("__lt", value, &[1, 2, 3]),
            ("__gte", &negative, &[1, 2, 3]),
            ("__lte", &negative, &[]),
            ("__in", &format!("2,{value}"), &[2]),
            ("__notin", &format!("2,{value}"), &[1, 3]),
        ] {
            let address = fixture.address("t", &format!("?{column}{operator}={value}"));
            assert_eq!(numbers(&json_walk(&site, &address)), expected, "{address}");
        }
    }
    site.get(&fixture.address("t", "/row?n=9999999999")).expect(404);
    // What no column can hold is refused, whatever the database.
    site.refused(&fixture.address("t", "?b__lt=9223372036854775808"), "b__lt");
}

#[test]
fn a_value_that_postgresql_cannot_read_is_named() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TYPE mood AS ENUM ('sad', 'ok')");
    fixture.run(
        "CREATE TABLE t (n int PRIMARY KEY, u uuid, m mood, i inet, a int[], d interval, r real, o oid, j json, x date)",
    );
    fixture.run("INSERT INTO t (n, m) VALUES (1, 'ok')");
    let site = fixture.site();
    for (name, value) in [
        ("u", "x"),
        ("m", "glad"),
        ("i", "1.2.3"),
        ("a", "{1"),
        ("d", "soon"),
        ("r", "1e300"),
        ("o", "-1"),
        ("j", "{}"),
        ("x", "5874898-01-01"),
        ("m__in", "ok,glad"),
        ("u__gt", ""),
    ] {
        let asked = format!("?m=ok&n__gt=0&{name}={}", encoded(value));
        let detail = site.refused(&fixture.address("t", &asked), name).json()["detail"].to_string();
        assert!(!detail.contains("value does not fit"), "{detail}");
        site.refused(&fixture.address("t", &format!("{asked}&_count=exact")), name);
    }
    site.refused(&fixture.address("t", "/row?n=1&m=glad"), "m");
    // A row that cannot be computed is not blamed on a parameter.
    fixture.run("CREATE VIEW w AS SELECT n, 1 / (n - 1) AS q FROM t");
    fixture.site().get(&fixture.address("w", "?q=5")).expect(500);
    site.refused(&fixture.address("t", "/row?n=1&j={}"), "j");
}

#[test]
fn a_type_whose_operators_are_out_of_the_search_path_is_sorted_and_compared_alike() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE SCHEMA extensions");
    fixture.run("CREATE EXTENSION citext WITH SCHEMA extensions");
    fixture.run("CREATE TABLE t (n int, v extensions.citext PRIMARY KEY)");
    fixture.run("INSERT INTO t VALUES (1, 'b'), (2, 'A'), (3, 'C'), (4, 'd')");
    let used = fixture.site_of_reader(&[
        "GRANT SELECT ON t TO reader",
        "GRANT USAGE ON SCHEMA extensions TO reader",
    ]);
    assert_eq!(numbers(&json_walk(&used, &fixture.address("t", "?_size=1&_sort=v"))), [2, 1, 3, 4]);
    assert_eq!(numbers(&json_walk(&used, &fixture.address("t", "?v=B"))), [1]);
    links(&fixture, &used, "t", "citext");
}

#[test]
fn a_type_from_a_schema_that_may_not_be_used_is_never_compared() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE SCHEMA extensions");
    fixture.run("CREATE EXTENSION citext WITH SCHEMA extensions");
    fixture.run("CREATE TABLE t (n int, v extensions.citext PRIMARY KEY)");
    fixture.run("INSERT INTO t VALUES (1, 'b'), (2, 'A'), (3, 'C'), (4, 'd')");
    let site = fixture.site_of_reader(&["GRANT SELECT ON t TO reader"]);
    let mut all = numbers(&json_walk(&site, &fixture.address("t", "?_size=1")));
    all.sort_unstable();
    assert_eq!(all, [1, 2, 3, 4]);
    site.refused(&fixture.address("t", "?v=B"), "v");
    links(&fixture, &site, "t", "citext");
}

#[test]
fn every_type_of_the_server_is_sorted_by_and_compared_or_refused() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TYPE pair AS (a int, b text[])");
    fixture.run("CREATE TYPE odd_pair AS (a int, b json)");
    fixture.run("CREATE DOMAIN far AS odd_pair");
    // Without the rows of the server's own tables, and arrays of these.
    let types = fixture.select(
        "SELECT format_type(t.oid, NULL) FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem \
         WHERE t.typtype IN ('b', 'c', 'd', 'e', 'm', 'r') AND t.typisdefined AND (t.typnamespace = 'pg_catalog'::regnamespace \
         AND t.typtype IN ('b', 'r', 'm') AND e.typtype IS DISTINCT FROM 'c' OR t.typname ~ 'pair|far') ORDER BY t.oid",
        &[],
    );
    let mut tables = Vec::new();
    for declared in types.into_iter().flatten().flatten() {
        let table = format!("t{}", tables.len());
        let sql = format!("CREATE TABLE {table} (n int PRIMARY KEY, v {declared})");
        // Some types are for the server's own tables only.
        if fixture.connection.run(&sql, &[]).is_ok() {
            fixture.run(&format!("INSERT INTO {table} VALUES (1, NULL), (2, NULL)"));
            fixture.run(&format!("CREATE VIEW {table}_seen AS SELECT * FROM {table}"));
            tables.push((table, declared));
        }
    }
    assert!(tables.len() > 100, "{tables:?}");
    let site = fixture.site();
    let mut failed = Vec::new();
    for (table, declared) in tables {
        for asked in [
            "?_sort=v&_size=1",
            "?v=1",
            "?v__gt=1",
            "?v__in=1,2",
            "?v__contains=1",
            "/row?v=1",
            "_seen?_size=1",
        ] {
            let address = fixture.address(&table, asked);
            let status = site.get(&address).status;
            if !(status == 200 || matches!(status, 400 | 404) && !asked.starts_with('_')) {
                failed.push(format!("{declared} {asked} {status}"));
            }
        }
    }
    assert_eq!(failed, Vec::<String>::new());
}
