//! Names of tables and columns: whatever a database allows works in addresses, and means what it
//! says.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table, is_iris};
use crate::harness::{csv_walk, encoded, json_walk, query};
use crate::row;

/// Names that mean something in SQL, in addresses or to us.
pub const COLUMNS: [&str; 48] = [
    "_size", "_sort", "_next", "_col", "_q", "_count", "_format", "_form", "_column", "_op",
    "_value", "_row", "_where", "_view", "_cell", "_from", "_c", "_or", "_label", "order",
    "select", "from", "group", "null", "user", "a b", "a__gt", "a__", "__gt", " lead", "a'b",
    "a?b", "?", "a[b]", "[]", "a&b=c", "a+b", "100%", "a%20b", "a#b", "a/b", "größe", "名前",
    "a;b", "--", "{x}", "a`b", "a]b",
];

/// Names that IRIS knows no way to quote.
pub const NOT_IN_IRIS: [&str; 12] = [
    "a.b",
    ".",
    "a\"b",
    "\"",
    "a,b",
    "-a",
    "[\"x\"]",
    "a^b",
    "a->b",
    "/*",
    "{fn now()}",
    "line\nbreak",
];

/// The source that is tested, or SQLite where that is IRIS.
pub fn beside_iris() -> Fixture {
    if is_iris() { Fixture::sqlite() } else { Fixture::new() }
}

