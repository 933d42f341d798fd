//! What a client gets over HTTP.

use std::thread;

use serde_json::json;

use crate::client::Client;
use crate::server::{Folder, Server};

/// Bytes of request line and headers together that the gateway takes.
const MOST_HEAD: usize = 10_240;

#[test]
fn pages_of_megabytes_come_whole_to_several_clients_at_once() {
    let folder = Folder::new();
    let letters = ["a", "b", "c", "d", "e"];
    let rows = (1..).zip(letters).map(|(row, letter)| {
        format!("INSERT INTO Long VALUES ({row}, replace(hex(zeroblob(450000)), '0', '{letter}'));")
    });
    let table = "CREATE TABLE Long (ID INTEGER PRIMARY KEY, V TEXT);";
    folder.database("Big", &format!("{table} {}", rows.collect::<String>()));
    let server = Server::over(&folder, &[]);
    let row = |(row, letter): (i64, &str)| json!({"ID": row, "V": letter.repeat(900_000)});
    let expected: Vec<_> = (1..).zip(letters).map(row).collect();
    thread::scope(|scope| {
        for reuses in [true, true, false, false] {
            let (expected, server) = (&expected, &server);
            scope.spawn(move || {
                let mut client = Client::to(server.port);
                for _ in 0..5 {
                    let answer = client.get("/table/Big.Long");
                    assert_eq!(answer.status, 200);
                    assert!(answer.json()["rows"].as_array() == Some(expected), "other rows");
                    if !reuses {
                        client = Client::to(server.port);
                    }
                }
            });
        }
    });
}

#[test]
fn paths_and_queries_come_to_the_functions_as_they_were_sent() {
    let folder = Folder::with_tables();
    folder.database("Odd", "CREATE TABLE \"50% R&D/Köln #7\" (ID INTEGER PRIMARY KEY, \"a b\" TEXT);");
    let server = Server::over(&folder, &[]);
    for (target, status) in [
        ("/table/Odd.50%25%20R%26D%2FK%C3%B6ln%20%237?a%20b=%20+%26", 200),
        ("/table/Odd.50%25%20R%26D%2FK%C3%B6ln%20%237?b=1", 400),
        ("http://other.example/table/Test.T?ID=1", 200),
        ("/table/Test.None", 404),
        ("/table/", 404),
        ("//x", 404),
    ] {
        assert_eq!(server.get(target).status, status, "{target}");
    }
}

#[test]
fn a_connection_takes_one_request_after_the_other() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[]);
    let mut client = Client::to(server.port);
    client.send(b"HEAD /table/Test.T HTTP/1.1\r\nHost: h\r\n\r\n");
    let head = client.answer(false);
    assert_eq!((head.status, head.header("content-length")), (200, None));
    let etag = client.get("/table/Test.T").header("etag").unwrap().to_owned();
    let headers = format!("Host: h\r\nAccept: application/json\r\nIf-None-Match: {etag}");
    client.send(format!("GET /table/Test.T HTTP/1.1\r\n{headers}\r\n\r\n").as_bytes());
    assert_eq!(client.answer(false).status, 304);
    client.send(b"POST /table/Test.T HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(client.answer(true).status, 405);
    client.send(b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer(true).status, 200);
    assert!(client.is_at_end());
}

#[test]
fn addresses_in_answers_are_those_that_the_client_sees() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[]);
    let mut client = Client::to(server.port);
    client.send(b"GET /openapi.json HTTP/1.1\r\nHost: desk.example:9000\r\nX-Forwarded-Proto: https\r\n\r\n");
    let description = client.answer(true).json();
    assert_eq!(description["servers"][0]["url"], "http://desk.example:9000");
}

#[test]
fn too_much_or_no_http_is_refused_as_the_gateway_does() {
    let folder = Folder::with_tables();
    let server = Server::over(&folder, &[]);
    let long = "x".repeat(MOST_HEAD);
    for (request, status) in [
        (format!("GET /?{long} HTTP/1.1\r\n\r\n"), 414),
        (format!("GET /?{} HTTP/1.1\r\n\r\n", long.repeat(10)), 414),
        (format!("GET / HTTP/1.1\r\nA: {long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(2_000)), 431),
        ("POST / HTTP/1.1\r\nContent-Length: 10000001\r\n\r\n".into(), 413),
        ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nNo header\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n".into(), 400),
        ("Hello\r\n\r\n".into(), 400),
        ("OPTIONS * HTTP/1.1\r\n\r\n".into(), 400),
    ] {
        let mut client = Client::to(server.port);
        client.send(request.as_bytes());
        let answer = client.answer(true);
        assert_eq!(answer.status, status, "{:?}", &request[..request.len().min(60)]);
    }
    assert_eq!(server.get(&format!("/?{long}")).json(), json!({"message": "URI Too Long"}));
    // One that is just short enough comes to the function, which has a limit of its own.
    let answer = server.get(&format!("/health?_format={}", "x".repeat(MOST_HEAD - 100)));
    assert!(answer.header("content-type").unwrap().contains("problem"), "{:?}", answer.headers);
}
