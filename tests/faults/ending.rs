//! How an instance ends: because it is asked to, or because it is worn out.

use tests::postgres::Postgres;
use tests::proxy::Proxy;
use tests::wait;

use crate::shop::{Shop, TABLE, ended_after, ends_in_time, too_slow, with};

/// The message with which a client of PostgreSQL takes its leave. One that is merely gone does not
/// send it.
const GOODBYE: &str = "X\0\0\0\x04";

#[test]
fn asked_to_end_it_closes_its_connection() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    let function = shop.start(TABLE, &shop.settings(proxy.port())).ready();
    function.get("/table/shop.item").expect(200);
    assert_eq!((shop.backends().len(), proxy.heard(GOODBYE)), (1, 0));
    function.terminate();
    assert!(function.ended().success());
    wait::until("the end of its connection", || shop.backends().is_empty());
    assert_eq!(proxy.heard(GOODBYE), 1);
}

#[test]
fn on_lambda_it_has_an_extension_and_so_is_asked_to_end() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let settings =
        with(&shop.settings(server.port()), "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    // There it has no default.
    let settings = with(&settings, "ACCESS", "public");
    let function = shop.start(TABLE, &settings).ready();
    wait::until("its extension", || function.has_extension());
    function.get("/table/shop.item").expect(200);
    function.terminate();
    assert!(function.ended().success());
    wait::until("the end of its connection", || shop.backends().is_empty());
}

#[test]
fn asked_to_end_it_does_not_wait_for_a_server_that_is_silent() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    // The query may take 20 seconds.
    ends_in_time(|| {
        let proxy = Proxy::to(server.port());
        let function = shop.start(TABLE, &shop.settings(proxy.port())).ready();
        proxy.silence();
        // What the driver says first to the server is how long the query may take.
        ended_after(&function, "/table/shop.item", || proxy.heard("statement_timeout") > 0)
    });
}

#[test]
fn after_three_queries_that_never_came_back_it_ends_by_itself() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    let settings = with(&shop.settings(proxy.port()), "QUERY_TIMEOUT_SECONDS", "1");
    let function = shop.start(TABLE, &settings).ready();
    proxy.silence();
    for _ in 0..3 {
        assert!(!function.log().contains("The function stops"));
        too_slow(function.get("/table/shop.item"));
    }
    // Its answer came before its end, which is no failure.
    assert!(function.ended().success());
    assert!(function.log().contains("never came back from the driver"), "{}", function.log());
}

#[test]
fn queries_that_come_back_late_do_not_wear_it_out() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    let settings = with(&shop.settings(proxy.port()), "QUERY_TIMEOUT_SECONDS", "2");
    let function = shop.start(TABLE, &settings).ready();
    for _ in 0..4 {
        proxy.silence();
        too_slow(function.get("/table/shop.item"));
        proxy.forward();
        wait::until("the driver, which comes back", || shop.backends().is_empty());
        function.get("/table/shop.item").expect(200);
    }
    let log = function.killed();
    assert!(!log.contains("The function stops"), "{log}");
}
