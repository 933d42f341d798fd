//! Parameters are read as meant, or refused by name. None is ignored.

use http::HeaderName;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{json_walk, query};
use crate::row;

fn people() -> Fixture {
    let table = Table::new("Person")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Text)
        .column("Born", Kind::Date)
        .column("Photo", Kind::Binary)
        .key(&["ID"])
        .rows([
            row![1, "Ada", "1815-12-10", vec![1_u8]],
            row![2, "Grace", "1906-12-09", None::<Vec<u8>>],
            row![3, "Alan", "1912-06-23", vec![3_u8]],
        ]);
    Fixture::with(&[table])
}

#[test]
fn a_date_that_is_none_is_refused_where_only_dates_may_stand() {
    let fixture = people();
    let site = fixture.site();
    for wrong in ["Born=1815", "Born=1815-02-29", "Born=", "Born__in=1815-12-10,x"] {
        let address = fixture.address("Person", &format!("?{wrong}"));
        if fixture.keeps_any_type() {
            site.get(&address).expect(200);
        } else {
            site.refused(&address, wrong.split('=').next().unwrap());
        }
    }
}

#[test]
fn what_is_unknown_or_does_not_fit_is_refused_by_name() {
    let fixture = people();
    let site = fixture.site();
    for (query, parameter) in [
        ("Nam=Ada", "Nam"),
        ("_nam=Ada", "_nam"),
        ("_limit=5", "_limit"),
        ("size=5", "size"),
        ("Name__like=A", "Name__like"),
        ("Nam__contains=A", "Nam__contains"),
        ("Name__Contains=A", "Name__Contains"),
        ("Name__=A", "Name__"),
        ("__contains=A", "__contains"),
        ("=A", ""),
        ("ID=one", "ID"),
        ("ID=1.5", "ID"),
        ("ID=", "ID"),
        ("ID=1%20", "ID"),
        ("ID=9223372036854775808", "ID"),
        ("ID__in=1,x", "ID__in"),
        ("ID__in=", "ID__in"),
        ("ID__in=[1,", "ID__in"),
        ("ID__in=[]", "ID__in"),
        ("ID__in=[[1]]", "ID__in"),
        ("ID__in=[null]", "ID__in"),
        ("ID__contains=1", "ID__contains"),
        ("Born__gt=1815", "Born__gt"),
        ("Born__startswith=18", "Born__startswith"),
        ("Photo=AQ==", "Photo"),
        ("Photo__gt=AQ==", "Photo__gt"),
        ("Name__isnull=maybe", "Name__isnull"),
        ("_size=0", "_size"),
        ("_size=-1", "_size"),
        ("_size=1.5", "_size"),
        ("_size=%2B5", "_size"),
        ("_size=", "_size"),
        ("_size=ten", "_size"),
        ("_size=99999999999999999999", "_size"),
        ("_size=1&_size=2", "_size"),
        ("_sort=Nam", "_sort"),
        ("_sort=", "_sort"),
        ("_sort=Name,", "_sort"),
        ("_sort=--Name", "_sort"),
        ("_sort=Name,-Name", "_sort"),
        ("_sort=Name&_sort=name", "_sort"),
        ("_sort=Photo", "_sort"),
        ("_sort=ID;Name", "_sort"),
        ("_col=Nam", "_col"),
        ("_col=", "_col"),
        ("_col=Name,Name", "_col"),
        ("_col=Name&_col=Name", "_col"),
        ("_count=all", "_count"),
        ("_count=", "_count"),
        ("_count=exact&_count=none", "_count"),
        ("_q=a&_q=b", "_q"),
        ("_format=xml", "_format"),
        ("_format=", "_format"),
        ("_format=JSON", "_format"),
        ("_format=json&_format=csv", "_format"),
        ("_format=json&_format=json", "_format"),
        ("_column=Name", "_column"),
        ("_op=gt", "_op"),
        ("_value=A", "_value"),
        ("Name=%ff", "Name"),
        ("%ff=A", "%ff"),
    ] {
        let answer = site.refused(&fixture.address("Person", &format!("?{query}")), parameter);
        let problem = answer.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("`{parameter}`")), "{query}: {detail}");
    }
    let many = vec!["1"; 501].join(",");
    site.refused(&fixture.address("Person", &format!("?ID__in={many}")), "ID__in");
    let answer = site.refused(&fixture.address("Person", "?Nam=Ada"), "Nam");
    assert!(answer.text().contains("`Name`"), "the columns that there are help: {}", answer.text());
}

