//! Walks through all pages: every row exactly once, in the order that the database itself gives.

use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::{Cell, Fixture, Kind, Schema, Table};
use crate::harness::{Site, csv_walk, encoded, json_walk, ndjson_walk};
use crate::row;

/// The columns of every table here, beside those of its key. `N` tells the rows apart for the test.
const COLUMNS: [(&str, Kind); 8] = [
    ("N", Kind::Integer),
    ("Name", Kind::Varchar(400)),
    ("Rank", Kind::Integer),
    ("Price", Kind::Decimal(9, 2)),
    ("Ratio", Kind::Double),
    ("Open", Kind::Boolean),
    ("Day", Kind::Date),
    ("Since", Kind::Timestamp),
];

/// A table's name, and the columns that identify its rows.
const SHAPES: [(&str, &[&str]); 5] = [
    ("ByNumber", &["N"]),
    ("ByText", &["Code"]),
    ("ByBoth", &["Code", "N"]),
    ("ByNothing", &[]),
    // A view, which has neither key nor row id.
    ("Seen", &[]),
];

/// The request: which table, how sorted, in pages of how many rows.
#[derive(Debug, Clone)]
pub struct Ask {
    rows: Vec<Vec<Cell>>,
    shape: usize,
    sort: Vec<(&'static str, bool)>,
    size: usize,
}

fn table((name, key): (&str, &[&str])) -> Table {
    let columns =
        COLUMNS.iter().fold(Table::new(name), |table, (name, kind)| table.column(name, *kind));
    columns.column("Code", Kind::Varchar(80)).key(key)
}

/// Texts that sort in many ways, some longer than what a token holds of a value, equal for 230
/// characters.
pub fn text() -> impl Strategy<Value = Option<String>> {
    let short = [
        "", "a", "A", "b", "B", "aa", " a", "ä", "Ä", "z", "007", "7", "O'Brien", "100%", "_",
        "\\", "山田",
    ];
    let long = (0..4_u8, any::<bool>()).prop_map(|(end, capital)| {
        let character = if capital { "X" } else { "x" };
        Some(format!("{}{end}", character.repeat(230)))
    });
    prop_oneof![2 => Just(None), 6 => select(short.to_vec()).prop_map(|text| Some(text.to_owned())), 2 => long]
}

fn row() -> impl Strategy<Value = Vec<Cell>> {
    let rank = prop_oneof![
        Just(None),
        (-3_i64..3).prop_map(Some),
        select(vec![Some(i64::MIN), Some(i64::MAX)])
    ];
    let price = select(vec![
        None,
        Some("-0.50"),
        Some("0.10"),
        Some("0.30"),
        Some("9.99"),
        Some("1000000.00"),
    ]);
    let ratio = prop_oneof![
        Just(None),
        select(vec![
            Some(0.1),
            Some(0.1 + 0.2),
            Some(0.3),
            Some(-1e300),
            Some(5e-324),
            Some(f64::MAX)
        ]),
        any::<f64>().prop_filter("a finite number", |number| number.is_finite()).prop_map(Some),
    ];
    let open = select(vec![None, Some(false), Some(true)]);
    let day = select(vec![None, Some("1999-12-31"), Some("2024-02-29"), Some("2024-03-01")]);
    let since = select(vec![
        None,
        Some("2024-02-29 10:00:00"),
        Some("2024-02-29 10:00:00.5"),
        Some("2024-02-29 23:59:59"),
    ]);
    (text(), rank, price, ratio, open, day, since).prop_map(
        |(name, rank, price, ratio, open, day, since)| {
            row![name, rank, price, ratio, open, day, since]
        },
    )
}

fn ask() -> impl Strategy<Value = Ask> {
    let sortable: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).chain(["Code"]).collect();
    let sort = prop::sample::subsequence(sortable, 0..=3).prop_shuffle();
    let sort = (sort, prop::collection::vec(any::<bool>(), 3))
        .prop_map(|(names, down)| names.into_iter().zip(down).collect());
    (prop::collection::vec(row(), 0..24), 0..SHAPES.len(), sort, 1_usize..9).prop_map(
        |(rows, shape, sort, size)| {
            let numbered = rows.into_iter().enumerate().map(|(number, mut row)| {
                // Neither in the order of the numbers, nor the other way round.
                let number = (number as i64 * 7 + 3) % 24;
                row.insert(0, Cell::Integer(number));
                row.push(Cell::Text(format!(
                    "{}{}",
                    ["k", "K", "ø"][number as usize % 3],
                    number / 3
                )));
                row
            });
            Ask { rows: numbered.collect(), shape, sort, size }
        },
    )
}

