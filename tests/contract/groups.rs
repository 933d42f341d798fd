//! Groups: how many rows have each value, sums and so on, and the way to a group's rows.

use http::header;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::fixture::{Cell, Fixture, Kind, Schema, Table};
use crate::harness::{Site, encoded, json_walk, query, read_csv};
use crate::property;

const COLUMNS: [(&str, Kind); 8] = [
    ("N", Kind::Integer),
    ("Name", Kind::Varchar(40)),
    ("Rank", Kind::Integer),
    ("Price", Kind::Decimal(9, 2)),
    ("Ratio", Kind::Double),
    ("Open", Kind::Boolean),
    ("Day", Kind::Date),
    ("Since", Kind::Timestamp),
];

/// What rows are grouped by: each of a type, and with a unit or a width.
const BY: [&str; 14] = [
    "Name",
    "Rank",
    "Price",
    "Ratio",
    "Open",
    "Day",
    "Since",
    "Rank:10",
    "Price:0.5",
    "Ratio:1",
    "Day:month",
    "Since:year",
    "Since:day",
    "Since:hour",
];

fn table(rows: Vec<Vec<Cell>>) -> Table {
    let columns =
        COLUMNS.iter().fold(Table::new("T"), |table, (name, kind)| table.column(name, *kind));
    columns.key(&["N"]).rows(rows)
}

fn optional(values: &'static [&'static str]) -> impl Strategy<Value = Cell> {
    prop_oneof![
        1 => Just(Cell::Null),
        5 => select(values).prop_map(|text| Cell::Text(text.to_owned())),
    ]
}

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let number = |numbers: &'static [i64]| prop_oneof![1 => Just(Cell::Null), 5 => select(numbers).prop_map(Cell::Integer)];
    let float = select(&[-1.5, -0.0, 0.0, 0.1, 0.3, 2.999, 1e15][..]).prop_map(Cell::Double);
    (
        optional(&["", "a", "A", "b", " a", "ä", "Ä", "O'Brien", "50%", "a,b", "[x]", "null"]),
        number(&[-20, -11, -10, -1, 0, 1, 9, 10, 2_147_483_647]),
        optional(&["-0.50", "-0.01", "0.00", "0.49", "0.50", "1234567.89"]),
        prop_oneof![1 => Just(Cell::Null), 5 => float],
        prop_oneof![1 => Just(Cell::Null), 5 => any::<bool>().prop_map(Cell::Boolean)],
        optional(&["1999-12-31", "2000-01-01", "2024-02-29", "2024-03-01"]),
        optional(&["2024-02-29 00:00:00", "2024-02-29 23:59:59", "2024-12-31 23:00:00"]),
    )
        .prop_map(|(name, rank, price, ratio, open, day, since)| {
            vec![name, rank, price, ratio, open, day, since]
        })
}

fn numbered(rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    let number = |(index, cells): (usize, Vec<Cell>)| {
        let number = i64::try_from(index).unwrap();
        std::iter::once(Cell::Integer(number)).chain(cells).collect()
    };
    rows.into_iter().enumerate().map(number).collect()
}

/// The groups at an address, whatever it takes to have all of them.
fn all_groups(site: &Site, address: &str) -> Vec<Value> {
    let (mut groups, mut next) = (Vec::new(), Some(address.to_owned()));
    while let Some(address) = next {
        let answer = site.json(&address);
        assert_eq!(answer["truncated"], Value::Null, "{address}");
        groups.extend(answer["groups"].as_array().unwrap().iter().cloned());
        next = answer["next"].as_str().map(str::to_owned);
        assert!(groups.len() < 10_000);
    }
    groups
}

fn groups_of(site: &Site, schema: &Schema, pairs: &[(&str, &str)]) -> Vec<Value> {
    all_groups(site, &schema.address("T", &format!("/groups{}", query(pairs))))
}

