//! Cells of many megabytes: whole where an answer can hold them, else cut visibly.

use http::{HeaderName, Method, header};

use tests::skip::skipped;

use crate::fixture::{Fixture, Kind, Table, is_iris};
use crate::harness::{BROWSER, Shown};
use crate::row;

const CUT: &str = "… [cut]";

#[test]
fn the_longest_cells_that_an_answer_holds_come_whole() {
    // Quotes are doubled on their way out of SQLite, and characters beyond ASCII take more bytes.
    let texts = ["'".repeat(5_300_000), "ä'".repeat(1_700_000), "😀".repeat(1_300_000)];
    let rows = texts.iter().enumerate().map(|(number, text)| row![number as i64, text.as_str()]);
    let table =
        Table::new("T").column("N", Kind::Integer).column("V", Kind::Text).key(&["N"]).rows(rows);
    let bytes: Vec<u8> = (0..4_000_000_u32).map(|number| (number % 251) as u8).collect();
    let binary = Table::new("B").column("N", Kind::Integer).column("V", Kind::Binary).key(&["N"]);
    let fixture = Fixture::with(&[table, binary.rows([row![0, bytes.clone()]])]);
    let site = fixture.site();
    for (number, text) in texts.iter().enumerate() {
        let row = site.json(&fixture.address("T", &format!("/row?N={number}")));
        assert!(
            row["row"]["V"] == text.as_str() && row["truncated"].is_null(),
            "text {number} is not whole"
        );
        let page = site.json(&fixture.address("T", &format!("?N={number}")));
        assert!(page["rows"][0]["V"] == text.as_str(), "text {number} is not whole");
    }
    use base64_simd::STANDARD;
    let row = site.json(&fixture.address("B", "/row?N=0"));
    assert!(
        STANDARD.decode_to_vec(row["row"]["V"].as_str().unwrap()).unwrap() == bytes,
        "the bytes are not whole"
    );
}

#[test]
fn cells_of_any_size_are_cut_visibly() {
    if is_iris() {
        skipped("cells of many megabytes", "InterSystems' driver does not store them");
        return;
    }
    let text = "Zoë ".repeat(5_000_000);
    let table = Table::new("T")
        .column("N", Kind::Integer)
        .column("V", Kind::Text)
        .column("B", Kind::Binary)
        .key(&["N"])
        .rows([row![0, text.as_str(), vec![7_u8; 30_000_000]], row![1, "after", vec![8_u8]]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    for accept in ["application/json", BROWSER] {
        for rest in ["", "/row?N=0"] {
            let address = fixture.address("T", rest);
            let answer = site.ask(Method::GET, &address, &[(header::ACCEPT, accept)]).expect(200);
            let words = answer.header(HeaderName::from_static("page-truncated"));
            // A page for people has the beginning of a long text anyway, and of bytes their number.
            assert_eq!(words, (accept != BROWSER).then_some("cell"), "{accept} {rest}");
            assert!(
                answer.text().contains(if words.is_some() { CUT } else { "Zoë Zoë" }),
                "{accept} {rest}"
            );
        }
    }
    let row = site.json(&fixture.address("T", "/row?N=0"))["row"].clone();
    let kept = row["V"].as_str().unwrap().strip_suffix(CUT).unwrap();
    assert!(text.starts_with(kept) && kept.len() > 100_000);
    assert!(row["B"].as_str().unwrap().ends_with(CUT));
    let page = site.page(&fixture.address("T", ""));
    assert_eq!(page.rows[0][2].shown, Shown::Text("30 MB".to_owned()));
    assert_eq!(site.json(&fixture.address("T", "/row?N=1"))["row"]["V"], "after");
}

#[test]
fn the_addresses_of_many_cut_cells_fit_the_answer_too() {
    // SQLite alone has so many columns for long texts.
    let fixture = Fixture::sqlite();
    let columns: Vec<String> = (0..525).map(|number| format!(", C{number:03} TEXT")).collect();
    let values = ", hex(zeroblob(10000))".repeat(525);
    fixture.run(&format!("CREATE TABLE T (K TEXT PRIMARY KEY NOT NULL{})", columns.concat()));
    fixture.run(&format!("INSERT INTO T SELECT hex(zeroblob(1000)){values}"));
    let page = fixture.site().json(&fixture.address("T", ""));
    let cut = page["cut"].as_array().unwrap();
    assert_eq!((cut.len(), page["rows"].as_array().unwrap().len()), (525, 1));
    assert!(cut[0]["href"].as_str().unwrap().ends_with("&_cell=C000"));
    assert!(cut[524]["href"].is_null() && cut[524]["column"] == "C524");
}

#[test]
fn a_text_too_long_for_its_rows_page_has_its_own_address() {
    // More characters than bytes fit, and a column with the name of a parameter.
    let text = "Zoë 山\n".repeat(20_000);
    let short = "Zoë ".repeat(10_000);
    let table = Table::new("T")
        .column("N", Kind::Integer)
        .column("_size", Kind::Text)
        .column("Short", Kind::Text);
    let fixture =
        Fixture::with(&[table.key(&["N"]).rows([row![0, text.as_str(), short.as_str()]])]);
    let site = fixture.site();
    let address = fixture.address("T", "/row?N=0&_format=html");
    let page = site.page(&address);
    assert_eq!(page.html.matches("… too long for this page: ").count(), 1);
    assert!(page.html.len() < 400_000);
    let links = page.links();
    let alone = links.iter().find(|href| href.contains("_cell")).expect("a link to all of it");
    let answer = site.ask(Method::GET, alone, &[(header::ACCEPT, BROWSER)]).expect(200);
    assert_eq!(answer.header(header::CONTENT_TYPE), Some("text/plain; charset=utf-8"));
    assert!(answer.text() == text);
    // What is folded is there.
    let shown = page.html.split("<details class=\"fold\">").nth(2).unwrap();
    let (_, rest) = shown.split_once("</summary>").unwrap();
    assert_eq!(rest.split_once("</details>").unwrap().0.chars().count(), 40_000 - 2_000);
}
