//! Links to rows whose keys no address can name as a value of their type.

use http::header;
use serde_json::json;
use tests::skip::skipped;

use crate::fixture::{Cell, Fixture, Kind, Table, is_iris};
use crate::row;

#[test]
fn a_row_with_a_key_that_does_not_read_back_is_linked_by_its_row_id() {
    if is_iris() {
        skipped("odd keys", "IRIS holds none of them");
        return;
    }
    let kinds: [(Kind, Vec<Cell>); 5] = [
        (Kind::Date, row!["infinity", "-infinity", "0044-03-15 BC", "10000-01-01", "2024-02-29"]),
        (Kind::Time, row!["24:00:00", "23:59:59.5"]),
        (
            Kind::Timestamp,
            row![
                "infinity",
                "0044-03-15 10:00:00 BC",
                "10000-01-01 10:00:00",
                "2024-02-29 10:00:00"
            ],
        ),
        (Kind::Decimal(9, 2), row!["NaN", "7.50"]),
        (Kind::Double, row!["NaN", "Infinity", "-Infinity", 7.5]),
    ];
    for (kind, keys) in kinds {
        let rows =
            || keys.iter().zip(0_i64..).map(|(key, number)| vec![number.into(), key.clone()]);
        let table =
            Table::new("T").column("N", Kind::Integer).column("K", kind).key(&["K"]).rows(rows());
        let of = Table::new("Of").column("N", Kind::Integer).column("P", kind).key(&["N"]);
        let fixture = Fixture::with(&[table, of.reference(&["P"], "T", &["K"]).rows(rows())]);
        let site = fixture.site();
        let page = site.page(&fixture.address("T", "?_sort=N"));
        assert_eq!(page.rows.len(), keys.len());
        for (row, expected) in page.rows.iter().zip(0..) {
            let href = row[0].href.as_ref().unwrap();
            assert_eq!(site.json(href)["row"]["N"], expected, "{kind:?}: {href}");
        }
        let mut referred = 0;
        for (row, expected) in site.page(&fixture.address("Of", "?_sort=N")).rows.iter().zip(0..) {
            if let Some(href) = &row[1].href {
                assert_eq!(site.json(href)["row"]["N"], expected, "{kind:?}: {href}");
                referred += 1;
            }
        }
        // PostgreSQL's filters take what its dates, times and decimals are shown as, and SQLite's any
        // value. Else the last key alone reads back.
        let all_read_back =
            fixture.keeps_any_type() || fixture.row_id == Some("ctid") && kind != Kind::Double;
        assert_eq!(referred, if all_read_back { keys.len() } else { 1 }, "{kind:?}");
    }
}

/// A key of two columns, one of whose names no template may hold as it is, and rows that refer to
/// it.
fn stays() -> Fixture {
    let place = Table::new("Place")
        .column("A", Kind::Integer)
        .column("B c", Kind::Varchar(9))
        .key(&["A", "B c"]);
    let stay = Table::new("Stay")
        .column("N", Kind::Integer)
        .column("PA", Kind::Integer)
        .column("_size", Kind::Varchar(9))
        .key(&["N"])
        .reference(&["PA", "_size"], "Place", &["A", "B c"]);
    let bare = Table::new("Bare").column("V", Kind::Text);
    let rows = [row![1, 7, "x y"], row![2, 7, "x y"], row![3, 7, "z"], row![4, 7, Cell::Null]];
    Fixture::with(&[place.rows([row![7, "x y"], row![7, "z"]]), stay.rows(rows), bare])
}

#[test]
fn templates_show_how_links_are_made_from_a_rows_values() {
    let fixture = stays();
    let site = fixture.site();
    let links = |address: &str| site.json(address)["links"].take();
    let expected = json!({
        "row": "/table/Test.Place/row?A={A}&B%20c={B%20c}",
        "references": [],
        "referrers": [{
            "columns": ["PA", "_size"], "table": "Test.Stay", "template": "/table/Test.Stay?PA={A}&_size__exact={B%20c}",
        }],
    });
    assert_eq!(links("/table/Test.Place"), expected);
    assert_eq!(links("/table/Test.Place/schema"), expected);
    let template = "/table/Test.Place/row?A={PA}&B%20c={_size}";
    let reference =
        json!({"columns": ["PA", "_size"], "table": "Test.Place", "template": template});
    assert_eq!(links("/table/Test.Stay")["references"], json!([reference]));
    let href = template.replace("{PA}", "7").replace("{_size}", "x%20y");
    assert_eq!(site.json(&href)["row"], json!({"A": 7, "B c": "x y"}));
    assert!(links("/table/Test.Bare")["row"].is_null(), "no columns name a row");
}

#[test]
fn rows_that_refer_to_a_row_are_counted_on_request() {
    let fixture = stays();
    let site = fixture.site();
    let address = "/table/Test.Place/row?A=7&B%20c=x%20y";
    let referrers = |address: &str| site.json(address)["links"]["referrers"].take();
    assert!(referrers(address)[0]["total"].is_null());
    let counted = referrers(&format!("{address}&_count=exact"));
    assert_eq!(counted[0]["total"], json!({"value": 2, "atLeast": false}));
    let href = counted[0]["href"].as_str().unwrap();
    assert_eq!(site.json(href)["rows"].as_array().unwrap().len(), 2, "{href}");
    // A page counts them without being asked, where that is quick.
    for address in [address.to_owned(), format!("{address}&_count=exact")] {
        let page = site.page(&address);
        assert!(page.html.contains("<small>2</small>") && !page.html.contains("Count them"));
    }
    site.refused(&format!("{address}&_count=all"), "_count");
    site.refused(&format!("{address}&_count=exact&_count=exact"), "_count");
}

#[test]
fn the_link_header_leads_to_columns_rows_and_description() {
    let fixture = stays();
    let site = fixture.site();
    let rows = site.get("/table/Test.Stay?_size=2").expect(200);
    let row = site.get("/table/Test.Stay/row?N=1").expect(200);
    for answer in [&rows, &row] {
        assert_eq!(answer.link("describedby").as_deref(), Some("/table/Test.Stay/schema"));
        assert_eq!(answer.link("service-desc").as_deref(), Some("/openapi.json"));
    }
    assert_eq!(row.link("collection").as_deref(), Some("/table/Test.Stay"));
    site.get(&rows.link("next").unwrap()).expect(200);
    for address in ["/openapi.json", "/docs"] {
        site.get(address).expect(200);
    }
    assert!(site.get("/").header(header::LINK).unwrap().contains("</docs>; rel=\"service-doc\""));
}
