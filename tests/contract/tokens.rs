//! `_next` leads on in the very query that it was made for, and in no other.

use iris_tables::param::Param;
use iris_tables::query::position::{SeekValue, Start};
use proptest::prelude::*;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::Site;
use crate::row;

fn table(name: &str) -> Table {
    Table::new(name)
        .column("N", Kind::Integer)
        .column("A", Kind::Text)
        .column("B", Kind::Text)
        .key(&["N"])
        .rows((0..6).map(|number| row![number, "x", "y"]))
}

/// Two tables alike, and the token of the first one's second page under a query.
fn site() -> (Fixture, Site) {
    let fixture = Fixture::with(&[table("T"), table("Other")]);
    let site = fixture.site();
    (fixture, site)
}

fn token(fixture: &Fixture, site: &Site, query: &str) -> String {
    let next = site.json(&fixture.address("T", &format!("?_size=2&{query}")))["next"]
        .as_str()
        .unwrap()
        .to_owned();
    next.rsplit_once("_next=").unwrap().1.to_owned()
}

#[test]
fn a_token_of_another_query_is_refused() {
    let (fixture, site) = site();
    let queries = [
        "",
        "_sort=N",
        "_sort=-N",
        "_sort=A",
        "_sort=A,B",
        "_sort=B,A",
        "A=x",
        "A__exact=x",
        "B=y",
        "A=x&B=y",
        "A__in=x,y",
        "_q=x",
        "_q=y",
        "A__notnull",
        "N__gte=0",
        "N__gte=-1",
    ];
    for made in queries {
        let token = token(&fixture, &site, made);
        for asked in queries {
            let address = fixture.address("T", &format!("?{asked}&_next={token}"));
            // Sorting by the key changes nothing.
            let same =
                |query: &str| if query == "_sort=N" { "".to_owned() } else { query.to_owned() };
            if same(made) == same(asked) {
                assert_eq!(
                    site.json(&address)["rows"][0]["N"],
                    if made == "_sort=-N" { 3 } else { 2 },
                    "{asked}"
                );
            } else {
                site.refused(&address, "_next");
            }
        }
        site.refused(&fixture.address("Other", &format!("?{made}&_next={token}")), "_next");
    }
}

#[test]
fn columns_and_page_size_may_change_between_pages() {
    let (fixture, site) = site();
    let token = token(&fixture, &site, "A=x");
    for change in ["_size=3", "_size=1", "_col=B", "_format=json", "_count=exact"] {
        let page = site.json(&fixture.address("T", &format!("?A=x&{change}&_next={token}")));
        assert_eq!(page["rows"][0]["B"], "y", "{change}");
    }
    let page = site.json(&fixture.address("T", &format!("?A=x&_col=N,B&_size=1&_next={token}")));
    assert_eq!(page["rows"], serde_json::json!([{"N": 2, "B": "y"}]));
}

#[test]
fn whatever_is_no_token_is_refused() {
    let (fixture, site) = site();
    for text in ["", "x", "2", "null", "%00", "WzEsIjAiLFswLG51bGxdXQ"] {
        site.refused(&fixture.address("T", &format!("?_next={text}")), "_next");
    }
    let good = token(&fixture, &site, "");
    site.refused(&fixture.address("T", &format!("?_next={good}&_next={good}")), "_next");
    crate::property(60, (any::<prop::sample::Index>(), "[A-Za-z0-9_-]{1,3}"), |(at, inserted)| {
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..good.len().min(at + inserted.len()), &inserted);
        if changed != good {
            site.refused(&fixture.address("T", &format!("?_next={changed}")), "_next");
        }
    });
}

#[test]
fn a_token_made_by_hand_leads_to_rows_or_is_refused() {
    let (fixture, site) = site();
    let text = |text: &str| SeekValue::Value(Param::Text(text.to_owned()));
    let number = |number| SeekValue::Value(Param::Integer(number));
    let (null, of_row) = (SeekValue::Null, SeekValue::OfRow);
    let ask = |sort: &str, before, start| {
        let token = site.forged("Test.T", sort, before, start);
        let address = fixture.address("T", &format!("?{sort}&_next={token}"));
        (site.get(&address).status, address)
    };
    // What no row's values can be: too few or too many of them, or a row to look up without its key.
    for (sort, values) in [
        ("", vec![]),
        ("", vec![of_row.clone()]),
        ("", vec![number(1), number(1)]),
        ("_sort=A", vec![text("x")]),
        ("_sort=A", vec![of_row.clone(), of_row.clone()]),
        ("_sort=A", vec![of_row.clone(), null.clone()]),
        ("_sort=A,B", vec![of_row.clone(), text("y"), null.clone()]),
    ] {
        let (status, address) = ask(sort, 1, Start::After(values.clone()));
        assert_eq!(status, 400, "{values:?}");
        site.refused(&address, "_next");
    }
    // What may be one, of whatever type.
    for (sort, values) in [
        ("", vec![null.clone()]),
        ("", vec![text("x")]),
        ("", vec![text("")]),
        ("", vec![SeekValue::Value(Param::Double(f64::NAN))]),
        ("", vec![SeekValue::Value(Param::Binary(vec![0, 255]))]),
        ("", vec![SeekValue::Value(Param::Decimal("1e999999".to_owned()))]),
        ("", vec![number(i64::MIN)]),
        ("_sort=-A", vec![null.clone(), number(3)]),
        ("_sort=A", vec![number(3), text("3")]),
        ("_sort=A", vec![of_row.clone(), number(3)]),
        ("_sort=A", vec![of_row.clone(), text("three")]),
    ] {
        let (status, address) = ask(sort, 1, Start::After(values.clone()));
        assert!([200, 400].contains(&status), "{values:?}: {status} at {address}");
    }
    for before in [0, 5, 6, 1 << 31, 1 << 53] {
        let (status, address) = ask("_sort=A", before, Start::Offset);
        assert_eq!(status, 200, "{before}");
        let rows = site.json(&address)["rows"].as_array().unwrap().len();
        assert_eq!(rows, 6_usize.saturating_sub(before as usize), "{before}");
    }
    for before in [(1 << 53) + 1, 1 << 63, u64::MAX] {
        let (_, address) = ask("_sort=A", before, Start::Offset);
        site.refused(&address, "_next");
    }
}
