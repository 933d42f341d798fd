//! Filters on what only SQLite can hold.

use crate::filters::found;
use crate::fixture::Fixture;
use crate::harness::{Site, json_walk};

/// A table `T` of these SQL expressions as column `V`, numbered from 0.
fn table(declared: &str, expressions: &[&str]) -> (Fixture, Site) {
    let fixture = Fixture::sqlite();
    fixture.run(&format!("CREATE TABLE T (ID INTEGER PRIMARY KEY, V {declared})"));
    for (id, expression) in expressions.iter().enumerate() {
        fixture.run(&format!("INSERT INTO T VALUES ({id}, {expression})"));
    }
    let site = fixture.site();
    (fixture, site)
}

/// Checks what each filter on `V` finds.
fn check(declared: &str, expressions: &[&str], cases: &[(&str, &str, &[usize])]) {
    let (fixture, site) = table(declared, expressions);
    for (operator, value, expected) in cases {
        let name = format!("V{operator}");
        assert_eq!(
            found(&site, &fixture, &[(&name, value)]),
            *expected,
            "{declared}: {name}={value}"
        );
    }
}

#[test]
fn a_timestamp_is_found_however_it_is_stored() {
    let stored = [
        "'2024-02-29 10:00:00'",
        "'2024-02-29T10:00:00'",
        "'2024-02-29 10:00:00.000'",
        "'2024-02-29T10:00:00.000000'",
        "'2024-02-29 10:00:00.250'",
        "'2024-02-29T10:00:00.25'",
        "'2024-02-29T09:59:59.999'",
        "'2024-02-29 10:00:01'",
        "'2024-02-28T23:00:00'",
        "'2024-03-01 00:00:00'",
    ];
    for value in [
        "2024-02-29T10:00:00",
        "2024-02-29 10:00:00",
        "2024-02-29T10:00",
        "2024-02-29t10:00:00.000",
    ] {
        check(
            "TIMESTAMP",
            &stored,
            &[
                ("", value, &[0, 1, 2, 3]),
                ("__exact", value, &[0, 1, 2, 3]),
                ("__not", value, &[4, 5, 6, 7, 8, 9]),
                ("__in", value, &[0, 1, 2, 3]),
                ("__gt", value, &[4, 5, 7, 9]),
                ("__gte", value, &[0, 1, 2, 3, 4, 5, 7, 9]),
                ("__lt", value, &[6, 8]),
                ("__lte", value, &[0, 1, 2, 3, 6, 8]),
            ],
        );
    }
    check(
        "DATETIME",
        &stored,
        &[
            ("", "2024-02-29T10:00:00.25", &[4, 5]),
            ("__gt", "2024-02-29T10:00:00.25", &[7, 9]),
            ("__gte", "2024-02-29T10:00:00.250000", &[4, 5, 7, 9]),
            ("__lt", "2024-02-29T10:00:00.25", &[0, 1, 2, 3, 6, 8]),
            ("__lte", "2024-02-29T10:00:00.25", &[0, 1, 2, 3, 4, 5, 6, 8]),
            ("__gte", "2024-02-29", &[0, 1, 2, 3, 4, 5, 6, 7, 9]),
            ("__lt", "2024-03-01", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ],
    );
}

#[test]
fn a_timestamp_without_seconds_or_time_is_found_by_every_form_it_is_shown_in() {
    let stored = [
        "'2024-02-29'",
        "'2024-02-29 00:00'",
        "'2024-02-29T00:00:00.00'",
        "'2024-02-29 10:00'",
        "'2024-02-29T10:00'",
        "'2024-02-29 10:00:00.0'",
        "'2024-02-29T10:00:00.1200000'",
        "'2024-02-29 10:00:00.123456789'",
        "1709200800",
        "1709200800.5",
    ];
    check(
        "TIMESTAMP",
        &stored,
        &[
            ("", "2024-02-29", &[0, 1, 2]),
            ("", "2024-02-29T00:00:00", &[0, 1, 2]),
            ("", "2024-02-29T10:00", &[3, 4, 5]),
            ("", "2024-02-29T10:00:00", &[3, 4, 5]),
            ("__in", "2024-02-29T10:00:00.12,2024-02-29", &[0, 1, 2, 6]),
            ("", "2024-02-29T10:00:00.123456789", &[7]),
            ("", "1709200800", &[8]),
            ("", "1709200800.5", &[9]),
            ("__exact", "1709200800.0", &[8]),
            ("__not", "2024-02-29T10:00", &[0, 1, 2, 6, 7, 8, 9]),
            ("__gte", "2024-02-29T10:00:00", &[3, 4, 5, 6, 7]),
            ("__gt", "2024-02-29T10:00:00", &[6, 7]),
            ("__gt", "2024-02-29", &[3, 4, 5, 6, 7]),
            ("__gte", "2024-02-29T00:00:00", &[0, 1, 2, 3, 4, 5, 6, 7]),
        ],
    );
    check(
        "TIME",
        &["'10:00'", "'10:00:00'", "'10:00:00.000000000'", "'10:00:30'", "'09:59:59.9'"],
        &[
            ("", "10:00", &[0, 1, 2]),
            ("", "10:00:00", &[0, 1, 2]),
            ("__gte", "10:00:00", &[0, 1, 2, 3]),
            ("__gt", "10:00", &[3]),
            ("__lt", "10:00", &[4]),
            ("__lte", "10:00:00", &[0, 1, 2, 4]),
        ],
    );
}

#[test]
fn every_timestamp_is_found_by_the_text_that_shows_it() {
    let mut stored = Vec::new();
    for date in ["2024-02-29 ", "2024-02-29T"] {
        for clock in ["00:00", "00:00:00", "10:30", "10:30:00", "10:30:15"] {
            stored.push(format!("'{date}{clock}'"));
            if clock.len() == 8 {
                stored.extend(
                    (1..=9).map(|digits| format!("'{date}{clock}.{}'", &"120000000"[..digits])),
                );
                stored.extend(
                    (1..=9).map(|digits| format!("'{date}{clock}.{}'", &"000000000"[..digits])),
                );
            }
        }
    }
    let expressions: Vec<&str> = stored.iter().map(String::as_str).collect();
    for declared in ["TIMESTAMP", "DATETIME"] {
        let (fixture, site) = table(declared, &expressions);
        for row in json_walk(&site, &fixture.address("T", "?_size=1000")) {
            let id = row["ID"].as_u64().unwrap() as usize;
            let shown = row["V"].as_str().unwrap();
            assert!(found(&site, &fixture, &[("V", shown)]).contains(&id), "{shown}");
        }
    }
}

#[test]
fn timestamps_with_a_zone_are_compared_by_their_local_time() {
    let stored = [
        "'2024-02-29T10:00:00Z'",
        "'2024-02-29T10:00:00.500Z'",
        "'2024-02-29T09:00:00Z'",
        "'2024-02-29 11:00:00Z'",
    ];
    for value in ["2024-02-29T10:00:00Z", "2024-02-29 10:00:00.000Z"] {
        check(
            "TIMESTAMP",
            &stored,
            &[
                ("", value, &[0]),
                ("__gt", value, &[1, 3]),
                ("__gte", value, &[0, 1, 3]),
                ("__lt", value, &[2]),
                ("__lte", value, &[0, 2]),
            ],
        );
    }
    check(
        "TIMESTAMP",
        &stored,
        &[
            ("__gt", "2024-02-29T10:00:00.5Z", &[3]),
            ("__gte", "2024-02-29T10:00:00.5Z", &[1, 3]),
            ("__lte", "2024-02-29T10:00:00.5Z", &[0, 1, 2]),
            ("__gt", "2024-02-29T10:00:00", &[1, 3]),
            ("__lte", "2024-02-29T10:00:00", &[0, 2]),
        ],
    );
    let stored = [
        "'2024-02-29T10:00:00+02:00'",
        "'2024-02-29T10:00:00.5+02:00'",
        "'2024-02-29T09:00:00+02:00'",
    ];
    check(
        "TIMESTAMP",
        &stored,
        &[
            ("", "2024-02-29T10:00:00+02:00", &[0]),
            ("__gt", "2024-02-29T10:00:00+02:00", &[1]),
            ("__lte", "2024-02-29T10:00:00+02:00", &[0, 2]),
            ("__lt", "2024-02-29T10:00:00+02:00", &[2]),
        ],
    );
}

#[test]
fn a_boolean_is_found_however_it_is_stored() {
    let stored =
        ["1", "0", "'true'", "'false'", "'TRUE'", "'FALSE'", "'t'", "'f'", "NULL", "'unknown'"];
    check(
        "BOOLEAN",
        &stored,
        &[
            ("", "true", &[0, 2, 4, 6]),
            ("", "false", &[1, 3, 5, 7]),
            ("__exact", "1", &[0, 2, 4, 6]),
            ("__not", "true", &[1, 3, 5, 7, 9]),
            ("__in", "true,false", &[0, 1, 2, 3, 4, 5, 6, 7]),
        ],
    );
}

#[test]
fn a_value_without_a_declared_type_is_found_as_text_and_as_number() {
    let stored = ["7", "'7'", "'007'", "7.5", "'seven'", "NULL", "x'37'", "''", "-3"];
    check(
        "",
        &stored,
        &[
            ("", "7", &[0, 1]),
            ("", "007", &[0, 2]),
            ("", "7.5", &[3]),
            ("", "seven", &[4]),
            ("", "", &[7]),
            ("__in", "7,seven", &[0, 1, 4]),
            ("__contains", "7", &[0, 1, 2, 3]),
            ("__startswith", "sev", &[4]),
            ("__isnull", "", &[5]),
        ],
    );
}

#[test]
fn the_collation_of_a_column_says_what_is_equal() {
    let stored = ["'Ada'", "'ada'", "'ADA'", "'Bob'"];
    check(
        "TEXT COLLATE NOCASE",
        &stored,
        &[
            ("", "ada", &[0, 1, 2]),
            ("__not", "ada", &[3]),
            ("__in", "ADA,x", &[0, 1, 2]),
            ("__exact", "ada", &[1]),
            ("__gt", "ada", &[3]),
        ],
    );
    check("TEXT", &stored, &[("", "ada", &[1]), ("__exact", "ada", &[1])]);
}

#[test]
fn a_nul_character_in_a_value_is_part_of_it() {
    let stored = ["'a'", "'a' || char(0) || 'b'", "'b'"];
    for (operator, expected) in [
        ("", &[1][..]),
        ("__exact", &[1]),
        ("__contains", &[1]),
        ("__startswith", &[1]),
        ("__lte", &[0, 1]),
    ] {
        // Cut at the NUL character, the value would find the first row.
        check("TEXT", &stored, &[(operator, "a\0b", expected)]);
    }
}

#[test]
fn values_that_only_postgresql_has_are_texts() {
    for (declared, value) in [
        ("DECIMAL(9,2)", "NaN"),
        ("TIME", "24:00:00"),
        ("DATE", "infinity"),
        ("DATE", "10000-01-01"),
    ] {
        check(declared, &["NULL", &format!("'{value}'")], &[("", value, &[1])]);
    }
}
