//! The types that only PostgreSQL has: each value exactly, a filter that finds it, a walk sorted by
//! it, its row by a link.

use serde_json::{Map, Value, json};

use crate::fixture::Fixture;
use crate::harness::{Shown, Site, encoded, json_walk};

/// A column's type, and its values: as SQL has them, and as JSON does.
struct Column<'a> {
    declared: &'a str,
    values: Vec<(&'a str, Value)>,
}

fn column<'a>(declared: &'a str, values: &[(&'a str, Value)]) -> Column<'a> {
    Column { declared, values: values.to_vec() }
}

/// The same, where JSON holds the text as it stands in SQL.
fn texts<'a>(declared: &'a str, values: &[&'a str]) -> Column<'a> {
    column(declared, &values.iter().map(|text| (*text, json!(text))).collect::<Vec<_>>())
}

/// A value, percent-encoded.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The numbers of these rows.
pub fn numbers(rows: &[Map<String, Value>]) -> Vec<i64> {
    rows.iter().map(|row| row["n"].as_i64().unwrap()).collect()
}

/// Holds all of it for a table of such a column, once with a key of its own and once with this
/// column as the key.
fn check(fixture: &Fixture, Column { declared, values }: &Column<'_>) {
    for (table, key) in [("by_number", "PRIMARY KEY (n)"), ("by_value", "PRIMARY KEY (v)")] {
        fixture.run(&format!("DROP TABLE IF EXISTS {table}"));
        fixture.run(&format!("CREATE TABLE {table} (n int, v {declared}, {key})"));
        for (number, (sql, _)) in values.iter().enumerate() {
            fixture.run(&format!(
                "INSERT INTO {table} (n, v) VALUES ({number}, '{}')",
                sql.replace('\'', "''")
            ));
        }
        let site = fixture.site();
        for (number, (sql, expected)) in values.iter().enumerate() {
            let found = json_walk(
                &site,
                &fixture.address(table, &format!("?v={}", encoded(&text(expected)))),
            );
            assert_eq!(numbers(&found), [number as i64], "{declared} {sql}");
            assert_eq!(found[0]["v"], *expected, "{declared} {sql}");
            let others = json_walk(
                &site,
                &fixture.address(table, &format!("?v__not={}", encoded(&text(expected)))),
            );
            assert_eq!(others.len(), values.len() - 1, "{declared} {sql}");
        }
        let ordered =
            |down: &str| fixture.numbers(&format!("SELECT n FROM {table} ORDER BY v{down}"), &[]);
        for (sort, down) in [("v", ""), ("-v", " DESC")] {
            let rows = json_walk(&site, &fixture.address(table, &format!("?_size=1&_sort={sort}")));
            assert_eq!(numbers(&rows), ordered(down), "{declared} sorted by {sort}");
        }
        links(fixture, &site, table, declared);
    }
}

/// Every row of a page leads to itself.
pub fn links(fixture: &Fixture, site: &Site, table: &str, declared: &str) {
    for row in &site.page(&fixture.address(table, "")).rows {
        let href = row[0].href.clone().unwrap_or_else(|| panic!("{declared}: no link"));
        let alone = site.json(&href);
        assert_eq!(row[0].shown, Shown::Text(alone["row"]["n"].to_string()), "{declared}: {href}");
    }
}

#[test]
fn identifiers_and_texts_of_a_kind() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'Happy & glad')");
    fixture.run("CREATE DOMAIN small AS int CHECK (VALUE BETWEEN 0 AND 9)");
    fixture.run("CREATE DOMAIN smaller AS small CHECK (VALUE < 8)");
    fixture.run("CREATE DOMAIN price AS numeric(8,2)");
    fixture.run("CREATE EXTENSION citext WITH SCHEMA \"Test\"");
    for column in [
        texts(
            "uuid",
            &["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
        ),
        texts("mood", &["it's ok", "sad", "Happy & glad"]),
        column("small", &[("0", json!(0)), ("7", json!(7))]),
        column("smaller", &[("0", json!(0)), ("7", json!(7))]),
        column(
            "price",
            &[("1.5", json!("1.50")), ("-0.05", json!("-0.05")), ("999999.99", json!("999999.99"))],
        ),
        texts("inet", &["10.0.0.1", "10.0.0.0/8", "::1", "fe80::/10"]),
        texts("cidr", &["10.0.0.0/8", "2001:db8::/32"]),
        texts("macaddr", &["08:00:2b:01:02:03"]),
        texts("money", &["$12.34", "-$1,000,000.00"]),
        texts("citext", &["b", "A", "c"]),
        texts("bit(3)", &["101", "010"]),
        texts("varbit", &["101", "1", ""]),
        texts("character(3)", &["abc", "x  "]),
        texts("name", &["x", "y"]),
        texts(
            "interval",
            &["1 day", "25:00:00", "-1 years -2 mons +3 days 04:05:06.789", "00:00:00"],
        ),
        texts("int4range", &["empty", "[1,5)", "(,3)"]),
        texts("int[]", &["{1,2,3}", "{}", "{NULL,1}", "{{1,2},{3,4}}"]),
        texts("text[]", &["{a,\"b c\",\"d,e\",\"\\\"\",NULL,\"NULL\"}", "{\"\"}"]),
        texts("jsonb", &["{\"a\": 1, \"b\": [null, \"x y\"]}", "\"text\"", "1.50", "null", "{}"]),
    ] {
        check(&fixture, &column);
    }
}

#[test]
fn numbers_up_to_their_limits() {
    let Some(fixture) = Fixture::postgres() else { return };
    for column in [
        column("smallint", &[("-32768", json!(-32768)), ("32767", json!(32767))]),
        column(
            "int",
            &[("-2147483648", json!(-2_147_483_648_i64)), ("2147483647", json!(2_147_483_647))],
        ),
        column(
            "bigint",
            &[
                ("-9223372036854775808", json!("-9223372036854775808")),
                ("9223372036854775807", json!("9223372036854775807")),
                ("9007199254740991", json!(9_007_199_254_740_991_i64)),
            ],
        ),
        column("oid", &[("0", json!(0)), ("4294967295", json!(4_294_967_295_i64))]),
        texts(
            "numeric",
            &["NaN", "Infinity", "-Infinity", "1.10", "-0.000000000000000000000000000001"],
        ),
        column(
            "real",
            &[
                ("0.1", json!(0.1)),
                ("-3.4028235e38", json!(-3.402_823_5e38)),
                ("0.25", json!(0.25)),
            ],
        ),
        column(
            "double precision",
            &[
                ("0.1", json!(0.1)),
                ("1.7976931348623157e308", json!(f64::MAX)),
                ("5e-324", json!(5e-324)),
            ],
        ),
    ] {
        check(&fixture, &column);
    }
    // No filter finds what JSON cannot say; yet each such row comes, and leads to itself.
    for declared in ["real", "double precision"] {
        fixture.run("DROP TABLE IF EXISTS odd");
        fixture.run(&format!("CREATE TABLE odd (n int, v {declared})"));
        fixture.run(
            "INSERT INTO odd VALUES (0, 'NaN'), (1, 'Infinity'), (2, '-Infinity'), (3, NULL), (4, 1.5), (5, 'NaN')",
        );
        let site = fixture.site();
        for (sort, expected) in [("v", [2, 4, 1, 0, 5, 3]), ("-v", [3, 5, 0, 1, 4, 2])] {
            let rows = json_walk(&site, &fixture.address("odd", &format!("?_size=1&_sort={sort}")));
            assert_eq!(numbers(&rows), expected, "{declared} {sort}");
        }
        links(&fixture, &site, "odd", declared);
        site.refused(&fixture.address("odd", "?v=NaN"), "v");
        assert_eq!(
            numbers(&json_walk(&site, &fixture.address("odd", "?v__lte=1.5"))),
            [2, 4],
            "{declared}"
        );
    }
}

#[test]
fn dates_and_times_that_others_do_not_have() {
    let Some(fixture) = Fixture::postgres() else { return };
    for column in [
        texts(
            "date",
            &[
                "infinity",
                "-infinity",
                "10000-01-01",
                "5874897-12-31",
                "0044-03-15 BC",
                "2024-02-29",
                "0001-02-29 BC",
            ],
        ),
        texts("time", &["00:00:00", "24:00:00", "12:30:00.5"]),
        column(
            "timetz",
            &[
                ("10:00:00+00", json!("10:00:00+00:00")),
                ("10:00:00-03", json!("10:00:00-03:00")),
                ("10:00:00+05:30", json!("10:00:00+05:30")),
                ("24:00:00+00", json!("24:00:00+00:00")),
                ("10:00:00+00:53:28", json!("10:00:00+00:53:28")),
            ],
        ),
        column(
            "timestamp",
            &[
                ("infinity", json!("infinity")),
                ("-infinity", json!("-infinity")),
                ("10000-01-01 00:00:00", json!("10000-01-01T00:00:00")),
                ("0044-03-15 12:00:00.25 BC", json!("0044-03-15T12:00:00.25 BC")),
                ("2024-02-29 13:14:15.123456", json!("2024-02-29T13:14:15.123456")),
            ],
        ),
        column(
            "timestamptz",
            &[
                ("infinity", json!("infinity")),
                ("10000-01-01 00:00:00+00", json!("10000-01-01T00:00:00+00:00")),
                ("0044-03-15 12:00:00+00 BC", json!("0044-03-15T12:00:00+00:00 BC")),
                ("2024-02-29 13:14:15.5+05:30", json!("2024-02-29T07:44:15.5+00:00")),
            ],
        ),
    ] {
        check(&fixture, &column);
    }
    // One timestamp, written differently.
    fixture.run("CREATE TABLE t (n int, v timestamptz, w timestamp)");
    fixture.run("INSERT INTO t VALUES (1, '2024-02-29 10:00:00+00', '2024-02-29 10:00:00')");
    let site = fixture.site();
    for value in [
        "2024-02-29T10:00:00Z",
        "2024-02-29T12:00:00+02:00",
        "2024-02-29 05:00-05",
        "2024-02-29T10:00:00.000",
    ] {
        let found = json_walk(&site, &fixture.address("t", &format!("?v={}", encoded(value))));
        assert_eq!(numbers(&found), [1], "{value}");
    }
    // An offset that the column does not have would be ignored.
    site.refused(
        &fixture.address("t", &format!("?w={}", encoded("2024-02-29T12:00:00+02:00"))),
        "w",
    );
}

#[test]
fn what_cannot_be_compared_is_still_shown() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run(
        "CREATE TABLE t (n int PRIMARY KEY, j json, x xml, p point, a json[], b bytea, e xid)",
    );
    fixture.run(
        "INSERT INTO t VALUES (1, '{\"b\":1,  \"a\":[1.50]}', '<a>1</a>', '(1,2.5)', ARRAY[CAST('{\"k\":1}' AS json)], \
         '\\x00ff10', '77'), (2, 'null', NULL, NULL, NULL, '', NULL)",
    );
    let site = fixture.site();
    let rows = json_walk(&site, &fixture.address("t", "?_size=1"));
    let expected = json!({
        "n": 1, "j": "{\"b\":1,  \"a\":[1.50]}", "x": "<a>1</a>", "p": "(1,2.5)", "a": "{\"{\\\"k\\\":1}\"}",
        "b": "AP8Q", "e": "77"
    });
    assert_eq!(Value::from(rows[0].clone()), expected);
    assert_eq!((&rows[1]["j"], &rows[1]["b"]), (&json!("null"), &json!("")));
    for name in ["j", "x", "p", "a", "e"] {
        site.refused(&fixture.address("t", &format!("?{name}=1")), name);
        site.refused(&fixture.address("t", &format!("?_sort={name}")), "_sort");
        let found =
            json_walk(&site, &fixture.address("t", &format!("?{name}__notnull=true&n__lt=2")));
        assert_eq!(numbers(&found), [1], "{name}");
    }
    links(&fixture, &site, "t", "json");
}

#[test]
fn columns_that_the_database_fills() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run(
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int, \
         total numeric(9,2) GENERATED ALWAYS AS (n * 1.5) STORED, serial serial)",
    );
    fixture.run("INSERT INTO t (n) SELECT generate_series(1, 3)");
    let site = fixture.site();
    let rows = json_walk(&site, &fixture.address("t", "?total=3.00"));
    assert_eq!(Value::from(rows), json!([{"id": 2, "n": 2, "total": "3.00", "serial": 2}]));
    assert_eq!(
        numbers(&json_walk(&site, &fixture.address("t", "?_size=1&_sort=-total"))),
        [3, 2, 1]
    );
    assert_eq!(site.json(&fixture.address("t", "/row?id=3"))["row"]["total"], "4.50");
}
