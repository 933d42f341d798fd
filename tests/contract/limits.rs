//! Answers end before Lambda would refuse them, and say so; no row is lost. The harness checks the
//! size of every answer.

use http::{HeaderName, Method, header};

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Answer, BROWSER, Page, Shown, Site, csv_walk, json_walk, ndjson_walk};
use crate::row;

/// Pages are to end before this many bytes, as sent.
const MOST_BYTES: usize = 5_500_000;

const CUT: &str = "… [cut]";

fn texts(texts: impl IntoIterator<Item = String>) -> Table {
    let rows = texts.into_iter().enumerate().map(|(number, text)| row![number as i64, text]);
    Table::new("T").column("N", Kind::Integer).column("V", Kind::Text).key(&["N"]).rows(rows)
}

fn by(answer: &Answer) -> Option<&str> {
    answer.header(HeaderName::from_static("page-truncated"))
}

#[test]
fn a_page_of_large_rows_ends_early_and_the_next_one_continues() {
    // Quotes are the dearest text: escaped in JSON, and once more in Lambda's.
    let text = |number: usize| format!("{number} {}", "\"".repeat(60_000));
    let fixture = Fixture::with(&[texts((0..90).map(text))]);
    let site = fixture.site();
    let address = fixture.address("T", "?_size=1000");
    let first = site.get(&address);
    assert_eq!((by(&first), first.json()["truncated"].as_str()), (Some("bytes"), Some("bytes")));
    assert!(first.sent <= MOST_BYTES);
    // Full pages, not small ones.
    assert!(first.sent > MOST_BYTES * 9 / 10);
    let json = json_walk(&site, &address);
    let csv = csv_walk(&site, &address);
    let ndjson = ndjson_walk(&site, &address);
    assert_eq!((json.len(), csv.len(), ndjson.len()), (90, 90, 90));
    for number in 0..90 {
        let expected = text(number);
        assert_eq!(json[number]["V"], expected);
        assert_eq!(csv[number][1].as_deref(), Some(expected.as_str()));
    }
    // No page ended early where its size was reached first.
    assert_eq!(by(&site.get(&fixture.address("T", "?_size=2"))), None);
}

#[test]
fn a_page_for_a_person_ends_early_too() {
    let table = (0..15).fold(Table::new("T").column("N", Kind::Integer), |table, number| {
        table.column(&format!("C{number}"), Kind::Text)
    });
    // A quote takes six characters in a page.
    let cell = "'".repeat(3_900);
    let rows = (0..60).map(|number: i64| {
        std::iter::once(number.into()).chain((0..15).map(|_| Cell::from(cell.as_str()))).collect()
    });
    let fixture = Fixture::with(&[table.key(&["N"]).rows(rows)]);
    let site = fixture.site();
    let expected: Vec<_> = (0..60).map(|number: i64| Shown::Text(number.to_string())).collect();
    // By one value, and by two of which one is looked up in its row.
    for sort in ["", "&_sort=C3,N"] {
        let mut next = Some(fixture.address("T", &format!("?_size=1000{sort}")));
        let mut numbers = Vec::new();
        let mut pages = 0;
        while let Some(address) = next {
            let answer = site.ask(Method::GET, &address, &[(header::ACCEPT, BROWSER)]).expect(200);
            let page = answer.page();
            next = page.related("next");
            assert_eq!(by(&answer).is_some(), next.is_some());
            assert_eq!(page.says("This page ends early"), next.is_some());
            numbers.extend(page.rows.iter().map(|row| row[0].shown.clone()));
            assert_eq!(page.rows[0][15].shown, Shown::Text(cell.clone()));
            pages += 1;
        }
        assert_eq!(numbers, expected, "{sort}");
        assert!(pages > 2);
    }
}

/// A page for a person, and what it says of its limits.
fn page(site: &Site, address: &str) -> (Page, Option<String>) {
    let answer = site.ask(Method::GET, address, &[(header::ACCEPT, BROWSER)]).expect(200);
    (answer.page(), by(&answer).map(str::to_owned))
}

