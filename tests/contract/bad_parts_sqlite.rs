//! What cannot be read in SQLite costs itself alone: the list, the description and every other
//! table are answered.

use serde_json::{Value, json};

use crate::fixture::{Fixture, Schema};
use crate::harness::Site;

/// Changes the text of a table's or an index's statement where SQLite keeps it.
fn rewritten(schema: &Schema, name: &str, old: &str, new: &str) {
    schema.run("PRAGMA writable_schema = ON");
    schema.run(&format!(
        "UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{name}'"
    ));
    schema.run("PRAGMA writable_schema = OFF");
}

/// A virtual table of a module that is not there.
fn virtual_table(schema: &Schema, name: &str) {
    schema.run("PRAGMA writable_schema = ON");
    schema.run(&format!(
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES \
         ('table', '{name}', '{name}', 0, 'CREATE VIRTUAL TABLE {name} USING vec0(e float[3])')"
    ));
    schema.run("PRAGMA writable_schema = OFF");
}

/// Tables that can be read, more than are described one by one, and what cannot be.
fn mixed() -> Fixture {
    let fixture = Fixture::sqlite();
    for number in 1..=5 {
        fixture.run(&format!("CREATE TABLE Good{number} (ID INTEGER PRIMARY KEY, V TEXT)"));
        fixture.run(&format!("INSERT INTO Good{number} VALUES (1, 'one')"));
    }
    fixture.run("CREATE TABLE Gone (A TEXT)");
    fixture.run("CREATE VIEW Gap AS SELECT * FROM Gone");
    fixture.run("DROP TABLE Gone");
    fixture.run("CREATE VIEW Made AS SELECT own(V) AS F FROM Good1");
    fixture.run("CREATE VIEW Sorted AS SELECT * FROM Good1 WHERE V > 'A' COLLATE OWN");
    fixture.run("CREATE VIEW Ring AS SELECT * FROM Circle");
    fixture.run("CREATE VIEW Circle AS SELECT * FROM Ring");
    virtual_table(&fixture, "Vec");
    fixture.run("CREATE VIEW OfVec AS SELECT * FROM Vec");
    fixture
}

/// What of it cannot be read, and a word of the reason.
const UNREADABLE: [(&str, &str); 7] = [
    ("Circle", "itself"),
    ("Gap", "is gone"),
    ("Made", "function"),
    ("OfVec", "module"),
    ("Ring", "itself"),
    ("Sorted", "collation"),
    ("Vec", "module"),
];

fn names(site: &Site) -> Vec<String> {
    let list = site.json("/");
    let tables = list["tables"].as_array().unwrap().iter();
    tables.map(|table| table["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_cannot_be_read_costs_itself_alone() {
    let fixture = mixed();
    let site = fixture.site();
    assert_eq!(names(&site).len(), 12);
    assert_eq!(site.json("/")["tables"][3]["columns"], 2, "Good1 has its columns counted");
    site.page("/");
    site.page("/docs");
    let paths = site.json("/openapi.json")["paths"].as_object().unwrap().clone();
    assert!(paths.contains_key("/table/Test.Good5") && !paths.contains_key("/table/Test.Vec"));
    let health = site.json("/health?deep=1");
    // What another application's collation is needed for shows only in reading it.
    let known = UNREADABLE.iter().filter(|(table, _)| *table != "Sorted");
    let unreadable: Vec<&str> = health["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert_eq!(unreadable.len(), UNREADABLE.len() - 1, "{unreadable:?}");
    for (line, (table, word)) in unreadable.iter().zip(known) {
        assert!(line.starts_with(&format!("Test.{table}: ")) && line.contains(word), "{line}");
    }
    for (table, word) in UNREADABLE {
        // The first time, and from what is remembered of it.
        for rest in ["", "", "?_q=a", "?_count=exact"] {
            let problem = site.get(&fixture.address(table, rest)).expect(500).json();
            assert_eq!(
                problem["type"], "urn:iris-tables:problem:table-unreadable",
                "{table}{rest}"
            );
            assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        }
        // The columns of this one are known.
        if table != "Sorted" {
            site.get(&fixture.address(table, "/schema")).expect(500);
            // The list on /docs leads there.
            let described = site.get(&format!("/docs?_table=Test.{table}")).expect(500).json();
            assert!(described["detail"].as_str().unwrap().contains(word), "{described}");
        }
    }
    for number in 1..=5 {
        let rows = site.json(&fixture.address(&format!("Good{number}"), ""))["rows"].clone();
        assert_eq!(rows, json!([{"ID": 1, "V": "one"}]));
    }
}

#[test]
fn what_is_not_published_is_in_nobodys_way() {
    let fixture = mixed();
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "Test.Good*")]);
    assert_eq!(names(&site), ["Good1", "Good2", "Good3", "Good4", "Good5"]);
    site.page("/docs");
    site.json("/openapi.json");
    assert_eq!(site.json("/health?deep=1")["unreadable"], Value::Null);
    site.json(&fixture.address("Good1", "/schema"));
    site.get(&fixture.address("Vec", "")).expect(404);
}

