//! One row by its key, and the links between rows.

use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table, is_iris};
use crate::harness::{Page, Site, json_walk, query};
use crate::row;

const KEYS: [&str; 16] = [
    "a/b",
    "a,b",
    "100%",
    "%41",
    "what?",
    "#1",
    "a&b=c",
    "O'Brien",
    "say \"hi\"",
    "a b",
    " a",
    "a+b",
    "Zoë 山田",
    "",
    "..",
    "a;b",
];

/// Every link of a page to a row or to rows leads somewhere.
fn follow_all(site: &Site, page: &Page) -> usize {
    let links: Vec<String> =
        page.links().into_iter().filter(|link| link.starts_with("/table/")).collect();
    for link in &links {
        site.get(link).expect(200);
    }
    links.len()
}

#[test]
fn every_key_leads_to_its_row() {
    let table =
        Table::new("T").column("Code", Kind::Varchar(80)).column("N", Kind::Integer).key(&["Code"]);
    let rows = KEYS.iter().enumerate().map(|(number, key)| row![*key, number as i64]);
    let fixture = Fixture::with(&[table.rows(rows)]);
    let site = fixture.site();
    for (number, key) in KEYS.iter().enumerate() {
        let row = site.json(&fixture.address("T", &format!("/row{}", query(&[("Code", key)]))));
        assert_eq!(row["row"], json!({"Code": key, "N": number}));
        assert_eq!(row["table"], "Test.T");
    }
    let page = site.page(&fixture.address("T", ""));
    for (row, expected) in page.rows.iter().zip(json_walk(&site, &fixture.address("T", ""))) {
        // An empty text, or one of spaces, is a poor link, so another is beside it.
        let href = row[0].href.clone().unwrap_or_else(|| panic!("no link of {expected:?}"));
        assert_eq!(site.json(&href)["row"]["N"], expected["N"], "{href}");
        site.page(&href);
    }
}