/// Filters, sorts and shows each of these columns.
fn check_columns(fixture: &Fixture, names: &[&str]) {
    let columns = names.iter().fold(Table::new("T").column("ID", Kind::Integer), |table, name| {
        table.column(name, Kind::Varchar(20))
    });
    let row = |id: i64, text: &str| {
        std::iter::once(id.into())
            .chain(names.iter().map(|name| format!("{text} {name}").into()))
            .collect()
    };
    fixture.create(&columns.key(&["ID"]).rows([row(1, "one"), row(2, "two")]));
    let site = fixture.site();
    let all = json_walk(&site, &fixture.address("T", "?_size=1"));
    for name in names {
        assert_eq!(all[1][*name], format!("two {name}"));
        let value = format!("two {name}");
        let ids = |pairs: &[(&str, &str)]| -> Vec<Value> {
            json_walk(&site, &fixture.address("T", &query(pairs)))
                .iter()
                .map(|row| row["ID"].clone())
                .collect()
        };
        // A column with the name of a parameter is filtered with an operator.
        let is_ours = name.starts_with('_') && *name != "_row";
        let plain = if is_ours { format!("{name}__exact") } else { (*name).to_owned() };
        assert_eq!(ids(&[(&plain, &value)]), [json!(2)], "{name}");
        assert_eq!(ids(&[(&format!("{name}__startswith"), "one")]), [json!(1)], "{name}");
        let terms = json!([format!("-{name}"), "ID"]).to_string();
        assert_eq!(ids(&[("_sort", &terms), ("_size", "1")]), [json!(2), json!(1)], "{name}");
        assert_eq!(ids(&[("_sort", name)]), [json!(1), json!(2)], "{name}");
        let csv = site.csv(&fixture.address("T", &query(&[("_col", name)])));
        assert_eq!(csv[0], [Some((*name).to_owned())]);
        assert_eq!(csv[2], [Some(value.clone())]);
        let of_row = if ["_row", "_format", "_cell", "_count", "_from", "_label"].contains(name) {
            format!("{name}__exact")
        } else {
            (*name).to_owned()
        };
        let row = site.json(&fixture.address("T", &format!("/row{}", query(&[(&of_row, &value)]))));
        assert_eq!(row["row"]["ID"], 2, "{name}");
    }
    // The page's own links say the same.
    let page = site.page(&fixture.address("T", ""));
    let sorts: Vec<String> =
        page.links().into_iter().filter(|link| link.contains("_sort=")).collect();
    assert_eq!(sorts.len(), names.len() + 1);
    for link in sorts {
        site.get(&link).expect(200);
    }
    let schema = site.json(&fixture.address("T", "/schema"));
    let listed: Vec<_> = schema["columns"]
        .as_array()
        .unwrap()
        .iter()
        .skip(1)
        .map(|column| column["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, names);
}

#[test]
fn columns_of_any_name_are_shown_filtered_and_sorted() {
    check_columns(&Fixture::new(), &COLUMNS);
}

#[test]
fn columns_of_names_that_only_some_databases_know_work_too() {
    check_columns(&beside_iris(), &NOT_IN_IRIS);
}

#[test]
fn an_exact_name_wins_over_an_operator() {
    let table = Table::new("T")
        .column("a", Kind::Integer)
        .column("a__gt", Kind::Integer)
        .column("b__gt__lt", Kind::Integer)
        .key(&["a"])
        .rows([row![1, 5, 1], row![2, 1, 2], row![3, 2, 3]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let found = |rest: &str| -> Vec<Value> {
        json_walk(&site, &fixture.address("T", rest)).iter().map(|row| row["a"].clone()).collect()
    };
    assert_eq!(found("?a__gt=1"), [json!(2)]);
    assert_eq!(found("?A__GT=1"), [json!(2)]);
    assert_eq!(found("?a__gte=2"), [json!(2), json!(3)]);
    assert_eq!(found("?a__gt__gt=1"), [json!(1), json!(3)]);
    assert_eq!(found("?b__gt__lt=1"), [json!(1)]);
    assert_eq!(found("?b__gt__lt__lt=2"), [json!(1)]);
}

#[test]
fn names_are_case_insensitive() {
    let table =
        Table::new("Account").column("Größe", Kind::Integer).key(&["Größe"]).rows([row![1]]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let mut paths = vec!["Test.Account", "test.account", "TEST.ACCOUNT"];
    paths.extend(fixture.bare(&["Account", "account", "ACCOUNT"]));
    for path in paths {
        let page = site.json(&format!("/table/{path}"));
        assert_eq!(
            (&page["table"], &page["rows"][0]["Größe"]),
            (&json!("Test.Account"), &json!(1)),
            "{path}"
        );
    }
    for column in ["Größe", "größe", "GRÖßE"] {
        let rows = csv_walk(
            &site,
            &fixture
                .address("Account", &query(&[(column, "1"), ("_sort", column), ("_col", column)])),
        );
        assert_eq!(rows, [[Some("1".to_owned())]], "{column}");
    }
    site.get("/table/Accounts").expect(404);
    site.get("/table/Test.Account/").expect(404);
    site.get("/table/Other.Account").expect(404);
    site.get("/table/").expect(404);
}

#[test]
fn tables_of_any_name_have_an_address() {
    let fixture = beside_iris();
    let names = [
        "a b",
        "a.b",
        "a/b",
        "a\"b",
        "100%",
        "%42",
        "a/row",
        "a/schema",
        "row",
        "schema",
        "größe",
        "名前",
        "a?b",
        "a#b",
        "a+b",
        "a&b",
        "select",
        "..",
        "a'b",
        "a;b",
        "a--b",
        "{x}",
        "[x]",
        "a\\b",
        "line\nbreak",
        "_size",
        "a__gt",
        "order",
        "_where",
    ];
    for (number, name) in names.iter().enumerate() {
        fixture.create(
            &Table::new(name).column("N", Kind::Integer).key(&["N"]).rows([row![number as i64]]),
        );
    }
    // For names that end as our own routes do.
    fixture.create(&Table::new("a").column("N", Kind::Integer).key(&["N"]).rows([row![99]]));
    let site = fixture.site();
    let listed = site.json("/");
    assert_eq!(listed["tables"].as_array().unwrap().len(), names.len() + 1);
    for table in listed["tables"].as_array().unwrap() {
        let href = table["href"].as_str().unwrap();
        assert_eq!(site.json(href)["table"], table["table"], "{href}");
        // API Gateway decodes a path once, and cuts it at a `?`.
        let decoded = percent_decode_str(href).decode_utf8().unwrap();
        let path = decoded.split('?').next().unwrap();
        assert_eq!(site.json(path)["table"], table["table"], "{path}");
    }
    for (number, name) in names.iter().enumerate() {
        // Both as it is encoded, and decoded as API Gateway hands it over.
        let decoded = format!("/table/Test.{name}");
        let encoded = format!("/table/Test.{}", encoded(name));
        let mut addresses = vec![encoded.clone()];
        if !name.contains('?') {
            addresses.push(decoded);
        }
        for address in addresses {
            assert_eq!(site.json(&address)["rows"], json!([{"N": number}]), "{address}");
            assert_eq!(
                site.json(&format!("{address}/row?N={number}"))["row"],
                json!({"N": number}),
                "{address}"
            );
            assert_eq!(
                site.json(&format!("{address}/schema"))["columns"][0]["name"],
                "N",
                "{address}"
            );
        }
        let page = site.page(&encoded);
        let row = page.rows[0][0].href.clone().unwrap();
        assert_eq!(site.json(&row)["row"]["N"], number);
    }
}

#[test]
fn tables_alike_in_two_schemas_are_told_apart() {
    let fixture = Fixture::sqlite();
    let other = fixture.another("Other");
    let odd = fixture.another("odd schema.2024 ü");
    let table = |number: i64| {
        Table::new("Same").column("N", Kind::Integer).key(&["N"]).rows([row![number]])
    };
    fixture.create(&table(1));
    other.create(&table(2));
    odd.create(&table(3));
    other.create(&Table::new("Only").column("N", Kind::Integer).key(&["N"]).rows([row![4]]));
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    let number = |path: &str| site.json(&format!("/table/{path}"))["rows"][0]["N"].clone();
    assert_eq!(
        [number("Test.Same"), number("Other.Same"), number("other.same")],
        [json!(1), json!(2), json!(2)]
    );
    assert_eq!(number("odd%20schema.2024%20%C3%BC.Same"), 3);
    assert_eq!(number("Only"), 4);
    // Without a schema none is guessed.
    site.get("/table/Same").expect(400);
    let schemas: Vec<_> = site.json("/")["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["schema"].clone())
        .collect();
    assert_eq!(
        schemas,
        [json!("Other"), json!("Other"), json!("Test"), json!("odd schema.2024 ü")]
    );
    // Where only one of them is published, the other is not found by the bare name.
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "Test.*")]);
    assert_eq!(site.json("/table/Same")["table"], "Test.Same");
    site.get("/table/Only").expect(404);
}