#[test]
fn a_foreign_key_to_what_cannot_be_read_is_none() {
    let fixture = Fixture::sqlite();
    virtual_table(&fixture, "Vec");
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT REFERENCES Vec)");
    fixture.run("INSERT INTO T VALUES (1, 'one')");
    let site = fixture.site();
    let answer = site.json(&fixture.address("T", ""));
    assert_eq!(answer["rows"], json!([{"ID": 1, "V": "one"}]));
    assert_eq!(answer["links"]["references"], json!([]));
}

#[test]
fn descriptions_that_cannot_be_read_are_none() {
    for broken in [
        "CREATE VIEW _descriptions AS SELECT * FROM Gone",
        "CREATE VIEW _descriptions AS SELECT own(V) AS table_name, V AS column_name, V AS description FROM T",
    ] {
        let fixture = Fixture::sqlite();
        fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
        fixture.run("INSERT INTO T VALUES (1, 'one')");
        fixture.run(broken);
        let site = fixture.site();
        assert_eq!(names(&site), ["T"]);
        assert_eq!(site.json("/")["tables"][0]["description"], Value::Null);
        site.json(&fixture.address("T", "/schema"));
    }
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    virtual_table(&fixture, "_descriptions");
    let site = fixture.site();
    assert_eq!(names(&site), ["T"]);
    site.json(&fixture.address("T", ""));
}

#[test]
fn what_a_table_has_beside_its_columns_is_not_needed_to_read_it() {
    let fixture = Fixture::sqlite();
    for (table, columns) in [
        ("Checked", "A TEXT CHECK (upper(A) <> '')"),
        ("Defaulted", "A TEXT DEFAULT (upper('x'))"),
        ("Indexed", "A TEXT"),
        ("Generated", "A TEXT, B TEXT AS (upper(A))"),
    ] {
        fixture.run(&format!("CREATE TABLE {table} ({columns})"));
        fixture.run(&format!("INSERT INTO {table} (A) VALUES ('a')"));
    }
    fixture.run("CREATE INDEX Upper ON Indexed (upper(A))");
    fixture.run("CREATE INDEX Part ON Indexed (A COLLATE NOCASE) WHERE upper(A) > ''");
    fixture.run("CREATE TRIGGER Fires AFTER INSERT ON Indexed BEGIN SELECT upper(new.A); END");
    for name in ["Checked", "Defaulted", "Generated", "Upper", "Part", "Fires"] {
        rewritten(&fixture, name, "upper", "own");
        rewritten(&fixture, name, "NOCASE", "OWN");
    }
    let site = fixture.site();
    for table in ["Checked", "Defaulted", "Indexed"] {
        for rest in ["", "?_sort=A", "?A=a", "?A__gt=A", "?_q=a", "/row?A=a"] {
            site.get(&fixture.address(table, rest)).expect(200);
        }
    }
    // Of a table with a column that cannot be computed, the others can be read.
    assert_eq!(
        site.json(&fixture.address("Generated", "?_col=A&A=a"))["rows"],
        json!([{"A": "a"}])
    );
    let problem = site.get(&fixture.address("Generated", "")).expect(500).json();
    assert!(problem["detail"].as_str().unwrap().contains("function"), "{problem}");
}

#[test]
fn a_row_that_cannot_be_computed_is_no_fault_of_ours() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (N INTEGER PRIMARY KEY, V TEXT)");
    fixture.run("INSERT INTO T VALUES (1, '{}'), (2, 'no JSON')");
    fixture.run("CREATE VIEW Read AS SELECT N, json_extract(V, '$.a') AS A FROM T");
    let site = fixture.site();
    let problem = site.get(&fixture.address("Read", "")).expect(500).json();
    assert_eq!(problem["type"], "urn:iris-tables:problem:table-unreadable");
    assert!(problem["detail"].as_str().unwrap().contains("cannot be computed"), "{problem}");
    assert_eq!(site.json(&fixture.address("Read", "?N=1"))["rows"], json!([{"N": 1, "A": null}]));
}
