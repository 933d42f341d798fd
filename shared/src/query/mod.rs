//! From a URL's query to a typed request. Nothing is ignored: what is not understood is an error that names it.

mod filter;
pub mod form;
mod lists;
pub mod pairs;
pub mod token;
mod value;

use std::borrow::Cow;

use crate::catalog::Table;
use crate::error::Error;
use crate::sql::Dialect;
use crate::sql::select::RowName;

pub use filter::{Filter, Operator, filter_pair};
pub use lists::{is_plain, sort_value};
pub use value::{Moment, Operand, is_decimal};

/// Path and query together: API Gateway takes 10,240 bytes for request line and headers; this leaves room for headers.
pub const MAX_ADDRESS_BYTES: usize = 8_192;

/// Bytes of an address that are kept free for the position of the next page: its name, its signs and its token.
const POSITION_BYTES: usize = token::MAX_TOKEN + 16;

/// An address without a position.
pub const MAX_PLAIN_ADDRESS_BYTES: usize = MAX_ADDRESS_BYTES - POSITION_BYTES;

/// Checks that an address is no longer than we read.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_length(path: &str, query: &str) -> Result<(), Error> {
    within(path.len() + query.len(), MAX_ADDRESS_BYTES)
}

/// Checks that the link to the next page will be no longer than we read: as we write it, more is percent-encoded than a
/// client may have done.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_next_length(path: &str, pairs: &[(String, String)]) -> Result<(), Error> {
    let others = pairs.iter().filter(|(name, _)| name != NEXT);
    let address = pairs::address(path, others.map(|(name, value)| (name.as_str(), value.as_str())));
    within(address.len(), MAX_PLAIN_ADDRESS_BYTES)
}

fn within(length: usize, limit: usize) -> Result<(), Error> {
    if length > limit { Err(Error::AddressTooLong { length, limit }) } else { Ok(()) }
}

/// Rows of an HTML page at most: a browser has to lay them out.
pub const MAX_HTML_ROWS: usize = 1_000;

/// The names that are ours. A column of such a name is filtered with an operator: `_size__exact=5`.
const OURS: &[&str] =
    &[SORT, COLUMNS, SEARCH, WHERE, SIZE, NEXT, COUNT, FORMAT, VIEW, FORM, FORM_COLUMN, FORM_OPERATOR, FORM_VALUE];

/// Sort terms, `-` before a descending one.
pub const SORT: &str = "_sort";
/// The columns to show.
pub const COLUMNS: &str = "_col";
/// Text to search for in all text columns.
pub const SEARCH: &str = "_q";
/// A filter whose name as a parameter would mean something else: a JSON array of column, operator and value.
pub const WHERE: &str = "_where";
/// `page`: JSON of what the page for people shows.
pub const VIEW: &str = "_view";
/// Rows of a page.
pub const SIZE: &str = "_size";
/// The page's position, from the page before.
pub const NEXT: &str = "_next";
/// Whether rows are counted.
pub const COUNT: &str = "_count";
/// The representation.
pub const FORMAT: &str = "_format";
/// Marks a request of our own forms, and holds what they keep: a query string of its own.
pub const FORM: &str = "_form";
/// The column of a form's new filter.
pub const FORM_COLUMN: &str = "_column";
/// The operator of a form's new filter.
pub const FORM_OPERATOR: &str = "_op";
/// The value of a form's new filter.
pub const FORM_VALUE: &str = "_value";
/// On the row route: a row id that is no visible column.
pub const ROW: &str = "_row";

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Its place in the table.
    pub column: usize,
    /// From the greatest to the least.
    pub descending: bool,
}

/// What of a table is asked for.
#[derive(Debug, Clone, PartialEq)]
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
    dialect: Dialect,
    sizes: Sizes,
) -> Result<TableQuery, Error> {
    let mut query = TableQuery {
        filters: Vec::new(),
        search: None,
        sort: Vec::new(),
        columns: None,
        size: None,
        next: None,
        count: false,
        as_page: false,
    };
    let once = |name: &str, given: bool| {
        if given { Err(Error::parameter(name, "It is given twice; give it once.")) } else { Ok(()) }
    };
    let mut counted = false;
    for (name, value) in pairs {
        match name.as_str() {
            SORT => lists::sort_terms(value, table, &mut query.sort)?,
            COLUMNS => lists::shown_columns(value, table, query.columns.get_or_insert_default())?,
            WHERE => query.filters.push(filter::read_where(value, table, dialect)?),
            SEARCH => {
                once(name, query.search.is_some())?;
                searchable(table)?;
                value::carried(value, dialect).map_err(|reason| Error::parameter(name, reason))?;
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
                query.count = match value.as_str() {
                    "exact" => true,
                    "none" => false,
                    _ => return Err(Error::parameter(name, "It is `exact` or `none`.")),
                };
            }
            VIEW => {
                once(name, query.as_page)?;
                if value != "page" {
                    return Err(Error::parameter(name, "It is `page`, or left out."));
                }
                query.as_page = true;
            }
            // Read before, when the representation was chosen.
            FORMAT => {}
            FORM | FORM_COLUMN | FORM_OPERATOR | FORM_VALUE => {
                return Err(Error::parameter(name, "It belongs to a form, which sends `_form` too."));
            }
            _ => query.filters.push(filter::read(name, value, table, dialect)?),
        }
    }
    Ok(query)
}

