//! What is left of a table of which a statement was refused: its parts are asked for one by one.
//! That takes many messages, and is done once.

use crate::database::{Fault, Kind};
use crate::databases::rows::statement;
use crate::dialect::{Ask, Dialect};
use crate::error::Error;
use crate::operator::Operator;
use crate::statement::ALIAS;
use crate::table::{Column, Table};

/// The columns that the user may read, the row id and the count where they are allowed. The server
/// tells while it prepares a statement.
pub fn to_what_is_granted(
    ask: &mut dyn Ask,
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<Option<Table>, Error> {
    let name = dialect.table(&table.name);
    let mut is_granted =
        |list: &str| match ask.prepare(&format!("SELECT TOP 1 {list} FROM {name} {ALIAS}")) {
            Ok(()) => Ok(true),
            Err(Fault { kind: Kind::Denied, .. }) => Ok(false),
            Err(fault) => Err(fault.into_error(ask.time_left())),
        };
    let column = |column: &Column| dialect.column(&column.name);
    let all: Vec<String> = table.columns.iter().map(column).collect();
    let mut left = table.clone();
    let mut denied = Vec::new();
    if !is_granted(&all.join(", "))? {
        for (quoted, column) in all.iter().zip(&table.columns) {
            if !is_granted(quoted)? {
                denied.push(column.name.clone());
            }
        }
    }
    if denied.len() == all.len() {
        tracing::warn!("no SELECT privilege on {}", table.name);
        left.columns.clear();
        return Ok(Some(left));
    }
    for column in &denied {
        tracing::warn!("no SELECT privilege on {}.{column}", table.name);
    }
    left.retain(|column| !denied.contains(&column.name));
    left.denied.extend(denied);
    if let Some(row_id) = &table.row_id
        && !is_granted(&row_id.expression)?
    {
        left.row_id = None;
    }
    left.is_countable = is_granted("COUNT(*)")?;
    let is_less = left.columns.len() < table.columns.len()
        || left.row_id.is_some() != table.row_id.is_some()
        || left.is_countable != table.is_countable;
    Ok(is_less.then_some(left))
}

/// The columns that may be compared: where one refuses, the server fails at its first value.
pub fn to_what_compares(
    ask: &mut dyn Ask,
    table: &Table,
    dialect: &dyn Dialect,
) -> Result<Option<Table>, Error> {
    let mut left = table.clone();
    let mut refused = Vec::new();
    for column in left.columns.iter_mut().filter(|column| column.takes_filters()) {
        let quoted = dialect.column(&column.name);
        let (mut condition, mut params) = (format!("{quoted} = {quoted}"), Vec::new());
        if column.kind.is_text() {
            let (matches, values) = dialect.matches(column, Operator::StartsWith);
            condition = format!("{matches} AND {condition}");
            params.extend(vec![dialect.pattern("", Operator::StartsWith); values]);
        }
        let name = dialect.table(&table.name);
        let sql = format!("SELECT TOP 1 1 FROM {name} {ALIAS} WHERE {condition}");
        match ask.rows(&statement(sql, params, &["one"])) {
            Err(Error::Failed { .. }) => {
                column.comparable = false;
                refused.push(column.name.as_str());
            }
            result => {
                result?;
            }
        }
    }
    if refused.is_empty() {
        return Ok(None);
    }
    tracing::warn!("cannot be compared: {}.{}", table.name, refused.join(", "));
    Ok(Some(left))
}
