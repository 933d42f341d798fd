//! What only SQLite can hold: any value in any column.

use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::harness::{Shown, json_walk};
use crate::row;

/// The values of column `V` of table `T`, in JSON and in CSV.
fn values(fixture: &Fixture) -> (Vec<Value>, Vec<Option<String>>) {
    let site = fixture.site();
    let json = json_walk(&site, &fixture.address("T", "?_size=2"))
        .iter()
        .map(|row| row["V"].clone())
        .collect();
    let csv = site.csv(&fixture.address("T", "?_col=V"));
    (json, csv.into_iter().skip(1).map(|mut record| record.remove(0)).collect())
}

/// A table with these SQL expressions as its rows.
fn table(declared: &str, expressions: &[&str]) -> Fixture {
    let fixture = Fixture::sqlite();
    fixture.run(&format!("CREATE TABLE T (ID INTEGER PRIMARY KEY, V {declared})"));
    for expression in expressions {
        fixture.run(&format!("INSERT INTO T (V) VALUES ({expression})"));
    }
    fixture
}

#[test]
fn a_text_in_a_column_of_numbers_is_shown_as_it_is() {
    let long = "x".repeat(10_000);
    let fixture = table("INTEGER", &["7", "'seven'", "'O''Brien'", "''", "1.5", "x'4142'"]);
    fixture.insert("T", &[row![7, long.as_str()]]);
    let (json, csv) = values(&fixture);
    assert_eq!(json[..5], [json!(7), json!("seven"), json!("O'Brien"), json!(""), json!("1.5")]);
    assert_eq!(json[6], long);
    let texts: Vec<_> = csv[..5].iter().map(|text| text.as_deref().unwrap()).collect();
    assert_eq!(texts, ["7", "seven", "O'Brien", "", "1.5"]);
    for declared in ["DECIMAL(9,2)", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP"] {
        let (json, _) = values(&table(declared, &["'unknown'", "'Müller'", "NULL"]));
        assert_eq!(json, [json!("unknown"), json!("Müller"), Value::Null], "{declared}");
    }
}

#[test]
fn a_value_without_a_declared_type_keeps_its_own() {
    let fixture = table(
        "",
        &[
            "7",
            "'7'",
            "'007'",
            "1.5",
            "0.1 + 0.2",
            "NULL",
            "''",
            "x'00ff'",
            "9223372036854775807",
            "9e999",
        ],
    );
    let (json, csv) = values(&fixture);
    let expected = json!([
        7,
        "7",
        "007",
        1.5,
        0.300_000_000_000_000_04,
        null,
        "",
        "AP8=",
        "9223372036854775807",
        null
    ]);
    assert_eq!(Value::from(json), expected);
    let texts: Vec<_> = csv.iter().map(Option::as_deref).collect();
    let expected = [
        Some("7"),
        Some("7"),
        Some("007"),
        Some("1.5"),
        Some("0.30000000000000004"),
        None,
        Some(""),
        Some("AP8="),
        Some("9223372036854775807"),
        None,
    ];
    assert_eq!(texts, expected);
}

#[test]
fn a_nul_character_comes_through_and_ends_no_text() {
    for declared in ["TEXT", "VARCHAR(3)", ""] {
        let (json, csv) = values(&table(declared, &["'a' || char(0) || 'b'", "char(0)", "'b'"]));
        assert_eq!(json, [json!("a\0b"), json!("\0"), json!("b")], "{declared}");
        assert_eq!(csv[0].as_deref(), Some("a\0b"), "{declared}");
    }
}

#[test]
fn bytes_in_a_text_column_and_text_in_a_column_of_bytes() {
    let (json, _) =
        values(&table("BLOB", &["x'0102'", "'text'", "'X''0102'''", "12", "1.5", "''", "x''"]));
    assert_eq!(
        json,
        [
            json!("AQI="),
            json!("dGV4dA=="),
            json!("WCcwMTAyJw=="),
            json!("MTI="),
            json!("MS41"),
            json!(""),
            json!("")
        ]
    );
    // A text that is no UTF-8 has nothing that could stand for it, but its neighbours come through.
    let (json, _) = values(&table("TEXT", &["CAST(x'41ff42' AS TEXT)", "'next'"]));
    assert_eq!(json, [json!("A\u{fffd}B"), json!("next")]);
}

#[test]
fn decimals_held_as_floats_have_all_their_digits_and_no_more() {
    let fixture =
        table("DECIMAL(12,2)", &["0.1", "0.1 + 0.2", "2.675", "1e10", "-0.5", "123456789.12"]);
    let (json, csv) = values(&fixture);
    let expected =
        ["0.10", "0.30000000000000004", "2.675", "10000000000.00", "-0.50", "123456789.12"];
    assert_eq!(json, expected);
    let texts: Vec<_> = csv.iter().map(|text| text.as_deref().unwrap()).collect();
    assert_eq!(texts, expected);
    let (json, _) = values(&table("NUMERIC", &["0.1", "3", "12345678901234567890", "1e300"]));
    assert_eq!(json[0], "0.1");
    assert_eq!(json[1], "3");
    assert_eq!(json[2], "12345678901234567000");
    assert_eq!(json[3].as_str().unwrap().len(), 301);
}