/// The counts add up to the rows, and each group's address has its rows.
fn hold(site: &Site, schema: &Schema, pairs: &[(&str, &str)], rows: usize) {
    let groups = groups_of(site, schema, pairs);
    let mut counted = 0;
    for group in &groups {
        let count = usize::try_from(group["count"].as_u64().unwrap()).unwrap();
        counted += count;
        let href = group["href"].as_str().unwrap_or_else(|| panic!("{pairs:?}: {group}"));
        assert_eq!(json_walk(site, href).len(), count, "{pairs:?}: {group}");
    }
    assert_eq!(counted, rows, "{pairs:?}: {groups:?}");
    let mut names: Vec<String> = groups.iter().map(|group| group["by"].to_string()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), groups.len(), "a group came twice: {pairs:?}: {groups:?}");
}

#[test]
fn counts_add_up_and_every_address_has_the_rows_of_its_group() {
    let rows = prop::collection::vec(cells(), 1..14);
    let by = prop::sample::subsequence(BY.to_vec(), 1..=2);
    property(12, (rows, by, any::<bool>()), |(rows, by, is_filtered)| {
        let fixture = Fixture::with(&[table(numbered(rows.clone()))]);
        let site = fixture.site();
        let by = by.join(",");
        hold(&site, &fixture, &[("_by", &by)], rows.len());
        // Piece by piece it is the same.
        let sorted = [("_by", by.as_str()), ("_sort", &by), ("_size", "2")];
        hold(&site, &fixture, &sorted, rows.len());
        let sorted = [("_by", by.as_str()), ("_sort", &format!("-{by}")), ("_size", "1")];
        hold(&site, &fixture, &sorted, rows.len());
        if is_filtered {
            let left = rows.iter().filter(|row| row[4] == Cell::Boolean(true)).count();
            hold(&site, &fixture, &[("_by", &by), ("Open", "true")], left);
        }
    });
}

fn row(number: i64, name: &str, rank: i64, price: &str, since: &str) -> Vec<Cell> {
    let text = |text: &str| match text {
        "" => Cell::Null,
        text => Cell::Text(text.to_owned()),
    };
    vec![
        Cell::Integer(number),
        text(name),
        Cell::Integer(rank),
        text(price),
        Cell::Double(0.5),
        Cell::Boolean(true),
        text("2024-02-29"),
        text(since),
    ]
}

fn fixture() -> Fixture {
    Fixture::with(&[table(vec![
        row(1, "card", 7, "0.10", "2024-01-31 10:00:00"),
        row(2, "card", -7, "0.20", "2024-02-01 00:00:00"),
        row(3, "Card", 1, "-1.00", "2024-02-29 23:59:59"),
        row(4, "", 2, "", ""),
        row(5, "card", 3, "", "2025-02-01 00:00:00"),
    ])])
}

#[test]
fn groups_are_told_apart_case_sensitively_and_the_largest_come_first() {
    let fixture = fixture();
    let site = fixture.site();
    let pairs =
        [("_by", "Name"), ("_sum", "Price,Rank"), ("_avg", "Price"), ("_min", "Rank,Since")];
    let groups = groups_of(&site, &fixture, &pairs);
    let card = groups.iter().find(|group| group["by"]["Name"] == "card").unwrap();
    assert_eq!(*card, groups[0]);
    assert_eq!(card["count"], 3);
    assert_eq!(card["sum"], json!({"Price": "0.30", "Rank": 3}));
    assert_eq!(card["avg"], json!({"Price": "0.150000"}));
    assert_eq!(card["min"]["Rank"], -7);
    assert!(card["min"]["Since"].as_str().unwrap().starts_with("2024-01-31T10:00:00"));
    assert!(groups.iter().any(|group| group["by"]["Name"] == "Card" && group["count"] == 1));
    let null = groups.iter().find(|group| group["by"]["Name"].is_null()).unwrap();
    assert_eq!(null["sum"], json!({"Price": null, "Rank": 2}));
    assert_eq!(null["avg"], json!({"Price": null}));
    assert_eq!(null["min"]["Since"], Value::Null);
}

