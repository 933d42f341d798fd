//! Claims that do not do, and rules that close a table.

use std::collections::BTreeMap;

use http::{Method, header};
use iris_tables::caller::Claim;
use serde_json::Value;

use crate::fixture::{Fixture, Kind, Table};
use crate::guarded::rows;
use crate::harness::{BROWSER, LOGIN, Site};
use crate::row;
use crate::xlsx::Book;

fn patients() -> Table {
    Table::new("Patient")
        .column("ID", Kind::Integer)
        .column("Ward", Kind::Varchar(20))
        .column("Level", Kind::Integer)
        .key(&["ID"])
        .rows([row![1, "W1", 1], row![2, "W2", 2], row![3, None::<&str>, 1], row![4, "w1", 1]])
}

fn ids(site: &Site, fixture: &Fixture) -> Vec<i64> {
    let rows = rows(site, &fixture.address("Patient", ""));
    rows.iter().map(|row| row["ID"].as_i64().unwrap()).collect()
}

fn claims_of(json: Value) -> BTreeMap<String, Claim> {
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_claim_that_is_missing_empty_or_does_not_fit_is_named() {
    let fixture = Fixture::with(&[patients()]);
    let rules = ("ROW_RULES", "Test.Patient.Ward=claim:ward; Test.Patient.Level=claim:level");
    let site = fixture.site_with(&[&LOGIN[..], &[rules]].concat());
    let many: Vec<String> = (0..501).map(|number| number.to_string()).collect();
    for (claims, named) in [
        (serde_json::json!({}), "ward"),
        (serde_json::json!({"ward": "", "level": 1}), "ward"),
        (serde_json::json!({"ward": [], "level": 1}), "ward"),
        (serde_json::json!({"ward": ["W1", ""], "level": 1}), "ward"),
        (serde_json::json!({"ward": [["W1"]], "level": 1}), "ward"),
        (serde_json::json!({"Ward": "W1", "level": 1}), "ward"),
        (serde_json::json!({"ward": "W1"}), "level"),
        (serde_json::json!({"ward": "W1", "level": many}), "level"),
    ] {
        site.sign_in(&claims_of(claims.clone()));
        for rest in ["", "?ID=1", "/row?ID=1", "/row?ID=1&_cell=Ward", "?_format=csv", "?x=1"] {
            let problem = site.get(&fixture.address("Patient", rest)).expect(403).json();
            assert_eq!(problem["type"], "urn:iris-tables:problem:claim-missing", "{claims} {rest}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(&format!("`{named}`")), "{claims}: {detail}");
        }
        site.get(&fixture.address("Patient", "/schema")).expect(200);
        site.ask(Method::HEAD, &fixture.address("Patient", ""), &[(header::ACCEPT, BROWSER)])
            .expect(403);
    }
    for (claims, expected) in [
        (serde_json::json!({"ward": "W1", "level": 1}), vec![1]),
        (serde_json::json!({"ward": ["W1", "W2"], "level": [1, "2"]}), vec![1, 2]),
        (serde_json::json!({"ward": "w1", "level": "1"}), vec![4]),
        (serde_json::json!({"ward": "W9", "level": 1}), vec![]),
    ] {
        site.sign_in(&claims_of(claims.clone()));
        assert_eq!(ids(&site, &fixture), expected, "{claims}");
    }
    if !fixture.keeps_any_type() {
        site.sign_in(&claims_of(serde_json::json!({"ward": "W1", "level": "one"})));
        site.get(&fixture.address("Patient", "")).expect(403);
    }
}

#[test]
fn rules_without_their_column_close_the_table() {
    let fixture = Fixture::with(&[
        patients(),
        Table::new("Other").column("ID", Kind::Integer).rows([row![1]]),
    ]);
    for (rule, hidden) in [
        ("Test.Patient.Station=claim:ward", ""),
        ("Test.Patient.Ward=claim:ward", "Test.Patient.Ward"),
        ("Test.Patient.Ward=claim:ward; Test.P*.Gone=claim:ward", ""),
    ] {
        let settings = [("ROW_RULES", rule), ("HIDDEN_COLUMNS", hidden)];
        let site = fixture.site_with(&[&LOGIN[..], &settings].concat());
        site.sign_in(&claims_of(serde_json::json!({"ward": "W1"})));
        for rest in ["", "/row?ID=1", "/schema", "?ID=1"] {
            site.get(&fixture.address("Patient", rest)).expect(404);
        }
        site.get(&fixture.address("Other", "")).expect(200);
        assert!(!site.get("/openapi.json").expect(200).text().contains("Patient"), "{rule}");
        let health = site.json("/health?deep=1")["unreadable"].to_string();
        assert!(health.contains("ROW_RULES: Test."), "{health}");
        assert!(!site.json("/")["tables"].to_string().contains("Patient"), "{rule}");
    }
}

/// A site whose caller sees rows of two wards and one level.
fn of_two_wards() -> (Fixture, Site) {
    let fixture = Fixture::with(&[patients()]);
    let rules = [("ROW_RULES", "Test.Patient.Ward=claim:ward; Test.*.Level=claim:level")];
    let site = fixture.site_with(&[&LOGIN[..], &rules].concat());
    site.sign_in(&claims_of(serde_json::json!({"ward": ["W1", "<W2>"], "level": 1})));
    (fixture, site)
}

#[test]
fn a_page_says_which_rows_it_shows() {
    let (fixture, site) = of_two_wards();
    let says = |address: &str| {
        let answer = site.ask(Method::GET, address, &[(header::ACCEPT, BROWSER)]).expect(200);
        let text = answer.text();
        let line = text.split("Only your rows:").nth(1)?.split(" <a").next()?.to_owned();
        Some(line.replace("<bdi>", "").replace("</bdi>", "").replace("\n", " "))
    };
    let expected = " Ward is <b>W1</b> or <b>&lt;W2&gt;</b> and Level is <b>1</b>.";
    for rest in ["", "?Level=2", "/row?ID=1", "/groups", "/groups?_by=Ward"] {
        let said = says(&fixture.address("Patient", rest));
        assert_eq!(said.as_deref(), Some(expected), "{rest}");
    }
    for address in ["/", "/me", "/docs", &fixture.address("Patient", "/schema")] {
        assert_eq!(says(address), None, "{address}");
    }
    let wards: Vec<String> = (1..=9).map(|number| format!("W{number}")).collect();
    site.sign_in(&claims_of(serde_json::json!({"ward": wards, "level": 1})));
    let said = says(&fixture.address("Patient", "")).unwrap();
    assert!(said.contains("<b>W5</b> or 4 more and Level is"), "{said}");
}

#[test]
fn a_workbook_says_whose_rows_it_holds() {
    let (fixture, site) = of_two_wards();
    for rest in ["?_format=xlsx", "/row?ID=1&_format=xlsx", "/groups?_by=Ward&_format=xlsx"] {
        let book = Book::of(&site.get(&fixture.address("Patient", rest)).expect(200));
        let lines = book.about.iter().filter(|(label, _)| label == "Only your rows");
        let lines: Vec<String> = lines.map(|(_, words)| words.to_string()).collect();
        assert_eq!(lines, ["Ward is W1 or <W2>", "Level is 1"], "{rest}");
        assert_eq!(book.rows.height(), 2, "{rest}");
    }
}

#[test]
fn me_names_no_rule_of_what_nobody_is_to_know_of() {
    let fixture = Fixture::with(&[patients()]);
    let rules = "Test.Patient.Ward=claim:ward; Secret.Plan.Code=claim:ward; Test.Patient.Ssn=claim:ssn; \
                 Te*.*.Pin=claim:pin; Other*.*.Ward=claim:ward";
    let settings = [("ROW_RULES", rules), ("HIDDEN_COLUMNS", "*.Patient.ssn, *.*.P*")];
    let site = fixture.site_with(&[&LOGIN[..], &settings].concat());
    site.sign_in(&claims_of(serde_json::json!({"ward": "W1", "pin": "7"})));
    for address in ["/me", "/me?_format=html"] {
        let text = site.get(address).expect(200).text();
        assert!(text.contains("Test.Patient.Ward") && text.contains("Other*.*.Ward"), "{text}");
        for secret in ["Secret", "Plan", "Ssn", "Pin"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[test]
fn what_is_kept_of_one_caller_is_not_shown_to_the_next() {
    let fixture = Fixture::with(&[patients()]);
    let kept = [("CACHE_CONTROL", "private, max-age=60")];
    let vary = |site: &Site, address: &str| {
        site.get(address).header(header::VARY).unwrap_or_default().to_owned()
    };
    let site = fixture.site_with(&[&LOGIN[..], &kept].concat());
    site.sign_in(&claims_of(serde_json::json!({"ward": "W1"})));
    for address in [&fixture.address("Patient", ""), "/", "/me", "/openapi.json", "/nothing"] {
        let said = vary(&site, address);
        assert!(said.contains("Authorization, Cookie"), "{address}: {said}");
    }
    for access in ["jwt", "iam"] {
        let site = fixture.site_with(&[("ACCESS", access), kept[0]]);
        assert!(vary(&site, &fixture.address("Patient", "")).contains("Authorization"), "{access}");
    }
    let site = fixture.site_with(&[("ACCESS", "public"), kept[0]]);
    assert_eq!(vary(&site, &fixture.address("Patient", "")), "Accept, Accept-Encoding");
}

#[test]
fn claims_that_lose_what_they_say_are_refused() {
    let fixture = Fixture::with(&[patients()]);
    let rules = [("ROW_RULES", "Test.Patient.Level=claim:level")];
    let site = fixture.site_with(&[&LOGIN[..], &rules].concat());
    for level in ["1\0", "\x001"].map(Value::from).into_iter().chain([
        serde_json::json!(9_007_199_254_740_993.0),
        serde_json::json!(1e300),
        serde_json::json!([1, -1e17]),
    ]) {
        site.sign_in(&claims_of(serde_json::json!({"level": level})));
        let problem = site.get(&fixture.address("Patient", "")).expect(403).json();
        assert_eq!(problem["type"], "urn:iris-tables:problem:claim-missing", "{level}");
    }
    site.sign_in(&claims_of(serde_json::json!({"level": 9_007_199_254_740_993_i64})));
    assert_eq!(ids(&site, &fixture), Vec::<i64>::new());
}

#[test]
fn settings_that_match_no_table_are_told() {
    let fixture = Fixture::with(&[patients()]);
    let audit = [
        ("ROW_RULES", "Test.Patient.Ward=claim:ward; Test.Pateint.Ward=claim:ward"),
        ("AUDIT_TABLES", "Test.Patient, Test.Pateint"),
        ("AUDIT_LOG", "file:audit.jsonl"),
    ];
    let site = fixture.site_with(&[&LOGIN[..], &audit].concat());
    site.sign_in(&BTreeMap::new());
    let warnings = site.json("/health?deep=1")["warnings"].to_string();
    for setting in ["ROW_RULES: Test.Pateint.Ward", "AUDIT_TABLES: Test.Pateint"] {
        assert!(warnings.contains(setting), "{warnings}");
    }
    assert!(!warnings.contains("Patient"), "{warnings}");
}
