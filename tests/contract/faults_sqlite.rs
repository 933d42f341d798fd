//! Databases that are slow, absent, locked, or change between two requests.

use std::fs;
use std::time::{Duration, Instant};

use http::header;
use serde_json::json;
use tests::wait;

use crate::fixture::{Fixture, Schema};
use crate::harness::{Answer, Site, json_walk};

/// An answer that says: try again later.
fn unavailable(site: &Site, address: &str) -> Answer {
    let answer = site.get(address).expect(503);
    let seconds: u32 = answer.header(header::RETRY_AFTER).unwrap().parse().unwrap();
    assert!((1..=120).contains(&seconds));
    assert_eq!(answer.json()["type"], "urn:iris-tables:problem:database-unavailable");
    answer
}

fn table(schema: &Schema) {
    schema.run("CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)");
    schema.run("INSERT INTO T VALUES (1, 'one'), (2, 'two'), (3, 'three')");
}

#[test]
fn an_endless_query_is_stopped_and_the_next_request_works() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    fixture.run(
        "CREATE VIEW Slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
         SELECT count(*) AS N FROM n",
    );
    let site = fixture.site_with(&[("QUERY_TIMEOUT_SECONDS", "1")]);
    site.get(&fixture.address("T", "")).expect(200);
    // More often than an instance may lose threads: these all come back.
    for rest in ["", "?_count=exact", "?N=1", "?_sort=-N"] {
        let started = Instant::now();
        let answer = site.get(&fixture.address("Slow", rest)).expect(504);
        assert!(started.elapsed() < Duration::from_millis(2_500), "{:?}", started.elapsed());
        assert!(answer.json()["detail"].as_str().unwrap().contains("1 second"));
        let started = Instant::now();
        site.get(&fixture.address("T", "")).expect(200);
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    }
    wait::until("the end of all queries", || !site.is_worn_out());
}

#[test]
fn an_absent_folder_is_unavailable_until_it_is_there() {
    let fixture = Fixture::sqlite();
    let folder = fixture.folder().path().join("later");
    let url = format!("sqlite:{}", folder.display());
    let site = fixture.site_with(&[("DATABASE_URL", url.as_str())]);
    for address in
        ["/", "/table/Test.T", "/table/Test.T/row?ID=1", "/table/Nothing", "/health?deep=1"]
    {
        unavailable(&site, address);
    }
    site.get("/health").expect(200);
    fs::create_dir(&folder).unwrap();
    unavailable(&site, "/table/Test.T");
    table(&fixture);
    fs::copy(fixture.folder().file("Test"), folder.join("Test.db")).unwrap();
    assert_eq!(json_walk(&site, "/table/Test.T").len(), 3);
}

#[test]
fn a_file_that_comes_later_or_is_replaced_is_read() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    site.get("/table/Test.T").expect(200);
    let more = fixture.another("More");
    table(&more);
    assert_eq!(site.json("/")["tables"][0]["table"], "More.T");
    // As programs replace a file: written beside the old one, and renamed over it.
    let other = Fixture::sqlite();
    table(&other);
    other.run("UPDATE T SET V = 'new'");
    fs::rename(other.folder().file("Test"), fixture.folder().file("Test")).unwrap();
    assert_eq!(json_walk(&site, "/table/Test.T")[0]["V"], "new");
}

#[test]
fn a_locked_database_is_unavailable_until_it_is_free() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let site = fixture.site();
    site.get("/table/Test.T").expect(200);
    fixture.run("BEGIN EXCLUSIVE");
    // Within the time of a query, for every request, whether the catalogue is cached or not.
    let fresh = fixture.site_with(&[("QUERY_TIMEOUT_SECONDS", "3")]);
    for (site, address) in [(&site, "/table/Test.T"), (&fresh, "/table/Test.T?_q=o"), (&fresh, "/")]
    {
        unavailable(site, address);
    }
    fixture.run("ROLLBACK");
    for site in [&site, &fresh] {
        site.get("/table/Test.T").expect(200);
    }
}

#[test]
fn a_file_that_is_no_database_does_not_affect_others() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    fs::write(
        fixture.folder().file("Notes"),
        "This is no database, but a text that is long enough to be read as one. ".repeat(40),
    )
    .unwrap();
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    assert_eq!(json_walk(&site, "/table/Test.T").len(), 3);
    assert_eq!(site.json("/")["tables"][0]["table"], "Test.T");
}

#[test]
fn rows_that_are_still_only_in_the_wal_are_read() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let program = rusqlite::Connection::open(fixture.folder().file("Test")).unwrap();
    let mode = "PRAGMA journal_mode = WAL";
    let mode: String = program.query_row(mode, (), |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    program.execute_batch("PRAGMA wal_autocheckpoint = 0").unwrap();
    let site = fixture.site();
    for rows in 4..8 {
        program.execute(&format!("INSERT INTO T (ID) VALUES ({rows})"), ()).unwrap();
        assert_eq!(json_walk(&site, "/table/Test.T").len(), rows);
    }
}

#[test]
fn files_of_any_name_are_schemas() {
    for name in ["main", "temp", "Main"] {
        let fixture = Fixture::sqlite();
        table(&fixture);
        table(&fixture.another(name));
        let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
        assert_eq!(json_walk(&site, "/table/Test.T").len(), 3, "beside {name}.db");
    }
}

