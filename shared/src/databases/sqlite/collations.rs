//! Collations that only another application has. SQLite opens no index without its collation, not
//! even to read it from end to end, as it reads a table WITHOUT ROWID. So each gets a stand-in that
//! lets SQLite read, and makes a statement fail that has to compare by it: a wrong order would lose
//! rows. Our own comparisons of such columns say `COLLATE BINARY`.

use std::cell::Cell;

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

use crate::database::{Fault, Kind};

/// The function that tells a column's collation by schema, table and column. A column of a view has
/// none of its own.
pub const COLLATION_OF: &str = "collation_of";

/// What a column is compared with whose collation is not here.
pub const BINARY_PLACEHOLDER: &str = "? COLLATE BINARY";

/// The collations that SQLite has.
const BUILT_IN: [&str; 3] = ["BINARY", "NOCASE", "RTRIM"];

thread_local! {
    /// The statement that runs had to compare by a collation that is not here. A connection never
    /// leaves its thread.
    static WAS_NEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Gives a connection the stand-ins and the function.
pub fn install(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.collation_needed(stand_in)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    sqlite.create_scalar_function(COLLATION_OF, 3, flags, collation)
}

fn stand_in(sqlite: &Connection, name: &str) -> rusqlite::Result<()> {
    sqlite.create_collation(name, |one, other| {
        WAS_NEEDED.set(true);
        one.cmp(other)
    })
}

fn collation(context: &mut Context<'_>) -> rusqlite::Result<Option<String>> {
    let (schema, table, column): (String, String, String) =
        (context.get(0)?, context.get(1)?, context.get(2)?);
    // SAFETY: it is the connection that runs this function, which lasts longer, and is only asked.
    let sqlite = unsafe { context.get_connection() }?;
    let known = sqlite.column_metadata(Some(schema.as_str()), table.as_str(), column.as_str());
    let name = known.ok().and_then(|(_, collation, ..)| collation?.into_string().ok());
    Ok(name)
}

/// A column has a collation that is not here.
pub fn is_foreign(collation: Option<&str>) -> bool {
    collation.is_some_and(|name| !BUILT_IN.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Runs a statement, which fails where it has to compare by a collation that is not here.
pub fn checked<T>(run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    WAS_NEEDED.set(false);
    let result = run();
    if WAS_NEEDED.take() {
        let log = "SQLite: a statement compares by a collation that is not here";
        return Err(Fault::new(Kind::Unreadable(super::faults::COLLATION), log));
    }
    result
}
