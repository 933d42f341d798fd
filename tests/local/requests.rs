//! How requests are answered.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::server::{Folder, Server};

#[test]
fn requests_of_one_connection_are_answered_at_once() {
    let folder = Folder::with(
        "CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT);
         INSERT INTO T VALUES (1, replace(hex(zeroblob(100000)), '0', 'x'))",
    );
    let server = Server::over(&folder, &[]);
    let mut client = server.client();
    for target in ["/health", "/table/Test.T"] {
        let times = (0..20).map(|_| {
            let started = Instant::now();
            assert_eq!(client.get(target).status, 200);
            started.elapsed()
        });
        // An end that waits for the beginning to be acknowledged would cost each of them 40 ms.
        let fastest = times.min().unwrap();
        assert!(fastest < Duration::from_millis(30), "{target}: {fastest:?}");
    }
}

#[test]
fn pages_of_megabytes_come_whole() {
    let rows: String = ('a'..='e')
        .map(|letter| {
            format!(
                "INSERT INTO Long (V) VALUES (replace(hex(zeroblob(450000)), '0', '{letter}'));"
            )
        })
        .collect();
    let folder =
        Folder::with(&format!("CREATE TABLE Long (ID INTEGER PRIMARY KEY, V TEXT); {rows}"));
    let server = Server::over(&folder, &[]);
    thread::scope(|scope| {
        for stays in [true, true, false, false] {
            let server = &server.host;
            scope.spawn(move || {
                let mut client = Client::new(server);
                for _ in 0..5 {
                    let page = client.get("/table/Test.Long").json();
                    for (row, letter) in page["rows"].as_array().unwrap().iter().zip('a'..='e') {
                        assert_eq!(row["V"].as_str().unwrap(), letter.to_string().repeat(900_000));
                    }
                    assert_eq!(page["rows"].as_array().unwrap().len(), 5);
                    if !stays {
                        client = Client::new(server);
                    }
                }
            });
        }
    });
}

#[test]
fn a_path_stays_encoded_and_says_which_function_answers() {
    let folder = Folder::with(
        r#"CREATE TABLE "a/b?#" (ID INTEGER PRIMARY KEY); INSERT INTO "a/b?#" VALUES (7)"#,
    );
    let server = Server::over(&folder, &[]);
    let mut client = server.client();
    for target in
        ["/table/Test.a%2Fb%3F%23?ID=7", "http://other.example/table/Test.a%2Fb%3F%23?ID=7"]
    {
        assert_eq!(client.get(target).json()["rows"][0]["ID"], 7, "{target}");
    }
    for (target, kind) in [
        ("/table", "unknown-address"),
        ("/table/", "unknown-address"),
        ("/table/T", "unknown-table"),
    ] {
        let answer = client.get(target).json();
        assert!(answer["type"].as_str().unwrap().ends_with(kind), "{target}: {answer}");
    }
    let head = "Host: desk.example:9000\r\nAccept: text/html\r\nX-Forwarded-Proto: https";
    client.send(format!("GET /docs HTTP/1.1\r\n{head}\r\n\r\n").as_bytes());
    let docs = String::from_utf8(client.answer(true).body).unwrap().replace("&#x2f;", "/");
    assert!(
        docs.contains("http://desk.example:9000/openapi.json"),
        "an address is not as the client sees it"
    );
}

#[test]
fn head_tells_the_headers_of_get_and_the_connection_goes_on() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[]);
    let mut client = server.client();
    let get = client.get("/table/Test.T");
    let head = client.ask("HEAD", "/table/Test.T");
    assert_eq!((head.status, &head.headers["etag"]), (200, &get.headers["etag"]));
    // Of a HEAD only the function knows how long the body would be.
    assert_eq!(head.headers.get("content-length"), None);
    client.send(b"POST /table/Test.T HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(client.answer(true).status, 405);
    client.send(
        format!(
            "GET /table/Test.T HTTP/1.1\r\nHost: h\r\nIf-None-Match: {}\r\n",
            get.headers["etag"]
        )
        .as_bytes(),
    );
    client.send(b"Accept: application/json\r\n\r\n");
    let unchanged = client.answer(false);
    assert_eq!((unchanged.status, unchanged.headers.get("content-length")), (304, None));
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn too_much_or_no_http_is_refused() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[]);
    let long = "x".repeat(10_240);
    for (request, status) in [
        (format!("GET /?{long} HTTP/1.1\r\nHost: h\r\n\r\n"), 414),
        (format!("GET / HTTP/1.1\r\nHost: h\r\nA: {long}\r\n\r\n"), 431),
        ("GET / HTTP/1.1\r\nHost: h\r\nNo header\r\n\r\n".to_owned(), 400),
        ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(), 400),
        ("Hello\r\n\r\n".to_owned(), 400),
    ] {
        let mut client = server.client();
        client.send(request.as_bytes());
        assert_eq!(client.answer(true).status, status, "{}", request.get(..60).unwrap_or(&request));
    }
    let mut client = server.client();
    client.send(
        format!("GET /health HTTP/1.1\r\nHost: h\r\nA: {}\r\n\r\n", &long[..10_000]).as_bytes(),
    );
    assert_eq!(client.answer(true).status, 200);
}
