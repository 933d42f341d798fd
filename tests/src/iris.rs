//! IRIS: its real ODBC driver against a test double of its server, where the environment names both.
//!
//! Every double has a database file of its own, and ends with its test. `TEST_IRIS_STRICT=1` makes
//! the servers as strict as real ones may be, for whatever a test does not say itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::at_end::{AtEnd, new_folder};
use crate::postgres::done;
use crate::skip::skipped;
use crate::wait;

/// The driver, `libirisodbcur6435.so`.
const DRIVER: &str = "TEST_IRIS_DRIVER";

/// The double, a Python program; `mkdb.py` beside it makes its database.
const DOUBLE: &str = "TEST_IRIS_DOUBLE";

/// Set for servers that are as strict as they may be.
const STRICT: &str = "TEST_IRIS_STRICT";

/// What makes a server strict; the user's privileges are added by [`Iris`].
const STRICTEST: [&[&str]; 6] = [
    &["--list-denied"],
    &["--system-tables", "1500"],
    &["--description-denied"],
    &["--in-list-limit", "499"],
    &["--alarm-as", "415"],
    &["--vector-error", "400"],
];

/// Pairs of a strict switch and those with which a test says something else.
const OPPOSITES: [(&str, &[&str]); 2] =
    [("--list-denied", &["--hide-denied"]), ("--grant", &["--read-only-user"])];

