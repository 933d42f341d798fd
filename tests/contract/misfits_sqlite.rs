//! What is shown can be asked for, also what does not fit its column's type.

use serde_json::{Value, json};

use crate::filters::found;
use crate::fixture::Fixture;
use crate::harness::{encoded, json_walk};

/// Values that a column of any type may hold.
const VALUES: &[&str] = &[
    "''",
    "'n/a'",
    "'yes'",
    "'2024-02-30'",
    "'2024-02-29'",
    "'2024-02-30 10:00:00'",
    "'29.02.2024'",
    "'0000-00-00'",
    "'infinity'",
    "'NaN'",
    "'true'",
    "1.23",
    "2",
    "2024",
    "20240229",
    "-0.5",
    "1e300",
    "9007199254740993",
    "'a' || char(0) || 'b'",
    "'␀'",
    "'Ä'",
    "' x '",
    "'10:00'",
    "'24:00:00'",
];

const DECLARED: &[&str] = &[
    "INTEGER",
    "TINYINT",
    "DECIMAL(9,2)",
    "NUMERIC",
    "DOUBLE",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "DATETIME",
    "TEXT",
    "",
];

#[test]
fn every_value_is_found_by_the_text_that_shows_it() {
    for declared in DECLARED {
        let fixture = Fixture::sqlite();
        fixture.run(&format!("CREATE TABLE T (ID INTEGER PRIMARY KEY, V {declared})"));
        for (id, value) in VALUES.iter().enumerate() {
            fixture.run(&format!("INSERT INTO T VALUES ({id}, {value})"));
        }
        fixture.run("INSERT INTO T VALUES (99, NULL)");
        let site = fixture.site();
        let rows = json_walk(&site, &fixture.address("T", ""));
        for row in rows.iter().filter(|row| !row["V"].is_null()) {
            let id = row["ID"].as_u64().unwrap() as usize;
            let text = row["V"].as_str().map_or_else(|| row["V"].to_string(), str::to_owned);
            let find = |parameter: &str, value: &str| found(&site, &fixture, &[(parameter, value)]);
            let listed = json!([text]).to_string();
            let filter = json!(["V", "eq", text]).to_string();
            let equal = find("V", &text);
            assert!(equal.contains(&id), "{declared}: {text}");
            assert!(find("V__exact", &text).contains(&id), "{declared}: {text}");
            assert_eq!(find("V__in", &listed), equal, "{declared}: {text}");
            assert_eq!(find("_where", &filter), equal, "{declared}: {text}");
            // All others but NULL.
            let mut others = find("V__not", &text);
            assert_eq!(find("V__notin", &listed), others, "{declared}: {text}");
            others.extend(&equal);
            others.sort_unstable();
            assert_eq!(others, (0..VALUES.len()).collect::<Vec<_>>(), "{declared}: {text}");
            for (or_equal, beyond) in [("V__gte", "V__gt"), ("V__lte", "V__lt")] {
                let address = fixture.address("T", &format!("?{or_equal}={}", encoded(&text)));
                if site.get(&address).status == 400 {
                    // A year taken for a date: it equals, and nothing is greater or less.
                    assert!(text == "2" || text == "2024" || text == "1.23" || text == "-0.5");
                    continue;
                }
                let mut both = find(beyond, &text);
                both.extend(&equal);
                both.sort_unstable();
                assert_eq!(find(or_equal, &text), both, "{declared}: {or_equal}={text}");
            }
        }
    }
}

#[test]
fn timestamps_in_any_spelling_are_equal_or_beyond() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TIMESTAMP)");
    let stored = [
        "2024-02-29 10:00:00",
        "2024-02-29T10:00:00",
        "2024-02-29T10:00:00Z",
        "2024-02-29 10:00",
        "2024-02-29t10:00:00.000z",
        "2024-02-29T10:00:01",
        "2024-02-29 09:59:59.999Z",
    ];
    for (id, value) in stored.iter().enumerate() {
        fixture.run(&format!("INSERT INTO T VALUES ({id}, '{value}')"));
    }
    let site = fixture.site();
    for value in &stored[..5] {
        for (operator, expected) in [
            ("V", &[0, 1, 2, 3, 4][..]),
            ("V__gte", &[0, 1, 2, 3, 4, 5]),
            ("V__gt", &[5]),
            ("V__lte", &[0, 1, 2, 3, 4, 6]),
            ("V__lt", &[6]),
            ("V__not", &[5, 6]),
            ("V__in", &[0, 1, 2, 3, 4]),
        ] {
            assert_eq!(
                found(&site, &fixture, &[(operator, value)]),
                expected,
                "{operator}={value}"
            );
        }
    }
}

#[test]
fn a_nul_character_is_itself_in_every_format() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("INSERT INTO T VALUES (0, 'a' || char(0) || 'b'), (1, 'a␀b'), (2, 'ab')");
    let site = fixture.site();
    assert_eq!(site.json(&fixture.address("T", ""))["rows"][0]["V"], "a\0b");
    assert_eq!(site.csv(&fixture.address("T", ""))[1][1].as_deref(), Some("a\0b"));
    let line: Value = serde_json::from_str(&site.ndjson(&fixture.address("T", ""))[0]).unwrap();
    assert_eq!(line["V"], "a\0b");
    for (value, expected) in [("a\0b", [0]), ("a␀b", [1]), ("ab", [2])] {
        for parameter in
            ["V", "V__exact", "V__contains", "V__startswith", "V__endswith", "V__in", "_q"]
        {
            assert_eq!(found(&site, &fixture, &[(parameter, value)]), expected, "{parameter}");
        }
    }
    assert_eq!(found(&site, &fixture, &[("V__contains", "\0B")]), [0]);
    // HTML has no such character.
    assert!(site.page(&fixture.address("T", "")).html.contains("a␀b"));
}

#[test]
fn the_case_of_every_letter_is_ignored() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT, W)");
    fixture.run(
        "INSERT INTO T VALUES (0, 'Ärzte', 7), (1, 'ärger', 'Ö'), (2, 'Straße', x'c396'), \
         (3, 'МОСКВА', 1.5), (4, 'plain_%', NULL)",
    );
    let site = fixture.site();
    for (parameter, value, expected) in [
        ("V__contains", "ÄR", &[0, 1][..]),
        ("V__contains", "ärz", &[0]),
        ("V__startswith", "äR", &[0, 1]),
        ("V__endswith", "SSE", &[2]),
        ("V__contains", "москва", &[3]),
        ("V__contains", "_%", &[4]),
        ("V__contains", "PLAIN", &[4]),
        ("_q", "ö", &[1]),
        ("_q", "ÄRZ", &[0]),
        ("W__contains", "7", &[0]),
        ("W__startswith", "1.", &[3]),
        ("W__contains", "", &[0, 1, 3]),
    ] {
        assert_eq!(found(&site, &fixture, &[(parameter, value)]), expected, "{parameter}={value}");
    }
}