/// True for a parameter name that is ours.
pub fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// The parameter that names a column on the row route. One that is named like ours there needs an operator.
pub fn row_parameter(column: &str) -> Cow<'_, str> {
    if column == ROW || column == FORMAT { Cow::Owned(format!("{column}{EXACT}")) } else { Cow::Borrowed(column) }
}

/// What a column that is named like a parameter of ours needs.
const EXACT: &str = "__exact";

/// Reads what names one row: columns with their values, or `_row` with a row id.
///
/// # Errors
/// [`Error::Parameter`] naming what is unknown, given twice or does not fit, or that nothing names a row.
pub fn row_name(pairs: &[(String, String)], table: &Table, dialect: Dialect) -> Result<RowName, Error> {
    let mut columns: Vec<(usize, Operand)> = Vec::new();
    let mut id = None;
    for (name, value) in pairs {
        let wrong = |reason: String| Error::parameter(name, reason);
        match (name.as_str(), &table.row_id) {
            (FORMAT, _) => {}
            (ROW, Some(row_id)) if id.is_none() => {
                id =
                    Some(row_id.read(value).ok_or_else(|| {
                        wrong("It is a row id as this table has them: take it from a link.".to_owned())
                    })?);
            }
            (ROW, Some(_)) => return Err(wrong("It is given twice; give it once.".to_owned())),
            _ => {
                let column = name.strip_suffix(EXACT).filter(|column| row_parameter(column) == *name);
                let place = known(name, column.unwrap_or(name), table)?;
                if columns.iter().any(|(known, _)| *known == place) {
                    return Err(wrong("It is given twice; give it once.".to_owned()));
                }
                columns.push((place, value::read(value, &table.columns[place], dialect).map_err(wrong)?));
            }
        }
    }
    match (id, columns.first()) {
        (Some(id), None) => Ok(RowName::RowId(id)),
        (Some(_), Some(_)) => Err(Error::parameter(ROW, "It names the row alone; leave the other parameters out.")),
        (None, Some(_)) => Ok(RowName::Columns(columns)),
        (None, None) => {
            let first = table.key.first().map_or(ROW, |place| table.columns[*place].name.as_str());
            Err(Error::parameter(first, "Name the row by its key: each column of the key is a parameter."))
        }
    }
}

/// The error for columns that name more than one row.
pub fn several_rows(pairs: &[(String, String)], table: &Table) -> Error {
    let first = pairs.iter().map(|(name, _)| name.as_str()).find(|name| *name != FORMAT).unwrap_or(ROW);
    let key: Vec<String> = table.key.iter().map(|place| format!("`{}`", table.columns[*place].name)).collect();
    let help = if key.is_empty() { format!("`{ROW}`") } else { key.join(", ") };
    Error::parameter(first, format!("Several rows have this. A row is named by {help}."))
}

/// Checks that a route got none but `_format` and these parameters, each once.
///
/// # Errors
/// [`Error::Parameter`] naming the first other one.
pub fn only(known: &[&str], pairs: &[(String, String)]) -> Result<(), Error> {
    for (place, (name, _)) in pairs.iter().enumerate() {
        if name != FORMAT && !known.contains(&name.as_str()) {
            let names: Vec<String> = known.iter().chain(&[FORMAT]).map(|name| format!("`{name}`")).collect();
            let reason = format!("There is no such parameter here, only {}.", names.join(" and "));
            return Err(Error::parameter(name, reason));
        }
        if pairs[..place].iter().any(|(before, _)| before == name) {
            return Err(Error::parameter(name, "It is given twice; give it once."));
        }
    }
    Ok(())
}

fn page_size(value: &str, sizes: Sizes) -> Result<usize, Error> {
    let wrong = || Error::parameter(SIZE, format!("It is a whole number from 1 to {}.", sizes.maximum));
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
    if table.columns.iter().any(|column| column.kind.is_text() && column.comparable) {
        Ok(())
    } else {
        Err(Error::parameter(SEARCH, "This table has no text column to search."))
    }
}

fn known(parameter: &str, name: &str, table: &Table) -> Result<usize, Error> {
    table.column(name).ok_or_else(|| {
        Error::parameter(parameter, format!("The table has no column `{name}`. {}", column_names(table)))
    })
}

/// How many columns an error message lists.
const NAMED_COLUMNS: usize = 40;

/// A sentence that names the table's columns.
fn column_names(table: &Table) -> String {
    let names: Vec<String> =
        table.columns.iter().take(NAMED_COLUMNS).map(|column| format!("`{}`", column.name)).collect();
    let more = if table.columns.len() > NAMED_COLUMNS { ", …" } else { "" };
    format!("Its columns are {}{more}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leaves_room_for_its_next_page() {
        let path = "/table/Bank.Account";
        let room = MAX_PLAIN_ADDRESS_BYTES - path.len() - "?_q=".len();
        let asked = |text: String| vec![(SEARCH.to_owned(), text)];
        assert!(check_next_length(path, &asked("x".repeat(room))).is_ok());
        assert!(check_next_length(path, &asked("x".repeat(room + 1))).is_err());
        // Written `%2F` in a link.
        assert!(check_next_length(path, &asked("/".repeat(room / 2))).is_err());
        let mut with_next = asked("x".repeat(room));
        with_next.push((NEXT.to_owned(), "t".repeat(token::MAX_TOKEN)));
        assert!(check_next_length(path, &with_next).is_ok());
        let next = pairs::address(path, with_next.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let (path, query) = next.split_once('?').unwrap();
        assert!(check_length(path, query).is_ok());
    }
}
