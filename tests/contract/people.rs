//! What pages show in another way than JSON: pictures, links, times, and the rows that refer to one.

use http::header;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::Shown;
use crate::row;

/// The smallest picture of each kind, as far as its first bytes, and what is none.
const PICTURES: [(&[u8], Option<&str>); 6] = [
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png")),
    (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Some("image/jpeg")),
    (b"GIF89a\x01\0\x01\0\0\0", Some("image/gif")),
    (b"RIFF\x24\0\0\0WEBPVP8 ", Some("image/webp")),
    (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
    (b"\x89PNG", None),
];

#[test]
fn bytes_that_are_a_picture_are_shown_as_one() {
    let rows = PICTURES.iter().enumerate().map(|(id, (bytes, _))| row![id as i64, bytes.to_vec()]);
    let table = Table::new("T").column("ID", Kind::Integer).column("a b", Kind::Binary);
    let fixture = Fixture::with(&[table.key(&["ID"]).rows(rows)]);
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "?_sort=ID"));
    let parts = site.json(&fixture.address("T", "?_sort=ID&_view=page"));
    for (id, (bytes, kind)) in PICTURES.iter().enumerate() {
        let address = fixture.address("T", &format!("/row?ID={id}&_cell=a%20b"));
        let answer = site.get(&address).expect(200);
        assert_eq!(answer.body, *bytes);
        let said = kind.unwrap_or("application/octet-stream");
        assert_eq!(answer.header(header::CONTENT_TYPE), Some(said), "{id}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
        let disposition = answer.header(header::CONTENT_DISPOSITION).unwrap();
        assert_eq!(disposition.starts_with("inline"), kind.is_some(), "{id}: {disposition}");
        let shown = format!("/table/Test.T/row?ID={id}&amp;_cell=a%20b");
        let image = format!("<img class=\"thumb\" loading=\"lazy\" src=\"{shown}\" alt=\"");
        assert_eq!(page.html.contains(&image), kind.is_some(), "{id}");
        let of_script = &parts["rows"][id]["cells"][1];
        assert_eq!(of_script["picture"].is_string(), kind.is_some(), "{of_script}");
        let row = site.page(&fixture.address("T", &format!("/row?ID={id}")));
        let image = format!("<img src=\"{shown}\" alt=\"A b\">");
        assert_eq!(row.html.contains(&image), kind.is_some(), "{id}");
    }
    // JSON and CSV have the bytes as ever.
    let rows = site.json(&fixture.address("T", "?ID=1"));
    assert_eq!(rows["rows"][0]["a b"], "/9j/4AAQSkZJRgA=");
}

#[test]
fn a_picture_that_is_too_large_for_a_page_of_rows_is_on_its_own() {
    let large = |bytes: usize| {
        let mut picture = PICTURES[0].0.to_vec();
        picture.resize(bytes, 7);
        picture
    };
    let table = Table::new("T").column("ID", Kind::Integer).column("B", Kind::Binary);
    let rows = [row![1, large(1_000_000)], row![2, large(1_000_001)]];
    let fixture = Fixture::with(&[table.key(&["ID"]).rows(rows)]);
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "?_sort=ID"));
    assert_eq!(page.html.matches("<img ").count(), 1);
    let row = site.page(&fixture.address("T", "/row?ID=2"));
    assert_eq!(row.html.matches("<img ").count(), 1);
}

