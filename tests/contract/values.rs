//! Values in every representation: DESIGN's table of values, row by row.

use serde_json::{Value, json};

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Shown, json_walk};
use crate::row;

/// A value, and how it is to be seen.
struct Case {
    stored: Cell,
    json: Value,
    /// In CSV; in a page too, where that is not said.
    text: Option<&'static str>,
    page: Option<&'static str>,
}

fn case(stored: impl Into<Cell>, json: Value, text: &'static str) -> Case {
    Case { stored: stored.into(), json, text: Some(text), page: None }
}

fn null(stored: impl Into<Cell>) -> Case {
    Case { stored: stored.into(), json: Value::Null, text: None, page: None }
}

/// Stores the values in a column of this kind and reads them in every way there is.
fn check(kind: Kind, cases: &[Case]) {
    let rows = cases.iter().enumerate().map(|(id, case)| row![id as i64, case.stored.clone()]);
    let table =
        Table::new("Values").column("ID", Kind::Integer).column("V", kind).key(&["ID"]).rows(rows);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let address = fixture.address("Values", "");
    let json = json_walk(&site, &address);
    let csv = site.csv(&address);
    let ndjson = site.ndjson(&address);
    let page = site.page(&address);
    for (id, Case { stored, json: expected, text, page: on_page }) in cases.iter().enumerate() {
        assert_eq!(&json[id]["V"], expected, "{stored:?} in JSON");
        assert_eq!(csv[id + 1][1].as_deref(), *text, "{stored:?} in CSV");
        let line: Value = serde_json::from_str(&ndjson[id]).unwrap();
        assert_eq!(line, json!({"ID": id, "V": expected}), "{stored:?} in NDJSON");
        let shown = match on_page.or(*text) {
            None => Shown::Null,
            Some("") => Shown::Empty,
            // People read a time with a space.
            Some(text) if kind == Kind::Timestamp => Shown::Text(text.replacen('T', " ", 1)),
            Some(text) => Shown::Text(text.to_owned()),
        };
        assert_eq!(page.rows[id][1].shown, shown, "{stored:?} on a page");
        let row = format!("/row?ID={id}");
        let alone = site.json(&fixture.address("Values", &row));
        assert_eq!(alone["row"]["V"], *expected, "{stored:?} by itself");
    }
}

#[test]
fn integers_beyond_what_json_keeps_exact_are_texts() {
    check(
        Kind::Integer,
        &[
            case(0, json!(0), "0"),
            case(-1, json!(-1), "-1"),
            case((1 << 53) - 1, json!(9_007_199_254_740_991_i64), "9007199254740991"),
            case(1 << 53, json!("9007199254740992"), "9007199254740992"),
            case(-(1 << 53) + 1, json!(-9_007_199_254_740_991_i64), "-9007199254740991"),
            case(-(1 << 53), json!("-9007199254740992"), "-9007199254740992"),
            case(i64::MAX, json!("9223372036854775807"), "9223372036854775807"),
            case(i64::MIN, json!("-9223372036854775808"), "-9223372036854775808"),
            null(Cell::Null),
        ],
    );
}

/// Whatever sign a database keeps for zero: what is shown finds both.
#[test]
fn a_negative_zero_is_found_by_what_is_shown_of_it() {
    for kind in [Kind::Double, Kind::Decimal(12, 2)] {
        let table = Table::new("Zero").column("ID", Kind::Integer).column("V", kind).key(&["ID"]);
        let zeros = [row![1, "-0.0"], row![2, "0"], row![3, "1"]];
        let fixture = Fixture::with(&[table.rows(zeros)]);
        let site = fixture.site();
        for row in &json_walk(&site, &fixture.address("Zero", "?ID__lt=3")) {
            let shown = row["V"].as_str().map_or_else(|| row["V"].to_string(), str::to_owned);
            for found in ["", "__in", "__gte", "__lte"] {
                let asked = fixture.address("Zero", &format!("?V{found}={shown}&ID__lt=3"));
                assert_eq!(json_walk(&site, &asked).len(), 2, "{kind:?} V{found}={shown}");
            }
        }
    }
}

#[test]
fn decimals_are_texts_with_their_declared_scale() {
    check(
        Kind::Decimal(12, 2),
        &[
            case("0.10", json!("0.10"), "0.10"),
            case("0", json!("0.00"), "0.00"),
            case("-12.5", json!("-12.50"), "-12.50"),
            case(".5", json!("0.50"), "0.50"),
            case("-.5", json!("-0.50"), "-0.50"),
            case("1234567890.12", json!("1234567890.12"), "1234567890.12"),
            case("100", json!("100.00"), "100.00"),
            null(Cell::Null),
        ],
    );
    check(Kind::Decimal(9, 0), &[case("100", json!("100"), "100"), case("-7", json!("-7"), "-7")]);
    check(Kind::Decimal(15, 9), &[case("0.000000001", json!("0.000000001"), "0.000000001")]);
}

