//! The server as a process, in a folder of its own.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::Value;
use tests::at_end::new_folder;
use tests::postgres::done;
use tests::wait;

use crate::client::{Answer, Client};

/// What serves.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_local-server");

/// What says before a build whether that could start.
pub const CHECK: &str = env!("CARGO_BIN_EXE_local-start");

/// A folder with databases, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        Self(new_folder("local"))
    }

    /// A folder with `Test.db`: `T` has a row, and `Slow` is read for ever.
    pub fn with_tables() -> Self {
        let folder = Self::new();
        folder.database(
            "Test",
            "CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT); INSERT INTO T VALUES (1, 'one');
             CREATE VIEW Slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                 SELECT count(*) AS N FROM n;",
        );
        folder
    }

    pub fn database(&self, name: &str, sql: &str) {
        let database = rusqlite::Connection::open(self.0.join(format!("{name}.db"))).unwrap();
        database.execute_batch(sql).unwrap();
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program of the local server with these settings alone.
pub fn command(program: &str, folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    let driver = std::env::var_os("ODBC_DRIVER").map(|driver| ("ODBC_DRIVER", driver));
    command.env_clear().envs(driver).envs(settings.iter().copied()).current_dir(folder).stdin(Stdio::null());
    command
}

/// A server that is ready.
pub struct Server {
    child: RefCell<Child>,
    pub port: u16,
    log: PathBuf,
    lines: Receiver<String>,
    /// What it has said so far.
    pub said: Vec<String>,
}

impl Server {
    /// Serves all tables of the folder, on any free port.
    pub fn over(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let url = folder.url();
        let all = [("DATABASE_URL", url.as_str()), ("PUBLISHED_TABLES", "*.*"), ("PORT", "0")];
        Self::start(folder, &[&all, settings].concat())
    }

    pub fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let mut command = command(PROGRAM, &folder.0, settings);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, lines) = channel();
        collect(child.stdout.take().unwrap(), said.clone());
        collect(child.stderr.take().unwrap(), said);
        let child = RefCell::new(child);
        let mut server = Self { child, port: 0, log: PathBuf::new(), lines, said: Vec::new() };
        server.says("Ctrl-C ends it.");
        let first: Value = server.said.iter().find_map(|line| serde_json::from_str(line).ok()).unwrap();
        server.port = first["url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        server.log = folder.0.join(first["log"].as_str().unwrap());
        server
    }

    /// Waits until it has said this.
    pub fn says(&mut self, words: &str) {
        while !self.said.iter().any(|line| line.contains(words)) {
            let line = self.lines.recv_timeout(wait::PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("it does not say `{words}`: {:#?}", self.said));
            self.said.push(line);
        }
    }

    pub fn get(&self, target: &str) -> Answer {
        Client::to(self.port).get(target)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub fn signal(&self, name: &str) {
        done(Command::new("kill").args([&format!("-{name}"), &self.child.borrow().id().to_string()]));
    }

    pub fn ended(&self) -> ExitStatus {
        wait::until_some("the end of the server", || self.child.borrow_mut().try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn collect(from: impl Read + Send + 'static, said: Sender<String>) {
    thread::spawn(move || BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
}
