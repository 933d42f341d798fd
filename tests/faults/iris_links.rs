//! Foreign keys of IRIS: both ways, within what is published, and not at any price.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::function::Function;
use tests::proxy::Proxy;

use crate::clinic::{function, ready, rows, settings, start};
use crate::shop::{TABLE, with};

/// The tables at the other ends of a table's foreign keys.
fn ends(function: &Function, table: &str, way: &str) -> Vec<Value> {
    let schema = function.get(&format!("/table/{table}/schema")).expect(200).json();
    schema["links"][way].as_array().unwrap().iter().map(|link| link["table"].clone()).collect()
}

#[test]
fn foreign_keys_are_told_both_ways() {
    let Some(iris) = start(&[]) else { return };
    let function = ready(TABLE, &iris);
    assert_eq!(ends(&function, "Test.Lines", "references"), ["Test.Composite"]);
    assert_eq!(ends(&function, "Test.Composite", "referrers"), ["Test.Lines"]);
    assert_eq!(ends(&function, "Sales.Orders", "references"), ["Sales.Customer"]);
    assert_eq!(ends(&function, "Sales.Customer", "referrers"), ["Sales.Orders"]);
    assert_eq!(ends(&function, "Sales.Customer", "references"), [] as [Value; 0]);
    let row = function.get("/table/Test.Lines/row?ID=1").expect(200).json();
    let reference = row["links"]["references"][0]["href"].as_str().unwrap();
    assert_eq!(function.get(reference).expect(200).json()["row"]["Label"], "N 1");
}

/// Nobody may be told of a table that is not published, nor wait for it to be looked for.
#[test]
fn only_published_schemas_are_searched_for_rows_that_refer() {
    let Some(iris) = start(&[]) else { return };
    let settings = with(&settings(&iris, iris.port()), "PUBLISHED_TABLES", "Sales.Customer");
    let function = function(TABLE, &settings).ready();
    assert_eq!(ends(&function, "Sales.Customer", "referrers"), [] as [Value; 0]);
    let log = iris.log();
    let looks = |line: &&str| line.contains("] <- ") && line.contains("REFERENCED_TABLE_NAME =");
    let line = log.lines().find(looks).expect("a statement that looks for rows that refer");
    assert!(line.contains("Sales") && !line.contains(" OR "), "{line}");
}

/// On a server with many classes it may take longer than anybody waits.
#[test]
fn foreign_keys_that_are_not_told_in_time_cost_nobody_the_page() {
    let Some(iris) = start(&[]) else { return };
    let proxy = Proxy::to(iris.port());
    proxy.withhold(Some("REFERENCED_TABLE_NAME ="));
    let settings = with(&settings(&iris, proxy.port()), "QUERY_TIMEOUT_SECONDS", "6");
    let function = function(TABLE, &settings).ready();
    let started = Instant::now();
    let answer = function.get("/table/Test.Composite");
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    let page = answer.clone().expect(200).json();
    assert!(proxy.has_withheld());
    assert_eq!(rows(answer).len(), 9);
    assert_eq!(page["links"]["referrers"], json!([]));
    assert_eq!(page["links"]["missing"], "timeout");
    function.logs("foreign keys");
    // The next page does not wait again.
    let started = Instant::now();
    function.get("/table/Test.Composite?_size=2").expect(200);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    let page = function.get("/table/Test.Composite").expect(200).json();
    assert_eq!(page["links"]["missing"], "timeout");
}
