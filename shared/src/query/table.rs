//! What of a table is asked for: filters, search, sort, columns, size and position.

use super::filter::{self, Filter};
use super::lists;
use super::{
    COLUMNS, COUNT, FORM, FORM_COLUMN, FORM_OPERATOR, FORM_OR, FORM_VALUE, FORMAT, LABEL, NEXT,
    SEARCH, SIZE, SORT, VIEW,
};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::table::Table;

/// Rows of an HTML page at most: a browser has to lay them out.
pub const MAX_HTML_ROWS: usize = 1_000;

/// Conditions of a request's filters at most. A database has a limit on how deep a condition may be: SQLite's is
/// 1,000.
pub const MAX_FILTERS: usize = 100;

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Its index in the table.
    pub column: usize,
    /// From the greatest to the least.
    pub descending: bool,
}

/// What of a table is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableQuery {
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Text that one of the text columns contains.
    pub search: Option<String>,
    /// The sort as asked; the tie-breaker is not in it.
    pub sort: Vec<Sort>,
    /// The columns to show, in the order asked; nothing means all.
    pub columns: Option<Vec<usize>>,
    /// Rows of the page, where asked.
    pub size: Option<usize>,
    /// The position as it came.
    pub next: Option<String>,
    /// Count the rows: `_count=exact` or `none`.
    pub count: bool,
    /// As JSON, what the page for people shows.
    pub as_page: bool,
}

/// Sizes that a page may have.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Without `_size`.
    pub default: usize,
    /// The largest `_size`.
    pub maximum: usize,
}

/// Reads the query of a page of rows.
///
/// # Errors
/// [`Error::Parameter`] naming what is unknown, given twice or does not fit.
pub fn table_query(
    pairs: &[(String, String)],
    table: &Table,
    dialect: &dyn Dialect,
    sizes: Sizes,
) -> Result<TableQuery, Error> {
    let mut query = TableQuery::default();
    let once = |name: &str, given: bool| {
        if given { Err(Error::parameter(name, "It is given twice; give it once.")) } else { Ok(()) }
    };
    let mut counted = false;
    for (name, value) in pairs {
        match name.as_str() {
            SORT => lists::sort_terms(value, table, &mut query.sort)?,
            COLUMNS => lists::shown_columns(value, table, query.columns.get_or_insert_default())?,
            SEARCH => {
                once(name, query.search.is_some())?;
                searchable(table)?;
                dialect.carries(value).map_err(|reason| Error::parameter(name, reason))?;
                query.search = Some(value.clone());
            }
            SIZE => {
                once(name, query.size.is_some())?;
                query.size = Some(page_size(value, sizes)?);
            }
            NEXT => {
                once(name, query.next.is_some())?;
                query.next = Some(value.clone());
            }
            COUNT => {
                once(name, counted)?;
                counted = true;
                query.count = counts(value)?;
            }
            VIEW => {
                once(name, query.as_page)?;
                if value != "page" {
                    return Err(Error::parameter(name, "It is `page`, or left out."));
                }
                query.as_page = true;
            }
            // Read by themselves: they change neither which rows there are nor their order.
            FORMAT | LABEL => {}
            FORM | FORM_COLUMN | FORM_OPERATOR | FORM_VALUE | FORM_OR => {
                return Err(Error::parameter(
                    name,
                    "Only the forms of the pages use it, and they send `_form` with it; leave it out.",
                ));
            }
            _ => {
                query.filters.push(filter::read(name, value, table, dialect)?);
                at_most(MAX_FILTERS, name, &query.filters)?;
            }
        }
    }
    Ok(query)
}

/// What `_count` says.
pub fn counts(value: &str) -> Result<bool, Error> {
    match value {
        "exact" => Ok(true),
        "none" => Ok(false),
        _ => Err(Error::parameter(COUNT, "It is `exact` or `none`.")),
    }
}

fn at_most(limit: usize, name: &str, filters: &[Filter]) -> Result<(), Error> {
    let conditions: usize = filters.iter().map(|filter| filter.conditions.len()).sum();
    if conditions <= limit {
        return Ok(());
    }
    Err(Error::parameter(name, format!("At most {limit} filters are possible.")))
}

fn page_size(value: &str, sizes: Sizes) -> Result<usize, Error> {
    let wrong =
        || Error::parameter(SIZE, format!("It is a whole number from 1 to {}.", sizes.maximum));
    // "+5" parses as a number, but whoever wrote it meant something else.
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    match value.parse() {
        Ok(size) if (1..=sizes.maximum).contains(&size) => Ok(size),
        _ => Err(wrong()),
    }
}

fn searchable(table: &Table) -> Result<(), Error> {
    if has_text(table) {
        Ok(())
    } else {
        Err(Error::parameter(SEARCH, "This table has no text column to search."))
    }
}

/// Whether a table has a text column to search.
pub fn has_text(table: &Table) -> bool {
    table.columns.iter().any(|column| column.kind.is_text() && column.comparable)
}
