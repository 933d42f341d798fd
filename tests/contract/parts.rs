//! Values that no answer can hold: named where they are cut, and had part by part.

use http::{HeaderName, header};
use serde_json::json;

use tests::skip::skipped;

use crate::fixture::{Fixture, Kind, Table, is_iris};
use crate::harness::{Site, csv_walk};
use crate::row;

/// All of a cell, by following `next`, and what its parts say they are.
fn parts(site: &Site, address: &str) -> (Vec<u8>, Vec<String>) {
    let (mut whole, mut kinds) = (Vec::new(), Vec::new());
    let mut next = Some(address.to_owned());
    while let Some(at) = next {
        let answer = site.get(&at).expect(200);
        assert!(kinds.len() < 20, "the parts do not end");
        kinds.push(answer.header(header::CONTENT_TYPE).unwrap().to_owned());
        whole.extend_from_slice(&answer.body);
        next = answer.link("next");
    }
    (whole, kinds)
}

fn large() -> (Fixture, String, Vec<u8>) {
    // Characters do not end where a part of so many bytes does.
    let text = format!("xxx{}", "山'\n".repeat(1_300_000));
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|number| (number % 253) as u8).collect();
    let table = Table::new("T")
        .column("N", Kind::Integer)
        .column("a/b", Kind::Text)
        .column("B", Kind::Binary)
        .column("_cell", Kind::Text)
        .key(&["N"])
        .rows([
            row![0, text.as_str(), bytes.clone(), "small"],
            row![1, None::<&str>, vec![8_u8], ""],
        ]);
    (Fixture::with(&[table]), text, bytes)
}

#[test]
fn a_cut_value_is_named_and_can_be_read_in_parts() {
    if is_iris() {
        skipped("cells of many megabytes", "InterSystems' driver does not store them");
        return;
    }
    let (fixture, text, bytes) = large();
    let site = fixture.site();
    for address in [fixture.address("T", ""), fixture.address("T", "/row?N=0&_format=json")] {
        let answer = site.get(&address).expect(200);
        let json = answer.json();
        assert_eq!(
            (&json["truncated"], answer.header(HeaderName::from_static("page-cut"))),
            (&json!("cell"), Some("a%2Fb, B"))
        );
        let cut = json["cut"].as_array().unwrap();
        assert_eq!(
            cut.iter().map(|cell| cell["column"].clone()).collect::<Vec<_>>(),
            [json!("a/b"), json!("B")]
        );
        let (whole, kinds) = parts(&site, cut[0]["href"].as_str().unwrap());
        assert!(whole == text.as_bytes(), "{address}: the text is not whole");
        assert!(
            kinds.len() > 1 && kinds.iter().all(|kind| kind == "text/plain; charset=utf-8"),
            "{kinds:?}"
        );
        let (whole, kinds) = parts(&site, cut[1]["href"].as_str().unwrap());
        assert!(whole == bytes, "{address}: the bytes are not whole");
        assert!(
            kinds.len() > 1 && kinds.iter().all(|kind| kind == "application/octet-stream"),
            "{kinds:?}"
        );
    }
    assert_eq!(site.json(&fixture.address("T", ""))["cut"][0]["row"], 0);
    let whole = site.get(&fixture.address("T", "?N=1"));
    assert!(
        whole.json().get("cut").is_none()
            && whole.header(HeaderName::from_static("page-cut")).is_none()
    );
    // Where nothing identifies a row, the answer says that the value cannot be read.
    fixture.run("CREATE VIEW \"Seen\" AS SELECT * FROM \"T\"");
    let site = fixture.site();
    assert_eq!(
        site.json(&fixture.address("Seen", "?N=0"))["cut"][0],
        json!({"row": 0, "column": "a/b", "href": null})
    );
    assert!(
        csv_walk(&site, &fixture.address("Seen", ""))[0][1]
            .as_deref()
            .unwrap()
            .ends_with("… [cut]")
    );
}

/// The addresses of a cell's parts, as a program finds them.
fn walked(site: &Site, address: &str) -> Vec<String> {
    std::iter::successors(Some(address.to_owned()), |at| site.get(at).expect(200).link("next"))
        .collect()
}

