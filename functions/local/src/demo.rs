//! The demo's data: `Bank.db`, a SQLite file that becomes the schema `Bank`. Every run makes the
//! same rows.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process;

use local_start::Failure;
use rusqlite::{Connection, OpenFlags};

/// The tables, what their rows are made of, and the rows.
const SCRIPTS: [&str; 3] = [
    include_str!("../demo/tables.sql"),
    include_str!("../demo/words.sql"),
    include_str!("../demo/rows.sql"),
];

/// Writes `Bank.db` into a folder, which is made if need be. Gives the file, or None where this
/// version has made it already.
///
/// # Errors
/// Where the file cannot be written.
pub fn make(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let file = folder.join("Bank.db");
    if is_current(&file) {
        return Ok(None);
    }
    fs::create_dir_all(folder).map_err(|error| not_written(&error))?;
    // A reader sees the old file or the new one, never an incomplete one.
    let unfinished = folder.join(format!("Bank.{}.unfinished", process::id()));
    let made = write(&unfinished).map_err(|error| not_written(&error)).and_then(|()| {
        let readable = fs::set_permissions(&unfinished, Permissions::from_mode(0o644));
        readable.and_then(|()| fs::rename(&unfinished, &file)).map_err(|error| not_written(&error))
    });
    if made.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    made.map(|()| Some(file))
}

fn not_written(error: &dyn std::error::Error) -> Failure {
    Failure(format!("The demo data cannot be written: {error}."))
}

fn write(file: &Path) -> rusqlite::Result<()> {
    let database = Connection::open(file)?;
    // A crash may damage the file: it gets its name only when it is complete.
    database.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON; BEGIN",
    )?;
    SCRIPTS.iter().try_for_each(|script| database.execute_batch(script))?;
    database.execute_batch(&format!("PRAGMA user_version = {}; COMMIT", version()))
}

/// False for an incomplete file too, or another program's.
fn is_current(file: &Path) -> bool {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let made = database
        .and_then(|database| database.query_row("PRAGMA user_version", [], |row| row.get(0)));
    made == Ok(version())
}

/// Changes with the scripts: kept in the file itself, in the number that SQLite leaves to its
/// users.
fn version() -> i32 {
    // FNV-1a, without the sign bit.
    let bytes = SCRIPTS.iter().flat_map(|script| script.bytes());
    let hash = bytes
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 1).cast_signed()
}
