//! Links that PostgreSQL's rights to single columns, its children and its types could lead astray.

use serde_json::Value;

use crate::fixture::Fixture;
use crate::harness::{Site, json_walk};

/// The columns of the foreign keys that lead from a row, then of those that lead to it. Every link,
/// on pages too, must lead somewhere, and what the columns say of references must be what the row
/// does.
fn followed(fixture: &Fixture, site: &Site, table: &str, row: &str) -> [Vec<String>; 2] {
    let links = site.json(&fixture.address(table, row))["links"].clone();
    let words = |link: &Value| {
        let href = link["href"].as_str().unwrap();
        assert!(site.json(href)["rows"] != Value::Array(vec![]), "{href}");
        link["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect::<Vec<_>>()
            .join(",")
    };
    let [from, to]: [Vec<String>; 2] = ["references", "referrers"]
        .map(|kind| links[kind].as_array().unwrap().iter().map(words).collect());
    for page in [fixture.address(table, ""), fixture.address(table, row)] {
        for href in site.page(&page).links().iter().filter(|href| href.starts_with("/table/")) {
            site.get(href).expect(200);
        }
    }
    let columns = site.json(&fixture.address(table, "/schema"))["columns"].clone();
    let told =
        columns.as_array().unwrap().iter().filter(|column| column["references"] != Value::Null);
    let told: Vec<&str> = told.map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(told.join(","), from.join(","), "{table}");
    [from, to]
}

#[test]
fn a_foreign_key_is_a_link_only_where_both_ends_may_be_read() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE SCHEMA closed");
    fixture.run("CREATE TABLE closed.place (id int PRIMARY KEY)");
    fixture.run("GRANT SELECT ON closed.place TO PUBLIC");
    fixture.run("CREATE TABLE customer (id int PRIMARY KEY, code text UNIQUE, name text)");
    fixture.run(
        "CREATE TABLE account (n int PRIMARY KEY, owner int REFERENCES customer, holder text REFERENCES customer (code), \
         place int REFERENCES closed.place)",
    );
    fixture.run("INSERT INTO closed.place VALUES (1)");
    fixture.run("INSERT INTO customer VALUES (1, 'a', 'Ada')");
    fixture.run("INSERT INTO account VALUES (7, 1, 'a', 1)");
    let site = |customer: &str, account: &str| {
        let grants = [("customer", customer), ("account", account)]
            .map(|(table, columns)| format!("GRANT SELECT {columns} ON {table} TO reader"));
        fixture.site_of_reader(&[&grants[0], &grants[1]])
    };
    let all = ["owner", "holder"].map(str::to_owned).to_vec();
    let owner = ["owner"].map(str::to_owned).to_vec();
    let none = Vec::<String>::new();
    for (customer, account, from, to) in [
        ("", "", &all, Some(&all)),
        ("(id, code, name)", "", &all, Some(&all)),
        ("(id, name)", "", &owner, Some(&owner)),
        // A code may be NULL, so nothing that may be read identifies a customer.
        ("(code, name)", "", &none, None),
        ("(name)", "", &none, None),
        (
            "",
            "(n, holder, place)",
            &["holder".to_owned()].to_vec(),
            Some(&["holder".to_owned()].to_vec()),
        ),
        ("", "(n)", &none, Some(&none)),
    ] {
        let site = site(customer, account);
        let asked = format!("customer {customer}, account {account}");
        assert_eq!(followed(&fixture, &site, "account", "/row?n=7")[0], *from, "{asked}");
        match to {
            Some(to) => {
                assert_eq!(followed(&fixture, &site, "customer", "/row?id=1")[1], *to, "{asked}")
            }
            None => {
                assert_eq!(json_walk(&site, &fixture.address("customer", "")).len(), 1, "{asked}")
            }
        }
    }
    // A table that may be read, in a schema that may not be used, is not there: neither are its
    // keys.
    let published = [("PUBLISHED_TABLES", "*.*")];
    let owner = fixture.site_with(&published);
    assert_eq!(followed(&fixture, &owner, "account", "/row?n=7")[0], ["owner", "holder", "place"]);
    let reader =
        fixture.site_of_reader_with(&["GRANT SELECT ON customer, account TO reader"], &published);
    assert_eq!(followed(&fixture, &reader, "account", "/row?n=7")[0], all);
}

#[test]
fn a_foreign_key_to_a_table_with_children_is_no_link() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE parent (id int PRIMARY KEY)");
    fixture.run("CREATE TABLE child () INHERITS (parent)");
    fixture.run("CREATE TABLE partitioned (id int PRIMARY KEY) PARTITION BY LIST (id)");
    fixture.run("CREATE TABLE part PARTITION OF partitioned DEFAULT");
    fixture.run(
        "CREATE TABLE t (n int PRIMARY KEY, p int REFERENCES parent, q int REFERENCES partitioned)",
    );
    for table in ["parent", "child", "partitioned"] {
        fixture.run(&format!("INSERT INTO {table} VALUES (1)"));
    }
    fixture.run("INSERT INTO t VALUES (7, 1, 1)");
    assert_eq!(followed(&fixture, &fixture.site(), "t", "/row?n=7")[0], ["q"]);
}

#[test]
fn foreign_keys_of_any_type_lead_to_their_rows() {
    let Some(fixture) = Fixture::postgres() else { return };
    for (declared, value) in [
        ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("date", "infinity"),
        ("date", "0044-03-15 BC"),
        ("timestamptz", "-infinity"),
        ("timestamptz", "10000-01-01 00:00:00+00"),
        ("timetz", "24:00:00+05:30"),
        ("numeric", "NaN"),
        ("numeric(8,2)", "1.5"),
        ("real", "0.1"),
        ("interval", "1 mon 25:00:00"),
        ("jsonb", "{\"a\": [1.50, null]}"),
        ("text[]", "{\"a,b\",NULL}"),
        ("inet", "10.0.0.1"),
        ("bit(3)", "101"),
        ("bytea", "\\x00ff10"),
        ("boolean", "f"),
        ("character(4)", "a b"),
    ] {
        fixture.run("DROP TABLE IF EXISTS t, k");
        fixture.run(&format!("CREATE TABLE k (v {declared} PRIMARY KEY, name text)"));
        fixture.run(&format!("CREATE TABLE t (n int PRIMARY KEY, v {declared} REFERENCES k)"));
        fixture.run(&format!("INSERT INTO k VALUES ('{value}', 'x')"));
        fixture.run(&format!("INSERT INTO t VALUES (7, '{value}')"));
        let site = fixture.site();
        assert_eq!(followed(&fixture, &site, "t", "/row?n=7")[0], ["v"], "{declared}");
        let row = site.json(&fixture.address("t", "/row?n=7"));
        let (_, referred) =
            row["links"]["references"][0]["href"].as_str().unwrap().split_once("/row").unwrap();
        // No filter takes bytes, so nothing lists the rows that refer by them.
        let expected: &[&str] = if declared == "bytea" { &[] } else { &["v"] };
        assert_eq!(
            followed(&fixture, &site, "k", &format!("/row{referred}"))[1],
            expected,
            "{declared}"
        );
    }
}
