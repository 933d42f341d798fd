//! What pages offer beyond their rows: ways on from an error, the search of the list, and their
//! parts for a script.

use http::{Method, header};
use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{BROWSER, Page, Shown, Site};
use crate::row;

fn fixture() -> Fixture {
    let customer = Table::new("Customer")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Text)
        .key(&["ID"])
        .rows([row![1, "Ada"], row![2, ""], row![3, None::<&str>]]);
    let account = Table::new("Account")
        .column("ID", Kind::Integer)
        .column("Owner", Kind::Integer)
        .column("Balance", Kind::Decimal(19, 2))
        .column("Number", Kind::Decimal(19, 0))
        .column("Scan", Kind::Binary)
        .key(&["ID"])
        .reference(&["Owner"], "Customer", &["ID"])
        .rows([
            row![1, 1, "0.10", "9007199254740993", vec![1_u8, 2, 3]],
            row![2, None::<i64>, "-5.00", "7", None::<Vec<u8>>],
        ]);
    Fixture::with(&[customer, account])
}

fn error_page(site: &Site, address: &str, status: u16) -> Page {
    site.ask(Method::GET, address, &[(header::ACCEPT, BROWSER)]).expect(status).page()
}

#[test]
fn an_error_page_leads_back_without_what_was_wrong() {
    let fixture = fixture();
    let site = fixture.site();
    let way = |rest: &str| {
        let page = error_page(&site, &fixture.address("Account", rest), 400);
        let main = page.html.split("class=\"actions\"").nth(1).unwrap();
        let link = crate::harness::first_link(main);
        site.page(&link);
        link
    };
    let table = "/table/Test.Account".to_owned();
    assert_eq!(way("?ID=x"), table);
    assert_eq!(
        way("?Balance__gt=0&Nothing=1&_sort=-ID"),
        format!("{table}?Balance__gt=0&_sort=-ID")
    );
    assert_eq!(way("?_size=0&Owner=1&Balance=1"), table.clone() + "?Owner=1&Balance=1");
    assert_eq!(way("?_next=x&_sort=-ID"), format!("{table}?_sort=-ID"));
    assert_eq!(way("/row?ID=x"), table);
    let unknown = error_page(&site, &fixture.address("Acc", ""), 404);
    let search = unknown.links().into_iter().find(|link| link.starts_with("/?_q=")).unwrap();
    assert!(site.page(&search).links().contains(&table));
}

#[test]
fn the_list_is_searched_in_names_and_any_case() {
    let fixture = fixture();
    let site = fixture.site();
    let names = |q: &str| -> Vec<String> {
        let index = site.json(&format!("/?_q={q}"));
        index["tables"]
            .as_array()
            .unwrap()
            .iter()
            .map(|table| table["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(""), ["Account", "Customer"]);
    assert_eq!(names("CUST"), ["Customer"]);
    assert_eq!(names("test.a"), ["Account"]);
    assert_eq!(names("cust+omer"), ["Customer"], "every word is somewhere");
    assert_eq!(names("nothing"), Vec::<String>::new());
    let page = site.page("/?_q=Cust");
    assert!(page.links().contains(&"/table/Test.Customer".to_owned()));
    assert!(!page.links().contains(&"/table/Test.Account".to_owned()));
    assert!(page.html.contains("1 of 2 match"));
    assert!(site.page("/?_q=%3Cb%3E").html.contains("No table matches"));
    site.refused("/?q=x", "q");
    site.refused("/?_q=x&_q=y", "_q");
}

/// A cell of a page as `_view=page` says it.
fn part(shown: &Shown, kind: &str, href: &Option<String>) -> Value {
    let mut cell = json!({ "kind": kind });
    if let Shown::Text(text) = shown {
        cell["text"] = json!(text);
    }
    if let Some(href) = href.as_ref().filter(|_| kind != "binary") {
        cell["href"] = json!(href);
    }
    cell
}

#[test]
fn the_parts_of_a_page_are_those_of_the_page() {
    let fixture = fixture();
    let site = fixture.site();
    let rest = "?_sort=-ID&_size=1&Balance__lt=5";
    let mut address = fixture.address("Account", rest);
    for expected_rows in [1, 1] {
        let parts = site.json(&format!("{address}&_view=page"));
        let page = site.page(&address);
        assert_eq!(parts["rows"].as_array().unwrap().len(), expected_rows);
        for (row, shown) in parts["rows"].as_array().unwrap().iter().zip(&page.rows) {
            // The first cell's link is the row's.
            assert_eq!(row["href"].as_str(), shown[0].href.as_deref());
            for (index, (cell, shown)) in
                row["cells"].as_array().unwrap().iter().zip(shown).enumerate()
            {
                let href = if index == 0 { &None } else { &shown.href };
                assert_eq!(
                    *cell,
                    part(&shown.shown, cell["kind"].as_str().unwrap(), href),
                    "{index}"
                );
            }
        }
        assert_eq!(parts["next_href"].as_str().map(str::to_owned), page.related("next"));
        for link in ["formats", "filters"] {
            for entry in parts[link].as_array().unwrap() {
                let href = entry
                    .get("href")
                    .or(entry.get("remove_href"))
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned();
                assert!(page.links().contains(&href) && !href.contains("_view"), "{href}");
            }
        }
        let keep = parts["keep"].as_object().unwrap();
        assert!(keep.values().all(|state| {
            page.html
                .contains(&format!("value=\"{}\"", state.as_str().unwrap().replace('&', "&amp;")))
        }));
        if let Some(next) = parts["next_href"].as_str() {
            address = next.to_owned();
        }
    }
    assert!(address.contains("_next="), "the second page was looked at, too");
    site.refused(&fixture.address("Account", "?_view=rows"), "_view");
    let html = site.ask(
        Method::GET,
        &fixture.address("Account", "?_view=page"),
        &[(header::ACCEPT, BROWSER)],
    );
    assert!(html.expect(400).text().contains("_view"));
    site.refused(&fixture.address("Account", "?_view=page&_size=1001"), "_size");
}
