//! How many requests are answered at once, and what becomes of an instance that cannot go on.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use tests::postgres::{PASSWORD, Postgres, SUPERUSER};
use tests::proxy::Proxy;
use tests::wait;

use crate::client::Client;
use crate::server::{Folder, Server};

const SLOW: &[u8] = b"GET /table/Test.Slow HTTP/1.1\r\nHost: h\r\n\r\n";

#[test]
fn without_a_queue_what_finds_no_instance_is_refused_at_once() {
    let folder = Folder::with_tables();
    let settings = [("INSTANCES", "1"), ("QUEUE", "no"), ("QUERY_TIMEOUT_SECONDS", "28")];
    let server = Server::over(&folder, &settings);
    let mut slow = Client::to(server.port);
    slow.send(SLOW);
    let refused = wait::until_some("a refused request", || {
        Some(server.get("/table/Test.T")).filter(|answer| answer.status == 503)
    });
    assert_eq!(refused.json(), json!({"message": "Service Unavailable"}));
    let names: Vec<_> = refused.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", "content-length", "date"], "none of ours");
    // The other function has instances of its own.
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn with_a_queue_it_waits_for_an_instance() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "2")]);
    let mut slow = Client::to(server.port);
    slow.send(SLOW);
    wait::until("a request that had to wait", || {
        let asked = Instant::now();
        assert_eq!(server.get("/table/Test.T").status, 200);
        asked.elapsed() > Duration::from_secs(1)
    });
    assert_eq!(slow.answer(true).status, 504);
}

#[test]
fn another_instance_answers_while_one_is_busy() {
    let folder = Folder::with_tables();
    let settings = [("INSTANCES", "2"), ("QUEUE", "no"), ("QUERY_TIMEOUT_SECONDS", "28")];
    let server = Server::over(&folder, &settings);
    let (mut one, mut other) = (Client::to(server.port), Client::to(server.port));
    one.send(SLOW);
    assert_eq!(server.get("/table/Test.T").status, 200);
    other.send(SLOW);
    wait::until("two busy instances", || server.get("/table/Test.T").status == 503);
}

#[test]
fn a_client_that_goes_does_not_end_what_it_asked_for() {
    let folder = Folder::with_tables();
    let settings = [("INSTANCES", "1"), ("QUEUE", "no"), ("QUERY_TIMEOUT_SECONDS", "2")];
    let server = Server::over(&folder, &settings);
    let mut slow = Client::to(server.port);
    slow.send(SLOW);
    wait::until("a busy instance", || server.get("/table/Test.T").status == 503);
    drop(slow);
    wait::until("its answer in the log", || server.log().contains("\"status\":504"));
    wait::until("a free instance", || server.get("/table/Test.T").status == 200);
}

#[test]
fn queries_without_end_do_not_wear_an_instance_out() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[("INSTANCES", "1"), ("QUERY_TIMEOUT_SECONDS", "1")]);
    for _ in 0..4 {
        assert_eq!(server.get("/table/Test.Slow").status, 504);
    }
    assert_eq!(server.get("/table/Test.T").status, 200);
    assert!(!server.log().contains("worn out"), "{}", server.log());
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
        ("PORT", "0"),
        ("INSTANCES", "1"),
        ("QUERY_TIMEOUT_SECONDS", "1"),
        ("LOGIN_TIMEOUT_SECONDS", "1"),
    ];
    let mut server = Server::start(&Folder::new(), &settings);
    assert_eq!(server.get("/table/public.worn").status, 200);
    proxy.silence();
    for _ in 0..3 {
        assert_eq!(server.get("/table/public.worn").status, 504);
    }
    server.says("an instance of table is worn out");
    proxy.forward();
    assert_eq!(server.get("/table/public.worn").status, 200);
}

#[test]
fn what_every_instance_says_at_its_start_is_said_once() {
    let folder = Folder::with_tables();
    let text = "no database, but long enough to be taken for one ".repeat(100);
    fs::write(folder.0.join("Notes.db"), text).unwrap();
    let mut server = Server::over(&folder, &[]);
    assert_eq!(server.get("/table/Test.T").status, 200);
    server.signal("TERM");
    server.says("Ended.");
    let said: Vec<_> = server.said.iter().filter(|line| line.contains("Notes.db")).collect();
    assert_eq!(said.len(), 1, "{:#?}", server.said);
    assert!(!said[0].starts_with('{'), "{said:?}");
    assert!(server.log().matches("Notes.db").count() > 1, "{}", server.log());
}
