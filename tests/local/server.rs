//! A local server in a folder of its own, with what it says.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::{fs, thread};

use tests::at_end::new_folder;
use tests::wait::{self, PATIENCE};

use crate::client::{Answer, Client};

pub const SERVER: &str = env!("CARGO_BIN_EXE_local-server");
pub const START: &str = env!("CARGO_BIN_EXE_local-start");

/// What the server says last when it is ready.
const READY: &str = "Ctrl-C ends it.";

/// A folder that is removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        Self(new_folder("local"))
    }

    /// A folder with a schema `Test`.
    pub fn with(script: &str) -> Self {
        let folder = Self::new();
        let database = rusqlite::Connection::open(folder.join("Test.db")).unwrap();
        database.execute_batch(script).unwrap();
        folder
    }

    /// One with a table `Test.T` of one row.
    pub fn small() -> Self {
        Self::with(
            "CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT); INSERT INTO T VALUES (1, 'one')",
        )
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }
}

impl std::ops::Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program with nothing in its environment but these settings, to be run in a folder.
pub fn command(program: &str, folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().envs(settings.iter().copied()).stdin(Stdio::null());
    // Where drivers are is this machine's affair.
    if let Some(driver) = std::env::var_os("ODBC_DRIVER") {
        command.env("ODBC_DRIVER", driver);
    }
    command
}

/// A server that is ready.
pub struct Server {
    child: RefCell<Child>,
    lines: Receiver<String>,
    /// What it has said so far.
    pub said: RefCell<Vec<String>>,
    /// Host and port.
    pub host: String,
}

impl Server {
    /// Serves the databases of a folder.
    pub fn over(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let url = folder.url();
        let own = [("DATABASE_URL", url.as_str()), ("PUBLISHED_TABLES", "*.*")];
        Self::start(folder, &[&own, settings].concat())
    }

    /// Starts the server, on a port that the system chooses, and waits until it is ready.
    pub fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::run(command(SERVER, folder, settings).env("PORT", "0"))
    }

    /// The same for a command whose port the system chooses.
    pub fn run(command: &mut Command) -> Self {
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (said, lines) = channel();
        collect(child.stdout.take().unwrap(), said.clone());
        collect(child.stderr.take().unwrap(), said);
        let (child, said) = (RefCell::new(child), RefCell::default());
        let mut server = Self { child, lines, said, host: String::new() };
        server.until(READY);
        let first = server.said.borrow().iter().find(|line| line.starts_with('{')).cloned();
        let first: serde_json::Value = serde_json::from_str(&first.unwrap()).unwrap();
        first["url"].as_str().unwrap().trim_start_matches("http://").clone_into(&mut server.host);
        server
    }

    /// Reads lines up to one with these words.
    pub fn until(&self, words: &str) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line =
                line.unwrap_or_else(|_| panic!("never said `{words}`: {:#?}", self.said.borrow()));
            self.said.borrow_mut().push(line.clone());
            if line.contains(words) {
                return;
            }
        }
    }

    /// True where it has said these words until it was ready.
    pub fn has_said(&self, words: &str) -> bool {
        self.said.borrow().iter().any(|line| line.contains(words))
    }

    /// Ends it, and gives all that it has said.
    pub fn all_said(self) -> Vec<String> {
        self.signal("TERM");
        // To the end of both pipes.
        self.said.borrow_mut().extend(self.lines.iter());
        self.said.take()
    }

    pub fn client(&self) -> Client {
        Client::new(&self.host)
    }

    pub fn get(&self, target: &str) -> Answer {
        self.client().get(target)
    }

    /// Its log, of which the first line tells programs where it is.
    pub fn log(&self, folder: &Path) -> String {
        let port = self.host.rsplit(':').next().unwrap();
        fs::read_to_string(folder.join(format!("target/run/{port}.log"))).unwrap()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.borrow().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn ended(&self) -> ExitStatus {
        wait::until_some("the server's end", || self.child.borrow_mut().try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = self.child.borrow_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn collect(from: impl Read + Send + 'static, said: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = said.send(line);
        }
    });
}