#[test]
fn the_page_of_a_row_leads_to_every_part() {
    if is_iris() {
        skipped("cells of many megabytes", "InterSystems' driver does not store them");
        return;
    }
    let (fixture, ..) = large();
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "/row?N=0"));
    for (column, count) in [("a%2Fb", 2), ("B", 2)] {
        let cell = format!("_cell={column}");
        let shown: Vec<String> =
            page.links().into_iter().filter(|link| link.contains(&cell)).collect();
        assert_eq!(shown, walked(&site, &shown[0]), "{column}");
        assert_eq!(shown.len(), count);
    }
    for (part, disposition) in [
        ("_cell=B", "attachment; filename=\"T-B.bin\"; filename*=UTF-8''T-B.bin"),
        ("_cell=a%2Fb", "inline; filename=\"T-a_b.txt\"; filename*=UTF-8''T-a_b.txt"),
        (
            "_cell=a%2Fb&_from=3999998",
            "inline; filename=\"T-a_b-3999998.txt\"; filename*=UTF-8''T-a_b-3999998.txt",
        ),
    ] {
        let answer = site.get(&fixture.address("T", &format!("/row?N=0&{part}"))).expect(200);
        assert_eq!(answer.header(header::CONTENT_DISPOSITION), Some(disposition));
    }
    let small = site.page(&fixture.address("T", "/row?N=1"));
    assert_eq!(
        small.links().iter().filter(|link| link.contains("_cell=")).count(),
        1,
        "a byte, and no short text"
    );
}

#[test]
fn every_part_of_a_text_is_linked() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (N INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("INSERT INTO T VALUES (1, hex(zeroblob(6000000)))");
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "/row?N=1"));
    assert!(page.html.contains("part 3 of 3 as plain text"), "{:?}", page.links());
    assert_eq!(walked(&site, &fixture.address("T", "/row?N=1&_cell=V")).len(), 3);
}

#[test]
fn a_part_is_of_one_column_from_one_offset() {
    if is_iris() {
        skipped("cells of many megabytes", "InterSystems' driver does not store them");
        return;
    }
    let (fixture, _, _) = large();
    let site = fixture.site();
    let row = |rest: &str| fixture.address("T", &format!("/row?N=0&{rest}"));
    assert_eq!(parts(&site, &row("_cell=N")).0, b"0");
    assert_eq!(site.get(&row("_cell=B&_from=4999998")).expect(200).body.len(), 2);
    assert_eq!(site.get(&row("_cell=B&_from=5000000")).expect(200).body.len(), 0);
    for (rest, parameter) in [
        ("_cell=Nothing", "_cell"),
        ("_cell=", "_cell"),
        ("_cell=N&_cell=N", "_cell"),
        ("_from=1", "_from"),
        ("_cell=N&_from=-1", "_from"),
        ("_cell=N&_from=", "_from"),
        ("_cell=N&_from=2000000001", "_from"),
    ] {
        site.refused(&row(rest), parameter);
    }
    let null = site.get(&fixture.address("T", "/row?N=1&_cell=a%2Fb")).expect(404);
    assert_eq!(null.json()["type"], "urn:iris-tables:problem:no-value");
    site.refused(&fixture.address("T", "/row?_cell=N"), "N");
    site.get(&fixture.address("T", "/row?N=2&_cell=N")).expect(404);
    assert_eq!(parts(&site, &fixture.address("T", "/row?N=1&_cell=_cell")).0, b"");
    // A column with the name of a parameter is filtered with an operator.
    assert_eq!(site.json(&fixture.address("T", "/row?_cell__exact=small"))["row"]["N"], 0);
    assert_eq!(parts(&site, &row("_cell=_cell")).0, b"small");
}

#[test]
fn the_parts_of_a_text_with_any_bytes_are_the_whole() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    // NUL characters, letters of three bytes, and bytes that are no UTF-8, across the parts' ends.
    fixture.run(
        "INSERT INTO T VALUES (1, replace(hex(zeroblob(900000)), '00', 'a' || char(0) || '€')), \
         (2, CAST(replace(hex(zeroblob(900000)), '00', CAST(x'e4e228' AS TEXT) || 'b€') AS TEXT))",
    );
    let stored = |id: i64| -> Vec<u8> {
        let hex = fixture.select(&format!("SELECT hex(V) FROM T WHERE ID = {id}"), &[]);
        let hex = hex[0][0].clone().unwrap();
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    };
    let site = fixture.site();
    for id in [1, 2] {
        let page = site.page(&fixture.address("T", &format!("/row?ID={id}")));
        let links = page.links().into_iter().filter(|link| link.contains("_cell="));
        let parts: Vec<Vec<u8>> = links.map(|link| site.get(&link).expect(200).body).collect();
        let stored = stored(id);
        let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
        assert!(parts.len() > 1, "{id}: {lengths:?}");
        // Each part is 4 MB at most, and what follows a link's place begins the next one.
        let mut from = 0;
        for part in &parts {
            assert!(stored[from..].starts_with(part), "{id}: from {from}");
            from += part.len();
        }
        assert_eq!(from, stored.len(), "{id}");
    }
}
