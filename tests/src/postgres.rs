//! PostgreSQL servers for the tests, from Debian's binaries, on the loopback address.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::at_end::{AtEnd, new_folder};
use crate::port;
use crate::skip::skipped;

/// The superuser, and his password.
pub const SUPERUSER: &str = "postgres";
/// It appears in no test that looks for passwords in logs.
pub const PASSWORD: &str = "owner";

/// A server with its own data folder.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    _end: AtEnd,
}

impl Postgres {
    /// The server that all tests of this binary share. Nothing, said aloud, where PostgreSQL is
    /// missing.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&["max_connections=200"])).as_ref()
    }

    /// A server of one's own, with settings such as `max_connections=5`. It takes about a second.
    pub fn start(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            skipped("PostgreSQL", "its server is not installed (Debian: postgresql)");
            return None;
        };
        if !Path::new(&driver()).is_file() {
            skipped("PostgreSQL", "its ODBC driver is not installed (Debian: odbc-postgresql)");
            return None;
        }
        let folder = new_folder("postgres");
        let stop = "\"$@\" -m immediate stop; rm -rf -- \"$FOLDER\"";
        let mut ending = as_owner(&programs.join("pg_ctl"));
        ending.arg("-D").arg(folder.join("data"));
        let words: Vec<&OsStr> =
            [ending.get_program()].into_iter().chain(ending.get_args()).collect();
        let end =
            AtEnd::run(&stop.replace("$FOLDER", folder.to_str().expect("a UTF-8 path")), &words);
        let server = Self { programs, folder, port: port::free(), _end: end };
        server.prepare(settings);
        server.resume();
        Some(server)
    }

    fn prepare(&self, settings: &[&str]) {
        let password = self.folder.join("password");
        fs::write(&password, PASSWORD).unwrap();
        owned_by_server(&self.folder);
        let mut make = self.control("initdb");
        make.args([
            "--username",
            SUPERUSER,
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--no-sync",
        ]);
        make.args(["--auth", "scram-sha-256"]).arg("--pwfile").arg(&password);
        done(&mut make);
        let port = self.port.to_string();
        let own = [
            "listen_addresses='127.0.0.1'",
            "unix_socket_directories=''",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=16MB",
            "log_connections=on",
            &format!("port={port}"),
        ];
        let text =
            own.iter().chain(settings).fold(String::new(), |text, setting| text + setting + "\n");
        let file = self.data().join("postgresql.auto.conf");
        fs::write(file, text).unwrap();
    }

    /// Ends the server at once, as a crash would.
    pub fn crash(&self) {
        done(self.control("pg_ctl").args(["-m", "immediate", "-w", "stop"]));
    }

    /// Starts the server again, and waits until it answers.
    pub fn resume(&self) {
        done(self.control("pg_ctl").arg("-l").arg(self.folder.join("log")).args(["-w", "start"]));
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL as the superuser; gives what it answers, a line for each row, `|` between columns.
    ///
    /// # Panics
    /// Where the server refuses it.
    pub fn sql(&self, database: &str, text: &str) -> String {
        let output = done(self.psql(database).args(["-c", text]));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// `psql` on a database as the superuser, for rows without frills. It ends at the first error.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"])
            .args(["-p", &self.port.to_string(), "-U", SUPERUSER, "-d", database])
            .env("PGPASSWORD", PASSWORD);
        psql
    }

    /// What the server has logged, each statement in it.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self, program: &str) -> Command {
        let mut command = as_owner(&self.programs.join(program));
        command.arg("-D").arg(self.data());
        command
    }
}

/// The folder of the newest server that Debian has installed.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest =
        versions.filter_map(|entry| Some(entry.ok()?.path())).max_by_key(number)?.join("bin");
    newest.join("initdb").is_file().then_some(newest)
}

/// Where Debian puts the ODBC driver, as the product finds it.
fn driver() -> String {
    format!("/usr/lib/{}-linux-gnu/odbc/psqlodbca.so", std::env::consts::ARCH)
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Gives a folder to the user whom servers here run as.
pub fn owned_by_server(folder: &Path) {
    if is_root() {
        done(Command::new("chown").arg("-R").arg(SUPERUSER).arg(folder));
    }
}

/// A program that must not run as root.
fn as_owner(program: &Path) -> Command {
    let mut command = if is_root() {
        let user = format!("--reuid={SUPERUSER}");
        let group = format!("--regid={SUPERUSER}");
        let mut command = Command::new("setpriv");
        command.args([user.as_str(), &group, "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // It may not be allowed to enter ours.
    command.current_dir("/");
    command
}

/// Runs a command that must succeed.
pub fn done(command: &mut Command) -> Output {
    // The server inherits open files: with a pipe, reading would never end.
    let is_start = command.get_args().any(|argument| argument == "start");
    let stdout = if is_start { Stdio::null() } else { Stdio::piped() };
    let stderr = if is_start { Stdio::null() } else { Stdio::piped() };
    let child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn();
    let output = child
        .and_then(|child| child.wait_with_output())
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}
