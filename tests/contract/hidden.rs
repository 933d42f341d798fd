//! `HIDDEN_COLUMNS`: an answer is what it would be if the table had no such column.

use http::{Method, header};
use proptest::prelude::*;

use crate::fixture::{Cell, Fixture, Kind, Table, is_iris};
use crate::harness::{BROWSER, Site, csv_walk, encoded, json_walk, query};
use crate::row;

/// What stands in the columns that are hidden.
const MARK: &str = "unspeakable";

/// The child's columns that are hidden, and what settings call them.
const HIDDEN: [&str; 4] = ["Wage", "Parent", "A", "_q"];

fn parent(rows: i64) -> Table {
    Table::new("Parent")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Varchar(40))
        .key(&["ID"])
        .rows((1..=rows).map(|id| row![id, format!("parent {id}")]))
}

/// A table in which each of [`HIDDEN`] stands at another place.
fn child(values: &[(Option<String>, Option<i64>)], parents: i64) -> Table {
    let row = |(id, (text, number)): (i64, &(Option<String>, Option<i64>))| {
        let parent = number.map(|number| number.rem_euclid(parents) + 1);
        row![id, format!("{MARK} {id}"), *number, text.clone(), parent, text.clone(), MARK]
    };
    Table::new("Child")
        .column("ID", Kind::Integer)
        .column("Wage", Kind::Varchar(40))
        .column("N", Kind::Integer)
        .column("A", Kind::Varchar(40))
        .column("Parent", Kind::Integer)
        .column("a_", Kind::Varchar(40))
        .column("_q", Kind::Varchar(40))
        .key(&["ID"])
        .reference(&["Parent"], "Parent", &["ID"])
        .rows((1..).zip(values).map(row))
}

/// The table without a column.
fn without(mut table: Table, name: &str) -> Table {
    let index = table.columns.iter().position(|column| column.name == name).unwrap();
    table.columns.remove(index);
    table.rows.iter_mut().for_each(|row| drop(row.remove(index)));
    table.references.retain(|reference| !reference.columns.contains(&name.to_owned()));
    table.key.retain(|column| column != name);
    table
}

/// What a client is likely to ask of a column, whether it is there or not.
fn addresses(fixture: &Fixture, hidden: &str) -> Vec<String> {
    let of = |rest: String| fixture.address("Child", &rest);
    let name = encoded(hidden);
    let mut all = vec!["/".to_owned(), "/openapi.json".to_owned(), "/docs".to_owned()];
    all.push(format!("/docs?_table={}.Child", fixture.name));
    all.extend(
        [
            "",
            "/schema",
            "/row?ID=1",
            "/row?ID=2&_count=exact",
            "?_count=exact",
            "?_sort=-N&_size=3",
        ]
        .map(|rest| of(rest.to_owned())),
    );
    all.extend(
        ["a_=x", "N__gte=0", "N__isnull", "ID=1", "_col=ID,N", "_where=[\"N\",\"1\"]"]
            .map(|filter| of(format!("?{filter}&_size=2"))),
    );
    all.push(of(query(&[("_q", MARK)])));
    all.push(of(query(&[("_where", &format!("[\"{hidden}\",\"contains\",\"{MARK}\"]"))])));
    for parameter in [hidden.to_owned(), format!("{hidden}__contains"), format!("{hidden}__isnull")]
    {
        all.push(of(query(&[(&parameter, MARK)])));
    }
    all.push(of(format!("?_sort={name}")));
    all.push(of(format!("?_col=ID,{name}")));
    all.push(of(format!("/row?{name}={MARK}")));
    all.push(of(format!("/row?ID=1&_cell={name}")));
    all.push(of(format!("?_form=&_column=2&_op=&_value={MARK}")));
    for groups in ["_by=N&_sort=N", &format!("_by={name}"), &format!("_by=N&_max={name}")] {
        all.push(of(format!("/groups?{groups}")));
    }
    all.push(of("/groups".to_owned()));
    all.push(fixture.address("Parent", ""));
    all.push(fixture.address("Parent", "/row?ID=1&_count=exact"));
    all
}

/// All that a client can see of the answers, except ids and times.
fn seen(fixture: &Fixture, site: &Site, hidden: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for address in addresses(fixture, hidden) {
        for accept in [BROWSER, "application/json", "text/csv", "application/x-ndjson"] {
            let answer = site.ask(Method::GET, &address, &[(header::ACCEPT, accept)]);
            let headers = answer.headers.iter().filter(|(name, _)| *name != "server-timing");
            let headers: Vec<String> =
                headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
            let text = answer.text().replace(&answer.request_id, "ID");
            seen.push(format!("{address} {}\n{}\n{text}", answer.status, headers.join("\n")));
        }
    }
    let walk = json_walk(site, &fixture.address("Child", "?_size=3&_sort=N"));
    seen.push(serde_json::to_string(&walk).unwrap());
    seen
}

#[test]
fn answers_are_those_of_a_table_without_the_column() {
    let values =
        prop::collection::vec((prop::option::of("[a-c]{0,2}"), prop::option::of(-3_i64..4)), 2..9);
    let cases = if is_iris() { 2 } else { 6 };
    crate::property(cases, (values, 0..HIDDEN.len(), 1_i64..4), |(values, hidden, parents)| {
        let hidden = HIDDEN[hidden];
        let tables = |child: Table| [parent(parents), child];
        let lacking = {
            let fixture = Fixture::with(&tables(without(child(&values, parents), hidden)));
            seen(&fixture, &fixture.site(), hidden)
        };
        let fixture = Fixture::with(&tables(child(&values, parents)));
        let pattern = format!("*.child.\"{}\"", hidden.to_uppercase());
        let site = fixture.site_with(&[("HIDDEN_COLUMNS", &pattern)]);
        let hiding = seen(&fixture, &site, hidden);
        for (hiding, lacking) in hiding.iter().zip(&lacking) {
            assert_eq!(hiding, lacking, "{hidden} is hidden");
        }
    });
}