#[test]
fn more_files_than_sqlite_usually_attaches_are_read() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    for number in 0..14 {
        table(&fixture.another(&format!("Zone{number:02}")));
    }
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    assert_eq!(json_walk(&site, "/table/Test.T").len(), 3);
    assert_eq!(json_walk(&site, "/table/Zone13.T").len(), 3);
    assert_eq!(site.json("/")["tables"].as_array().unwrap().len(), 15);
    // What is not published takes no other's place.
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "Zone13.*, zone*12.T")]);
    for table in ["Zone12.T", "Zone13.T"] {
        assert_eq!(json_walk(&site, &format!("/table/{table}")).len(), 3);
    }
    assert_eq!(site.json("/")["tables"].as_array().unwrap().len(), 2);
    // An empty folder is no error either.
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "")]);
    assert_eq!(site.json("/")["tables"], json!([]));
    site.get("/table/Test.T").expect(404);
}

#[test]
fn a_table_that_changes_between_requests_is_read_as_it_is_now() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let site = fixture.site();
    let rows = |site: &Site| json!(json_walk(site, "/table/Test.T?_size=2"));
    assert_eq!(rows(&site)[0], json!({"ID": 1, "V": "one"}));
    fixture.run("ALTER TABLE T DROP COLUMN V");
    assert_eq!(rows(&site)[0], json!({"ID": 1}));
    site.refused("/table/Test.T?V=one", "V");
    fixture.run("DROP TABLE T");
    fixture.run("CREATE TABLE T (Code TEXT NOT NULL PRIMARY KEY, W INTEGER)");
    fixture.run("INSERT INTO T VALUES ('a', 1), ('b', 2), ('c', 3)");
    assert_eq!(rows(&site)[2], json!({"Code": "c", "W": 3}));
    // Renamed while the catalogue is believed: never another column's values under a name.
    fixture.run("ALTER TABLE T RENAME COLUMN W TO X");
    assert_eq!(rows(&site)[2], json!({"Code": "c", "X": 3}));
    fixture.run("DROP TABLE T");
    for rest in ["", "?ID=1", "?_count=exact", "/row?Code=a"] {
        site.get(&format!("/table/Test.T{rest}")).expect(404);
    }
}

#[test]
fn a_token_of_a_dropped_table_is_refused() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let site = fixture.site();
    let next = site.json("/table/Test.T?_size=1&_sort=V")["next"].as_str().unwrap().to_owned();
    fixture.run("ALTER TABLE T DROP COLUMN V");
    site.refused(&next, "_sort");
    let next = site.json("/table/Test.T?_size=1")["next"].as_str().unwrap().to_owned();
    fixture.run("DROP TABLE T");
    site.get(&next).expect(404);
}

#[test]
fn a_new_column_does_not_change_others() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let site = fixture.site();
    assert_eq!(json_walk(&site, "/table/Test.T").len(), 3);
    fixture.run("ALTER TABLE T ADD COLUMN W INTEGER DEFAULT 7");
    // The catalogue is believed for some minutes, but the columns that it knows keep their values.
    let row = &json_walk(&site, "/table/Test.T")[0];
    assert_eq!((&row["ID"], &row["V"]), (&json!(1), &json!("one")));
    let row = &json_walk(&fixture.site(), "/table/Test.T?W=7")[2];
    assert_eq!(json!(row), json!({"ID": 3, "V": "three", "W": 7}));
}

#[test]
fn deep_health_names_each_file_that_cannot_be_read() {
    let fixture = Fixture::sqlite();
    table(&fixture);
    let file = |name: &str| fixture.folder().file(name);
    // As programs leave them behind: half of a file, one in UTF-16, a text, one that is locked, one
    // in WAL mode whose file beside it cannot be made.
    table(&fixture.another("Whole"));
    let whole = fs::read(file("Whole")).unwrap();
    let mut damaged = whole.clone();
    damaged[100..].fill(0xAA);
    fs::write(file("Damaged"), damaged).unwrap();
    fs::write(file("Text"), "no database, ".repeat(100)).unwrap();
    let wide = rusqlite::Connection::open(file("Wide")).unwrap();
    wide.execute_batch("PRAGMA encoding = 'UTF-16'; CREATE TABLE T (V TEXT)").unwrap();
    let wal = rusqlite::Connection::open(file("Wal")).unwrap();
    wal.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE T (V TEXT)").unwrap();
    drop(wal);
    fs::create_dir(format!("{}-wal", file("Wal").display())).unwrap();
    let locked = fixture.another("Locked");
    table(&locked);
    locked.run("BEGIN EXCLUSIVE");
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    assert_eq!(json_walk(&site, "/table/Test.T").len(), 3);
    let tables = site.json("/")["tables"].clone();
    let listed: Vec<&str> =
        tables.as_array().unwrap().iter().map(|table| table["table"].as_str().unwrap()).collect();
    assert_eq!(listed, ["Test.T", "Whole.T"]);
    let health = site.json("/health?deep=1");
    let unreadable: Vec<&str> = health["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    for (file, words) in [
        ("Damaged.db: ", "damaged"),
        ("Locked.db: ", "locked"),
        ("Text.db: ", "not an SQLite database"),
        ("Wal.db: ", "WAL mode"),
        ("Wide.db: ", "UTF-16"),
    ] {
        let line = unreadable.iter().find(|line| line.starts_with(file));
        assert!(line.is_some_and(|line| line.contains(words)), "{file}: {unreadable:?}");
    }
    locked.run("ROLLBACK");
    wait::until("the file that was locked", || site.get("/table/Locked.T").status == 200);
}
