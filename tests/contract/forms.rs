//! What the page's forms send leads to the address that it means, whatever the columns are called.

use http::header;

use crate::fixture::{Cell, Fixture, Kind, Table, is_iris};
use crate::harness::{Page, Site, encoded, json_walk, query};
use crate::row;

/// Where a form leads that sends this; that address must be answered.
fn sent(site: &Site, fixture: &Fixture, table: &str, fields: &[(&str, &str)]) -> String {
    let answer = site.get(&fixture.address(table, &query(fields))).expect(303);
    let location = answer.header(header::LOCATION).unwrap().to_owned();
    site.get(&location).expect(200);
    location.strip_prefix(&format!("/table/Test.{table}")).unwrap().to_owned()
}

/// What each form of a page keeps, as a browser sends it back.
fn kept(page: &Page) -> Vec<(String, String)> {
    let fields = page.html.split("name=\"_form\" value=\"").skip(1);
    fields
        .map(|rest| {
            let parts: Vec<&str> = rest.split('"').collect();
            (parts[2].to_owned(), parts[0].replace("&amp;", "&"))
        })
        .collect()
}

fn people() -> Fixture {
    let table = Table::new("Person")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Text)
        .column("Born", Kind::Date)
        .column("Photo", Kind::Binary)
        .key(&["ID"])
        .rows([
            row![1, "Ada", "1815-12-10", vec![1_u8]],
            row![2, "Line\nbreak", "1906-12-09", None::<Vec<u8>>],
        ]);
    Fixture::with(&[table])
}

#[test]
fn a_form_leads_to_the_address_that_it_means() {
    let fixture = people();
    let site = fixture.site();
    let all = "_sort=-Name&Born__gt=1800-01-01";
    for (fields, meant) in [
        (&[("_form", ""), ("_q", "")][..], "".to_owned()),
        (&[("_form", all), ("_q", "ada")], format!("?{all}&_q=ada")),
        (&[("_form", all), ("_size", "5")], format!("?{all}&_size=5")),
        (&[("_form", "_q=ada"), ("_q", "")], "".to_owned()),
        (
            &[("_form", all), ("_column", "1"), ("_op", "contains"), ("_value", "a&b")],
            format!("?{all}&Name__contains=a%26b"),
        ),
        (&[("_form", ""), ("_column", "1"), ("_op", ""), ("_value", "")], "?Name=".to_owned()),
        (
            &[("_form", ""), ("_column", "3"), ("_op", "isnull"), ("_value", "")],
            "?Photo__isnull=".to_owned(),
        ),
        (&[("_form", all), ("_column", ""), ("_op", "gt"), ("_value", "")], format!("?{all}")),
        (
            &[("_form", "_next=abc&_sort=Name"), ("_c", "0"), ("_c", "2")],
            "?_sort=Name&_col=ID,Born".to_owned(),
        ),
        (&[("_form", ""), ("_c", "0"), ("_c", "1"), ("_c", "2"), ("_c", "3")], "".to_owned()),
        // As the chooser's button sends it.
        (&[("_form", ""), ("_c", "1"), ("_c", "")], "?_col=Name".to_owned()),
    ] {
        assert_eq!(sent(&site, &fixture, "Person", fields), meant, "{fields:?}");
    }
    for (fields, parameter) in [
        ([("_form", ""), ("_value", "x")], "_value"),
        ([("_form", ""), ("_c", "4")], "_c"),
        ([("_form", "_col=Name"), ("_c", "")], "_c"),
        ([("_form", ""), ("_o1", "like")], "_o1"),
        ([("_form", ""), ("Name", "Ada")], "Name"),
    ] {
        let parameter = if parameter == "_value" { "_column" } else { parameter };
        site.refused(&fixture.address("Person", &query(&fields)), parameter);
    }
}

#[test]
fn a_line_break_in_a_form_stays_one_character() {
    let fixture = people();
    let site = fixture.site();
    let page = site.page(&fixture.address("Person", &query(&[("Name", "Line\nbreak")])));
    assert_eq!(page.rows.len(), 1);
    assert_eq!(kept(&page).len(), 4, "each form keeps the filter");
    for (_, state) in kept(&page) {
        assert!(!state.contains('\n'), "a browser would send two characters for it");
        let location = sent(&site, &fixture, "Person", &[("_form", &state), ("_size", "5")]);
        assert_eq!(site.page(&fixture.address("Person", &location)).rows.len(), 1, "{location}");
    }
}

