//! The connection to IRIS breaks, or nothing comes any more.

use std::time::{Duration, Instant};

use tests::function::Function;
use tests::iris::Iris;
use tests::port;
use tests::proxy::{End, Proxy};
use tests::wait;

use crate::clinic::{function, logins, rows, settings, start};
use crate::shop::{TABLE, ended_after, ends_in_time, too_slow, unavailable, with};

const ALL_OF_MANY: &str = "/table/Test.Many?_size=5000";

/// The double's messages with rows are smaller than this, so that there are many of them.
const SMALL: [&str; 2] = ["--batch-bytes", "4000"];

/// Bytes of the answer to it that are surely neither its beginning nor its end.
const IN_MID_FETCH: usize = 20_000;

fn through_proxy(iris: &Iris) -> (Proxy, Function) {
    let proxy = Proxy::to(iris.port());
    let function = function(TABLE, &settings(iris, proxy.port())).ready();
    (proxy, function)
}

/// All rows of `Test.Many` come, each once and in order.
fn whole(function: &Function) {
    let ids: Vec<u64> =
        rows(function.get(ALL_OF_MANY)).iter().map(|row| row["ID"].as_u64().unwrap()).collect();
    assert!(ids == (1..=5_000).collect::<Vec<_>>(), "{} rows: {ids:?}", ids.len());
}

/// To the driver it looks like success: rows that came before come again, as if they were new.
#[test]
fn a_line_cut_within_the_rows_is_not_seen_in_the_answer() {
    let Some(iris) = start(&SMALL) else { return };
    let (proxy, function) = through_proxy(&iris);
    whole(&function);
    // What the driver takes for rows depends on where it is cut.
    let cuts = [3_000, 12_500, 15_000, IN_MID_FETCH, 24_000, 40_000]
        .map(|bytes| [(bytes, End::Close), (bytes, End::Reset)]);
    for (count, (bytes, end)) in cuts.into_iter().flatten().enumerate() {
        proxy.cut_after(bytes, end);
        whole(&function);
        assert!(proxy.has_come());
        assert_eq!(proxy.opened(), 2 + count, "one connection more for each cut");
    }
}

#[test]
fn a_line_cut_within_a_stream_is_not_seen_in_the_answer() {
    let Some(iris) = start(&[]) else { return };
    let (proxy, function) = through_proxy(&iris);
    let address = "/table/Test.Types/row?ID=5";
    let expected = function.get(address).expect(200).body;
    assert!(expected.len() > 100_000);
    for end in [End::Close, End::Reset] {
        proxy.cut_after(IN_MID_FETCH, end);
        let answer = function.get(address);
        assert!(answer.status == 200 && answer.body == expected, "{}", function.log());
        assert!(proxy.has_come());
    }
}

#[test]
fn a_statement_is_retried_once() {
    for switches in [["--drop-on", "DQ"].as_slice(), &["--drop-on", "DQ", "--drop-reset"]] {
        let Some(iris) = start(switches) else { return };
        let function = function(TABLE, &settings(&iris, iris.port())).ready();
        for requests in 1..=2 {
            unavailable(function.get("/table/Test.Person"), "10");
            assert_eq!(logins(&iris), 2 * requests);
        }
    }
}

#[test]
fn rows_that_never_come_to_their_end_are_503() {
    // Small results come whole with the first message.
    for switches in [["--drop-on", "FD"].as_slice(), &["--drop-on", "FD", "--drop-reset"]] {
        let Some(iris) = start(&[switches, &SMALL].concat()) else { return };
        let function = function(TABLE, &settings(&iris, iris.port())).ready();
        assert_eq!(rows(function.get("/table/Test.Composite")).len(), 9);
        unavailable(function.get(ALL_OF_MANY), "10");
    }
}

/// Between a later message and the next one the driver does not survive the break: what it throws
/// is more than C or Rust can catch. Then the process ends, as after a crash, and Lambda starts
/// another. What must not be is an answer with rows that came before, or that lacks some.
#[test]
fn a_line_cut_between_messages_is_never_a_wrong_answer() {
    for messages in ["5", "6", "7", "9"] {
        let Some(iris) = start(&[["--drop-after", messages].as_slice(), &SMALL].concat()) else {
            return;
        };
        let function = function(TABLE, &settings(&iris, iris.port())).ready();
        match function.ask(ALL_OF_MANY).answer_or_end() {
            Some(answer) => unavailable(answer, "10"),
            None => assert!(!function.ended().success()),
        }
    }
}

