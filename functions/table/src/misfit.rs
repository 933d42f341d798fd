//! Which of several values it was that the database could not read.

use iris_tables::app::{App, Ask};
use iris_tables::error::{Error, NOT_COMPUTED};
use iris_tables::guard::Guarded;
use iris_tables::operator::Operator;
use iris_tables::query::{self, Comparison};
use iris_tables::sql::select;
use iris_tables::statement::Statement;
use iris_tables::table::Column;

/// The error that names the parameter whose value the database cannot read: it says no more than
/// that there is one. Each is tried by itself, where that can be done. If it is none, the rows
/// themselves cannot be computed. `position` tries where the answer begins.
pub async fn find(app: &App, ask: &Ask<'_>, table: &Guarded, position: Option<Statement>) -> Error {
    let dialect = app.database.dialect();
    for limit in table.limits() {
        let column = &table.columns[limit.column];
        let tried = select::readable(&limit.operands, Operator::Equal, column, dialect);
        let Some(statement) = tried else { continue };
        match app.database.rows(statement, ask.record).await {
            Ok(_) => {}
            Err(Error::BadValue) => return limit.unfit(),
            Err(error) => return error,
        }
    }
    for (name, value) in &ask.pairs {
        for Comparison { column, operator, operands, .. } in
            query::compared(name, value, table, dialect)
        {
            let column = &table.columns[column];
            let Some(statement) = select::readable(&operands, operator, column, dialect) else {
                continue;
            };
            match app.database.rows(statement, ask.record).await {
                Ok(_) => {}
                Err(Error::BadValue) => return unread(name, value, column),
                Err(error) => return error,
            }
        }
    }
    if let Some(statement) = position {
        match app.database.rows(statement, ask.record).await {
            Ok(_) => {}
            Err(Error::BadValue) => {
                let reason =
                    "It belongs to other columns; leave it out to start from the first page.";
                return Error::parameter(query::NEXT, reason);
            }
            Err(error) => return error,
        }
    }
    // Where each value can be tried by itself, none of them was it.
    if dialect.readable(&[]).is_some() {
        Error::Unreadable { reason: NOT_COMPUTED, log: "none of the values is to blame".to_owned() }
    } else {
        Error::BadValue
    }
}

/// The error for a value that is none of its column's type.
fn unread(parameter: &str, value: &str, column: &Column) -> Error {
    let letters =
        if value.is_ascii() { "" } else { ", or it has a letter that the database has not" };
    let reason = format!(
        "The column `{}` is of type {}; its value is none{letters}.",
        column.name, column.source_type
    );
    Error::parameter(parameter, reason)
}
