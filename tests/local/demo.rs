//! The demo, which is served where no database is named.

use std::fs;

use crate::client::Client;
use crate::server::{Folder, PROGRAM, Server, command};

#[test]
fn without_a_database_the_demo_is_made_and_served() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[("PORT", "0")]);
    let base = format!("http://127.0.0.1:{}", server.port);
    let said = server.said.join("\n");
    for words in [
        format!("Open {base}/ for the tables of sqlite:/"),
        format!("{base}/table/Bank.Account for the rows of one"),
        format!("Log: target/run/{}.log", server.port),
    ] {
        assert!(said.contains(&words), "{said}");
    }
    let mut client = Client::to(server.port);
    let tables = [("Customer", 500), ("Account", 160), ("Movement", 12_400), ("ExchangeRate", 1_080), ("Archive", 0)];
    for (table, rows) in tables {
        let answer = client.get(&format!("/table/Bank.{table}?_size=1&_count=exact"));
        assert_eq!((answer.status, &answer.json()["total"]), (200, &rows.into()), "{table}");
    }
    assert!(server.log().contains("\"table\":\"Bank.Movement\""), "{}", server.log());
}

#[test]
fn a_database_of_ones_own_without_patterns_says_so() {
    let folder = Folder::with_tables();
    let url = folder.url();
    let server = Server::start(&folder, &[("PORT", "0"), ("DATABASE_URL", &url)]);
    assert!(server.said.iter().any(|line| line.contains("PUBLISHED_TABLES is empty")), "{:#?}", server.said);
}

#[test]
fn a_relative_folder_is_one_of_the_folder_in_which_it_is_started() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("data")).unwrap();
    folder.database("data/Test", "CREATE TABLE T (ID INTEGER PRIMARY KEY);");
    let database = [("DATABASE_URL", "sqlite:data"), ("PUBLISHED_TABLES", "Test.*")];
    let server = Server::start(&folder, &[&database[..], &[("PORT", "0"), ("HOST", "localhost")]].concat());
    assert_eq!(server.get("/table/Test.T").status, 200);
}

#[test]
fn the_demo_is_the_same_every_time_and_made_once() {
    let folder = Folder::new();
    let made = |name: &str| {
        let output = command(PROGRAM, &folder.0, &[]).args(["--demo", name]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(made("one/deep"), "Made the demo data: one/deep/Bank.db\n");
    assert_eq!(made("one/deep"), "");
    made("other");
    let bytes = |name: &str| fs::read(folder.0.join(name).join("Bank.db")).unwrap();
    assert!(bytes("one/deep") == bytes("other"), "the files differ");
    fs::write(folder.0.join("other/Bank.db"), "half a file").unwrap();
    made("other");
    assert!(bytes("one/deep") == bytes("other"), "half a file is left");
    assert_eq!(fs::read_dir(folder.0.join("other")).unwrap().count(), 1, "something is left beside it");
}
