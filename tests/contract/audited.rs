//! `AUDIT_TABLES`: who has seen which rows is written down before the answer leaves.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use http::{HeaderName, Method, header};
use serde_json::{Value, json};
use tests::at_end::new_folder;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{BROWSER, LOGIN, Site};
use crate::row;

fn fixture() -> Fixture {
    let patient = Table::new("Patient")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Varchar(20))
        .column("Ward", Kind::Varchar(20))
        .key(&["ID"]);
    let visit = Table::new("Visit")
        .column("ID", Kind::Integer)
        .column("Whose", Kind::Integer)
        .key(&["ID"])
        .reference(&["Whose"], "Patient", &["ID"]);
    let patients = (1..=150_i64)
        .map(|id| row![id, format!("name {id}"), if id % 2 == 0 { "W2" } else { "W1" }]);
    Fixture::with(&[patient.rows(patients), visit.rows([row![1, 7], row![2, 7]])])
}

/// A site whose audit is this file, asked by somebody of the ward W1.
fn site(fixture: &Fixture, file: &Path) -> Site {
    let log = format!("file:{}", file.display());
    let audit = [
        ("AUDIT_TABLES", "Test.Patient, Test.Visit"),
        ("AUDIT_LOG", log.as_str()),
        ("ROW_RULES", "Test.Patient.Ward=claim:ward"),
    ];
    let site = fixture.site_with(&[&LOGIN[..], &audit].concat());
    site.sign_in(&serde_json::from_value(json!({"ward": "W1"})).unwrap());
    site
}

/// The lines that an answer adds.
fn lines(file: &PathBuf, asking: impl FnOnce()) -> Vec<Value> {
    let read = || std::fs::read_to_string(file).unwrap_or_default();
    let before = read().len();
    asking();
    read()[before..].lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_answer_is_a_line() {
    let fixture = fixture();
    let file = new_folder("audit").join("audit.jsonl");
    let site = site(&fixture, &file);
    let ask = |rest: &str, headers: &[(HeaderName, &str)], status: u16| {
        let address = fixture.address("Patient", rest);
        let mut lines =
            lines(&file, || drop(site.ask(Method::GET, &address, headers).expect(status)));
        assert!(!lines.is_empty(), "{rest}");
        let line = lines.remove(0);
        assert_eq!((&line["status"], &line["table"]), (&json!(status), &json!("Test.Patient")));
        assert_eq!(line["caller"]["subject"], "somebody");
        assert!(line["request_id"].as_str().unwrap().starts_with("request-"));
        line
    };
    let keys = json!([{"ID": "1"}, {"ID": "3"}]);
    for format in ["json", "csv", "ndjson", "html", "xlsx"] {
        let line = ask(&format!("?_size=2&_col=Name&_format={format}"), &[], 200);
        assert_eq!((&line["keys"], &line["rows"]), (&keys, &json!(2)), "{format}");
        assert_eq!(
            (&line["columns"], &line["action"]),
            (&json!(["Name"]), &json!("rows")),
            "{format}"
        );
        assert!(line["query"].as_str().unwrap().starts_with("_size=2&_col=Name"), "{line}");
    }
    let line = ask("?Name__contains=name", &[], 200);
    assert_eq!(line["rows"], 75);
    assert_eq!(line["keys"].as_array().unwrap().len(), 75);
    let line = ask("/row?ID=7", &[(header::ACCEPT, BROWSER)], 200);
    assert_eq!((&line["keys"], &line["action"]), (&json!([{"ID": "7"}]), &json!("row")));
    let line = ask("/row?ID=7&_cell=Name", &[], 200);
    assert_eq!((&line["keys"], &line["action"]), (&json!([{"ID": "7"}]), &json!("cell")));
    assert_eq!(line["columns"], json!(["Name"]));
    // In whatever spelling the row was asked for, and also where there is nothing to show.
    for rest in ["/row?ID=007&_cell=Name", "/row?ID=%2B7&_cell=Name"] {
        let address = fixture.address("Patient", rest);
        let line = lines(&file, || drop(site.get(&address))).remove(0);
        if line["status"] == 200 {
            assert_eq!(line["keys"], json!([{"ID": "7"}]), "{rest}");
        }
    }
    fixture.run(&format!(
        "UPDATE {} SET {} = NULL WHERE {} = 9",
        fixture.in_sql("Patient"),
        crate::fixture::Schema::quote("Name"),
        crate::fixture::Schema::quote("ID")
    ));
    let line = ask("/row?ID=9&_cell=Name", &[], 404);
    assert_eq!((&line["keys"], &line["action"]), (&json!([{"ID": "9"}]), &json!("cell")));
    assert_eq!((&line["columns"], &line["rows"]), (&json!(["Name"]), &json!(1)));
    for hidden in ["/row?ID=8", "/row?ID=4711"] {
        let line = ask(hidden, &[], 404);
        assert_eq!((&line["keys"], &line["rows"]), (&json!([]), &Value::Null), "{hidden}");
    }
    ask("?Nothing=1", &[], 400);
    let id = HeaderName::from_static("download-id");
    assert_eq!(ask("", &[(id.clone(), "a1-b2")], 200)["download"], "a1-b2");
    assert_eq!(ask("", &[(id, "a b")], 200)["download"], Value::Null);
    let tag = site.get(&fixture.address("Patient", "")).header(header::ETAG).unwrap().to_owned();
    assert_eq!(
        ask("", &[(header::IF_NONE_MATCH, &tag)], 304)["keys"].as_array().unwrap().len(),
        75
    );
    site.sign_in(&BTreeMap::new());
    ask("", &[], 403);
    let none = lines(&file, || drop(site.get(&fixture.address("Patient", "/schema")).expect(200)));
    assert_eq!(none, Vec::<Value>::new());
}

#[test]
fn of_more_than_100_rows_the_first_and_the_last_are_named_and_counts_are_lines_of_their_own() {
    let fixture = fixture();
    let file = new_folder("audit").join("audit.jsonl");
    let log = format!("file:{}", file.display());
    let audit = [("AUDIT_TABLES", "Test.*"), ("AUDIT_LOG", log.as_str())];
    let site = fixture.site_with(&[&LOGIN[..], &audit].concat());
    site.sign_in(&BTreeMap::new());
    let many = lines(&file, || {
        drop(site.get(&fixture.address("Patient", "?_size=120&_sort=-ID")).expect(200))
    });
    let line = &many[0];
    assert_eq!(line.get("keys"), None);
    assert_eq!((&line["first"], &line["last"]), (&json!({"ID": "150"}), &json!({"ID": "31"})));
    let counted = lines(&file, || {
        drop(site.get(&fixture.address("Patient", "/row?ID=7&_count=exact")).expect(200))
    });
    let seen: Vec<_> = counted
        .iter()
        .map(|line| {
            (line["table"].as_str().unwrap(), line["action"].as_str().unwrap(), &line["rows"])
        })
        .collect();
    assert_eq!(seen, [("Test.Patient", "row", &json!(1)), ("Test.Visit", "count", &json!(2))]);
    let shown = lines(&file, || drop(site.page(&fixture.address("Patient", "/row?ID=7"))));
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(shown[1]["table"], "Test.Visit");
    assert_eq!(shown[1]["keys"], json!([{"ID": "1"}, {"ID": "2"}]));
    let head = lines(&file, || {
        drop(site.ask(Method::HEAD, &fixture.address("Visit", ""), &[]).expect(200))
    });
    assert_eq!((&head[0]["method"], &head[0]["rows"]), (&json!("HEAD"), &json!(2)));
}

#[test]
fn no_row_leaves_that_cannot_be_written_down() {
    let fixture = fixture();
    let folder = new_folder("audit");
    let file = folder.join("missing").join("audit.jsonl");
    let site = site(&fixture, &file);
    for rest in ["", "/row?ID=1", "/row?ID=1&_cell=Name", "?_format=csv", "?_format=xlsx"] {
        let answer = site.get(&fixture.address("Patient", rest)).expect(503);
        assert!(answer.header(header::RETRY_AFTER).is_some());
        assert!(!answer.text().contains("name 1"), "{}", answer.text());
        assert_eq!(answer.json()["type"], "urn:iris-tables:problem:audit-unavailable");
    }
    site.get(&fixture.address("Patient", "/schema")).expect(200);
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    site.get(&fixture.address("Patient", "")).expect(200);
    // It holds values.
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_line_that_was_cut_does_not_take_the_next_one_with_it() {
    let fixture = fixture();
    let file = new_folder("audit").join("audit.jsonl");
    let site = site(&fixture, &file);
    std::fs::write(&file, "{\"time\":\"20").unwrap();
    site.get(&fixture.address("Patient", "/row?ID=7")).expect(200);
    site.get(&fixture.address("Patient", "/row?ID=9")).expect(200);
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("{\"time\":\"20"));
    let keys: Vec<Value> =
        lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["keys"].clone()).collect();
    assert_eq!(keys, [json!([{"ID": "7"}]), json!([{"ID": "9"}])]);
}