#[test]
fn any_parameter_is_known_or_refused() {
    let fixture = people();
    let site = fixture.site();
    let known = ["_size", "_sort", "_col", "_q", "_count", "_next", "_format", "_form"];
    let name = prop_oneof![
        ".{0,12}",
        "_[a-z]{1,6}",
        "(ID|Name|Born|Photo|name)(__[a-z]{0,10})?",
        "[A-Za-z]{1,5}"
    ];
    let value = prop_oneof![Just(String::new()), "[0-9]{1,3}", "[a-z]{1,8}", ".{0,8}"];
    crate::property(400, (name, value), |(name, value)| {
        let base = name.rsplit_once("__").map_or(name.as_str(), |(base, _)| base);
        let is_column = ["id", "name", "born", "photo"].contains(&base.to_lowercase().as_str());
        let address = fixture.address("Person", &query(&[(&name, &value)]));
        let answer = site.get(&address);
        if answer.status == 400 {
            assert_eq!(answer.json()["parameter"], name.as_str());
        } else {
            assert!(is_column || known.contains(&name.as_str()), "{name:?} was ignored");
        }
    });
}

#[test]
fn the_other_routes_take_only_what_is_theirs() {
    let fixture = people();
    let site = fixture.site();
    for (address, parameter) in [
        ("/?x=1", "x"),
        ("/?_size=5", "_size"),
        ("/?_format=csv", "_format"),
        ("/?_format=json&_format=json", "_format"),
        ("/health?x=1", "x"),
        ("/health?deep=2", "deep"),
    ] {
        site.refused(address, parameter);
    }
    site.refused(&fixture.address("Person", "/schema?Name=Ada"), "Name");
    site.refused(&fixture.address("Person", "/schema?_format=json&_format=json"), "_format");
    site.refused(&fixture.address("Person", "/schema?_format=csv"), "_format");
    for (query, parameter) in [
        ("", "ID"),
        ("?_format=json", "ID"),
        ("?Nam=Ada", "Nam"),
        ("?ID=x", "ID"),
        ("?ID=1&ID=1", "ID"),
        ("?ID=1&id=1", "id"),
        ("?_size=1&ID=1", "_size"),
        ("?ID=1&_format=json&_format=json", "_format"),
        ("?ID__gt=1", "ID__gt"),
        ("?_row=x&ID=1", "_row"),
    ] {
        site.refused(&fixture.address("Person", &format!("/row{query}")), parameter);
    }
}

#[test]
fn an_error_about_the_size_names_the_maximum() {
    let fixture = people();
    let site = fixture.site_with(&[("PAGE_SIZE", "2"), ("MAX_PAGE_SIZE", "1500")]);
    let rows =
        |rest: &str| site.json(&fixture.address("Person", rest))["rows"].as_array().unwrap().len();
    assert_eq!((rows(""), rows("?_size=1"), rows("?_size=1500")), (2, 1, 3));
    let refused = site.refused(&fixture.address("Person", "?_size=1501"), "_size");
    assert!(refused.text().contains("1500"), "{}", refused.text());
    // A browser has to lay the rows out, so its maximum is lower.
    site.page(&fixture.address("Person", "?_size=1000"));
    let refused = site.get(&fixture.address("Person", "?_size=1001&_format=html")).expect(400);
    assert!(refused.text().contains("1000"), "{}", refused.text());
}

