//! Groups of values that do not fit their column's type.

use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::harness::{encoded, json_walk};

const VALUES: &[&str] = &[
    "''",
    "'n/a'",
    "'N/A'",
    "'2024-02'",
    "'2024'",
    "'2024/02/29'",
    "'2024-31-12'",
    "'2024-02-29'",
    "'2024-02-29 10:00'",
    "'2024-02-29T10:00:00'",
    "'2024-02-30T10:00'",
    "'0000-00-00'",
    "'true'",
    "1",
    "1.0",
    "-0.5",
    "2024",
    "1709164800",
    "1e300",
    "9007199254740993",
    "-9223372036854775808",
    "'10:00'",
    "'10:00:00.0'",
    "NULL",
];

#[test]
fn every_group_of_odd_values_has_the_rows_of_its_address() {
    for (declared, steps) in [
        ("INTEGER", &["", ":10"][..]),
        ("DECIMAL(9,2)", &["", ":0.5", ":1000"]),
        ("DOUBLE", &["", ":0.1"]),
        ("BOOLEAN", &[""]),
        ("DATE", &["", ":year", ":month", ":day"]),
        ("TIME", &[""]),
        ("TIMESTAMP", &["", ":year", ":month", ":day", ":hour"]),
        ("TEXT", &[""]),
        ("TEXT COLLATE NOCASE", &[""]),
        ("DATE COLLATE NOCASE", &["", ":month"]),
        ("", &[""]),
    ] {
        let fixture = Fixture::sqlite();
        fixture.run(&format!("CREATE TABLE T (ID INTEGER PRIMARY KEY, V {declared})"));
        for value in VALUES {
            fixture.run(&format!("INSERT INTO T (V) VALUES ({value})"));
        }
        let site = fixture.site();
        for step in steps {
            let by = format!("V{step}");
            let rest = format!("/groups?_by={}&_sum=ID&_min=V&_max=V", encoded(&by));
            let answer = site.json(&fixture.address("T", &rest));
            let groups = answer["groups"].as_array().unwrap();
            let mut counted = 0;
            for group in groups {
                let count = usize::try_from(group["count"].as_u64().unwrap()).unwrap();
                counted += count;
                let Some(href) = group["href"].as_str() else {
                    // The end of the step has more digits than a filter takes.
                    let begins = group["by"][&by].to_string();
                    assert!(step.contains('.') && begins.len() > 17, "{declared} {by}: {group}");
                    continue;
                };
                let rows = json_walk(&site, href);
                assert_eq!(rows.len(), count, "{declared} {by}: {group} {rows:?}");
            }
            assert_eq!(counted, VALUES.len(), "{declared} {by}");
        }
    }
}

#[test]
fn what_is_no_number_does_not_count_in_a_sum() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, K TEXT, V DECIMAL(9,2), D DOUBLE)");
    for value in ["0.1", "0.2", "'n/a'", "''", "NULL", "x'00'"] {
        fixture.run(&format!("INSERT INTO T (K, V, D) VALUES ('a', {value}, {value})"));
    }
    let site = fixture.site();
    let address = fixture.address("T", "/groups?_by=K&_sum=V,D&_avg=V,D");
    let group = site.json(&address)["groups"][0].clone();
    assert_eq!(group["sum"]["V"], "0.30");
    assert_eq!(group["avg"]["V"], "0.150000");
    let close = |value: &Value, to: f64| (value.as_f64().unwrap() - to).abs() < 1e-9;
    assert!(close(&group["sum"]["D"], 0.3) && close(&group["avg"]["D"], 0.15), "{group}");
}

#[test]
fn what_does_not_fit_its_column_is_neither_least_nor_greatest() {
    let fixture = Fixture::sqlite();
    fixture.run(
        "CREATE TABLE T (ID INTEGER PRIMARY KEY, K TEXT, I INTEGER, D DECIMAL(9,2), F DOUBLE, \
         B BOOLEAN, Day DATE, Clock TIME, At TIMESTAMP)",
    );
    for (group, values) in [
        ("a", "5, 5, 5, 1, '2024-02-29', '10:00', '2024-02-29 10:00'"),
        ("a", "-3, -3.5, -3.5, 0, '2023-12-31', '09:59:59', '2024-02-29T09:00:00Z'"),
        ("a", "'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a'"),
        ("a", "'', '', '', '', '', '', ''"),
        ("a", "x'00', x'00', x'00', x'00', x'00', x'00', x'00'"),
        ("a", "NULL, NULL, NULL, 'true', 1, 1, 1"),
        ("a", "NULL, NULL, NULL, NULL, '2024/12/31', '25:00', '2025-02-30 10:00'"),
        ("b", "'n/a', '', x'00', 'yes', 0, '', 1709164800"),
        ("b", "NULL, NULL, NULL, 7, 5, 'n/a', 1700000000"),
    ] {
        fixture.run(&format!(
            "INSERT INTO T (K, I, D, F, B, Day, Clock, At) VALUES ('{group}', {values})"
        ));
    }
    let site = fixture.site();
    let all = "I,D,F,B,Day,Clock,At";
    let of = |function: &str| {
        let address = format!("/groups?_by=K&_sort=K&_{function}={all}");
        let groups = site.json(&fixture.address("T", &address))["groups"].clone();
        [0, 1].map(|group| groups[group][function].clone())
    };
    let (least, greatest) = (of("min"), of("max"));
    assert_eq!(
        least[0],
        json!({
            "I": -3, "D": "-3.50", "F": -3.5, "B": false, "Day": "2023-12-31", "Clock": "09:59:59",
            "At": "2024-02-29T09:00:00Z",
        })
    );
    assert_eq!(
        greatest[0],
        json!({
            "I": 5, "D": "5.00", "F": 5.0, "B": true, "Day": "2024-02-29", "Clock": "10:00",
            "At": "2024-02-29T10:00",
        })
    );
    let none = json!({"I": null, "D": null, "F": null, "B": null, "Clock": null});
    for (found, day, at) in [(&least, "0", "1700000000"), (&greatest, "5", "1709164800")] {
        let mut expected = none.clone();
        (expected["Day"], expected["At"]) = (json!(day), json!(at));
        assert_eq!(found[1], expected);
    }
}
