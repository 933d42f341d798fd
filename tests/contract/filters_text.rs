//! Filters on text: a value is found exactly as it is, and not altered on the way.

use crate::filters::{found, numbered};
use crate::fixture::{Cell, Fixture, Kind, Schema, Table};
use crate::harness::query;
use crate::row;

const TEXTS: [&str; 24] = [
    "O'Brien",
    "O''Brien",
    "obrien",
    "100%",
    "100",
    "a_b",
    "axb",
    "back\\slash",
    "backslash",
    "say \"hi\"",
    "",
    " ",
    "a b",
    "a+b",
    "a&b",
    "Müller",
    "müller",
    "山田",
    "1;2",
    "a,b",
    "[x]",
    "?",
    "A",
    "x -- y",
];

fn texts() -> Fixture {
    let cells = TEXTS.iter().map(|text| Cell::from(*text)).chain([Cell::Null]);
    Fixture::with(&[numbered(Kind::Varchar(80), cells.collect())])
}

/// The texts that hold, with their numbers.
fn holding(holds: impl Fn(&str) -> bool) -> Vec<usize> {
    TEXTS.iter().enumerate().filter(|(_, text)| holds(text)).map(|(index, _)| index).collect()
}

#[test]
fn every_text_is_found_by_itself() {
    let fixture = texts();
    let site = fixture.site();
    for text in TEXTS {
        let exactly = holding(|other| other == text);
        assert_eq!(found(&site, &fixture, &[("V__exact", text)]), exactly, "{text:?}");
        let list = serde_json::json!([text, "no such text"]).to_string();
        // Equality and order are the column's own: the database says what they are.
        for (name, value, condition) in [
            ("V", text, "= ?"),
            ("V__not", text, "<> ?"),
            ("V__gt", text, "> ?"),
            ("V__gte", text, ">= ?"),
            ("V__lt", text, "< ?"),
            ("V__lte", text, "<= ?"),
            ("V__in", &list, "= ?"),
            ("V__notin", &list, "<> ?"),
        ] {
            let column = Schema::quote("V");
            let table = fixture.in_sql("T");
            let sql =
                format!("SELECT \"ID\" FROM {table} WHERE {column} {condition} ORDER BY \"ID\"");
            let expected: Vec<usize> = fixture
                .numbers(&sql, &[Cell::from(text)])
                .into_iter()
                .map(|id| id as usize)
                .collect();
            assert_eq!(found(&site, &fixture, &[(name, value)]), expected, "{name}={value}");
        }
    }
}

#[test]
fn parts_of_a_text_are_found_case_insensitively_and_wildcards_are_plain_characters() {
    let fixture = texts();
    let site = fixture.site();
    let parts = [
        "'", "brien", "O'B", "%", "_", "\\", "\"", "a", "A", "ü", "MÜLLER", "山", " ", "+", "&",
        ",", "[", "?", ";", "--", "", "100%",
    ];
    for part in parts {
        let lower = part.to_lowercase();
        // Whether characters beyond ASCII match case-insensitively depends on the source; they
        // always match themselves.
        let ascii = part.is_ascii();
        let check = |operator: &str, holds: &dyn Fn(&str, &str) -> bool| {
            let name = format!("V__{operator}");
            let found = found(&site, &fixture, &[(&name, part)]);
            if ascii {
                assert_eq!(
                    found,
                    holding(|text| holds(&text.to_lowercase(), &lower)),
                    "{name}={part}"
                );
            } else {
                let same = holding(|text| holds(text, part));
                assert!(same.iter().all(|index| found.contains(index)), "{name}={part}: {found:?}");
            }
        };
        check("contains", &|text, part| text.contains(part));
        check("startswith", &|text, part| text.starts_with(part));
        check("endswith", &|text, part| text.ends_with(part));
    }
}

#[test]
fn lists_are_separated_by_commas_or_are_json() {
    let fixture = texts();
    let site = fixture.site();
    for (list, expected) in [
        ("A,100", holding(|text| text == "A" || text == "100")),
        ("[\"a,b\",\"A\"]", holding(|text| text == "a,b" || text == "A")),
        ("a,b", vec![]),
        ("[\"[x]\"]", holding(|text| text == "[x]")),
        ("[\"\"]", holding(str::is_empty)),
        ("", holding(str::is_empty)),
        ("A,", holding(|text| text == "A" || text.is_empty())),
        ("[100]", holding(|text| text == "100")),
        (
            "[\"say \\\"hi\\\"\", \"\\u5c71\\u7530\"]",
            holding(|text| text == "say \"hi\"" || text == "山田"),
        ),
        ("O'Brien", holding(|text| text == "O'Brien")),
    ] {
        assert_eq!(found(&site, &fixture, &[("V__in", list)]), expected, "V__in={list}");
    }
}

#[test]
fn a_search_looks_into_every_text_column_and_no_other() {
    let table = Table::new("T")
        .column("ID", Kind::Integer)
        .column("First", Kind::Varchar(40))
        .column("Number", Kind::Integer)
        .column("Last", Kind::Text)
        .key(&["ID"])
        .rows([
            row![0, "Ada", 7, "Lovelace"],
            row![1, "Grace", 7, "Hopper"],
            row![2, None::<&str>, 7, "Nevada"],
            row![3, "100%", 7, None::<&str>],
            row![4, None::<&str>, 100, None::<&str>],
        ]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    for (text, expected) in [
        ("ada", vec![0, 2]),
        ("ACE", vec![0, 1]),
        ("%", vec![3]),
        ("7", vec![]),
        ("100", vec![3]),
        ("", vec![0, 1, 2, 3]),
    ] {
        assert_eq!(found(&site, &fixture, &[("_q", text)]), expected, "{text}");
    }
    drop((site, fixture));
    let fixture = Fixture::with(&[Table::new("T").column("ID", Kind::Integer).key(&["ID"])]);
    fixture.site().refused(&fixture.address("T", "?_q=x"), "_q");
}

#[test]
fn a_long_value_is_compared_whole() {
    let long = "x".repeat(2_000);
    let longer = format!("{long}y");
    let table = numbered(Kind::Varchar(4_000), vec![long.as_str().into(), longer.as_str().into()]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    assert_eq!(found(&site, &fixture, &[("V", &long)]), [0]);
    assert_eq!(found(&site, &fixture, &[("V", &longer)]), [1]);
    assert_eq!(found(&site, &fixture, &[("V__startswith", &long)]), [0, 1]);
    assert_eq!(found(&site, &fixture, &[("V__endswith", &longer)]), [1]);
    let address = fixture.address("T", &query(&[("V", &"x".repeat(9_000))]));
    site.get(&address).expect(414);
}
