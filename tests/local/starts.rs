//! What the server says and writes when it starts.

use std::fs;
use std::net::TcpListener;

use serde_json::Value;
use tests::skip::skipped;

use crate::server::{Folder, Server};

#[test]
fn without_a_database_the_demo_is_made_and_served() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let demo = folder.join("target/demo");
    let base = format!("http://{}", server.host);
    assert!(server.has_said(&format!("Open {base}/ for the tables of sqlite:{}", demo.display())));
    assert!(server.has_said(&format!("{base}/table/Bank.Account for the rows of one")));
    let rows = server.get("/table/Bank.Account?_size=3").json()["rows"].as_array().unwrap().len();
    assert_eq!(rows, 3);
    drop(server);
    let made = fs::metadata(demo.join("Bank.db")).unwrap().modified().unwrap();
    let server = Server::start(&folder, &[("PUBLISHED_TABLES", "Bank.Card")]);
    assert_eq!(fs::metadata(demo.join("Bank.db")).unwrap().modified().unwrap(), made, "made again");
    assert!(!server.has_said("for the rows of one"), "it is not published");
    assert_eq!(server.get("/").json()["tables"].as_array().unwrap().len(), 1);
}

#[test]
fn a_relative_folder_is_served() {
    let folder = Folder::small();
    let settings = [("DATABASE_URL", "sqlite:."), ("PUBLISHED_TABLES", "Test.*")];
    let server = Server::start(&folder, &settings);
    assert!(server.has_said(&format!("for the tables of {}", folder.url())), "{:?}", server.said);
    assert_eq!(server.get("/table/Test.T").json()["rows"][0]["V"], "one");
}

#[test]
fn what_is_amiss_is_said_though_it_serves() {
    let folder = Folder::small();
    let url = "postgres://reader:p%40ss@127.0.0.1:1/base";
    let server = Server::start(&folder, &[("DATABASE_URL", url)]);
    assert!(server.has_said("for the tables of postgres://127.0.0.1:1/base"), "{:?}", server.said);
    assert!(server.has_said("PUBLISHED_TABLES is empty"));
    assert!(server.has_said("/health?deep=1 reports a fault (503)"));
    assert!(!server.has_said("ss@"), "a password: {:?}", server.said);
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn a_file_that_is_left_out_is_said_once() {
    let folder = Folder::small();
    fs::write(folder.join("Notes.db"), "no database, but long enough to be one ".repeat(100))
        .unwrap();
    let server = Server::over(&folder, &[]);
    assert_eq!(server.get("/table/Test.T").status, 200);
    assert!(server.log(&folder).matches("Notes.db").count() > 1, "an instance does not say it");
    let file = folder.join("Notes.db").display().to_string();
    let said = server.all_said();
    let about: Vec<_> = said.iter().filter(|line| line.contains(&file)).collect();
    assert!(about.len() == 1 && !about[0].starts_with('{'), "{said:?}");
}

#[test]
fn every_request_is_a_line_of_the_log() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[]);
    server.get("/table/Test.T");
    let shown = server.get("/table/Test.Unknown").json()["requestId"].clone();
    let log = server.log(&folder);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |status: u64| lines.iter().filter(move |line| line["status"] == status);
    assert!(of(200).any(|line| line["table"] == "Test.T" && line["method"] == "GET"), "{log}");
    assert!(of(404).any(|line| line["request_id"] == shown), "{shown}: {log}");
    let mut ids: Vec<_> = lines.iter().filter_map(|line| line["request_id"].as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id twice: {log}");
}

#[test]
fn it_listens_on_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        skipped("the local server on IPv6", "this machine has none");
        return;
    }
    let folder = Folder::small();
    for host in ["::1", "::"] {
        let server = Server::over(&folder, &[("HOST", host)]);
        assert!(server.host.starts_with("[::1]:"), "{}", server.host);
        assert_eq!(server.get("/table/Test.T").status, 200);
    }
}
