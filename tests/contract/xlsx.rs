//! Workbooks for Excel, read back by another library than the one that writes them.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use http::{HeaderName, Method, header};
use serde_json::Value;

use tests::skip::skipped;

use crate::fixture::{Fixture, Kind, Table, is_iris};
use crate::harness::{Answer, Site, json_walk};
use crate::row;

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook: the name of its first sheet, that sheet, and the lines about it.
pub struct Book {
    name: String,
    pub rows: Range<Data>,
    pub about: Vec<(String, Data)>,
}

impl Book {
    pub fn of(answer: &Answer) -> Self {
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(MEDIA_TYPE), "{}", answer.address);
        let mut book = Xlsx::new(Cursor::new(answer.body.clone())).unwrap();
        let names = book.sheet_names();
        assert_eq!((names.len(), names[1].as_str()), (2, "About"));
        let about = book.worksheet_range("About").unwrap();
        let about = about.rows().map(|line| (line[0].to_string(), line[1].clone())).collect();
        let rows = book.worksheet_range(&names[0]).unwrap();
        Self { name: names[0].clone(), rows, about }
    }

    fn row(&self, row: usize) -> &[Data] {
        self.rows.rows().nth(row).unwrap()
    }

    fn about(&self, label: &str) -> Option<&Data> {
        self.about.iter().find(|(name, _)| name == label).map(|(_, value)| value)
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

fn ask(site: &Site, address: &str) -> Answer {
    let host = (header::HOST, "tables.example");
    site.ask(Method::GET, address, &[(header::ACCEPT, MEDIA_TYPE), host]).expect(200)
}

#[test]
fn values_keep_their_types_and_all_their_digits() {
    let odd = "<Ä&\u{1F600}>\n_x0041_";
    let table = Table::new("T")
        .column("ID", Kind::Integer)
        .column("Large", Kind::Integer)
        .column("Amount", Kind::Decimal(18, 2))
        .column("Rate", Kind::Double)
        .column("Paid", Kind::Boolean)
        .column("Born", Kind::Date)
        .column("At", Kind::Time)
        .column("Booked", Kind::Timestamp)
        .column("Note", Kind::Text)
        .key(&["ID"])
        .rows([
            row![
                1,
                999_999_999_999_999_i64,
                "0.10",
                0.1,
                true,
                "2024-02-29",
                "18:00:00",
                "2024-02-29 06:00:00",
                "=1+1"
            ],
            row![
                2,
                1_234_567_890_123_456_i64,
                "1234567890123456.50",
                1e300,
                false,
                "1899-12-31",
                "00:00:00",
                "1899-12-31 06:00:00",
                "007"
            ],
            row![
                3,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                odd
            ],
        ]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let book = Book::of(&ask(&site, &fixture.address("T", "")));
    let names: Vec<String> = book.row(0).iter().map(ToString::to_string).collect();
    let expected = ["ID", "Large", "Amount", "Rate", "Paid", "Born", "At", "Booked", "Note"];
    assert_eq!(names, expected);
    let time = |cell: &Data| match cell {
        Data::DateTime(time) => time.as_f64(),
        other => panic!("{other:?} is no date"),
    };
    let first = book.row(1);
    assert_eq!(
        first[..5],
        [
            Data::Float(1.0),
            Data::Float(999_999_999_999_999.0),
            Data::Float(0.1),
            Data::Float(0.1),
            Data::Bool(true)
        ]
    );
    assert_eq!(first[5..8].iter().map(time).collect::<Vec<_>>(), [45_351.0, 0.75, 45_351.25]);
    assert_eq!(first[8], text("=1+1"), "a text, not a formula");
    let second = book.row(2);
    assert_eq!(
        second[1..6],
        [
            text("1234567890123456"),
            text("1234567890123456.50"),
            Data::Float(1e300),
            Data::Bool(false),
            text("1899-12-31")
        ]
    );
    assert_eq!(second[7..], [text("1899-12-31T06:00:00"), text("007")]);
    let third = book.row(3);
    assert!(third[1..8].iter().all(|cell| *cell == Data::Empty), "{third:?}");
    assert_eq!(third[8], text(odd));
}

#[test]
fn a_workbook_says_what_it_is_and_whether_more_follows() {
    let rows = (0..25).map(|id| row![id, format!("Name {id}").as_str()]);
    let table = Table::new("T").column("ID", Kind::Integer).column("Name", Kind::Text).key(&["ID"]);
    let fixture = Fixture::with(&[table.rows(rows)]);
    let site = fixture.site();
    let address = fixture.address("T", "?ID__gte=5&_sort=-ID&_size=10&_format=xlsx");
    let answer = ask(&site, &address);
    let disposition = answer.header(header::CONTENT_DISPOSITION).unwrap();
    assert!(disposition.starts_with("attachment;") && disposition.contains(".T.xlsx"));
    let next = answer.link("next").unwrap();
    let book = Book::of(&answer);
    assert!(book.name.ends_with(".T"), "{}", book.name);
    assert_eq!(book.rows.height(), 11);
    assert_eq!(book.row(1)[0], Data::Float(24.0));
    let about = |label: &str| book.about(label).map(ToString::to_string);
    assert_eq!(
        about("Address"),
        Some(format!("https://tables.example{}", address.replace("%2E", ".")))
    );
    assert_eq!(about("Filter"), Some("ID ≥ “5”".to_owned()));
    assert_eq!(about("Sorted by"), Some("-ID".to_owned()));
    assert_eq!(book.about("Rows"), Some(&Data::Float(10.0)));
    assert_eq!(about("More rows follow"), Some("yes".to_owned()));
    assert_eq!(about("The next rows"), Some(format!("https://tables.example{next}")));
    assert!(matches!(book.about("Made at"), Some(Data::DateTime(_))));
    // The last page.
    let last = ask(&site, &next);
    assert!(last.link("next").is_none());
    let book = Book::of(&last);
    assert_eq!(book.about("Rows before these"), Some(&Data::Float(10.0)));
    assert_eq!(book.about("More rows follow"), Some(&text("no")));
    assert_eq!(book.about("The next rows"), None);
}

#[test]
fn a_row_and_a_search_without_rows_are_workbooks_too() {
    let table = Table::new("T").column("ID", Kind::Integer).column("Name", Kind::Text);
    let fixture = Fixture::with(&[table.key(&["ID"]).rows([row![1, "Zoë"]])]);
    let site = fixture.site();
    let answer = ask(&site, &fixture.address("T", "/row?ID=1"));
    assert!(answer.header(header::CONTENT_DISPOSITION).unwrap().contains(".T.row.xlsx"));
    let book = Book::of(&answer);
    assert_eq!((book.rows.height(), book.row(1)), (2, &[Data::Float(1.0), text("Zoë")][..]));
    assert_eq!(book.about("Rows"), Some(&Data::Float(1.0)));
    let book = Book::of(&ask(&site, &fixture.address("T", "?ID=2")));
    assert_eq!((book.rows.height(), book.about("Rows")), (1, Some(&Data::Float(0.0))));
    assert_eq!(book.about("Rows in all"), None);
    let book = Book::of(&ask(&site, &fixture.address("T", "?_count=exact")));
    assert_eq!(book.about("Rows in all"), Some(&Data::Float(1.0)));
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_said_to_be() {
    let long = "Zoë\u{1F600}".repeat(10_000);
    let table = Table::new("T").column("ID", Kind::Integer).column("V", Kind::Text).key(&["ID"]);
    let rows = [row![0, "x".repeat(32_767).as_str()], row![1, "short"], row![2, long.as_str()]];
    let fixture = Fixture::with(&[table.rows(rows)]);
    let site = fixture.site();
    let truncated = HeaderName::from_static("page-truncated");
    let answer = ask(&site, &fixture.address("T", ""));
    assert_eq!(answer.header(truncated.clone()), Some("cell"));
    assert_eq!(answer.header(HeaderName::from_static("page-cut")), Some("V"));
    let book = Book::of(&answer);
    assert_eq!(book.row(1)[1], text(&"x".repeat(32_767)));
    let Data::String(cut) = &book.row(3)[1] else { panic!("text") };
    assert!(long.starts_with(cut.strip_suffix("… [cut]").unwrap()));
    assert!((32_760..=32_767).contains(&cut.encode_utf16().count()));
    assert_eq!(book.about("Cut cells"), Some(&Data::Float(1.0)));
    let whole = book.about("Cut: B4").unwrap().to_string();
    let whole = whole.strip_prefix("https://tables.example").unwrap();
    assert_eq!(site.get(whole).expect(200).text(), long);
    let row = ask(&site, &fixture.address("T", "/row?ID=2"));
    assert_eq!(row.header(truncated.clone()), Some("cell"));
    assert!(Book::of(&row).row(1)[1].to_string().ends_with("… [cut]"));
    let row = ask(&site, &fixture.address("T", "/row?ID=0"));
    assert_eq!(row.header(truncated), None);
}

/// Text that no compression makes much smaller.
fn noise(length: usize, mut seed: u64) -> String {
    let letter = |_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + u8::try_from((seed >> 33) % 75).unwrap())
    };
    (0..length).map(letter).collect()
}

#[test]
fn a_page_ends_early_where_its_workbook_would_be_too_large() {
    let rows = (0..60_u64).map(|id| {
        let part = |seed| noise(30_000, id + seed);
        row![id as i64, part(0).as_str(), part(99).as_str(), part(999).as_str()]
    });
    let table = Table::new("T").column("ID", Kind::Integer);
    let table =
        ["A", "B", "C"].into_iter().fold(table, |table, name| table.column(name, Kind::Text));
    let fixture = Fixture::with(&[table.key(&["ID"]).rows(rows)]);
    let site = fixture.site();
    let expected = json_walk(&site, &fixture.address("T", "?_size=100"));
    let mut next = Some(fixture.address("T", "?_size=100&_format=xlsx"));
    let (mut ids, mut pages) = (Vec::new(), 0);
    while let Some(address) = next {
        let answer = ask(&site, &address);
        next = answer.link("next");
        let truncated = answer.header(HeaderName::from_static("page-truncated"));
        assert_eq!(truncated, next.is_some().then_some("bytes"));
        let book = Book::of(&answer);
        assert_eq!(book.about("Ends early").is_some(), next.is_some());
        ids.extend(book.rows.rows().skip(1).map(|row| row[0].to_string()));
        pages += 1;
    }
    assert!(pages > 1, "one page holds all of it");
    let expected: Vec<String> = expected.iter().map(|row| row["ID"].to_string()).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_row_that_no_workbook_holds_is_cut() {
    if is_iris() {
        skipped("a row of many megabytes", "InterSystems' driver does not store it");
        return;
    }
    let names: Vec<String> = (0..300).map(|number| format!("C{number}")).collect();
    let mut table = Table::new("T").column("ID", Kind::Integer).key(&["ID"]);
    let mut cells = row![1];
    for (seed, name) in (0..).zip(&names) {
        table = table.column(name, Kind::Text);
        cells.push(noise(32_000, seed).as_str().into());
    }
    let fixture = Fixture::with(&[table.rows([cells])]);
    let site = fixture.site();
    for rest in ["", "/row?ID=1"] {
        let answer = ask(&site, &fixture.address("T", rest));
        assert_eq!(answer.header(HeaderName::from_static("page-truncated")), Some("cell"));
        let book = Book::of(&answer);
        assert!(book.row(1)[1].to_string().ends_with("… [cut]"));
    }
}

#[test]
fn pages_link_to_the_workbook_and_it_is_described() {
    let table = Table::new("T").column("ID", Kind::Integer).key(&["ID"]).rows([row![1]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    for rest in ["?ID=1", "/row?ID=1"] {
        let page =
            site.ask(Method::GET, &fixture.address("T", rest), &[(header::ACCEPT, "text/html")]);
        assert!(page.text().contains("_format=xlsx\">XLSX</a>"), "{rest}");
    }
    let described: Value = site.json("/openapi.json");
    let path = &described["paths"]["/table/Test.T"];
    let schema = &path["get"]["responses"]["200"]["content"][MEDIA_TYPE]["schema"];
    assert_eq!(schema["format"], "binary");
}
