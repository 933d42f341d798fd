//! IRIS: its real ODBC driver against a test double of its server, where the environment names
//! both.

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

/// A running double.
#[derive(Debug)]
pub struct Iris {
    port: u16,
    folder: PathBuf,
    driver: String,
    _end: AtEnd,
}

impl Iris {
    /// Starts the double with these switches; `FOLDER` in them is a folder of its own. Nothing,
    /// said aloud, where the environment does not name driver and double.
    pub fn start(switches: &[&str]) -> Option<Self> {
        let (driver, double) = (path(DRIVER)?, path(DOUBLE)?);
        let folder = new_folder("iris");
        fs::copy(database(&double), folder.join("iris.sqlite")).unwrap();
        let own_folder = folder.to_str().unwrap();
        let mut double_of_iris = Command::new("python3");
        double_of_iris
            .arg(&double)
            .args(["--port", "0", "--verbose", "--database"])
            .arg(folder.join("iris.sqlite"));
        double_of_iris.args(switches.iter().map(|switch| switch.replace("FOLDER", own_folder)));
        let end = AtEnd::serving(&mut double_of_iris, &folder);
        let port = wait::until_some("the double's port", || {
            let said = fs::read_to_string(folder.join("stdout")).unwrap();
            said.strip_suffix('\n')?.rsplit(':').next()?.parse().ok()
        });
        Some(Self { port, folder, driver: driver.to_str().unwrap().to_owned(), _end: end })
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
}

fn path(variable: &str) -> Option<PathBuf> {
    let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else {
        skipped(
            "IRIS",
            &format!("{DRIVER} and {DOUBLE} name no driver and no double of its server"),
        );
        return None;
    };
    let path = PathBuf::from(value);
    assert!(path.is_file(), "{variable}: there is no file {}", path.display());
    Some(path)
}

/// The double's database, made once for all tests of this binary.
fn database(double: &Path) -> &'static Path {
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
