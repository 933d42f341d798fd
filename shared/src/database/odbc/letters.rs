//! Texts with letters that the database has not, such as `€` in LATIN1: no row has them. The server
//! refuses a statement that such a text is bound to, although it might say what is unequal.

use std::hash::{BuildHasher as _, RandomState};

use odbc_api::{Connection, IntoParameter as _};

use super::{Failure, Ways};
use crate::param::Param;
use crate::statement::Statement;

/// The statement with a text that no row has in place of each that the server has no letters for.
/// `None` where there is none, or where rows are to be greater or less than it.
pub fn replaced(
    connection: &Connection<'static>,
    statement: &Statement,
    ways: &Ways,
    timeout: Option<usize>,
) -> Option<Statement> {
    let mut statement = statement.clone();
    let mut replaced = false;
    for param in &mut statement.params {
        if let Param::Text(text) = param
            && !text.is_ascii()
            && is_refused(connection, text, ways, timeout)
        {
            *text = unlike_any();
            replaced = true;
        }
    }
    replaced.then_some(statement)
}

fn is_refused(
    connection: &Connection<'static>,
    text: &str,
    ways: &Ways,
    timeout: Option<usize>,
) -> bool {
    let tried = connection.execute("SELECT ?", &text.into_parameter(), timeout);
    tried.is_err_and(|error| Failure::from(error).is(ways.has_no_letter))
}

/// A text that stands in no row, nor is part of one: 128 bits that nobody knows before.
fn unlike_any() -> String {
    let random = || RandomState::new().hash_one("a text that no row has");
    format!("\u{1}{:016x}{:016x}", random(), random())
}
