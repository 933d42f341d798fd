//! Which database it is. What that means for its SQL stands in [`sql`](crate::sql).

/// A database's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// InterSystems IRIS, every version.
    Iris,
    /// SQLite 3.37 or newer.
    Sqlite,
    /// PostgreSQL 14 or newer.
    Postgres,
}
