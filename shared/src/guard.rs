//! Which rows of a table a caller may see. Only this module makes a [`Guarded`] table, and `sql`
//! reads the rows of no other: what forgets the rules does not compile.

use std::ops::Deref;
use std::sync::Arc;

use crate::caller::Caller;
use crate::config::{RowRule, RowRules};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::param::Operand;
use crate::table::Table;

/// Values of one claim at most: each is bound.
pub const MOST_VALUES: usize = 500;

/// Why a claim does not do: the rest of a sentence.
const ABSENT: &str = "is missing";
const EMPTY: &str = "is empty";
const UNFIT: &str = "has a value that the column of the rule cannot have";
const TOO_MANY: &str = "has more than 500 values";

/// A table, and what its rows must have for one caller.
#[derive(Debug, Clone)]
pub struct Guarded {
    table: Arc<Table>,
    limits: Vec<Limit>,
}

/// A rule as it holds for one caller: the column has one of these values.
#[derive(Debug, Clone)]
pub struct Limit {
    /// The column's index in the table.
    pub column: usize,
    /// The claim that the values are of.
    pub claim: String,
    /// The values; at least one.
    pub operands: Vec<Operand>,
    /// The same as the claim has them.
    texts: Vec<String>,
}

impl Deref for Guarded {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.table
    }
}

impl Guarded {
    /// The table, for what reads no rows.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// What its rows must have; all of it.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The same as texts: two callers for whom it is equal see the same rows.
    pub fn seen(&self) -> Vec<(&str, &[String])> {
        let name = |limit: &Limit| self.table.columns[limit.column].name.as_str();
        self.limits.iter().map(|limit| (name(limit), limit.texts.as_slice())).collect()
    }
}

/// A table as one caller may see it.
///
/// # Errors
/// [`Error::ClaimMissing`], or [`Error::UnknownTable`] where the rules close the table.
pub fn guarded(
    table: Arc<Table>,
    rules: &RowRules,
    caller: &Caller,
    dialect: &dyn Dialect,
) -> Result<Guarded, Error> {
    let limits = rules.of(&table.name).map(|rule| {
        let column = column(rule, &table).map_err(|_| Error::UnknownTable)?;
        limit(rule, column, &table, caller, dialect)
    });
    let limits = limits.collect::<Result<_, _>>()?;
    Ok(Guarded { table, limits })
}

/// Why the rules close a table to everybody: a sentence for the operator. `None` where they do not.
pub fn closing(table: &Table, rules: &RowRules) -> Option<String> {
    rules.of(&table.name).find_map(|rule| column(rule, table).err())
}

/// The index of the column that a rule compares.
fn column(rule: &RowRule, table: &Table) -> Result<usize, String> {
    let closed = |why: &str| {
        format!("ROW_RULES: {} {why}, so nobody may read the table.", rule.column.written())
    };
    let index = rule.column.column().and_then(|name| table.column(name));
    let index = index.ok_or_else(|| closed("names a column that is not there or is hidden"))?;
    if !table.columns[index].takes_filters() {
        return Err(closed("names a column that cannot be compared"));
    }
    Ok(index)
}

fn limit(
    rule: &RowRule,
    column: usize,
    table: &Table,
    caller: &Caller,
    dialect: &dyn Dialect,
) -> Result<Limit, Error> {
    let refused = |why| Error::ClaimMissing { claim: rule.claim.clone(), why };
    let claim = caller.claim(&rule.claim).ok_or_else(|| refused(ABSENT))?;
    let texts = claim.texts().ok_or_else(|| refused(UNFIT))?;
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err(refused(EMPTY));
    }
    if texts.len() > MOST_VALUES {
        return Err(refused(TOO_MANY));
    }
    // To SQLite, a number ends at a NUL.
    let is_text = table.columns[column].kind.is_text();
    if !is_text && texts.iter().any(|text| text.contains('\0')) {
        return Err(refused(UNFIT));
    }
    let read = |text: &String| {
        dialect.read_value(text, &table.columns[column]).map_err(|_| refused(UNFIT))
    };
    let operands = texts.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Limit { column, claim: rule.claim.clone(), operands, texts })
}

impl Limit {
    /// The error for a value that the database itself cannot read as one of the column.
    pub fn unfit(&self) -> Error {
        Error::ClaimMissing { claim: self.claim.clone(), why: UNFIT }
    }
}
