//! The connection to PostgreSQL breaks.

use tests::function::{Answer, Function};
use tests::postgres::Postgres;
use tests::proxy::{End, Proxy};
use tests::wait;

use crate::shop::{FOR_EVER, IN_MID_FETCH, MANY, Shop, TABLE, unavailable};

const ALL_OF_MANY: &str = "/table/shop.many?_size=5000";

/// All rows of `shop.many` came, each once and in order.
fn whole(answer: Answer) {
    let rows = answer.expect(200).json()["rows"].as_array().unwrap().clone();
    let ids: Vec<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert!(ids == (1..=MANY as u64).collect::<Vec<_>>(), "{} rows: {ids:?}", ids.len());
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

#[test]
fn a_line_cut_within_the_rows_is_not_seen_in_the_answer() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let (proxy, function) = through_proxy(server, &shop);
    for (count, end) in [End::Close, End::Reset].into_iter().enumerate() {
        proxy.cut_after(IN_MID_FETCH, end);
        whole(function.get(ALL_OF_MANY));
        assert!(proxy.has_come());
        assert_eq!(proxy.opened(), 2 + count, "one connection more for each cut");
    }
}

#[test]
fn a_query_is_retried_once() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let (proxy, function) = through_proxy(server, &shop);
    shop.pace(FOR_EVER);
    let asked = function.ask("/table/shop.slow");
    let first = shop.sleeping();
    proxy.cut(End::Close);
    // The server notices only when it writes that the client is gone.
    shop.terminate(&first);
    shop.sleeping();
    proxy.cut(End::Reset);
    unavailable(asked.answer(), "10");
    assert_eq!(proxy.opened(), 2);
    function.get("/table/shop.item").expect(200);
    assert_eq!(proxy.opened(), 3);
}

#[test]
fn a_connection_lost_while_idle_is_opened_again_without_an_error() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let (proxy, function) = through_proxy(server, &shop);
    let breaks: [&dyn Fn(); 3] =
        [&|| shop.terminate_backends(), &|| proxy.cut(End::Close), &|| proxy.cut(End::Reset)];
    for (count, break_it) in breaks.into_iter().enumerate() {
        break_it();
        function.get("/table/shop.item").expect(200);
        assert_eq!(proxy.opened(), 2 + count);
    }
    let log = function.killed();
    assert!(!log.contains("ERROR"), "{log}");
}

/// PostgreSQL's driver ended the process here, when the cursor was its own.
#[test]
fn a_row_that_cannot_be_computed_is_a_500_and_does_no_harm() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    shop.sql("CREATE VIEW shop.broken AS SELECT id, 1 / (1500 - id) AS share FROM shop.many");
    shop.sql(&format!("GRANT SELECT ON shop.broken TO {}", shop.reader));
    let (proxy, function) = through_proxy(server, &shop);
    for size in [10, 5_000] {
        let answer = function.get(&format!("/table/shop.broken?_size={size}"));
        if size == 10 {
            answer.expect(200)
        } else {
            answer.expect(500)
        };
        whole(function.get(ALL_OF_MANY));
    }
    assert_eq!(proxy.opened(), 1);
    assert_eq!(
        shop.sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"),
        "0"
    );
}
