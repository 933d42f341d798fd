//! SQLite's driver does not come back from opening a file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tests::at_end::new_folder;
use tests::function::Function;
use tests::postgres::done;

use crate::shop::{INDEX, TABLE, ended_after, ends_in_time, too_slow};

/// A folder that lasts as long as this.
struct Folder(PathBuf);

impl Folder {
    /// With a file whose opening hangs until somebody writes to it.
    fn hanging() -> Self {
        let folder = Self(new_folder("folder"));
        done(Command::new("mkfifo").arg(folder.0.join("Shop.db")));
        folder
    }

    fn start(&self, program: &str) -> Function {
        let url = format!("sqlite:{}", self.0.display());
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("PUBLISHED_TABLES", "Shop.*"),
            ("LOGIN_TIMEOUT_SECONDS", "1"),
            ("QUERY_TIMEOUT_SECONDS", "1"),
        ];
        Function::start(program, &settings).ready()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn connects_that_hang_are_504_each_and_wear_the_instance_out() {
    let folder = Folder::hanging();
    for (program, address) in [(TABLE, "/table/Shop.item"), (INDEX, "/")] {
        // The first of three has been lost while it started.
        let function = folder.start(program);
        too_slow(function.get(address));
        assert!(!function.log().contains("The function stops"));
        too_slow(function.get(address));
        assert!(function.ended().success(), "{}", function.log());
        assert!(function.log().contains("never came back from the driver"));
    }
}

#[test]
fn a_connect_that_hangs_hinders_nothing_else_and_may_come_back() {
    let folder = Folder::hanging();
    let function = folder.start(INDEX);
    too_slow(function.get("/"));
    // Two are lost. What needs no database is answered.
    function.get("/health").expect(200);
    // Somebody opens the other end and closes it: both find an empty file, and come back.
    let file = folder.0.join("Shop.db");
    drop(fs::OpenOptions::new().write(true).open(&file).unwrap());
    fs::remove_file(&file).unwrap();
    // To SQLite a database without tables.
    fs::write(&file, "").unwrap();
    assert_eq!(function.get("/").expect(200).json()["tables"].as_array().unwrap().len(), 0);
    let log = function.killed();
    assert!(!log.contains("The function stops"), "{log}");
}

#[test]
fn asked_to_end_it_does_not_wait_for_a_connect_that_hangs() {
    let folder = Folder::hanging();
    ends_in_time(|| {
        let function = folder.start(TABLE);
        // The first has been lost while it started, and ends with the process.
        ended_after(&function, "/table/Shop.item", || database_threads(&function) > 1)
    });
}

/// How many threads of a function's process own a connection, or hang in getting one.
fn database_threads(function: &Function) -> usize {
    let tasks = fs::read_dir(format!("/proc/{}/task", function.process())).unwrap();
    let names = tasks.flatten().map(|task| fs::read_to_string(task.path().join("comm")));
    names.flatten().filter(|name| name.trim() == "database").count()
}