#[test]
fn a_composite_key_is_several_parameters() {
    let table = Table::new("T")
        .column("Bank", Kind::Varchar(20))
        .column("Day", Kind::Date)
        .column("Number", Kind::Integer)
        .column("Note", Kind::Text)
        .key(&["Number", "Bank"])
        .rows([
            row!["x", "2024-02-29", 1, "first"],
            row!["x", "2024-02-29", 2, "second"],
            row!["y", None::<&str>, 1, "third"],
        ]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let row = |rest: &str| site.get(&fixture.address("T", &format!("/row?{rest}")));
    assert_eq!(row("Number=2&Bank=x").expect(200).json()["row"]["Note"], "second");
    assert_eq!(row("bank=x&number=2").expect(200).json()["row"]["Note"], "second");
    row("Number=3&Bank=x").expect(404);
    // A part of the key is enough where it identifies the row; else the key is named.
    assert_eq!(row("Number=2").expect(200).json()["row"]["Note"], "second");
    let several = site.refused(&fixture.address("T", "/row?Number=1"), "Number");
    assert!(several.text().contains("`Number`, `Bank`"), "{}", several.text());
    assert_eq!(site.csv(&fixture.address("T", "/row?Number=1&Bank=y"))[1][1], None);
    assert_eq!(site.ndjson(&fixture.address("T", "/row?Number=1&Bank=y")).len(), 1);
    for row in site.page(&fixture.address("T", "?_sort=-Note")).rows {
        site.page(&row[0].href.clone().unwrap());
    }
}

#[test]
fn keys_of_every_type_lead_to_their_rows() {
    let kinds: [(Kind, Vec<crate::fixture::Cell>); 8] = [
        (Kind::Integer, row![0, -1, i64::MAX, i64::MIN]),
        (Kind::Decimal(9, 2), row!["0.10", "-0.50", "7.00"]),
        (Kind::Double, row![0.1, 0.1 + 0.2, -1e300, 5e-324]),
        (Kind::Boolean, row![true, false]),
        (Kind::Date, row!["2024-02-29", "0001-01-01"]),
        (Kind::Time, row!["00:00:00", "23:59:59"]),
        (Kind::Timestamp, row!["2024-02-29 10:00:00", "2024-02-29 10:00:00.123"]),
        (Kind::Binary, row![vec![0_u8, 255, 62], vec![1_u8]]),
    ];
    // Bytes of any length are a stream in IRIS, and no key.
    for (kind, keys) in kinds.into_iter().filter(|(kind, _)| !(is_iris() && *kind == Kind::Binary))
    {
        let rows =
            keys.into_iter().enumerate().map(|(number, key)| vec![key, (number as i64).into()]);
        let table =
            Table::new("T").column("K", kind).column("N", Kind::Integer).key(&["K"]).rows(rows);
        let fixture = Fixture::with(&[table]);
        let site = fixture.site();
        let rows = json_walk(&site, &fixture.address("T", ""));
        let page = site.page(&fixture.address("T", ""));
        for (shown, row) in page.rows.iter().zip(&rows) {
            let href = shown[0].href.clone().unwrap();
            assert_eq!(site.json(&href)["row"]["N"], row["N"], "{kind:?}: {href}");
        }
    }
}

#[test]
fn an_unknown_row_is_a_404() {
    let table = Table::new("T")
        .column("ID", Kind::Integer)
        .column("V", Kind::Text)
        .key(&["ID"])
        .rows([row![1, "x"], row![2, "x"]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let answer = site.get(&fixture.address("T", "/row?ID=3")).expect(404);
    assert_eq!(answer.json()["type"], "urn:iris-tables:problem:unknown-row");
    site.refused(&fixture.address("T", "/row?V=x"), "V");
    drop((site, fixture));
    // Case-sensitive: another case is another key.
    let table = Table::new("T").column("Code", Kind::Varchar(9)).key(&["Code"]).rows([row!["abc"]]);
    let fixture = Fixture::with(&[table]);
    fixture.site().get(&fixture.address("T", "/row?Code=ABC")).expect(404);
}

#[test]
fn rows_without_a_key_have_a_row_id_or_no_page() {
    let table =
        Table::new("T").column("V", Kind::Text).rows([row!["x"], row!["x"], row![None::<&str>]]);
    let fixture = Fixture::with(&[table]);
    fixture.view("Seen", "T");
    let site = fixture.site();
    let page = site.page(&fixture.address("T", ""));
    if fixture.row_id.is_some() {
        let links: Vec<String> = page.rows.iter().map(|row| row[0].href.clone().unwrap()).collect();
        assert!(links.iter().all(|link| link.contains("/row?_row=")), "{links:?}");
        assert_eq!(site.json(&links[1])["row"], json!({"V": "x"}));
        assert_eq!(site.json(&links[2])["row"], json!({"V": null}));
        let no_id = fixture.address("T", "/row?_row=x");
        if is_iris() {
            // Whether it can be one depends on what %ID is there.
            let status = site.get(&no_id).status;
            assert!([400, 404].contains(&status), "{status}");
        } else {
            site.refused(&no_id, "_row");
        }
        // A number, or a `ctid` such as `(0,3)`: with another digit it is a row that does not
        // exist.
        let gone = links[2].replace('3', "99");
        site.get(&gone).expect(404);
        site.refused(&format!("{}&V=x", links[2]), "_row");
    }
    assert!(site.page(&fixture.address("Seen", "")).rows.iter().all(|row| row[0].href.is_none()));
    site.get(&fixture.address("Seen", "/row?V=x")).expect(404);
}

/// Customers, accounts and movements, and a table that is not published.
fn bank() -> Fixture {
    Fixture::with(&[
        Table::new("Customer")
            .column("ID", Kind::Integer)
            .column("Name", Kind::Text)
            .key(&["ID"])
            .rows([row![1, "Ada"], row![2, "O'Brien"]]),
        Table::new("Secret").column("ID", Kind::Integer).key(&["ID"]).rows([row![7]]),
        Table::new("Account")
            .column("Bank", Kind::Varchar(20))
            .column("Number", Kind::Varchar(20))
            .column("Owner", Kind::Integer)
            .column("Hidden", Kind::Integer)
            .key(&["Bank", "Number"])
            .reference(&["Owner"], "Customer", &["ID"])
            .reference(&["Hidden"], "Secret", &["ID"])
            .rows([
                row!["a/b", "1&2", 1, 7],
                row!["a/b", "2", 1, None::<i64>],
                row!["c", "2", None::<i64>, 7],
            ]),
        Table::new("Movement")
            .column("ID", Kind::Integer)
            .column("AtBank", Kind::Varchar(20))
            .column("OfAccount", Kind::Varchar(20))
            .key(&["ID"])
            .reference(&["AtBank", "OfAccount"], "Account", &["Bank", "Number"])
            .rows([row![1, "a/b", "1&2"], row![2, "a/b", "2"], row![3, "a/b", None::<&str>]]),
        Table::new("Inner")
            .column("ID", Kind::Integer)
            .column("Customer", Kind::Integer)
            .key(&["ID"])
            .reference(&["Customer"], "Customer", &["ID"])
            .rows([row![1, 1]]),
    ])
}

#[test]
fn foreign_keys_lead_both_ways() {
    let fixture = bank();
    let site =
        fixture.site_with(&[("PUBLISHED_TABLES", "Test.Customer, Test.Account, Test.Movement")]);
    let movement = site.json(&fixture.address("Movement", "/row?ID=1"));
    let href = movement["links"]["references"][0]["href"].as_str().unwrap();
    assert_eq!(site.json(href)["row"]["Owner"], 1);
    let account = site.json(href);
    let customer = site.json(account["links"]["references"][0]["href"].as_str().unwrap());
    assert_eq!(customer["row"]["Name"], "Ada");
    let accounts = json_walk(&site, customer["links"]["referrers"][0]["href"].as_str().unwrap());
    let mut numbers: Vec<&str> =
        accounts.iter().map(|row| row["Number"].as_str().unwrap()).collect();
    // IRIS has numbers before other texts.
    numbers.sort_unstable();
    assert_eq!(numbers, ["1&2", "2"]);
    let movements = json_walk(&site, account["links"]["referrers"][0]["href"].as_str().unwrap());
    assert_eq!(movements.iter().map(|row| row["ID"].clone()).collect::<Vec<_>>(), [json!(1)]);
    // A key of which a part is NULL refers to nothing.
    let partial = site.json(&fixture.address("Movement", "/row?ID=3"));
    assert_eq!(partial["links"]["references"], json!([]));
    // The same on a page in HTML.
    let rows = site.page(&fixture.address("Movement", ""));
    let of_bank = rows.rows[0][1].href.clone().unwrap();
    assert_eq!(site.json(&of_bank)["row"]["Number"], "1&2");
    assert_eq!(rows.rows[2][1].href, None);
    for address in ["Customer", "Account", "Movement"] {
        let page = site.page(&fixture.address(address, ""));
        assert!(follow_all(&site, &page) > 5);
        for row in &page.rows {
            let row =
                site.page(&row[0].href.clone().unwrap_or_else(|| fixture.address(address, "")));
            follow_all(&site, &row);
        }
    }
    let row = site.page(&fixture.address("Customer", "/row?ID=1"));
    assert!(
        row.links().iter().any(|link| link == "/table/Test.Account?Owner=1"),
        "{:?}",
        row.links()
    );
}

#[test]
fn what_is_not_published_is_neither_linked_nor_named() {
    let fixture = bank();
    let site =
        fixture.site_with(&[("PUBLISHED_TABLES", "Test.Customer, Test.Account, Test.Movement")]);
    for rest in ["", "/row?Bank=a%2Fb&Number=1%262", "/schema"] {
        let address = fixture.address("Account", rest);
        for text in [site.get(&address).expect(200).text(), site.page(&address).html] {
            assert!(!text.contains("Secret"), "{address}: {text}");
        }
    }
    let customer = site.json(&fixture.address("Customer", "/row?ID=1"));
    assert!(!customer.to_string().contains("Inner"), "{customer}");
    assert!(!site.page(&fixture.address("Customer", "/row?ID=1")).html.contains("Inner"));
    let columns = site.json(&fixture.address("Account", "/schema"))["columns"].clone();
    assert_eq!(
        columns[2]["references"],
        json!({"table": "Test.Customer", "column": "ID", "href": "/table/Test.Customer"})
    );
    assert_eq!(columns[3]["references"], Value::Null);
}