#[test]
fn a_row_too_large_for_any_page_is_cut_visibly_and_the_walk_continues() {
    let huge = "\"é".repeat(1_200_000);
    let fixture = Fixture::with(&[texts(["before".to_owned(), huge.clone(), "after".to_owned()])]);
    let site = fixture.site();
    let address = fixture.address("T", "");
    let mut shown = Vec::new();
    let mut words = Vec::new();
    let mut next = Some(address.clone());
    while let Some(at) = next {
        let answer = site.get(&at).expect(200);
        let json = answer.json();
        words.push(by(&answer).map(str::to_owned));
        shown.extend(
            json["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["V"].as_str().unwrap().to_owned()),
        );
        next = json["next"].as_str().map(str::to_owned);
    }
    assert_eq!([shown[0].as_str(), shown[2].as_str()], ["before", "after"]);
    let kept = shown[1].strip_suffix(CUT).expect("the cut is visible");
    assert!(huge.starts_with(kept) && kept.len() > 1_000);
    assert_eq!(words, [Some("bytes".to_owned()), Some("cell".to_owned())]);
    let csv = csv_walk(&site, &address);
    assert!(csv[1][1].as_deref().unwrap().ends_with(CUT));
    assert_eq!(csv[2][1].as_deref(), Some("after"));
    assert_eq!(ndjson_walk(&site, &address).len(), 3);
    // By itself the row is cut later, and says so too.
    for (format, accept) in
        [("json", "application/json"), ("csv", "text/csv"), ("ndjson", "application/x-ndjson")]
    {
        let answer = site
            .ask(Method::GET, &fixture.address("T", "/row?N=1"), &[(header::ACCEPT, accept)])
            .expect(200);
        assert_eq!(by(&answer), Some("cell"), "{format}");
        assert!(answer.text().contains(CUT), "{format}");
        assert!(answer.body.len() > 100_000, "{format}");
    }
    assert_eq!(site.json(&fixture.address("T", "/row?N=1"))["truncated"], "cell");
    assert_eq!(by(&site.get(&fixture.address("T", "/row?N=0"))), None);
}

#[test]
fn a_large_row_of_a_view_is_cut_on_a_page_too() {
    let huge = "<é>".repeat(700_000);
    let fixture = Fixture::with(&[texts(["before".to_owned(), huge, "after".to_owned()])]);
    fixture.view("Seen", "T");
    let site = fixture.site();
    let (first, words) = page(&site, &fixture.address("Seen", ""));
    assert_eq!((first.rows.len(), words.as_deref()), (1, Some("bytes")));
    let (second, words) = page(&site, &first.related("next").unwrap());
    assert_eq!((second.rows.len(), words.as_deref()), (1, Some("cell")));
    let cell = &second.rows[0][1];
    assert!(
        cell.cut
            && matches!(&cell.shown, Shown::Text(text) if text.starts_with("<é><é>") && text.len() > 1_000)
    );
    let (third, words) = page(&site, &second.related("next").unwrap());
    assert_eq!((third.shown(0)[1].clone(), words), (Shown::Text("after".to_owned()), None));
    assert_eq!(json_walk(&site, &fixture.address("Seen", "")).len(), 3);
}

#[test]
fn a_row_of_very_many_texts_is_cut_as_far_as_it_must_be() {
    let names: Vec<String> = (0..100).map(|number| format!("C{number}")).collect();
    let table = names.iter().fold(Table::new("T").column("N", Kind::Integer), |table, name| {
        table.column(name, Kind::Text)
    });
    // Control characters take six in JSON, each of which JSON within JSON escapes again.
    let cell = Cell::from("\u{2}".repeat(11_000));
    let row = |number: i64| {
        std::iter::once(number.into()).chain(names.iter().map(|_| cell.clone())).collect()
    };
    let fixture = Fixture::with(&[table.key(&["N"]).rows([row(0), row(1)])]);
    let site = fixture.site();
    let rows = json_walk(&site, &fixture.address("T", ""));
    assert_eq!(rows.len(), 2);
    assert!(rows[1]["C99"].as_str().unwrap().ends_with(CUT));
    assert_eq!(csv_walk(&site, &fixture.address("T", "")).len(), 2);
    page(&site, &fixture.address("T", ""));
    assert!(
        site.json(&fixture.address("T", "/row?N=1"))["row"]["C7"].as_str().unwrap().ends_with(CUT)
    );
    page(&site, &fixture.address("T", "/row?N=1"));
}

#[test]
fn bytes_too_large_for_any_page_are_cut_visibly() {
    let table = Table::new("T").column("N", Kind::Integer).column("V", Kind::Binary).key(&["N"]);
    let fixture =
        Fixture::with(&[table.rows([row![0, vec![7_u8; 6_000_000]], row![1, vec![8_u8]]])]);
    let site = fixture.site();
    let rows = json_walk(&site, &fixture.address("T", ""));
    assert!(rows[0]["V"].as_str().unwrap().ends_with(CUT));
    assert_eq!(rows[1]["V"], "CA==");
    let page = site.page(&fixture.address("T", ""));
    assert_eq!(page.rows[0][1].shown, Shown::Text("6000 kB".to_owned()));
    assert!(
        site.json(&fixture.address("T", "/row?N=0"))["row"]["V"].as_str().unwrap().ends_with(CUT)
    );
    site.page(&fixture.address("T", "/row?N=0"));
}
