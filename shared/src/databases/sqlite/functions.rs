//! Functions of our own within SQLite: its LIKE ignores the case of ASCII letters only, ends at a
//! NUL character, and a timestamp has many spellings to it.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

use super::fold::{Folded, Place};
use super::group_functions;
use super::values::timestamp_key;

/// A text contains, starts with or ends with another one, in letters of any case.
pub const CONTAINS: &str = "text_contains";
/// It starts with it.
pub const STARTS: &str = "text_starts";
/// It ends with it.
pub const ENDS: &str = "text_ends";
/// A timestamp or time of day in the one spelling by which it is compared.
pub const TIMESTAMP_KEY: &str = "timestamp_key";

/// Gives a connection the functions. None is for the files: what their views call is SQLite's own.
pub fn install(sqlite: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    for (name, place) in [(CONTAINS, Place::Anywhere), (STARTS, Place::Start), (ENDS, Place::End)] {
        sqlite.create_scalar_function(name, 2, flags, move |context| matches(context, place))?;
    }
    sqlite.create_scalar_function(TIMESTAMP_KEY, 1, flags, |context| {
        Ok(text(context.get_raw(0)).map(|text| timestamp_key(&String::from_utf8_lossy(&text))))
    })?;
    group_functions::install(sqlite, flags)
}

fn matches(context: &Context<'_>, place: Place) -> rusqlite::Result<Option<bool>> {
    let value = context.get_raw(0);
    if value == ValueRef::Null {
        return Ok(None);
    }
    // It is the same for every row.
    let part = context.get_or_create_aux(1, |part| part.as_str().map(Folded::new))?;
    // Bytes are no text, even where they happen to spell it.
    Ok(Some(text(value).is_some_and(|text| part.is_in(&text, place))))
}

/// A value as the text that shows it; `None` for NULL and for bytes.
fn text(value: ValueRef<'_>) -> Option<std::borrow::Cow<'_, [u8]>> {
    Some(match value {
        ValueRef::Null | ValueRef::Blob(_) => return None,
        ValueRef::Text(text) => text.into(),
        ValueRef::Integer(number) => number.to_string().into_bytes().into(),
        ValueRef::Real(number) => {
            let shown = serde_json::Number::from_f64(number).map(|number| number.to_string());
            shown?.into_bytes().into()
        }
    })
}