#[test]
fn a_connection_lost_while_idle_is_opened_again() {
    let Some(iris) = start(&[]) else { return };
    let (proxy, function) = through_proxy(&iris);
    for (count, end) in [End::Close, End::Reset].into_iter().enumerate() {
        proxy.cut(end);
        function.get("/table/Test.Person").expect(200);
        assert_eq!(proxy.opened(), 2 + count);
    }
}

#[test]
fn a_server_that_is_not_there_is_503_and_once_back_serves_the_same_instance() {
    let Some(iris) = start(&[]) else { return };
    let port = port::free();
    let function = function(TABLE, &settings(&iris, port)).ready();
    unavailable(function.get("/table/Test.Person"), "10");
    let proxy = Proxy::on(port, iris.port());
    function.get("/table/Test.Person").expect(200);
    drop(proxy);
    unavailable(function.get("/table/Test.Composite"), "10");
    let _proxy = Proxy::on(port, iris.port());
    function.get("/table/Test.Composite").expect(200);
}

#[test]
fn a_silent_server_is_504_in_time_and_the_next_request_has_a_new_connection() {
    let Some(iris) = start(&[]) else { return };
    let proxy = Proxy::to(iris.port());
    let settings = with(&settings(&iris, proxy.port()), "QUERY_TIMEOUT_SECONDS", "2");
    let function = function(TABLE, &settings).ready();
    proxy.silence();
    let started = Instant::now();
    too_slow(function.get("/table/Test.Person"));
    assert!(
        started.elapsed() >= Duration::from_secs(2) && started.elapsed() < Duration::from_secs(15)
    );
    proxy.forward();
    function.get("/table/Test.Person").expect(200);
    assert_eq!(proxy.opened(), 2);
}

#[test]
fn a_silent_server_at_login_is_503_within_the_login_limit() {
    let Some(iris) = start(&[]) else { return };
    let proxy = Proxy::to(iris.port());
    proxy.silence();
    let settings = with(&settings(&iris, proxy.port()), "LOGIN_TIMEOUT_SECONDS", "2");
    let function = function(TABLE, &with(&settings, "QUERY_TIMEOUT_SECONDS", "28")).ready();
    let started = Instant::now();
    unavailable(function.get("/table/Test.Person"), "10");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    proxy.cut(End::Close);
    proxy.forward();
    function.get("/table/Test.Person").expect(200);
}

/// The driver waits for ever: it asks the server to keep to the limit, and believes it.
#[test]
fn after_three_statements_that_never_came_back_it_ends_by_itself() {
    let Some(iris) = start(&["--delay", "600", "--delay-on", "DQ"]) else { return };
    let settings = with(&settings(&iris, iris.port()), "QUERY_TIMEOUT_SECONDS", "1");
    let function = function(TABLE, &settings).ready();
    for _ in 0..3 {
        too_slow(function.get("/table/Test.Person"));
    }
    assert!(function.ended().success());
    assert!(function.log().contains("never came back from the driver"), "{}", function.log());
}

#[test]
fn a_slow_server_is_only_slow() {
    let Some(iris) = start(&["--delay", "0.1"]) else { return };
    let function = function(TABLE, &settings(&iris, iris.port())).ready();
    whole(&function);
    assert_eq!(logins(&iris), 1);
}

#[test]
fn asked_to_end_it_disconnects() {
    let Some(iris) = start(&[]) else { return };
    let function = function(TABLE, &settings(&iris, iris.port())).ready();
    function.get("/table/Test.Person").expect(200);
    function.terminate();
    assert!(function.ended().success());
    wait::until("the driver's goodbye", || iris.log().contains("<- DC"));
}

#[test]
fn asked_to_end_it_does_not_wait_for_a_statement_that_hangs() {
    let Some(iris) = start(&["--delay", "600", "--delay-on", "DQ"]) else { return };
    ends_in_time(|| {
        let before = iris.log().matches("<- DQ").count();
        let function = function(TABLE, &settings(&iris, iris.port())).ready();
        ended_after(&function, "/table/Test.Person", || {
            iris.log().matches("<- DQ").count() > before
        })
    });
}
