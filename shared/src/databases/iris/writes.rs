//! Whether the user could write: each statement that would is prepared, which a server refuses whom
//! it has to, and none is ever run. These are the only statements of the project that would write.

use std::time::Duration;

use crate::database::{Fault, Kind};
use crate::dialect::{Ask, Dialect, MayWrite};
use crate::error::Error;
use crate::table::Table;

/// Time that is left for the answer. What is not checked by then is not checked.
const RESERVE: Duration = Duration::from_secs(2);

/// Whether one of these tables could be written to.
pub fn may_write(
    ask: &mut dyn Ask,
    tables: &[Table],
    dialect: &dyn Dialect,
) -> Result<MayWrite, Error> {
    let mut unknown = None;
    for table in tables {
        for sql in statements(table, dialect) {
            if ask.time_left() < RESERVE {
                return Ok(unchecked(table, "the time did not suffice"));
            }
            match ask.prepare(&sql) {
                Ok(()) => return Ok(MayWrite::Yes(Some(table.name.clone()))),
                Err(Fault { kind: Kind::Denied, .. }) => {}
                Err(fault) if is_no_answer(fault.kind) => {
                    return Err(fault.into_error(ask.time_left()));
                }
                Err(fault) => unknown = unknown.or_else(|| Some(unchecked(table, &fault.log))),
            }
        }
    }
    Ok(unknown.unwrap_or(MayWrite::No))
}

fn unchecked(table: &Table, log: &str) -> MayWrite {
    MayWrite::NotChecked { table: table.name.clone(), log: log.to_owned() }
}

/// The server was not asked, or did not come to answer.
fn is_no_answer(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Lost
            | Kind::Unreachable
            | Kind::LoginRefused
            | Kind::DatabaseRefused
            | Kind::LimitReached
            | Kind::TooLong
            | Kind::Broken
    )
}

/// Of a whole table first; a privilege may be held on single columns.
fn statements(table: &Table, dialect: &dyn Dialect) -> Vec<String> {
    let name = dialect.table(&table.name);
    let columns: Vec<String> =
        table.columns.iter().map(|column| dialect.quote(&column.name)).collect();
    let insert = |columns: &[String]| {
        let marks = vec!["?"; columns.len()].join(", ");
        format!("INSERT INTO {name} ({}) VALUES ({marks})", columns.join(", "))
    };
    let update = |columns: &[String]| {
        let set: Vec<String> = columns.iter().map(|column| format!("{column} = ?")).collect();
        format!("UPDATE {name} SET {}", set.join(", "))
    };
    let mut statements = vec![format!("DELETE FROM {name}"), insert(&columns), update(&columns)];
    if columns.len() > 1 {
        for column in columns.chunks(1) {
            statements.extend([insert(column), update(column)]);
        }
    }
    statements
}
