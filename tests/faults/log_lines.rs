//! The log: one line a request, whatever becomes of it, and no row's value in any.

use serde_json::{Value, json};
use tests::postgres::Postgres;

use crate::shop::{FOR_EVER, INDEX, Shop, TABLE, with};

/// What the lines of the requests say: the fields that are always there, and the names of the
/// times.
fn lines(log: &str) -> Vec<(Value, Vec<String>)> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let requests = lines.filter(|line| line["message"] == "request");
    let told = requests.map(|line| {
        assert!(
            line["request_id"].as_str().unwrap().starts_with("request-") && line["method"] == "GET",
            "{line}"
        );
        assert!(line["bytes"].is_u64() && line["total_ms"].is_f64(), "{line}");
        let names = ["route", "table", "format", "status", "rows", "error", "cold"];
        let times = ["connect_ms", "catalogue_ms", "db_ms", "render_ms"].map(str::to_owned);
        let times =
            times.into_iter().filter(|name| line[name].as_f64().is_some_and(|time| time > 0.0));
        (json!(names.map(|name| &line[name])), times.collect())
    });
    told.collect()
}

#[test]
fn every_request_is_one_line_with_what_it_was_about() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    shop.pace(FOR_EVER);
    let settings = with(&shop.settings(server.port()), "QUERY_TIMEOUT_SECONDS", "1");
    let function = shop.start(TABLE, &settings).never_says(&["swordfish"]).ready();
    let (read, problem) = (["db_ms", "render_ms"].as_slice(), "application/problem+json");
    let expected = [
        (
            "/table/shop.item?_format=csv",
            json!(["rows", "shop.item", "text/csv", 200, 3, null, true]),
            &["catalogue_ms", "db_ms", "render_ms"][..],
        ),
        (
            "/table/SHOP.ITEM/row?id=2",
            json!(["row", "shop.item", "application/json", 200, 1, null, false]),
            read,
        ),
        (
            "/table/shop.item/row?id=2&_cell=name",
            json!(["row", "shop.item", "text/plain", 200, 1, null, false]),
            read,
        ),
        (
            "/table/shop.item/schema",
            json!(["schema", "shop.item", "application/json", 200, null, null, false]),
            &["render_ms"],
        ),
        (
            "/table/shop.item/row?id=9",
            json!(["row", "shop.item", "application/json", 404, null, "unknown-row", false]),
            &["db_ms"],
        ),
        (
            "/table/shop.item?name=swordfish&id=x",
            json!(["rows", "shop.item", "application/json", 400, null, "invalid-parameter", false]),
            &[],
        ),
        (
            "/table/pg_catalog.pg_class/row?oid=1",
            json!(["row", null, problem, 404, null, "unknown-table", false]),
            &[],
        ),
        (
            "/table/shop.slow",
            json!(["rows", "shop.slow", "application/json", 504, null, "database-timeout", false]),
            &["catalogue_ms", "db_ms"],
        ),
    ];
    for (address, line, _) in &expected {
        function.get(address).expect(line[3].as_u64().unwrap());
    }
    // The connection that was given up is missed by the next.
    let answer = function.get("/table/shop.item").expect(200);
    let timing = answer.header("server-timing");
    assert!(
        ["connect;dur=", "db;dur=", "render;dur="].iter().all(|part| timing.contains(part)),
        "{timing}"
    );
    let log = function.killed();
    let lines = lines(&log);
    assert_eq!(lines.len(), expected.len() + 1, "{log}");
    for ((address, line, times), told) in expected.into_iter().zip(&lines) {
        assert_eq!(
            (&line, times.to_vec()),
            (&told.0, told.1.iter().map(String::as_str).collect()),
            "{address}"
        );
    }
    assert!(lines[lines.len() - 1].1.contains(&"connect_ms".to_owned()), "{log}");
}

#[test]
fn the_time_of_the_catalogue_is_logged() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let function = shop.start(INDEX, &shop.settings(server.port())).ready();
    let first = function.get("/").expect(200);
    assert!(first.header("server-timing").starts_with("catalogue;dur="), "{:?}", first.headers);
    let second = function.get("/").expect(200);
    assert!(second.header("server-timing").starts_with("render;dur="), "{:?}", second.headers);
    let lines = lines(&function.killed());
    assert_eq!(lines[0].1, ["catalogue_ms", "render_ms"]);
    assert_eq!(lines[1].1, ["render_ms"]);
}

/// PostgreSQL's words for it repeat the value, which here is a row's.
#[test]
fn a_value_that_a_view_cannot_compute_with_is_not_logged() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    shop.sql("CREATE VIEW shop.number AS SELECT id, CAST(name || ' of oak' AS integer) AS number FROM shop.item");
    shop.sql(&format!("GRANT SELECT ON shop.number TO {}", shop.reader));
    let function = shop.start(TABLE, &shop.settings(server.port())).never_says(&["of oak"]).ready();
    for address in [
        "/table/shop.number",
        "/table/shop.number?id=1",
        "/table/shop.number?number=7",
        "/table/shop.number?_count=exact&_q=x",
    ] {
        let answer = function.get(address);
        assert!([400, 500].contains(&answer.status), "{address}: {answer:?}");
    }
    function.logs("22P02");
}