#[test]
fn booleans_are_true_and_false() {
    check(
        Kind::Boolean,
        &[case(true, json!(true), "true"), case(false, json!(false), "false"), null(Cell::Null)],
    );
}

#[test]
fn dates_and_times_are_iso_8601_and_no_zone_is_invented() {
    check(
        Kind::Date,
        &[
            case("2024-02-29", json!("2024-02-29"), "2024-02-29"),
            case("0001-01-01", json!("0001-01-01"), "0001-01-01"),
            case("9999-12-31", json!("9999-12-31"), "9999-12-31"),
            null(Cell::Null),
        ],
    );
    check(
        Kind::Time,
        &[
            case("00:00:00", json!("00:00:00"), "00:00:00"),
            case("23:59:59", json!("23:59:59"), "23:59:59"),
        ],
    );
    check(
        Kind::Timestamp,
        &[
            case("2024-02-29 13:14:15", json!("2024-02-29T13:14:15"), "2024-02-29T13:14:15"),
            case(
                "2024-02-29 13:14:15.123",
                json!("2024-02-29T13:14:15.123"),
                "2024-02-29T13:14:15.123",
            ),
            case(
                "2024-02-29 00:00:00.000001",
                json!("2024-02-29T00:00:00.000001"),
                "2024-02-29T00:00:00.000001",
            ),
            null(Cell::Null),
        ],
    );
}

#[test]
fn bytes_are_base64_and_a_link_with_their_size_on_a_page() {
    let large: Vec<u8> = (0..300_000_u32).map(|number| (number * 7 % 251) as u8).collect();
    let table = Table::new("Values")
        .column("ID", Kind::Integer)
        .column("V", Kind::Binary)
        .key(&["ID"])
        .rows([
            row![0, vec![0_u8, 255, 16]],
            row![1, Vec::<u8>::new()],
            row![2, Cell::Null],
            row![3, large.clone()],
            row![4, b"O'Brien".to_vec()],
        ]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let address = fixture.address("Values", "");
    let json = json_walk(&site, &address);
    assert_eq!(json[0]["V"], "AP8Q");
    assert_eq!(json[1]["V"], "");
    assert_eq!(json[2]["V"], Value::Null);
    assert_eq!(json[3]["V"].as_str().unwrap().len(), 400_000);
    assert!(json[3]["V"].as_str().unwrap().starts_with("AAcOFRwjKjE4"));
    assert_eq!(json[4]["V"], "TydCcmllbg==");
    let csv = site.csv(&address);
    let fields: Vec<_> = csv[1..].iter().map(|row| row[1].as_deref()).collect();
    assert_eq!(fields[..3], [Some("AP8Q"), Some(""), None]);
    assert_eq!(fields[3], json[3]["V"].as_str());
    let page = site.page(&address);
    let shown: Vec<_> = page.rows.iter().map(|row| row[1].shown.clone()).collect();
    let text = |text: &str| Shown::Text(text.to_owned());
    assert_eq!(
        shown,
        [text("3 bytes"), text("0 bytes"), Shown::Null, text("300 kB"), text("7 bytes")]
    );
    let row = page.rows[0][1].href.clone().expect("bytes lead to their row");
    assert_eq!(site.json(&row)["row"]["V"], "AP8Q");
}

#[test]
fn the_columns_tell_their_types() {
    let table = Table::new("Kinds")
        .column("I", Kind::Integer)
        .column("D", Kind::Decimal(12, 2))
        .column("F", Kind::Double)
        .column("B", Kind::Boolean)
        .column("Day", Kind::Date)
        .column("At", Kind::Time)
        .column("Since", Kind::Timestamp)
        .column("Name", Kind::Varchar(10))
        .column("Photo", Kind::Binary)
        .key(&["I"]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let page = site.json(&fixture.address("Kinds", ""));
    let schema = site.json(&fixture.address("Kinds", "/schema"));
    for columns in [&page["columns"], &schema["columns"]] {
        let kinds: Vec<_> = columns
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["type"].as_str().unwrap())
            .collect();
        let expected = [
            "integer",
            "decimal",
            "double",
            "boolean",
            "date",
            "time",
            "timestamp",
            "text",
            "binary",
        ];
        assert_eq!(kinds, expected);
        assert_eq!((&columns[1]["precision"], &columns[1]["scale"]), (&json!(12), &json!(2)));
        assert_eq!(columns[7]["precision"], 10);
        assert_eq!(
            (&columns[0]["nullable"], &columns[1]["nullable"]),
            (&json!(false), &json!(true))
        );
        assert_eq!((&columns[0]["key"], &columns[1]["key"]), (&json!(1), &Value::Null));
    }
}
