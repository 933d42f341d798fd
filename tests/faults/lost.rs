//! The connection to PostgreSQL breaks.

use std::time::Duration;

use tests::function::{Answer, Function};
use tests::postgres::Postgres;
use tests::proxy::{End, Proxy};
use tests::wait;

use crate::shop::{IN_MID_FETCH, MANY, Shop, TABLE};

/// Longer than any test waits.
const FOR_EVER: Duration = Duration::from_secs(600);

const ALL_OF_MANY: &str = "/table/shop.many?_size=5000";

/// All rows of `shop.many` came, each once and in order.
fn whole(answer: Answer) {
    let rows = answer.expect(200).json()["rows"].as_array().unwrap().clone();
    let ids: Vec<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert!(ids == (1..=MANY as u64).collect::<Vec<_>>(), "{} rows: {ids:?}", ids.len());
}

fn unavailable(answer: Answer, retry_after: &str) {
    let answer = answer.expect(503);
    assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("database-unavailable", retry_after));
}

/// An instance that reaches the server through a proxy.
fn through_proxy<'a>(server: &'a Postgres, shop: &Shop<'a>) -> (Proxy, Function) {
    let proxy = Proxy::to(server.port());
    let function = shop.start(TABLE, &shop.settings(proxy.port())).ready();
    (proxy, function)
}

#[test]
fn a_server_that_crashes_is_503_and_once_back_serves_the_same_instance() {
    let Some(server) = Postgres::start(&[]) else { return };
    let shop = Shop::new(&server);
    let (proxy, function) = through_proxy(&server, &shop);
    // Within a query.
    shop.pace(FOR_EVER);
    let asked = function.ask("/table/shop.slow");
    shop.sleeping();
    server.crash();
    unavailable(asked.answer(), "10");
    unavailable(function.get("/table/shop.item"), "10");
    server.resume();
    function.get("/table/shop.item").expect(200);
    // Within the rows of a result.
    proxy.silence_after(IN_MID_FETCH);
    let asked = function.ask(ALL_OF_MANY);
    wait::until("a fetch that stands still", || proxy.has_come());
    server.crash();
    proxy.cut(End::Reset);
    proxy.forward();
    unavailable(asked.answer(), "10");
    server.resume();
    whole(function.get(ALL_OF_MANY));
}