/// The parameter that sorts so.
pub fn sort_parameter(sort: &[(&str, bool)]) -> String {
    let terms: Vec<String> =
        sort.iter().map(|(name, down)| format!("{}{name}", if *down { "-" } else { "" })).collect();
    if terms.is_empty() { String::new() } else { format!("&_sort={}", encoded(&terms.join(","))) }
}

/// The numbers of a table's rows as the database itself orders them; what they are ordered by at last
/// goes in the direction of the sort's last term.
pub fn ordered(schema: &Schema, table: &str, sort: &[(&str, bool)], then: &[String]) -> Vec<i64> {
    let sorted = sort
        .iter()
        .map(|(name, down)| format!("{}{}", Schema::quote(name), if *down { " DESC" } else { "" }));
    let direction = if sort.last().is_some_and(|(_, down)| *down) { " DESC" } else { "" };
    let then = then.iter().map(|term| format!("{term}{direction}"));
    let terms: Vec<String> = sorted.chain(then).collect();
    let by =
        if terms.is_empty() { String::new() } else { format!(" ORDER BY {}", terms.join(", ")) };
    schema.numbers(&format!("SELECT {} FROM {}{by}", Schema::quote("N"), schema.in_sql(table)), &[])
}

/// The numbers of the rows as walks in JSON, CSV and NDJSON give them: all the same.
pub fn walked(site: &Site, address: &str) -> Vec<i64> {
    let json: Vec<i64> =
        json_walk(site, address).iter().map(|row| row["N"].as_i64().unwrap()).collect();
    let only = format!("{address}&_col=N");
    let csv: Vec<i64> = csv_walk(site, &only)
        .iter()
        .map(|row| row[0].as_deref().unwrap().parse().unwrap())
        .collect();
    let ndjson = ndjson_walk(site, &only);
    assert_eq!(csv, json, "CSV and JSON differ: {address}");
    assert_eq!(ndjson, json.iter().map(|number| format!("{{\"N\":{number}}}")).collect::<Vec<_>>());
    json
}

#[test]
fn every_row_comes_once_in_the_order_of_the_database() {
    let tables: Vec<Table> = SHAPES[..4].iter().map(|shape| table(*shape)).collect();
    let fixture = Fixture::with(&tables);
    fixture.view("Seen", "ByNothing");
    let site = fixture.site();
    crate::property(150, ask(), |ask| {
        let (name, key) = SHAPES[ask.shape];
        let stored = if name == "Seen" { "ByNothing" } else { name };
        fixture.run(&format!("DELETE FROM {}", fixture.in_sql(stored)));
        fixture.insert(stored, &ask.rows);
        // What the product orders by after the sort: the key, a row id, or all columns of a view.
        let mut then: Vec<String> = key.iter().map(|name| Schema::quote(name)).collect();
        if name == "ByNothing" {
            then.extend(fixture.row_id.map(str::to_owned));
        }
        if then.is_empty() {
            let all = COLUMNS.iter().map(|(name, _)| *name).chain(["Code"]);
            then = all.map(Schema::quote).collect();
        }
        let address =
            fixture.address(name, &format!("?_size={}{}", ask.size, sort_parameter(&ask.sort)));
        assert_eq!(walked(&site, &address), ordered(&fixture, name, &ask.sort, &then));
    });
}

