//! IRIS' catalogue as servers have it: long, guarded, and with texts written for other readers.

use serde_json::Value;
use tests::function::Function;

use crate::clinic::{function, ready, rows, settings, start, start_exactly, start_with};
use crate::shop::{INDEX, TABLE, with};

/// The published tables, as the index lists them.
fn listed(function: &Function) -> Vec<Value> {
    function.get("/").expect(200).json()["tables"].as_array().unwrap().clone()
}

/// What the schema of a table says of its columns, by name.
fn described(function: &Function, table: &str, column: &str) -> Value {
    let schema = function.get(&format!("/table/{table}/schema")).expect(200).json();
    let columns = schema["columns"].as_array().unwrap();
    columns.iter().find(|one| one["name"] == column).unwrap()["description"].clone()
}

/// The words of a text, each after one space.
fn words(text: &Value) -> String {
    text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As of a user who may not read the database with the classes.
#[test]
fn columns_whose_descriptions_are_refused_come_without_them() {
    let Some(iris) = start(&["--description-denied"]) else { return };
    let table = ready(TABLE, &iris);
    for name in ["Test.Person", "Test.Composite", "Test.Many"] {
        assert!(!rows(table.get(&format!("/table/{name}?_size=1"))).is_empty());
    }
    assert_eq!(described(&table, "Test.Person", "Name"), Value::Null);
    table.logs("descriptions of columns");
    let refused = || iris.log().lines().filter(|line| line.contains("] error")).count();
    assert_eq!(refused(), 1, "it is asked for them once");
    let index = ready(INDEX, &iris);
    let document = index.get("/openapi.json?_table=Test.*").expect(200).body;
    assert!(document.contains("Test.Person") && document.contains("Test.Composite"));
    assert!(listed(&index).len() > 10);
}

/// A real namespace lists 1,000 to 2,000 of them.
#[test]
fn tables_of_the_system_are_not_asked_for() {
    let Some(iris) = start(&["--system-tables", "1500"]) else { return };
    for published in ["Test.*, Sales.*, Odd_Schema.*", "test.person", "T*t.Person"] {
        let settings = with(&settings(&iris, iris.port()), "PUBLISHED_TABLES", published);
        let table = function(TABLE, &settings).ready();
        table.get("/table/Test.Person").expect(200);
        let index = function(INDEX, &settings).ready();
        assert!(!listed(&index).is_empty(), "{published}");
    }
    // One message holds what is published, and not what a server lists.
    let further = iris.messages().iter().filter(|code| *code == "FD").count();
    assert_eq!(further, 0, "{:?}", iris.messages());
    assert!(!iris.log().contains("'SYSTEM TABLE'"));
}

/// `_` stands for itself in a name, and a pattern of the schema's for whatever it matches.
#[test]
fn patterns_reach_the_same_tables_as_ever() {
    let tables = "CREATE TABLE \"OddXSchema.Other\"(ID INTEGER PRIMARY KEY NOT NULL);";
    let Some(iris) = start_with(tables, &["--grant", "SELECT:*"]) else { return };
    for (published, expected) in [
        ("Odd_Schema.*", vec!["Odd_Schema.Order Lines"]),
        ("odd_schema.order lines", vec!["Odd_Schema.Order Lines"]),
        ("Odd*.*", vec!["Odd_Schema.Order Lines", "OddXSchema.Other"]),
        ("*.Customer, Odd_Schema.*", vec!["Odd_Schema.Order Lines", "Sales.Customer"]),
        ("Sales.Customer, Sales.Nothing", vec!["Sales.Customer"]),
    ] {
        let settings = with(&settings(&iris, iris.port()), "PUBLISHED_TABLES", published);
        let mut names: Vec<String> = listed(&function(INDEX, &settings).ready())
            .iter()
            .map(|table| table["table"].as_str().unwrap().to_owned())
            .collect();
        names.sort_by_key(|name| name.to_uppercase());
        let mut expected = expected;
        expected.sort_by_key(|name| name.to_uppercase());
        assert_eq!(names, expected, "{published}");
    }
}

#[test]
fn temporary_tables_are_not_listed() {
    let Some(iris) = start(&[]) else { return };
    ready(TABLE, &iris).get("/table/Test.Scratch").expect(404);
    let names = listed(&ready(INDEX, &iris));
    assert!(names.iter().any(|table| table["table"] == "Test.Person"));
    assert!(!names.iter().any(|table| table["table"] == "Test.Scratch"), "{names:?}");
}

/// They are class comments, written in HTML for the class reference.
#[test]
fn descriptions_are_their_text() {
    let remarks = "INSERT INTO _irisd_remarks VALUES \
        ('Test.Exactly', '', 'Less: a < b &lt; c &amp; d; see <method>Open</method>.');";
    let Some(iris) = start_with(remarks, &["--grant", "SELECT:*"]) else { return };
    let function = ready(TABLE, &iris);
    let of = |table: &str| {
        let schema = function.get(&format!("/table/{table}/schema")).expect(200).json();
        words(&schema["description"])
    };
    assert_eq!(
        of("Test.Person"),
        "People of the tests. names in several cases see Test.Many & others"
    );
    assert_eq!(of("Test.Exactly"), "Less: a < b < c & d; see Open.");
    assert!(of("Test.Long").ends_with("says. End."));
}

#[test]
fn descriptions_of_columns_are_their_text() {
    let remarks = "INSERT INTO _irisd_remarks VALUES \
        ('Test.Exactly', 'Plain', '<p>One.</p><p>Two&nbsp;words &#8211; <a href=\"x\">x</a>'), \
        ('Test.Exactly', 'Tick', 'R&D, 100 % <br/> AT&amp;T'), \
        ('Test.Exactly', 'ID', '<!-- of old --> <p> </p>');";
    let Some(iris) = start_exactly(remarks, &[]) else { return };
    let function = ready(TABLE, &iris);
    for (table, column, text) in [
        ("Test.Person", "Name", "Größe & Umlaut"),
        ("Test.Person", "City", "Where he lives. May be empty."),
        ("Test.Exactly", "Plain", "One. Two words – x"),
        ("Test.Exactly", "Tick", "R&D, 100 % AT&T"),
    ] {
        assert_eq!(words(&described(&function, table, column)), text, "{table}.{column}");
    }
    assert_eq!(described(&function, "Test.Exactly", "ID"), Value::Null);
}