#[test]
fn an_address_is_a_link_that_tells_nothing() {
    let texts = [
        "https://example.org/a?b=c&d",
        "ada@example.org",
        "javascript:alert(1)",
        "see https://example.org",
    ];
    let rows = texts.iter().enumerate().map(|(id, text)| row![id as i64, *text]);
    let table = Table::new("T").column("ID", Kind::Integer).column("V", Kind::Varchar(60));
    let fixture = Fixture::with(&[table.key(&["ID"]).rows(rows)]);
    let site = fixture.site();
    let link = |address: &str| {
        format!("<a class=\"out\" rel=\"noopener noreferrer nofollow\" href=\"{address}\">")
    };
    let page = site.page(&fixture.address("T", "?_sort=ID"));
    assert_eq!(page.html.matches("class=\"out\"").count(), 2);
    for address in ["https://example.org/a?b=c&amp;d", "mailto:ada@example.org"] {
        assert!(page.html.contains(&link(address)), "{address}");
    }
    let row = site.page(&fixture.address("T", "/row?ID=0"));
    assert!(row.html.contains(&link("https://example.org/a?b=c&amp;d")));
    assert_eq!(
        site.page(&fixture.address("T", "/row?ID=2")).html.matches("class=\"out\"").count(),
        0
    );
}

#[test]
fn a_timestamp_has_a_space_on_pages_and_nowhere_else() {
    let table = Table::new("T").column("ID", Kind::Integer).column("At", Kind::Timestamp);
    let fixture = Fixture::with(&[table.key(&["ID"]).rows([row![1, "2024-02-29 10:00:00"]])]);
    let site = fixture.site();
    let json = site.json(&fixture.address("T", ""))["rows"][0]["At"].as_str().unwrap().to_owned();
    assert!(json.starts_with("2024-02-29T10:00:00"), "{json}");
    let spaced = json.replace('T', " ");
    let page = site.page(&fixture.address("T", ""));
    assert_eq!(page.shown(0)[1], Shown::Text(spaced.clone()));
    assert!(site.page(&fixture.address("T", "/row?ID=1")).html.contains(&format!(">{spaced}<")));
    // What is shown finds its row.
    for written in [&json, &spaced] {
        let found = site.json(&fixture.address("T", &crate::harness::query(&[("At", written)])));
        assert_eq!(found["rows"].as_array().unwrap().len(), 1, "{written}");
    }
}

#[test]
fn the_page_of_a_row_shows_the_first_that_refer_to_it() {
    let customer = Table::new("Customer").column("ID", Kind::Integer).key(&["ID"]);
    let customer = customer.rows([row![1], row![2], row![3]]);
    let account = Table::new("Account")
        .column("ID", Kind::Integer)
        .column("Owner", Kind::Integer)
        .column("IBAN", Kind::Varchar(20))
        .column("City", Kind::Varchar(20))
        .key(&["ID"])
        .reference(&["Owner"], "Customer", &["ID"])
        .rows(
            (1..=8)
                .map(|id| row![id, if id > 6 { 2 } else { 1 }, format!("CH{id}").as_str(), "Bonn"]),
        );
    let fixture = Fixture::with(&[customer, account]);
    let site = fixture.site();
    let page = |site: &crate::harness::Site, id: i64| {
        site.page(&fixture.address("Customer", &format!("/row?ID={id}")))
    };
    let many = page(&site, 1);
    let row =
        |id: i64| format!("<a href=\"/table/Test.Account/row?ID={id}\"><bdi>ID {id}</bdi></a>");
    for id in 1..=5 {
        assert!(many.html.contains(&row(id)), "{id}");
    }
    assert!(!many.html.contains(&row(6)));
    assert!(many.html.contains("<bdi class=\"label\">CH1 · Bonn</bdi>"));
    assert!(many.html.contains("Account by Owner</a> <small>6</small>"));
    assert!(!many.html.contains("Count them"), "they are counted already");
    assert!(page(&site, 2).html.contains("Account by Owner</a> <small>2</small>"));
    let none = page(&site, 3);
    assert!(
        none.html.contains("Account by Owner</a> <small>0</small>") && !none.html.contains("<ol>")
    );
    // By their labels, where they have some.
    let site = fixture.site_with(&[("LABELS", "*.Account=IBAN")]);
    let labelled = page(&site, 2);
    assert!(labelled.html.contains("<bdi>CH7</bdi></a> <bdi class=\"label\">ID 7</bdi>"));
    // A program asks for the counts.
    let json = site.json(&fixture.address("Customer", "/row?ID=1"));
    assert!(json["links"]["referrers"][0]["total"].is_null());
}