/// Runs SQL on an SQLite file, then prints the names of all columns that a grant can name.
const PREPARE: &str = "
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.executescript(sys.argv[2])
names = set()
for table, in d.execute(\"SELECT name FROM sqlite_master WHERE type = 'table'\").fetchall():
    names.update(row[1] for row in d.execute('SELECT * FROM pragma_table_info(?)', (table,)))
print(','.join(sorted(n for n in names if not set(n) & set('(),'))), end='')
";

/// A running double.
#[derive(Debug)]
pub struct Iris {
    port: u16,
    folder: PathBuf,
    database: PathBuf,
    driver: String,
    _end: AtEnd,
}

impl Iris {
    /// Starts a double over the example tables. `FOLDER` in a switch is the double's own folder.
    /// `None`, said aloud, where the environment does not name driver and double.
    pub fn start(switches: &[&str]) -> Option<Self> {
        Self::with_tables("", switches)
    }

    /// The same with more tables, made by SQL for SQLite: the table `"Schema.Table"` is IRIS'.
    pub fn with_tables(sql: &str, switches: &[&str]) -> Option<Self> {
        Self::prepared(sql, switches, is_strict())
    }

    /// The same with these switches alone, whatever the environment wants.
    pub fn exactly(sql: &str, switches: &[&str]) -> Option<Self> {
        Self::prepared(sql, switches, false)
    }

    /// Starts a double without any table, never strict, whose user may do everything.
    pub fn empty() -> Option<Self> {
        let programs = programs()?;
        let folder = new_folder("iris");
        let database = folder.join("iris.sqlite");
        Some(Self::serve(programs, folder, database, &owned(&["--system-tables", "0"])))
    }

    fn prepared(sql: &str, switches: &[&str], is_strict: bool) -> Option<Self> {
        let (driver, double) = programs()?;
        let folder = new_folder("iris");
        let database = folder.join("iris.sqlite");
        fs::copy(example(&double), &database).unwrap();
        let columns = done(Command::new("python3").args(["-c", PREPARE]).arg(&database).arg(sql));
        let granted = format!("SELECT:*({})", String::from_utf8(columns.stdout).unwrap());
        let switches = if is_strict { strict(switches, &granted) } else { owned(switches) };
        Some(Self::serve((driver, double), folder, database, &switches))
    }

    /// Starts another double over the same database, whose user may only read; strict where the
    /// environment wants that.
    ///
    /// # Panics
    /// Where the driver or the double has gone meanwhile.
    pub fn for_reader(&self) -> Self {
        let grants = ["--grant", "SELECT:*"];
        let switches = if is_strict() { strict(&grants, "") } else { owned(&grants) };
        let programs = programs().expect("the programs of the first double");
        Self::serve(programs, new_folder("iris"), self.database.clone(), &switches)
    }

    fn serve(
        (driver, double): (PathBuf, PathBuf),
        folder: PathBuf,
        database: PathBuf,
        switches: &[String],
    ) -> Self {
        let own_folder = folder.to_str().unwrap();
        let mut command = Command::new("python3");
        command.arg(&double).args(["--port", "0", "--verbose", "--database"]).arg(&database);
        command.args(switches.iter().map(|switch| switch.replace("FOLDER", own_folder)));
        let end = AtEnd::serving(&mut command, &folder);
        let port = wait::until_some("the double's port", || {
            let said = fs::read_to_string(folder.join("stdout")).unwrap();
            said.strip_suffix('\n')?.rsplit(':').next()?.parse().ok()
        });
        Self { port, folder, database, driver: driver.to_str().unwrap().to_owned(), _end: end }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder that `FOLDER` stood for.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The driver, for `ODBC_DRIVER`.
    pub fn driver(&self) -> &str {
        &self.driver
    }

    /// What the double has logged: every message.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join("log")).unwrap()).into_owned()
    }

    /// The codes of the messages that it has got so far, in their order. `HS` and `CN` are a login,
    /// `DQ` runs a query, `FD` fetches more of its rows, `PP` prepares, `DU` and `PU` change data.
    pub fn messages(&self) -> Vec<String> {
        let log = self.log();
        let code = |line: &str| Some(line.split_once("] <- ")?.1.get(..2)?.to_owned());
        log.lines().filter_map(code).collect()
    }
}

/// The driver and the double, or a word that they are missing.
pub fn programs() -> Option<(PathBuf, PathBuf)> {
    let named = |variable| {
        let value = std::env::var_os(variable).filter(|value| !value.is_empty())?;
        let path = PathBuf::from(value);
        assert!(path.is_file(), "{variable}: there is no file {}", path.display());
        Some(path)
    };
    let programs = named(DRIVER).zip(named(DOUBLE));
    if programs.is_none() {
        skipped(
            "IRIS",
            &format!("set {DRIVER} and {DOUBLE} to a driver and a double of its server"),
        );
    }
    programs
}

fn is_strict() -> bool {
    std::env::var_os(STRICT).is_some_and(|value| !value.is_empty())
}

fn owned(switches: &[&str]) -> Vec<String> {
    switches.iter().map(|switch| (*switch).to_owned()).collect()
}

/// The switches, and the strict ones of which they say nothing.
fn strict(switches: &[&str], granted: &str) -> Vec<String> {
    let grant = ["--grant", granted];
    let says = |name: &str| {
        let opposites = OPPOSITES.iter().filter(|(strict, _)| *strict == name);
        let mut names = opposites.flat_map(|(_, opposites)| opposites.iter()).chain([&name]);
        names.any(|name| switches.contains(name))
    };
    let added = STRICTEST.into_iter().chain([grant.as_slice()]);
    let added = added.filter(|switch| !says(switch[0]) && switch.last() != Some(&""));
    owned(&added.flatten().chain(switches).copied().collect::<Vec<_>>())
}

/// The example tables, made once for all tests of this binary.
fn example(double: &Path) -> &'static Path {
    static MADE: OnceLock<(PathBuf, AtEnd)> = OnceLock::new();
    let (file, _) = MADE.get_or_init(|| {
        let folder = new_folder("iris-database");
        let file = folder.join("made.sqlite");
        done(Command::new("python3").arg(double.with_file_name("mkdb.py")).arg(&file));
        let end = AtEnd::run("rm -rf -- \"$1\"", &[folder.as_ref()]);
        (file, end)
    });
    file
}