#[test]
fn a_page_has_the_requested_number_of_rows_and_says_whether_more_follow() {
    let rows = (0..10).map(|number| row![number, "x"]);
    let table =
        Table::new("T").column("N", Kind::Integer).column("V", Kind::Text).key(&["N"]).rows(rows);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    for (size, pages) in [(1, 10), (3, 4), (5, 2), (9, 2), (10, 1), (11, 1)] {
        let mut address = Some(fixture.address("T", &format!("?_size={size}")));
        let mut counts = Vec::new();
        while let Some(at) = address {
            let page = site.json(&at);
            counts.push(page["rows"].as_array().unwrap().len());
            assert_eq!(page["truncated"], serde_json::Value::Null);
            address = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(counts.len(), pages, "{size} rows a page");
        assert!(counts[..pages - 1].iter().all(|count| *count == size));
    }
}

#[test]
fn a_client_that_follows_the_link_stops_after_the_last_page_in_every_format() {
    let table = Table::new("T").column("ID", Kind::Integer).key(&["ID"]);
    let fixture = Fixture::with(&[table.rows((0..25).map(|id| row![id]))]);
    let site = fixture.site();
    for format in iris_tables::accept::Format::ALL {
        // Also where the last page is full.
        for (size, pages) in [(10, 3), (5, 5), (25, 1), (100, 1)] {
            let address = format!("?_size={size}&_format={}", format.name());
            let mut next = Some(fixture.address("T", &address));
            let mut asked = 0;
            while let Some(address) = next {
                let answer = site.get(&address).expect(200);
                next = answer.link("next");
                if format.name() == "json" {
                    assert_eq!(answer.json()["next"].as_str(), next.as_deref());
                }
                asked += 1;
                assert!(asked <= pages, "{format:?}: a link after the last page of {size} rows");
            }
            assert_eq!(asked, pages, "{format:?}, {size} rows");
        }
    }
}

#[test]
fn a_page_for_a_person_leads_on_and_back() {
    let rows = (0..7).map(|number| row![number, format!("name {}", number % 2)]);
    let table =
        Table::new("T").column("N", Kind::Integer).column("V", Kind::Text).key(&["N"]).rows(rows);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let first = site.page(&fixture.address("T", "?_size=3&_sort=-V"));
    let second = site.page(&first.related("next").unwrap());
    let third = site.page(&second.related("next").unwrap());
    let numbers: Vec<_> = [&first, &second, &third]
        .iter()
        .flat_map(|page| page.rows.iter().map(|row| row[0].shown.clone()))
        .collect();
    let expected = ["5", "3", "1", "6", "4", "2", "0"]
        .map(|text| crate::harness::Shown::Text(text.to_owned()));
    assert_eq!(numbers, expected);
    assert_eq!(third.related("next"), None);
    let back = third
        .links()
        .into_iter()
        .find(|link| !link.contains("_next") && link.contains("_size=3"))
        .unwrap();
    assert_eq!(site.page(&back).rows.len(), 3);
}

#[test]
fn an_empty_table_is_no_error() {
    let fixture = Fixture::with(&[Table::new("T").column("N", Kind::Integer).key(&["N"])]);
    let site = fixture.site();
    let page = site.json(&fixture.address("T", "?_count=exact"));
    assert_eq!(page["rows"], serde_json::json!([]));
    assert_eq!(page["next"], serde_json::Value::Null);
    assert_eq!(page["total"], serde_json::json!({"value": 0, "atLeast": false}));
    assert_eq!(site.csv(&fixture.address("T", "")), [[Some("N".to_owned())]]);
    assert!(site.ndjson(&fixture.address("T", "")).is_empty());
    assert!(site.page(&fixture.address("T", "")).html.contains("no rows"));
}