#[test]
fn units_of_time_and_widths() {
    let fixture = fixture();
    let site = fixture.site();
    let by = |by: &str| {
        let groups = groups_of(&site, &fixture, &[("_by", by), ("_sort", by)]);
        let one = |group: &Value| (group["by"][by].clone(), group["count"].as_u64().unwrap());
        let mut groups: Vec<(Value, u64)> = groups.iter().map(one).collect();
        groups.sort_by_key(|(value, _)| !value.is_null());
        groups
    };
    let counted = |of: &[(&str, u64)]| {
        std::iter::once((Value::Null, 1))
            .chain(of.iter().map(|(value, count)| (json!(value), *count)))
            .collect::<Vec<_>>()
    };
    assert_eq!(by("Since:year"), counted(&[("2024", 3), ("2025", 1)]));
    let months = counted(&[("2024-01", 1), ("2024-02", 2), ("2025-02", 1)]);
    assert_eq!(by("Since:month"), months);
    let days =
        counted(&[("2024-01-31", 1), ("2024-02-01", 1), ("2024-02-29", 1), ("2025-02-01", 1)]);
    assert_eq!(by("Since:day"), days);
    let hours = counted(&[
        ("2024-01-31T10", 1),
        ("2024-02-01T00", 1),
        ("2024-02-29T23", 1),
        ("2025-02-01T00", 1),
    ]);
    assert_eq!(by("Since:hour"), hours);
    assert_eq!(by("Rank:5"), [(json!(-10), 1), (json!(0), 3), (json!(5), 1)]);
    let mut widths = by("Price:0.25");
    widths.retain(|(value, _)| !value.is_null());
    assert_eq!(widths, [(json!("-1.00"), 1), (json!("0.00"), 2)]);
}

#[test]
fn sums_keep_all_digits() {
    let table = Table::new("T")
        .column("N", Kind::Integer)
        .column("Big", Kind::Integer)
        .column("Price", Kind::Decimal(18, 4))
        .key(&["N"]);
    let big = if crate::fixture::is_iris() { 999_999_999_999_999_999 } else { i64::MAX };
    let rows = (0..30).map(|number| {
        vec![Cell::Integer(number), Cell::Integer(big), Cell::Text("12345678901.0001".to_owned())]
    });
    let fixture = Fixture::with(&[table.rows(rows)]);
    let site = fixture.site();
    let pairs = [("_by", "Big"), ("_sum", "Big,Price"), ("_avg", "Big,Price")];
    let group = groups_of(&site, &fixture, &pairs).remove(0);
    assert_eq!(group["sum"]["Big"], (i128::from(big) * 30).to_string());
    assert_eq!(group["sum"]["Price"], "370370367030.0030");
    assert_eq!(group["avg"]["Big"], format!("{big}.000000"));
    assert_eq!(group["avg"]["Price"], "12345678901.000100");
}

#[test]
fn groups_in_every_representation() {
    let fixture = fixture();
    let site = fixture.site();
    let address =
        fixture.address("T", "/groups?_by=Name,Since:year&_sum=Price&_sort=Name,Since:year");
    let groups = all_groups(&site, &address);
    let lines = site.ndjson(&address);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, groups);
    let csv = read_csv(&site.get(&format!("{address}&_format=csv")).expect(200).text());
    let names: Vec<&str> = csv[0].iter().map(|name| name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Name", "Since:year", "count", "sum(Price)"]);
    assert_eq!(csv.len(), groups.len() + 1);
    let xlsx = site.get(&format!("{address}&_format=xlsx")).expect(200);
    assert!(xlsx.body.starts_with(b"PK"));
    let page = site.ask(http::Method::GET, &address, &[(header::ACCEPT, "text/html")]);
    let page = page.expect(200).text();
    for group in &groups {
        let href = group["href"].as_str().unwrap().replace('&', "&amp;");
        assert!(page.contains(&format!("href=\"{href}\"")), "{href}");
    }
}