#[test]
fn floats_and_bytes_keep_what_they_are_in_any_column() {
    for declared in ["INTEGER", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "JSON"] {
        let (json, csv) = values(&table(
            declared,
            &["0.1 + 0.2", "x'00ff'", "'X''00ff'''", "1.5", "9e999", "x''"],
        ));
        let expected = json!(["0.30000000000000004", "AP8=", "X'00ff'", "1.5", null, ""]);
        assert_eq!(Value::from(json), expected, "{declared}");
        assert_eq!(csv[1].as_deref(), Some("AP8="), "{declared}");
    }
    let fixture = table("TEXT", &["x'00ff'", "'X''00ff'''"]);
    assert_eq!(values(&fixture).0, ["AP8=", "X'00ff'"]);
    let page = fixture.site().page(&fixture.address("T", ""));
    assert_eq!(page.shown(0)[1], Shown::Text("2 bytes".to_owned()));
    assert_eq!(page.shown(1)[1], Shown::Text("X'00ff'".to_owned()));
}

#[test]
fn a_page_shows_the_size_of_bytes_whatever_they_are_stored_as() {
    let fixture = table("BLOB", &["x'0102'", "zeroblob(1234567)", "'ä'", "12", "NULL", "x''"]);
    let site = fixture.site();
    let rows = site.page(&fixture.address("T", "")).rows;
    let sizes: Vec<Shown> = rows.into_iter().map(|mut row| row.remove(1).shown).collect();
    let text = |text: &str| Shown::Text(text.to_owned());
    let expected = [
        text("2 bytes"),
        text("1234 kB"),
        text("2 bytes"),
        text("2 bytes"),
        Shown::Null,
        text("0 bytes"),
    ];
    assert_eq!(sizes, expected);
    for (row, size) in [(1, "2 bytes"), (2, "1234 kB"), (3, "2 bytes"), (5, "NULL"), (6, "0 bytes")]
    {
        let page = site.page(&fixture.address("T", &format!("/row?ID={row}")));
        assert!(page.html.contains(size), "{row}: {}", page.html);
    }
}

#[test]
fn timestamps_are_shown_with_a_t_however_they_are_stored() {
    let stored = [
        "'2024-02-29 10:00:00'",
        "'2024-02-29T10:00:00'",
        "'2024-02-29T10:00:00.250Z'",
        "'2024-02-29'",
    ];
    let (json, _) = values(&table("DATETIME", &stored));
    let expected =
        ["2024-02-29T10:00:00", "2024-02-29T10:00:00", "2024-02-29T10:00:00.250Z", "2024-02-29"];
    assert_eq!(json, expected);
}

#[test]
fn a_computed_text_that_is_json_is_shown_as_it_is() {
    let fixture = Fixture::sqlite();
    let computed = "V TEXT AS (json_quote(N)) VIRTUAL, D DATE AS (json_quote(N)) STORED";
    fixture.run(&format!("CREATE TABLE T (ID INTEGER PRIMARY KEY, N TEXT, {computed})"));
    fixture.run("CREATE VIEW W AS SELECT ID, N, V, json_array(N) AS D FROM T");
    fixture.run("INSERT INTO T (N) VALUES ('abc')");
    let site = fixture.site();
    let row = |table: &str| json_walk(&site, &fixture.address(table, "")).remove(0);
    assert_eq!([&row("T")["V"], &row("T")["D"]], ["\"abc\"", "\"abc\""]);
    assert_eq!([&row("W")["V"], &row("W")["D"]], ["\"abc\"", "[\"abc\"]"]);
}

#[test]
fn a_views_column_without_a_type_holds_any_value() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (A, B BLOB)");
    fixture.run("INSERT INTO T VALUES ('abc', x'616263'), (7, 'text'), (x'00ff', NULL)");
    fixture.run("CREATE VIEW V AS SELECT A, B FROM T");
    let site = fixture.site();
    assert_eq!(
        site.json(&fixture.address("V", "?_sort=A"))["rows"],
        json!([
            {"A": 7, "B": "text"},
            {"A": "abc", "B": "YWJj"},
            {"A": "AP8=", "B": null},
        ])
    );
    assert_eq!(site.json(&fixture.address("V", "?A=abc"))["rows"].as_array().unwrap().len(), 1);
    site.page(&fixture.address("V", ""));
}
