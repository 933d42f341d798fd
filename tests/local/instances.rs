//! How many requests are answered at once, and what becomes of an instance that cannot go on.

use std::thread::{self, JoinHandle};

use tests::postgres::{PASSWORD, Postgres, SUPERUSER};
use tests::proxy::Proxy;
use tests::wait;

use crate::client::Client;
use crate::server::{Folder, Server};

/// A view that is counted for ever, and a table beside it.
const SLOW: &str = "CREATE TABLE T (ID INTEGER PRIMARY KEY); INSERT INTO T VALUES (1);
    CREATE VIEW Slow AS WITH RECURSIVE N (I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N)
    SELECT count(*) AS Number FROM N";

/// A request to [`SLOW`]'s view, which ends at its deadline; asked again while it is refused.
fn slow(server: &Server) -> JoinHandle<u16> {
    let host = server.host.clone();
    let ask = move || Client::new(&host).get("/table/Test.Slow").status;
    thread::spawn(move || {
        wait::until_some("an answer", || Some(ask()).filter(|status| *status != 503))
    })
}

#[test]
fn a_request_waits_while_all_instances_are_busy() {
    let folder = Folder::with(SLOW);
    let settings = [("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "2")];
    let server = Server::over(&folder, &settings);
    let many: Vec<_> = (0..3).map(|_| slow(&server)).collect();
    // The index function has instances of its own.
    assert_eq!(server.get("/").status, 200);
    assert!(many.into_iter().all(|asked| asked.join().unwrap() == 504));
    assert_eq!(server.get("/table/Test.T").status, 200);
}

#[test]
fn without_a_queue_a_request_is_refused_as_the_gateway_does() {
    let folder = Folder::with(SLOW);
    let settings = [("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "5"), ("QUEUE", "no")];
    let server = Server::over(&folder, &settings);
    let asked = slow(&server);
    let refused = wait::until_some("a request that is refused", || {
        Some(server.get("/table/Test.T")).filter(|answer| answer.status != 200)
    });
    assert_eq!(refused.status, 503);
    assert_eq!(refused.body, b"{\"message\":\"Service Unavailable\"}");
    let mut names: Vec<_> = refused.headers.keys().map(String::as_str).collect();
    names.retain(|name| !["date", "content-length"].contains(name));
    assert_eq!(names, ["content-type"], "none of the function's, and no Retry-After");
    assert_eq!(server.get("/").status, 200, "the index function is free");
    assert_eq!(asked.join().unwrap(), 504);
    wait::until("a free instance", || server.get("/table/Test.T").status == 200);
}

#[test]
fn another_instance_answers_while_one_is_busy() {
    let folder = Folder::with(SLOW);
    let settings = [("INSTANCES", "2"), ("QUERY_TIMEOUT_SECONDS", "5"), ("QUEUE", "no")];
    let server = Server::over(&folder, &settings);
    let one = slow(&server);
    assert_eq!(server.get("/table/Test.T").status, 200);
    let other = slow(&server);
    wait::until("two busy instances", || server.get("/table/Test.T").status == 503);
    assert_eq!([one, other].map(|asked| asked.join().unwrap()), [504, 504]);
}

#[test]
fn a_client_that_goes_does_not_end_what_it_asked_for() {
    let folder = Folder::with(SLOW);
    let settings = [("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "2"), ("QUEUE", "no")];
    let server = Server::over(&folder, &settings);
    // A request that is not yet read when its client goes never begins: the client stays until the
    // instance is busy.
    let client = wait::until_some("a request that has begun", || {
        let mut client = server.client();
        client.send(b"GET /table/Test.Slow HTTP/1.1\r\nHost: h\r\n\r\n");
        (server.get("/table/Test.T").status == 503).then_some(client)
    });
    drop(client);
    wait::until("its answer in the log", || server.log(&folder).contains("\"status\":504"));
    wait::until("a free instance", || server.get("/table/Test.T").status == 200);
}

#[test]
fn queries_without_end_do_not_wear_an_instance_out() {
    let folder = Folder::with(SLOW);
    let server = Server::over(&folder, &[("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "1")]);
    for _ in 0..4 {
        assert_eq!(server.get("/table/Test.Slow").status, 504);
    }
    assert_eq!(server.get("/table/Test.T").status, 200);
    assert!(!server.log(&folder).contains("worn out"), "{}", server.log(&folder));
}

#[test]
fn a_worn_out_instance_is_replaced() {
    let Some(postgres) = Postgres::shared() else { return };
    postgres.sql("postgres", "CREATE TABLE worn (id integer PRIMARY KEY)");
    let proxy = Proxy::to(postgres.port());
    let url = format!("postgres://{SUPERUSER}:{PASSWORD}@127.0.0.1:{}/postgres", proxy.port());
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("PUBLISHED_TABLES", "public.*"),
        ("INSTANCES", "1"),
        ("QUERY_TIMEOUT_SECONDS", "1"),
        // Longer than all three requests: none of their threads may come back meanwhile.
        ("LOGIN_TIMEOUT_SECONDS", "10"),
    ];
    let folder = Folder::new();
    let server = Server::start(&folder, &settings);
    assert_eq!(server.get("/table/public.worn").status, 200);
    proxy.silence();
    for _ in 0..3 {
        assert_eq!(server.get("/table/public.worn").status, 504);
    }
    server.until("an instance of table is worn out");
    proxy.forward();
    assert_eq!(server.get("/table/public.worn").status, 200);
}