#[test]
fn an_order_that_cannot_go_on_says_so() {
    let fixture = fixture();
    let site = fixture.site();
    let ask = |rest: &str| site.json(&fixture.address("T", &format!("/groups?_by=N{rest}")));
    let answer = ask("&_size=2");
    assert_eq!((&answer["next"], &answer["truncated"]), (&Value::Null, &json!("groups")));
    let answer = ask("&_size=2&_sort=-max(Rank)&_max=Rank");
    let ranks: Vec<&Value> =
        answer["groups"].as_array().unwrap().iter().map(|group| &group["max"]["Rank"]).collect();
    assert_eq!(ranks, [7, 3]);
    let answer = ask("&_size=5");
    assert_eq!((&answer["next"], &answer["truncated"]), (&Value::Null, &Value::Null));
    let next = ask("&_size=2&_sort=N")["next"].as_str().unwrap().to_owned();
    // It belongs to this order.
    site.refused(&next.replace("_sort=N", "_sort=-N"), "_next");
    site.refused(&next.replace("_by=N", "_by=N,Name"), "_next");
}

#[test]
fn what_cannot_be_grouped_is_refused_by_name() {
    let fixture = fixture();
    let site = fixture.site();
    for (rest, parameter) in [
        ("?_by=Nothing", "_by"),
        ("?_by=Name,Name", "_by"),
        ("?_by=N,Name,Rank,Price", "_by"),
        ("?_by=Name:month", "_by"),
        ("?_by=Day:hour", "_by"),
        ("?_by=Rank:0", "_by"),
        ("?_by=Rank:0.5", "_by"),
        ("?_by=Rank:-5", "_by"),
        ("?_by=Name&_sum=Name", "_sum"),
        ("?_by=Name&_sum=Rank,Rank", "_sum"),
        ("?_by=Name&_sort=Rank", "_sort"),
        ("?_by=Name&_sort=nothing", "_sort"),
        ("?_by=Name&_size=1001", "_size"),
        ("?_by=Name&_col=Name", "_col"),
        ("?_by=Name&_count=exact", "_count"),
        ("?_by=Name&Rank=x", "Rank"),
        ("?_by=Name&_next=x", "_next"),
    ] {
        if parameter == "Rank" && fixture.keeps_any_type() {
            continue;
        }
        site.refused(&fixture.address("T", &format!("/groups{rest}")), parameter);
    }
    // Without anything to group by, all rows are one group.
    let all = site.json(&fixture.address("T", "/groups?_sum=Rank"))["groups"].clone();
    assert_eq!((&all[0]["by"], &all[0]["count"]), (&json!({}), &json!(5)));
    assert_eq!((&all[0]["sum"]["Rank"], all.as_array().unwrap().len()), (&json!(6), 1));
    // What it is made of belongs to groups alone.
    site.refused(&fixture.address("T", "?_by=Name"), "_by");
}

#[test]
fn the_form_of_the_page_leads_to_groups() {
    let fixture = fixture();
    let site = fixture.site();
    let kept = encoded("Open=true&_q=a");
    // The columns by their indices: Name, then Since by month; the sum of Price.
    let sent = format!("/groups?_form={kept}&_g=1&_g=7:month&_g=&_w=1000&_m=sum:3&_m=&_s=greatest");
    let answer = site.get(&fixture.address("T", &sent)).expect(303);
    let location = answer.header(header::LOCATION).unwrap();
    let expected = "?Open=true&_q=a&_by=Name,Since:month&_sum=Price&_sort=-sum%28Price%29";
    assert_eq!(location, fixture.address("T", &format!("/groups{expected}")).replace("%2E", "."));
    site.get(location).expect(200);
    // Before anything is chosen, there is the form alone.
    let page = site.ask(
        http::Method::GET,
        &fixture.address("T", "/groups?Open=true"),
        &[(header::ACCEPT, "text/html")],
    );
    assert!(page.expect(200).text().contains("name=\"_g\""));
}
