//! `_where=["any",…]`: rows of which one of several conditions holds.

use serde_json::json;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Site, encoded, json_walk, query};
use crate::row;

fn accounts() -> Fixture {
    let table = Table::new("Account")
        .column("ID", Kind::Integer)
        .column("City", Kind::Varchar(20))
        .column("Balance", Kind::Decimal(9, 2))
        .column("Closed", Kind::Date)
        .key(&["ID"])
        .rows([
            row![1, "Bonn", "10.00", "2024-02-29"],
            row![2, "Berlin", "-5.50", None::<&str>],
            row![3, "O'Brien, \"x\"", "0.00", "2023-01-01"],
            row![4, None::<&str>, None::<&str>, "2022-01-01"],
            row![5, "Bonn", "99.00", None::<&str>],
        ]);
    Fixture::with(&[table])
}

fn found(site: &Site, fixture: &Fixture, pairs: &[(&str, &str)]) -> Vec<i64> {
    let rows = json_walk(site, &fixture.address("Account", &query(pairs)));
    rows.iter().map(|row| row["ID"].as_i64().unwrap()).collect()
}

#[test]
fn one_of_several_conditions_must_hold() {
    let fixture = accounts();
    let site = fixture.site();
    for (conditions, expected) in [
        (json!(["any", ["City", "eq", "Bonn"], ["Closed", "isnull"]]), vec![1, 2, 5]),
        (json!(["any", ["City", "", "Bonn"], ["ID", "", "4"]]), vec![1, 4, 5]),
        (json!(["any", ["City", "eq", "O'Brien, \"x\""]]), vec![3]),
        (json!(["any", ["Balance", "lt", "0"], ["City", "notnull", "false"]]), vec![2, 4]),
        (json!(["any", ["ID", "in", ["1", 3]], ["ID", "in", "3,5"]]), vec![1, 3, 5]),
        (json!(["any", ["City", "contains", "LIN"], ["Closed", "gte", "2024-01-01"]]), vec![1, 2]),
        (json!(["any", ["ID", "notin", "1,2,3"], ["ID", "eq", "2"]]), vec![2, 4, 5]),
        (json!(["any", ["City", "isnull"], ["City", "not", "Bonn"]]), vec![2, 3, 4]),
    ] {
        let text = conditions.to_string();
        assert_eq!(found(&site, &fixture, &[("_where", &text)]), expected, "{text}");
    }
    // Every other filter must hold too, and another `any`.
    let any = json!(["any", ["City", "eq", "Bonn"], ["Closed", "isnull"]]).to_string();
    let other = json!(["any", ["Balance", "gt", "50"], ["Balance", "lt", "0"]]).to_string();
    assert_eq!(found(&site, &fixture, &[("_where", &any), ("ID__gt", "1")]), [2, 5]);
    assert_eq!(found(&site, &fixture, &[("_where", &any), ("_where", &other)]), [2, 5]);
    assert_eq!(found(&site, &fixture, &[("_where", &any), ("_q", "bon")]), [1, 5]);
}

#[test]
fn pages_and_counts_follow_it() {
    let fixture = accounts();
    let site = fixture.site();
    let any = json!(["any", ["City", "eq", "Bonn"], ["Closed", "isnull"]]).to_string();
    let paged = [("_where", any.as_str()), ("_size", "1"), ("_sort", "-Balance")];
    assert_eq!(found(&site, &fixture, &paged), [5, 1, 2]);
    let counted = [("_where", any.as_str()), ("_count", "exact"), ("_size", "1")];
    let first = site.json(&fixture.address("Account", &query(&counted)));
    assert_eq!(first["total"]["value"], 3);
    // A page's position belongs to its conditions, and so it does where only the column differs.
    for (one, other) in [
        (any.clone(), json!(["any", ["City", "eq", "Bonn"]]).to_string()),
        (json!(["ID", "gte", "1"]).to_string(), json!(["Balance", "gte", "1"]).to_string()),
    ] {
        let next =
            site.json(&fixture.address("Account", &query(&[("_where", &one), ("_size", "1")])));
        let next = next["next"].as_str().unwrap().split("_next=").nth(1).unwrap().to_owned();
        let elsewhere = query(&[("_where", &other), ("_size", "1"), ("_next", &next)]);
        site.refused(&fixture.address("Account", &elsewhere), "_next");
    }
}

