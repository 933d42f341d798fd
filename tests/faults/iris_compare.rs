//! What IRIS cannot compare, or only so much of it at once, or not in time.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::function::Function;

use crate::clinic::{function, ready, rows, settings, start, start_with, walk};
use crate::shop::{TABLE, too_slow, with};

/// The numbers from 1, as a list in an address.
fn numbers(count: usize) -> String {
    (1..=count).map(|number| number.to_string()).collect::<Vec<_>>().join(",")
}

/// The request is a 400 that names the column.
fn names_the_column(function: &Function, address: &str) {
    let answer = function.get(address).expect(400).json();
    let said = format!("{} {}", answer["parameter"], answer["detail"]);
    assert!(said.contains("Emb"), "{address}: {answer}");
}

/// The names of rows that a search finds.
fn found(function: &Function, address: &str) -> Vec<Value> {
    rows(function.get(address)).into_iter().map(|row| row["Title"].clone()).collect()
}

/// To the catalogue it is a text. Only a comparison tells, by whatever code.
#[test]
fn a_column_that_refuses_to_be_compared_is_learnt_from_the_error() {
    for code in ["400", "313", "37"] {
        let Some(iris) = start(&["--vector-error", code]) else { return };
        let function = ready(TABLE, &iris);
        assert_eq!(found(&function, "/table/Test.Vectors?_q=TW"), ["two"], "{code}");
        assert_eq!(found(&function, "/table/Test.Vectors?_q=1"), [] as [Value; 0], "{code}");
        let compared = ["Emb=a", "Emb__contains=1", "Emb__in=a,b", "_sort=Emb", "_sort=Title,-Emb"];
        let messages = iris.messages().len();
        for query in compared {
            names_the_column(&function, &format!("/table/Test.Vectors?{query}"));
        }
        assert_eq!(iris.messages().len(), messages, "{code}: it is known from the search");
        let row = function.get("/table/Test.Vectors/row?ID=2").expect(200).json();
        assert_eq!(row["row"]["Emb"], "-1,0,1");
    }
}

/// The same where the first request is the one that compares.
#[test]
fn a_filter_on_what_refuses_it_is_400_from_the_first_on() {
    for query in ["Emb=a", "Emb__startswith=.1", "_sort=-Emb"] {
        let Some(iris) = start(&[]) else { return };
        let function = ready(TABLE, &iris);
        for _ in 0..2 {
            names_the_column(&function, &format!("/table/Test.Vectors?{query}"));
        }
        assert_eq!(rows(function.get("/table/Test.Vectors")).len(), 3);
        assert_eq!(rows(function.get("/table/Test.Vectors?Emb__isnull=true")).len(), 1);
    }
}

/// Its rows are sorted by all columns that can be.
#[test]
fn a_view_over_what_refuses_to_be_compared_is_read() {
    let view = "CREATE VIEW \"Test.VectorView\" AS SELECT Title, Emb FROM \"Test.Vectors\"; \
        INSERT INTO _irisd_meta VALUES ('Test.VectorView', 'Emb', 'vector', '1');";
    let Some(iris) = start_with(view, &[]) else { return };
    let all = walk(&ready(TABLE, &iris), "/table/Test.VectorView?_size=2");
    let titles: Vec<Value> = all.iter().map(|row| row["Title"].clone()).collect();
    assert_eq!(titles, ["none", "one", "two"]);
}

/// More than 499 values are said to find nothing, without an error.
#[test]
fn lists_of_every_length_find_all_that_they_name() {
    let Some(iris) = start(&["--in-list-limit", "499"]) else { return };
    let function = ready(TABLE, &iris);
    for count in [1, 2, 3, 255, 256, 257, 399, 400, 401, 499, 500] {
        let address = format!("/table/Test.Many?_size=5000&_col=ID&ID__in={}", numbers(count));
        let ids: Vec<Value> =
            rows(function.get(&address)).iter().map(|row| row["ID"].clone()).collect();
        assert!(
            ids == (1..=count).map(|number| json!(number)).collect::<Vec<_>>(),
            "{count}: {ids:?}"
        );
        let address = format!("/table/Test.Many?_size=5000&_col=ID&ID__notin={}", numbers(count));
        assert_eq!(rows(function.get(&address)).len(), 5_000 - count, "not among {count}");
    }
    let address = format!("/table/Test.Many?_size=1&_count=exact&ID__notin={}", numbers(500));
    let Some(iris) = start(&["--grant", "SELECT:*", "--in-list-limit", "499"]) else { return };
    let counted = ready(TABLE, &iris).get(&address).expect(200).json();
    assert_eq!(counted["total"]["value"], 4_500);
}

/// Each text is a cached query of the server.
#[test]
fn lists_of_all_lengths_are_few_texts() {
    let Some(iris) = start(&[]) else { return };
    let function = ready(TABLE, &iris);
    let texts = |lengths: &[usize]| {
        let before = function.log().len();
        for count in lengths {
            let address = format!("/table/Test.Many?_col=ID&ID__in={}", numbers(*count));
            function.get(&address).expect(200);
        }
        let log = function.log()[before..].to_owned();
        let text =
            |line: &str| Some(line.split_once(r#""sql":""#)?.1.split_once(r#"","p"#)?.0.to_owned());
        let of_rows = |text: &String| text.contains("Many");
        log.lines().filter_map(text).filter(of_rows).collect::<BTreeSet<_>>()
    };
    assert_eq!(texts(&[2]).len(), 1);
    assert_eq!(texts(&(1..=16).collect::<Vec<_>>()).len(), 5, "1, 2, 4, 8 and 16");
    assert_eq!(texts(&[257, 300, 399, 400]).len(), 1);
}

/// A query of the first table that the server gives up.
const SLOW: &str = "CREATE VIEW \"Test.Slow\" AS SELECT ID, HANG(30) AS H FROM \"Test.Person\";";

#[test]
fn a_time_limit_is_504_by_whatever_code_it_is_told() {
    for code in ["450", "415", "400"] {
        let Some(iris) = start_with(SLOW, &["--alarm-as", code, "--grant", "SELECT:*"]) else {
            return;
        };
        let settings = with(&settings(&iris, iris.port()), "QUERY_TIMEOUT_SECONDS", "2");
        let function = function(TABLE, &settings).ready();
        too_slow(function.get("/table/Test.Slow"));
        function.get("/table/Test.Person").expect(200);
    }
}

/// The driver remembers the parameter's type, and refuses the second statement of the same text.
#[test]
fn a_guid_is_found_each_time() {
    let tables = "CREATE TABLE \"Test.Guids\"(ID INTEGER PRIMARY KEY NOT NULL, G GUID); \
        INSERT INTO \"Test.Guids\" VALUES (1, '6F9619FF-8B86-D011-B42D-00C04FC964FF'), \
        (2, '7F9619FF-8B86-D011-B42D-00C04FC964FF'), (3, NULL);";
    let Some(iris) = start_with(tables, &[]) else { return };
    let function = ready(TABLE, &iris);
    let first = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
    for query in [
        format!("G={first}"),
        format!("G__in={first},x"),
        format!("G__exact={first}"),
        "G__lt=7F".to_owned(),
    ] {
        for _ in 0..3 {
            let ids: Vec<Value> = rows(function.get(&format!("/table/Test.Guids?{query}")))
                .iter()
                .map(|row| row["ID"].clone())
                .collect();
            assert_eq!(ids, [1], "{query}");
        }
    }
    for _ in 0..3 {
        assert_eq!(walk(&function, "/table/Test.Guids?_size=1&_sort=G").len(), 3);
    }
}
