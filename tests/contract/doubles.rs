//! Floating point numbers: every one comes back as it was stored.

use proptest::prelude::*;
use serde_json::Value;

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Shown, json_walk};
use crate::row;

/// Numbers of one property case: many rows cost one request.
const NUMBERS: usize = 200;

fn table(numbers: impl IntoIterator<Item = f64>) -> Table {
    let rows = numbers.into_iter().enumerate().map(|(id, number)| row![id as i64, number]);
    Table::new("Numbers")
        .column("ID", Kind::Integer)
        .column("V", Kind::Double)
        .key(&["ID"])
        .rows(rows)
}

/// Databases know no negative zero apart from zero.
fn same(stored: f64, read: f64) -> bool {
    stored.to_bits() == read.to_bits() || (stored == 0.0 && read == 0.0)
}

#[test]
fn any_double_comes_back_the_same() {
    let fixture = Fixture::with(&[table([])]);
    let site = fixture.site();
    let bits = prop::collection::vec(any::<u64>(), NUMBERS);
    crate::property(12, bits, |bits| {
        let numbers: Vec<f64> =
            bits.into_iter().map(f64::from_bits).filter(|number| !number.is_nan()).collect();
        fixture.run(&format!("DELETE FROM {}", fixture.in_sql("Numbers")));
        fixture.insert("Numbers", &table(numbers.clone()).rows);
        let only = fixture.address("Numbers", "?_col=V&_size=1000");
        let csv = site.csv(&only);
        let ndjson = site.ndjson(&only);
        assert_eq!(csv.len(), numbers.len() + 1);
        for ((stored, record), line) in numbers.iter().zip(&csv[1..]).zip(&ndjson) {
            let json = line.strip_prefix("{\"V\":").unwrap().strip_suffix('}').unwrap();
            if stored.is_finite() {
                let text = record[0].as_deref().unwrap();
                assert!(same(*stored, text.parse().unwrap()), "{stored:e} came as {text}");
                assert_eq!(json, text);
            } else {
                assert_eq!((record[0].as_deref(), json), (None, "null"));
            }
        }
    });
}

#[test]
fn doubles_are_written_as_short_as_they_can_be() {
    let numbers = [0.1, 0.1 + 0.2, 1.0, -2.5, 1e21, 5e-324, f64::MAX, 9_007_199_254_740_993.0, 0.0];
    let fixture = Fixture::with(&[table(numbers)]);
    let csv = fixture.site().csv(&fixture.address("Numbers", "?_col=V"));
    let texts: Vec<_> = csv[1..].iter().map(|record| record[0].clone().unwrap()).collect();
    let expected = [
        "0.1",
        "0.30000000000000004",
        "1.0",
        "-2.5",
        "1e+21",
        "5e-324",
        "1.7976931348623157e+308",
        "9007199254740992.0",
        "0.0",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn infinities_are_null() {
    let fixture = Fixture::with(&[table([f64::INFINITY, f64::NEG_INFINITY])]);
    fixture.insert("Numbers", &[row![2, Cell::Null]]);
    let site = fixture.site();
    let address = fixture.address("Numbers", "");
    for row in json_walk(&site, &address) {
        assert_eq!(row["V"], Value::Null);
    }
    assert!(site.csv(&address)[1..].iter().all(|record| record[1].is_none()));
    assert!(site.page(&address).rows.iter().all(|row| row[1].shown == Shown::Null));
    // They are no NULL to the database: a filter tells them apart.
    let rows = json_walk(&site, &fixture.address("Numbers", "?V__isnull"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["ID"], 2);
}
