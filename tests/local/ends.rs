//! How the server ends, and what keeps it from starting.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tests::wait;

use crate::client::Client;
use crate::server::{CHECK, Folder, PROGRAM, Server, command};

#[test]
fn every_signal_ends_it_and_frees_its_port() {
    let folder = Folder::with_tables();
    for signal in ["INT", "TERM", "HUP"] {
        let mut server = Server::over(&folder, &[]);
        // A connection that stays open does not hold it up.
        let mut client = Client::to(server.port);
        assert_eq!(client.get("/table/Test.T").status, 200);
        server.signal(signal);
        server.says("Ended.");
        assert!(server.ended().success(), "{signal}");
        TcpListener::bind(("127.0.0.1", server.port)).expect("a free port");
    }
}

#[test]
fn it_does_not_wait_for_a_query_without_end() {
    let folder = Folder::with_tables();
    let mut server = Server::over(&folder, &[("INSTANCES", "1"), ("QUEUE", "no")]);
    let mut slow = Client::to(server.port);
    slow.send(b"GET /table/Test.Slow HTTP/1.1\r\nHost: h\r\n\r\n");
    wait::until("a busy instance", || server.get("/table/Test.T").status == 503);
    let asked = Instant::now();
    server.signal("INT");
    server.says("Ended.");
    assert!(server.ended().success());
    // The query may take 20 seconds.
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert!(slow.is_at_end());
}

#[test]
fn what_keeps_it_from_starting_is_one_line() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[]);
    let (port, url) = (server.port.to_string(), folder.url());
    let in_use = format!("Port {port} is in use: end what listens there, or choose another, as in `make run PORT=");
    let database = ("DATABASE_URL", url.as_str());
    for (settings, words) in [
        (vec![database, ("PORT", port.as_str())], in_use.as_str()),
        (vec![database, ("PORT", "x")], "PORT=x will not do"),
        (vec![database, ("INSTANCES", "0")], "INSTANCES=0 will not do"),
        (vec![database, ("QUEUE", "perhaps")], "QUEUE=perhaps will not do"),
        (vec![database, ("HOST", "198.51.100.1")], "HOST=198.51.100.1 PORT=9000 cannot be listened on"),
        (vec![("DATABASE_URL", "sqlite:nowhere"), ("PORT", "0")], "there is no folder /"),
    ] {
        for program in [PROGRAM, CHECK] {
            let ended = command(program, &folder.0, &settings).output().unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert_eq!((ended.status.code(), said.lines().count(), ended.stdout.len()), (Some(1), 1, 0), "{said}");
            assert!(said.contains(words), "{said}");
        }
    }
}

#[test]
fn a_wrong_setting_of_the_functions_is_told_in_their_words() {
    let folder = Folder::with_tables();
    let url = folder.url();
    let settings = [("DATABASE_URL", url.as_str()), ("PORT", "0"), ("PAGE_SIZE", "many")];
    let ended = command(PROGRAM, &folder.0, &settings).output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), ended.stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
    assert!(said.starts_with("PAGE_SIZE: `many`"), "{said}");
}