#[test]
fn what_is_none_is_refused_in_words_that_help() {
    let fixture = accounts();
    let site = fixture.site();
    let asked = |value: &str| fixture.address("Account", &format!("?_where={}", encoded(value)));
    for wrong in [
        r#"["any"]"#,
        r#"["any",[]]"#,
        r#"["any",["City"]]"#,
        r#"["any",["City","Bonn"]]"#,
        r#"["any",["Nothing","isnull"]]"#,
        r#"["any",["City","like","x"]]"#,
        r#"["any",["ID","gt",1]]"#,
        r#"["any",["City","isnull","maybe"]]"#,
        r#"["any",["City","eq","Bonn"],"x"]"#,
        r#"["any",["any",["City","eq","Bonn"]]]"#,
        r#"["all",["City","eq","Bonn"]]"#,
    ] {
        site.refused(&asked(wrong), "_where");
    }
    // Each condition counts among the filters.
    let conditions = |count: usize| {
        let all = std::iter::once(json!("any"));
        json!(
            all.chain((0..count).map(|at| json!(["ID", "eq", at.to_string()]))).collect::<Vec<_>>()
        )
        .to_string()
    };
    assert_eq!(found(&site, &fixture, &[("_where", &conditions(100))]), [1, 2, 3, 4, 5]);
    for pairs in [
        vec![("_where", conditions(101))],
        vec![("_where", conditions(60)), ("_where", conditions(41))],
        vec![("_where", conditions(100)), ("ID", "1".to_owned())],
    ] {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let problem = site.get(&fixture.address("Account", &query(&pairs))).expect(400);
        assert!(problem.json()["detail"].as_str().unwrap().contains("At most 100 filters"));
    }
}

#[test]
fn a_column_called_any_is_a_column() {
    let table = Table::new("Account").column("ID", Kind::Integer).column("any", Kind::Varchar(9));
    let fixture = Fixture::with(&[table.key(&["ID"]).rows([row![1, "x"], row![2, "in"]])]);
    let site = fixture.site();
    for (value, expected) in [
        (json!(["any", "x"]), vec![1]),
        (json!(["any", "in", ["x", "y"]]), vec![1]),
        (json!(["any", "eq", "in"]), vec![2]),
        (json!(["any", ["any", "eq", "in"], ["any", "eq", "x"]]), vec![1, 2]),
    ] {
        assert_eq!(found(&site, &fixture, &[("_where", &value.to_string())]), expected, "{value}");
    }
}

#[test]
fn a_page_says_it_and_its_form_adds_to_it() {
    let fixture = accounts();
    let site = fixture.site();
    let page = site.page(&fixture.address("Account", "?City=Bonn&_sort=ID"));
    assert!(page.html.contains(">this or City = “Bonn”</option>"));
    let sent = |fields: &[(&str, &str)]| {
        let answer = site.get(&fixture.address("Account", &query(fields))).expect(303);
        answer.header(http::header::LOCATION).unwrap().to_owned()
    };
    let state = "_q=o&City=Bonn&Closed__isnull=false&_sort=ID";
    let new = [("_column", "3"), ("_op", "isnull"), ("_value", ""), ("_or", "0")];
    let or = sent(&[&[("_form", state)], &new[..]].concat());
    let page = site.page(&or);
    assert!(page.html.contains("<bdi>City = “Bonn” or Closed is NULL</bdi>"), "{or}");
    assert!(
        page.html.contains("<bdi>Closed is not NULL</bdi>") && page.html.contains("value=\"o\"")
    );
    assert_eq!(page.rows.len(), 1);
    // A third condition joins them, and the chip takes all of them away.
    let kept = or.split_once('?').unwrap().1;
    let third = [("_form", kept), ("_column", "0"), ("_op", "in"), ("_value", "3,4"), ("_or", "0")];
    let third = sent(&third);
    let page = site.page(&third);
    assert!(page.html.contains("City = “Bonn” or Closed is NULL or ID is one of “3,4”"), "{third}");
    assert_eq!(page.rows.len(), 2);
    let without = "/table/Test.Account?_q=o&Closed__isnull=false&_sort=ID";
    assert!(page.links().contains(&without.to_owned()), "{:?}", page.links());
    let gone = [&[("_form", "City=Bonn")][..], &new[..3], &[("_or", "1")]].concat();
    site.refused(&fixture.address("Account", &query(&gone)), "_or");
}