#[test]
fn groups_and_labels_are_lines_too() {
    let fixture = fixture();
    let file = new_folder("audit").join("audit.jsonl");
    let log = format!("file:{}", file.display());
    let audit =
        [("AUDIT_TABLES", "Test.*"), ("AUDIT_LOG", log.as_str()), ("LABELS", "Test.Patient=Name")];
    let site = fixture.site_with(&[&LOGIN[..], &audit].concat());
    site.sign_in(&BTreeMap::new());
    let groups = lines(&file, || {
        drop(site.get(&fixture.address("Patient", "/groups?_by=Ward&_min=Name")).expect(200))
    });
    let line = &groups[0];
    assert_eq!((groups.len(), &line["action"], &line["rows"]), (1, &json!("groups"), &json!(2)));
    assert_eq!(line["columns"], json!(["Ward", "Name"]));
    assert_eq!(line.get("keys"), None);
    for address in ["?_label=Whose", "?_format=html", "/row?ID=1&_label=Whose"] {
        let seen = lines(&file, || drop(site.get(&fixture.address("Visit", address)).expect(200)));
        let labels = seen.iter().find(|line| line["action"] == "labels").unwrap();
        assert_eq!(labels["table"], "Test.Patient", "{address}");
        assert_eq!(labels["keys"], json!([{"ID": "7"}]), "{address}");
        assert_eq!(labels["columns"], json!(["Name"]), "{address}");
    }
}

#[test]
fn a_key_that_may_be_null_names_rows_in_every_format() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE Patient (K TEXT PRIMARY KEY, Name TEXT, Ward TEXT)");
    fixture.run("INSERT INTO Patient VALUES ('a', 'x', 'W1'), (NULL, 'y', 'W1'), ('b', 'z', 'W2')");
    let file = new_folder("audit").join("audit.jsonl");
    let site = site(&fixture, &file);
    for format in ["json", "csv", "ndjson", "html", "xlsx"] {
        for columns in ["", "&_col=Name"] {
            let address = format!("/table/Test.Patient?_sort=Name{columns}&_format={format}");
            let line = lines(&file, || drop(site.get(&address).expect(200))).remove(0);
            assert_eq!(line["keys"], json!([{"K": "a"}, {"K": null}]), "{address}");
        }
    }
}
