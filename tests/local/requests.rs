//! How requests are answered.

use std::thread;
use std::time::{Duration, Instant};

use tests::wait;

use crate::client::Client;
use crate::server::{Folder, Server};

/// A view that is counted for ever, and a table beside it.
const SLOW: &str = "CREATE TABLE T (ID INTEGER PRIMARY KEY); INSERT INTO T VALUES (1);
    CREATE VIEW Slow AS WITH RECURSIVE N (I) AS (SELECT 1 UNION ALL SELECT I + 1 FROM N)
    SELECT count(*) AS Number FROM N";

/// A request to [`SLOW`]'s view, which ends at its deadline.
fn slow(server: &Server) -> thread::JoinHandle<u16> {
    let host = server.host.clone();
    thread::spawn(move || Client::new(&host).get("/table/Test.Slow").status)
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
        .map(|letter| format!("INSERT INTO Long (V) VALUES (replace(hex(zeroblob(450000)), '0', '{letter}'));"))
        .collect();
    let folder = Folder::with(&format!("CREATE TABLE Long (ID INTEGER PRIMARY KEY, V TEXT); {rows}"));
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
    let folder = Folder::with(r#"CREATE TABLE "a/b?#" (ID INTEGER PRIMARY KEY); INSERT INTO "a/b?#" VALUES (7)"#);
    let server = Server::over(&folder, &[]);
    let mut client = server.client();
    for target in ["/table/Test.a%2Fb%3F%23?ID=7", "http://other.example/table/Test.a%2Fb%3F%23?ID=7"] {
        assert_eq!(client.get(target).json()["rows"][0]["ID"], 7, "{target}");
    }
    for (target, kind) in [("/table", "unknown-path"), ("/table/", "unknown-path"), ("/table/T", "unknown-table")] {
        let answer = client.get(target).json();
        assert!(answer["type"].as_str().unwrap().ends_with(kind), "{target}: {answer}");
    }
    let description = client.get("/openapi.json").json();
    assert_eq!(description["servers"][0]["url"], "http://tables.example.org");
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
        format!("GET /table/Test.T HTTP/1.1\r\nHost: h\r\nIf-None-Match: {}\r\n", get.headers["etag"]).as_bytes(),
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
    assert_eq!(server.get(&format!("/health?{}", "x".repeat(8_000))).status, 400, "a parameter it does not know");
}