#[test]
fn columns_come_as_requested_and_need_not_include_the_key() {
    let fixture = people();
    let site = fixture.site();
    let address = fixture.address("Person", "?_col=Born,Name&_size=1");
    let page = site.json(&address);
    let names: Vec<_> = page["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Born", "Name"]);
    assert!(site.get(&address).text().contains("{\"Born\":\"1815-12-10\",\"Name\":\"Ada\"}"));
    let walked: Vec<Value> = json_walk(&site, &address).into_iter().map(Value::Object).collect();
    let expected = [("1815-12-10", "Ada"), ("1906-12-09", "Grace"), ("1912-06-23", "Alan")];
    assert_eq!(walked, expected.map(|(born, name)| json!({"Born": born, "Name": name})));
    // Given twice, one follows the other; case-insensitively; as a JSON array.
    for same in ["_col=Born&_col=Name", "_col=born,NAME", "_col=%5B%22Born%22,%22Name%22%5D"] {
        let csv = site.csv(&fixture.address("Person", &format!("?{same}")));
        assert_eq!(csv[0], [Some("Born".to_owned()), Some("Name".to_owned())], "{same}");
    }
    // The rows of a page lead to their own pages all the same.
    let page = site.page(&fixture.address("Person", "?_col=Name"));
    let row = page.rows[2][0].href.clone().unwrap();
    assert_eq!(site.json(&row)["row"]["ID"], 3);
}

#[test]
fn counts_end_at_ten_thousand_and_one() {
    let table = Table::new("Many").column("N", Kind::Integer).key(&["N"]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let total = |rest: &str| {
        site.json(&fixture.address("Many", &format!("?_size=1{rest}")))["total"].clone()
    };
    fixture.insert("Many", &(0..10_000).map(|number| row![number]).collect::<Vec<_>>());
    assert_eq!(total("&_count=exact"), json!({"value": 10_000, "atLeast": false}));
    assert_eq!(total("&_count=exact&N__lt=7"), json!({"value": 7, "atLeast": false}));
    assert_eq!((total(""), total("&_count=none")), (Value::Null, Value::Null));
    fixture.insert("Many", &[row![10_000], row![10_001]]);
    assert_eq!(total("&_count=exact"), json!({"value": 10_001, "atLeast": true}));
    let page = site.page(&fixture.address("Many", "?_count=exact"));
    assert!(page.html.contains("at least <strong>10,001</strong>"));
    assert!(!site.json(&fixture.address("Many", "")).as_object().unwrap().contains_key("total"));
    // Every format says it, in a header where its rows have no place for it.
    for format in ["json", "csv", "ndjson", "xlsx", "html"] {
        let said = |rest: &str| {
            let address = format!("?_size=1&_format={format}{rest}");
            let answer = site.get(&fixture.address("Many", &address));
            answer.header(HeaderName::from_static("page-total")).map(str::to_owned)
        };
        assert_eq!(said("&_count=exact").as_deref(), Some("10001;at-least"), "{format}");
        assert_eq!(said("&_count=exact&N__lt=7").as_deref(), Some("7"), "{format}");
        assert_eq!(said(""), None, "{format}");
    }
    // The total is the same on every page.
    let next = site.json(&fixture.address("Many", "?_count=exact&N__lt=30&_size=20"));
    assert_eq!(site.json(next["next"].as_str().unwrap())["total"]["value"], 30);
    let large = site.json(&fixture.address("Many", "?_size=10000"));
    assert_eq!(large["rows"].as_array().unwrap().len(), 10_000);
    site.refused(&fixture.address("Many", "?_size=10001"), "_size");
}

#[test]
fn an_empty_value_that_does_not_fit_its_type_is_refused_with_what_to_write() {
    let fixture = people();
    let site = fixture.site();
    let dates: &[&str] = if fixture.keeps_any_type() { &[] } else { &["Born", "Born__in"] };
    for parameter in ["ID", "ID__not", "ID__gte"].iter().chain(dates) {
        let refused =
            site.refused(&fixture.address("Person", &format!("?{parameter}=")), parameter);
        assert!(refused.text().contains("__isnull=true"), "{}", refused.text());
    }
    let form = "?_form=&_column=0&_op=&_value=";
    let redirected = site.get(&fixture.address("Person", form)).expect(303);
    let to = redirected.header(http::header::LOCATION).unwrap().to_owned();
    assert!(site.refused(&to, "ID").text().contains("empty"));
    assert!(json_walk(&site, &fixture.address("Person", "?Name=")).is_empty());
}
