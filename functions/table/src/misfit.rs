//! Which of several values it was that the database could not read.

use iris_tables::app::{App, Ask};
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::sql::{Dialect, select};
use iris_tables::table::Table;

/// The error that names the parameter whose value the database cannot read: it says no more than that there is one.
/// Each is tried by itself, where that can be done. If it is none, the rows themselves cannot be computed.
pub async fn find(app: &App, ask: &Ask<'_>, table: &Table) -> Error {
    let dialect = app.database.dialect();
    for (name, value) in &ask.pairs {
        let Some((column, operands)) = query::compared(name, value, table, dialect) else { continue };
        let Some(statement) = select::readable(&operands, column, dialect) else { continue };
        match app.database.rows(statement, ask.record).await {
            Ok(_) => {}
            Err(Error::BadValue) => {
                let reason = format!("The column is of type {}; its value is none.", column.source_type);
                return Error::parameter(name, reason);
            }
            Err(error) => return error,
        }
    }
    match dialect {
        Dialect::Postgres => Error::internal("a row of the table cannot be computed"),
        Dialect::Iris | Dialect::Sqlite => Error::BadValue,
    }
}
