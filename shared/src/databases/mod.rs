//! The databases that tables are published from. Each is a folder that holds all that differs: its
//! SQL, its catalogue, its values, connecting, and what its errors mean. To add one: a folder, and
//! its line in [`ALL`].

mod iris;
mod postgres;
mod rows;
mod sqlite;
mod values;

use crate::dialect::Dialect;

/// Every database. The first is the one that the product is for.
pub static ALL: [&dyn Dialect; 3] = [&iris::Iris, &postgres::Postgres, &sqlite::Sqlite];

/// The database of this name, in any case of its letters.
pub fn named(name: &str) -> Option<&'static dyn Dialect> {
    let lower = name.to_ascii_lowercase();
    ALL.into_iter().find(|dialect| dialect.names().contains(&lower.as_str()))
}
