//! PostgreSQL, or the line to it, takes its time.

use std::time::{Duration, Instant};

use tests::port;
use tests::postgres::Postgres;
use tests::proxy::{End, Proxy};
use tests::wait;

use crate::shop::{FOR_EVER, Shop, TABLE, encoded, too_slow, unavailable, with};

/// Far more than the limits of these tests, far less than the waits that they replace.
const SOON: Duration = Duration::from_secs(15);

#[test]
fn a_line_silent_within_a_query_is_504_in_time_and_the_next_request_has_a_new_connection() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    let settings = with(&shop.settings(proxy.port()), "QUERY_TIMEOUT_SECONDS", "3");
    let function = shop.start(TABLE, &settings).ready();
    function.get("/table/shop.item").expect(200);
    proxy.silence();
    let started = Instant::now();
    too_slow(function.get("/table/shop.item"));
    assert!(
        started.elapsed() >= Duration::from_secs(3) && started.elapsed() < SOON,
        "{:?}",
        started.elapsed()
    );
    let silent = shop.backends();
    proxy.forward();
    function.get("/table/shop.item").expect(200);
    assert_eq!(proxy.opened(), 2);
    // The thread that was given up has its answer now, and closes its connection.
    wait::until("the end of the connection that was given up", || {
        let open = shop.backends();
        open.len() == 1 && open != silent
    });
}

#[test]
fn a_line_silent_at_login_is_503_within_the_login_limit() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    proxy.silence();
    let settings = with(&shop.settings(proxy.port()), "LOGIN_TIMEOUT_SECONDS", "2");
    let function = shop.start(TABLE, &with(&settings, "QUERY_TIMEOUT_SECONDS", "28")).ready();
    let started = Instant::now();
    unavailable(function.get("/table/shop.item"), "10");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    // A connection that waits at the proxy must not become a login after its client is gone.
    proxy.cut(End::Close);
    proxy.forward();
    function.get("/table/shop.item").expect(200);
}

#[test]
fn a_server_that_is_not_there_is_503() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let login = format!("postgres://{}:{}@", shop.reader, encoded(&shop.password));
    for address in [format!("127.0.0.1:{}", port::free()), "nohost.invalid:5432".to_owned()] {
        // A resolver that does not answer takes longer than the usual limit.
        let settings =
            with(&shop.with_url(format!("{login}{address}/shop")), "QUERY_TIMEOUT_SECONDS", "28");
        let function =
            shop.start(TABLE, &settings).never_says_to_clients(&[&address, "nohost"]).ready();
        unavailable(function.get("/table/shop.item"), "10");
        unavailable(function.get("/table/shop.item"), "10");
    }
}

#[test]
fn a_statement_over_its_time_is_504_and_ended_on_the_server() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let settings = with(&shop.settings(server.port()), "QUERY_TIMEOUT_SECONDS", "2");
    let function = shop.start(TABLE, &settings).ready();
    shop.pace(FOR_EVER);
    // More often than an instance may lose threads to its driver: these all come back.
    for _ in 0..4 {
        let asked = function.ask("/table/shop.slow");
        let pid = shop.sleeping();
        too_slow(asked.answer());
        wait::until("the end of the statement", || !shop.backends().contains(&pid));
    }
    function.get("/table/shop.item").expect(200);
}

#[test]
fn a_slow_line_is_only_slow() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let proxy = Proxy::to(server.port());
    proxy.delay(Duration::from_millis(30));
    let function = shop.start(TABLE, &shop.settings(proxy.port())).ready();
    function.get("/table/shop.many?_size=1000").expect(200);
    assert_eq!(proxy.opened(), 1);
}
