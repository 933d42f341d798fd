//! Columns of any name as keys and foreign keys: every row once, and every way to it leads to it.

use std::collections::BTreeSet;

use http::header;
use serde_json::json;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Shown, Site, csv_walk, encoded, json_walk, ndjson_walk, query};
use crate::names::{COLUMNS, NOT_IN_IRIS, beside_iris};
use crate::row;

const VALUES: [&str; 3] = ["plain", "a&b=c \"'<%41>?#+,[\\", "_next=x__gt"];

/// Makes a table with this column as its key, and one that refers to it.
fn make(fixture: &Fixture, number: usize, name: &str) -> (String, String) {
    let (table, other) = (format!("K{number}"), format!("R{number}"));
    let rows = VALUES.into_iter().zip(1_i64..).map(|(value, number)| row![value, number]);
    let keyed = Table::new(&table).column(name, Kind::Varchar(40)).column("Other", Kind::Integer);
    fixture.create(&keyed.key(&[name]).rows(rows));
    let rows = VALUES.into_iter().zip(1_i64..).map(|(value, number)| row![number, value]);
    let referring =
        Table::new(&other).column("Number", Kind::Integer).column(name, Kind::Varchar(40));
    fixture.create(&referring.key(&["Number"]).reference(&[name], &table, &[name]).rows(rows));
    (table, other)
}

/// The key's values in the rows of a walk: each once.
fn keys(site: &Site, address: &str, name: &str) -> BTreeSet<String> {
    let rows = json_walk(site, address);
    let keys: BTreeSet<String> =
        rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), rows.len(), "{address}: a row came twice");
    keys
}

fn check_walks(site: &Site, address: impl Fn(&str) -> String, name: &str) {
    let all: BTreeSet<String> = VALUES.map(str::to_owned).into();
    for sort in [json!([[name, "asc"]]), json!([[name, "desc"]]), json!(["Other"])] {
        let walk = address(&query(&[("_size", "1"), ("_sort", &sort.to_string())]));
        assert_eq!(keys(site, &walk, name), all, "{walk}");
    }
    let column = json!([name]).to_string();
    let walk = address(&query(&[("_size", "1"), ("_col", &column)]));
    assert_eq!(site.csv(&walk)[0], [Some(name.to_owned())]);
    let csv: BTreeSet<_> =
        csv_walk(site, &walk).into_iter().map(|mut row| row.remove(0).unwrap()).collect();
    assert_eq!(csv, all, "{walk}");
    let lines: BTreeSet<_> = ndjson_walk(site, &walk).into_iter().collect();
    assert_eq!(
        lines,
        all.iter().map(|value| json!({ name: value }).to_string()).collect(),
        "{walk}"
    );
}

fn check_forms(site: &Site, address: impl Fn(&str) -> String, name: &str) {
    for value in VALUES {
        let wanted = BTreeSet::from([value.to_owned()]);
        let filter = json!([name, "exact", value]).to_string();
        assert_eq!(keys(site, &address(&query(&[("_where", &filter)])), name), wanted);
        let fields = [("_form", "_size=1"), ("_column", "0"), ("_op", "exact"), ("_value", value)];
        let sent = site.get(&address(&query(&fields))).expect(303);
        let found = keys(site, sent.header(header::LOCATION).unwrap(), name);
        assert_eq!(found, wanted, "{fields:?}");
    }
    let chosen = site.get(&address(&query(&[("_form", ""), ("_c", "0")]))).expect(303);
    assert_eq!(site.csv(chosen.header(header::LOCATION).unwrap())[0], [Some(name.to_owned())]);
}

/// The links of a page to its rows, and along the foreign key both ways.
fn check_links(site: &Site, keyed: &str, referring: &str, name: &str) {
    for (page, index) in [(keyed, 0), (referring, 1)] {
        let rows = site.page(page).rows;
        assert_eq!(rows.len(), VALUES.len());
        for row in rows {
            let href = row[index].href.as_ref().unwrap();
            let value = Shown::Text(site.json(href)["row"][name].as_str().unwrap().to_owned());
            assert_eq!(value, row[index].shown, "{href}");
        }
    }
    for (number, value) in (1..).zip(VALUES) {
        let row = site.json(&format!("{referring}/row?Number={number}"));
        let target = site.json(row["links"]["references"][0]["href"].as_str().unwrap());
        assert_eq!(
            (&target["row"][name], &target["row"]["Other"]),
            (&json!(value), &json!(number))
        );
        let back = json_walk(site, target["links"]["referrers"][0]["href"].as_str().unwrap());
        assert_eq!(back.len(), 1);
        assert_eq!(back[0]["Number"], number);
    }
}

fn check(fixture: &Fixture, names: &[&str]) {
    let made: Vec<_> =
        names.iter().enumerate().map(|(number, name)| make(fixture, number, name)).collect();
    let site = fixture.site();
    for ((table, other), name) in made.iter().zip(names) {
        let (keyed, referring) = (fixture.address(table, ""), fixture.address(other, ""));
        check_walks(&site, |rest| format!("{keyed}{rest}"), name);
        check_forms(&site, |rest| format!("{keyed}{rest}"), name);
        check_links(&site, &keyed, &referring, name);
        assert_eq!(
            site.json(&format!("{keyed}/schema"))["columns"][0]["key"],
            1,
            "{}",
            encoded(name)
        );
    }
}

#[test]
fn rows_are_found_by_a_key_of_any_name() {
    check(&Fixture::new(), &COLUMNS);
}

#[test]
fn rows_are_found_by_a_key_of_a_name_that_only_some_databases_know() {
    check(&beside_iris(), &NOT_IN_IRIS);
}