#[test]
fn a_key_of_which_a_part_is_hidden_is_none_and_every_row_comes_once() {
    let rows =
        |table: Table| table.rows((0..9_i64).map(|n| row![n / 3, format!("{MARK} {n}"), n % 2]));
    let table = |name: &str, key: &[&str]| {
        rows(
            Table::new(name)
                .column("G", Kind::Integer)
                .column("K", Kind::Varchar(40))
                .column("V", Kind::Integer)
                .key(key),
        )
    };
    let fixture = Fixture::with(&[table("Part", &["G", "K"]), table("Whole", &["K"])]);
    let site = fixture.site_with(&[("HIDDEN_COLUMNS", "*.*.K")]);
    for name in ["Part", "Whole"] {
        for sort in ["", "&_sort=-V", "&_sort=V,-G"] {
            let address = fixture.address(name, &format!("?_size=2{sort}"));
            let walk = json_walk(&site, &address);
            let mut values: Vec<(i64, i64)> = walk
                .iter()
                .map(|row| (row["G"].as_i64().unwrap(), row["V"].as_i64().unwrap()))
                .collect();
            values.sort_unstable();
            let mut expected: Vec<_> = (0..9).map(|n| (n / 3, n % 2)).collect();
            expected.sort_unstable();
            assert_eq!(values, expected, "{address}");
            assert_eq!(csv_walk(&site, &address).len(), 9, "{address}");
        }
        let page = site.page(&fixture.address(name, "")).html;
        assert!(!page.contains(MARK), "{page}");
        let status = site.get(&fixture.address(name, "/row?G=0&K=x")).status;
        assert!([400, 404].contains(&status), "{status}");
    }
}

#[test]
fn the_number_of_a_row_is_not_told_by_another_name() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (Secret INTEGER PRIMARY KEY, V TEXT)");
    for number in [4_711_i64, 815, 42] {
        fixture.run_with("INSERT INTO T VALUES (?, ?)", &[Cell::from(number), Cell::from("same")]);
    }
    let site = fixture.site_with(&[("HIDDEN_COLUMNS", "Test.T.secret")]);
    assert_eq!(json_walk(&site, "/table/Test.T?_size=1").len(), 3);
    site.get("/table/Test.T/row?_row=4711").expect(404);
    let first = site.get("/table/Test.T?_size=1").expect(200).text();
    let token = first.split("_next=").nth(1).unwrap().split('"').next().unwrap();
    let token = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(token).unwrap();
    let told = format!("{first}{}", String::from_utf8(token).unwrap());
    for number in ["4711", "815", "42"] {
        assert!(
            !told.contains(&format!("{number},")) && !told.contains(&format!("[{number}]")),
            "{told}"
        );
    }
}

#[test]
fn a_table_of_which_all_is_hidden_is_not_there() {
    let table = |name: &str| Table::new(name).column("A", Kind::Integer).rows([row![1]]);
    let fixture = Fixture::with(&[table("All"), table("Other")]);
    let settings = [("HIDDEN_COLUMNS", "*.All.*, *.*.Nothing")];
    let site = fixture.site_with(&settings);
    for rest in ["", "/schema", "?A=1", "/row?A=1"] {
        site.get(&fixture.address("All", rest)).expect(404);
    }
    let tables = site.json("/")["tables"].to_string();
    assert!(!tables.contains("All") && tables.contains("Other"), "{tables}");
    assert!(!site.get("/openapi.json").expect(200).text().contains("Test.All"));
    let health = site.json("/health?deep=1");
    assert_eq!(
        health["warnings"],
        serde_json::json!(["HIDDEN_COLUMNS: *.*.Nothing hides nothing."])
    );
    let unreadable = health["unreadable"].to_string();
    assert!(unreadable.contains("All: HIDDEN_COLUMNS hides all its columns."), "{unreadable}");
    assert_eq!(fixture.site().json("/health?deep=1").get("warnings"), None::<&serde_json::Value>);
}

#[test]
fn a_hidden_column_is_sized_and_sent_nowhere() {
    let long = Cell::Binary(vec![b'u'; 5_000]);
    let table = Table::new("T")
        .column("ID", Kind::Integer)
        .column("Picture", Kind::Binary)
        .column("V", Kind::Varchar(9))
        .key(&["ID"]);
    let fixture = Fixture::with(&[table.rows([vec![Cell::Integer(1), long, Cell::from("v")]])]);
    let site = fixture.site_with(&[("HIDDEN_COLUMNS", "Test.T.Picture")]);
    assert_eq!(
        site.json(&fixture.address("T", "/row?ID=1"))["row"],
        serde_json::json!({"ID": 1, "V": "v"})
    );
    site.refused(&fixture.address("T", "/row?ID=1&_cell=Picture"), "_cell");
    let sheet = site.get(&fixture.address("T", "?_format=xlsx")).expect(200);
    assert!(sheet.body.len() < 12_000, "{} bytes", sheet.body.len());
}
