//! `/health?deep=1` says what IRIS' user lacks, and whether the user could write.

use serde_json::json;
use tests::function::{Answer, Function};
use tests::iris::Iris;

use crate::clinic::{PASSWORD, function, ready, rows, settings, start, start_with, without_source};
use crate::shop::{INDEX, TABLE, encoded, with};

const DEEP: &str = "/health?deep=1";

fn publishing(iris: &Iris, tables: &str) -> Function {
    let settings = with(&settings(iris, iris.port()), "PUBLISHED_TABLES", tables);
    function(INDEX, &settings).ready()
}

/// It is 503, and says that this is missing.
fn lacks(answer: Answer, what: &str) -> Answer {
    let answer = answer.expect(503);
    assert_eq!(answer.json()["missing"], what, "{}", answer.body);
    answer
}

/// The codes of the messages that change data.
fn changes(iris: &Iris) -> Vec<String> {
    iris.messages().into_iter().filter(|code| code == "DU" || code == "PU").collect()
}

/// Statements that would write are prepared, which a server refuses whom it has to, and executed never.
#[test]
fn a_user_who_may_only_read_is_healthy() {
    for switch in [["--read-only-user"].as_slice(), &["--grant", "SELECT:*"]] {
        let Some(iris) = start(switch) else { return };
        let answer = ready(INDEX, &iris).get(DEEP).expect(200).json();
        assert_eq!((&answer["status"], &answer["userCanWrite"]), (&json!("ok"), &json!(false)));
        let log = iris.log();
        for verb in ["INSERT", "UPDATE", "DELETE"] {
            assert!(log.contains(&format!("'{verb} ")), "{verb} was not prepared");
        }
        assert_eq!(changes(&iris), [] as [&str; 0]);
        assert!(!log.contains("TABLE_PRIVILEGES"));
    }
}

#[test]
fn whatever_lets_the_user_write_is_found_and_changes_nothing() {
    for grant in [
        "INSERT:Test.NoKey",
        "UPDATE:Test.NoKey",
        "DELETE:Test.NoKey",
        "UPDATE:Test.NoKey(Num)",
        "INSERT:Test.NoKey(Word)",
    ] {
        let Some(iris) = start(&["--grant", "SELECT:*", "--grant", grant]) else { return };
        let answer = ready(INDEX, &iris).get(DEEP).expect(503);
        assert_eq!(answer.problem(), "user-can-write", "{grant}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("Test.NoKey"), "{grant}");
        let settings = with(&settings(&iris, iris.port()), "DATABASE_USER_MAY_WRITE", "true");
        let answer = function(INDEX, &settings).ready().get(DEEP).expect(200).json();
        assert_eq!(answer["userCanWrite"], true, "{grant}");
        assert_eq!(changes(&iris), [] as [&str; 0]);
        assert_eq!(rows(ready(TABLE, &iris).get("/table/Test.NoKey")).len(), 5);
    }
}

/// A privilege that is held on what cannot be written is no answer.
#[test]
fn what_cannot_be_checked_is_said_and_healthy_by_a_setting_only() {
    let table = "CREATE TABLE \"Test.Computed\"(ID INTEGER PRIMARY KEY NOT NULL, A INTEGER, \
        B INTEGER GENERATED ALWAYS AS (A * 2) STORED);";
    let grants = ["--grant", "SELECT:*", "--grant", "UPDATE:Test.Computed(B)"];
    let Some(iris) = start_with(table, &grants) else { return };
    let answer = ready(INDEX, &iris).get(DEEP).expect(503);
    assert_eq!(answer.problem(), "user-not-checked");
    assert!(answer.json()["detail"].as_str().unwrap().contains("Test.Computed"));
    let settings = with(&settings(&iris, iris.port()), "DATABASE_USER_MAY_WRITE", "true");
    let answer = function(INDEX, &settings).ready().get(DEEP).expect(200).json();
    assert!(answer["userCanWrite"].is_null(), "{answer}");
}

#[test]
fn a_login_that_is_refused_is_said_to_be_missing() {
    let Some(iris) = start(&[]) else { return };
    let url = |password: &str, namespace: &str| {
        format!("iris://reader:{password}@127.0.0.1:{}/{namespace}", iris.port())
    };
    for (url, missing) in
        [(url("swordfish", "USER"), "login"), (url(&encoded(PASSWORD), "NOWHERE"), "namespace")]
    {
        let settings = with(&without_source(&iris), "DATABASE_URL", &url);
        let function = function(INDEX, &settings).never_says(&["swordfish"]).ready();
        let answer = lacks(function.get(DEEP), missing);
        assert!(!answer.header("retry-after").is_empty() && !answer.body.contains("NOWHERE"));
        function.logs("login refused (password, or no right to this namespace or service)");
        function.get("/health").expect(200);
    }
}

#[test]
fn a_catalogue_that_is_refused_is_said_to_be_missing() {
    for view in ["TABLES", "COLUMNS", "KEY_COLUMN_USAGE"] {
        let denied = format!("INFORMATION_SCHEMA.{view}");
        let Some(iris) = start(&["--deny", &denied]) else { return };
        let function = ready(INDEX, &iris);
        lacks(function.get(DEEP), "catalogue");
        function.logs(&denied);
    }
}

/// A name that is published in full must be there. What a pattern reaches besides need not be granted.
#[test]
fn a_table_that_cannot_be_read_is_said_to_be_missing() {
    let grants = ["--grant", "SELECT:Test.Person", "--grant", "SELECT:Test.Many", "--list-denied"];
    let Some(iris) = start(&grants) else { return };
    for tables in ["Test.Person, Sales.Customer", "Test.Person, Test.Gone", "Nowhere.*"] {
        let answer = lacks(publishing(&iris, tables).get(DEEP), "table");
        let named = tables.rsplit(", ").next().unwrap();
        assert!(answer.json()["detail"].as_str().unwrap().contains(named), "{}", answer.body);
    }
    for tables in ["Test.Person", "Test.*"] {
        publishing(&iris, tables).get(DEEP).expect(200);
    }
}

/// To grant some columns only may be meant: it is told, and healthy.
#[test]
fn columns_that_cannot_be_read_are_told() {
    let grants = ["--grant", "SELECT:Test.Composite(No,Label)", "--list-denied"];
    let Some(iris) = start(&grants) else { return };
    let function = publishing(&iris, "Test.Composite");
    let answer = function.get(DEEP).expect(200).json();
    assert!(answer["unreadable"][0].as_str().unwrap().contains("Test.Composite"), "{answer}");
    function.logs("Test.Composite.Region");
    let Some(iris) = start(&["--grant", "SELECT:*"]) else { return };
    let answer = publishing(&iris, "Test.Composite").get(DEEP).expect(200).json();
    assert!(answer.get("unreadable").is_none(), "{answer}");
}