#[test]
fn forms_and_sort_links_mean_the_column_they_belong_to() {
    // IRIS takes no comma in a name.
    let comma = if is_iris() { "x y" } else { "x,y" };
    // `a__gt=1` filters the second, and `_sort=-a` sorts by the third.
    let table = Table::new("T")
        .column("a", Kind::Integer)
        .column("a__gt", Kind::Integer)
        .column("-a", Kind::Integer)
        .column(comma, Kind::Integer)
        .column("_size", Kind::Integer)
        .key(&["a"])
        .rows([row![1, 5, 2, 1, 7], row![2, 1, 1, 3, 8], row![3, 2, 3, 2, 9]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let found = |rest: &str| -> Vec<i64> {
        json_walk(&site, &fixture.address("T", rest))
            .iter()
            .map(|row| row["a"].as_i64().unwrap())
            .collect()
    };
    for (column, operator, value, rows) in [
        ("0", "gt", "1", vec![2, 3]),
        ("0", "", "1", vec![1]),
        ("1", "", "1", vec![2]),
        ("1", "gt", "1", vec![1, 3]),
        ("2", "lt", "2", vec![2]),
        ("4", "", "8", vec![2]),
    ] {
        let fields = [("_form", ""), ("_column", column), ("_op", operator), ("_value", value)];
        let location = sent(&site, &fixture, "T", &fields);
        assert_eq!(found(&location), rows, "{location}");
        // The page of it shows the filter with a way to remove it.
        let page = site.page(&fixture.address("T", &location));
        assert!(page.links().contains(&"/table/Test.T".to_owned()), "{location}");
    }
    // Each head leads to its own column, first up, then down.
    for (column, up) in [
        ("a", [1, 2, 3]),
        ("a__gt", [2, 3, 1]),
        ("-a", [2, 1, 3]),
        (comma, [1, 3, 2]),
        ("_size", [1, 2, 3]),
    ] {
        let link = |address: &str| {
            let html = site.page(address).html;
            let head = html
                .split("data-column=\"")
                .find(|rest| rest.starts_with(&format!("{column}\"")))
                .unwrap();
            crate::harness::first_link(head)
        };
        let ascending = link(&fixture.address("T", ""));
        let descending = link(&ascending);
        let numbers = |address: &str| found(address.strip_prefix("/table/Test.T").unwrap());
        assert_eq!(numbers(&ascending), up, "{ascending}");
        assert_eq!(numbers(&descending), up.into_iter().rev().collect::<Vec<_>>(), "{descending}");
    }
}

#[test]
fn a_filter_in_its_long_form_is_read_like_any_other() {
    let fixture = people();
    let site = fixture.site();
    let asked = |value: &str| fixture.address("Person", &format!("?_where={}", encoded(value)));
    assert_eq!(json_walk(&site, &asked(r#"["ID","gt","1"]"#)).len(), 1);
    assert_eq!(json_walk(&site, &asked(r#"["Name","Ada"]"#)).len(), 1);
    assert_eq!(json_walk(&site, &asked(r#"["Photo","isnull",""]"#)).len(), 1);
    for list in [r#""1,2""#, r#"["1", "2"]"#, "[1,2]", r#""[1,2]""#] {
        assert_eq!(
            json_walk(&site, &asked(&format!(r#"["ID", "in", {list}]"#))).len(),
            2,
            "{list}"
        );
    }
    for wrong in [
        "ID",
        "[]",
        r#"["ID"]"#,
        r#"["ID","gt","x"]"#,
        r#"["ID","like","1"]"#,
        r#"["Nothing","1"]"#,
        r#"["ID",1]"#,
        r#"["ID",["1"]]"#,
        r#"["ID","in",[[1]]]"#,
    ] {
        site.refused(&asked(wrong), "_where");
    }
}

#[test]
fn the_columns_of_a_very_wide_table_can_be_chosen() {
    let names: Vec<String> =
        (0..400).map(|number| format!("A column with a rather long name {number}")).collect();
    let table = names.iter().fold(Table::new("Wide").column("ID", Kind::Integer), |table, name| {
        table.column(name, Kind::Integer)
    });
    let row = std::iter::repeat_with(|| Cell::from(1_i64)).take(401).collect();
    let fixture = Fixture::with(&[table.key(&["ID"]).rows([row])]);
    let site = fixture.site();
    let page = site.page(&fixture.address("Wide", ""));
    assert_eq!(page.html.matches("type=\"checkbox\" name=\"_c\"").count(), 401);
    let indices: Vec<String> = (0..401).map(|index| index.to_string()).collect();
    // All but one; every second; all.
    for chosen in [
        indices.iter().filter(|index| *index != "7").collect::<Vec<_>>(),
        indices.iter().step_by(2).collect(),
        indices.iter().collect(),
    ] {
        let mut fields = vec![("_form", "_sort=-ID")];
        fields.extend(chosen.iter().map(|index| ("_c", index.as_str())));
        let location = sent(&site, &fixture, "Wide", &fields);
        let shown = site.json(&fixture.address("Wide", &location));
        let columns: Vec<_> =
            shown["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
        let all: Vec<&str> =
            std::iter::once("ID").chain(names.iter().map(String::as_str)).collect();
        let expected: Vec<&str> =
            chosen.iter().map(|index| all[index.parse::<usize>().unwrap()]).collect();
        assert_eq!(columns, expected);
        site.page(&fixture.address("Wide", &location));
    }
    for (value, reason) in [
        ("[0]", "numbered from 1 to 401"),
        ("[402]", "numbered"),
        ("[5,[4,6]]", "twice"),
        ("[[6,4]]", "numbered"),
    ] {
        let answer = site.refused(&fixture.address("Wide", &query(&[("_col", value)])), "_col");
        assert!(answer.text().contains(reason), "{value}: {}", answer.text());
    }
}

#[test]
fn no_page_size_is_offered_that_would_be_refused() {
    let fixture = people();
    let site = fixture.site_with(&[("MAX_PAGE_SIZE", "30"), ("PAGE_SIZE", "20")]);
    let html = site.page(&fixture.address("Person", "")).html;
    let select = html.split("name=\"_size\">").nth(1).unwrap().split("</select>").next().unwrap();
    let sizes: Vec<&str> =
        select.split("value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(sizes, ["5", "10", "20", "25"]);
    assert!(select.contains("<option value=\"20\" selected>"));
}
