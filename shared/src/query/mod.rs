//! From a URL's query to a typed request. Nothing is ignored: what is not understood is an error
//! that names it.

mod address;
mod array;
mod filter;
pub mod form;
pub mod group_form;
mod groups;
mod lists;
pub mod pairs;
pub mod position;
mod row;
mod row_name;
mod table;
pub mod token;

use crate::error::Error;
use crate::table::Table;
use table::counts;

pub use address::{
    MAX_ADDRESS_BYTES, MAX_ADDRESS_BYTES_WITH_SESSION, MAX_LINK_BYTES, check_length,
    check_next_length,
};
pub use filter::{Comparison, Filter, MAX_LIST, compared, filter_pair};
pub use groups::{
    GroupQuery, GroupSort, MAX_BY, MAX_GROUPS, MAX_MEASURES, ROWS, SortKey, function_parameter,
    group_query, group_sort_value, grouped_value, rows_of_groups, sort_names,
};
pub use lists::{MAX_SORT_TERMS, is_plain, label_columns, sort_value};
pub use row::{
    LARGEST_OFFSET, Part, names_row, row_counts, row_name, row_parameter, row_part, several_rows,
};
pub use row_name::RowName;
pub use table::{MAX_FILTERS, MAX_HTML_ROWS, Sizes, Sort, TableQuery, has_text, table_query};

/// The names that are ours. A column of such a name is filtered with an operator: `_size__exact=5`.
const OURS: &[&str] = &[
    SORT,
    COLUMNS,
    SEARCH,
    WHERE,
    SIZE,
    NEXT,
    COUNT,
    LABEL,
    FORMAT,
    VIEW,
    FORM,
    FORM_COLUMN,
    FORM_OPERATOR,
    FORM_VALUE,
    BY,
    SUM,
    AVG,
    MIN,
    MAX,
    FORM_OR,
];

/// Sort terms, `-` before a descending one.
pub const SORT: &str = "_sort";
/// The columns to show.
pub const COLUMNS: &str = "_col";
/// Text to search for in all text columns.
pub const SEARCH: &str = "_q";
/// A filter as a JSON array: of column, operator and value, whose name as a parameter would mean
/// something else; or of `any` and several such, of which one must hold.
pub const WHERE: &str = "_where";
/// `page`: JSON of what the page for people shows.
pub const VIEW: &str = "_view";
/// Rows of a page.
pub const SIZE: &str = "_size";
/// The page's position, from the page before.
pub const NEXT: &str = "_next";
/// Whether rows are counted.
pub const COUNT: &str = "_count";
/// The columns whose values are to be labelled.
pub const LABEL: &str = "_label";
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
/// Of groups: what rows are grouped by.
pub const BY: &str = "_by";
/// Of groups: columns whose sum is wanted.
pub const SUM: &str = "_sum";
/// Of groups: columns whose average is wanted.
pub const AVG: &str = "_avg";
/// Of groups: columns whose least value is wanted.
pub const MIN: &str = "_min";
/// Of groups: columns whose greatest value is wanted.
pub const MAX: &str = "_max";
/// Which filter in force, by its index among them, a form's new one is an alternative to.
pub const FORM_OR: &str = "_or";
/// On the row route: a row id that is no visible column.
pub const ROW: &str = "_row";
/// On the row route: one column, whose value is wanted by itself, a part at a time.
pub const CELL: &str = "_cell";
/// Of the API's description: which tables.
pub const TABLES: &str = "_table";
/// On the row route: where the part begins.
pub const FROM: &str = "_from";

/// True for a parameter name that is ours.
pub fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// Checks that a route got none but `_format` and these parameters, each once.
///
/// # Errors
/// [`Error::Parameter`] naming the first other one.
pub fn only(known: &[&str], pairs: &[(String, String)]) -> Result<(), Error> {
    for (index, (name, _)) in pairs.iter().enumerate() {
        if name != FORMAT && !known.contains(&name.as_str()) {
            let names: Vec<String> =
                known.iter().chain(&[FORMAT]).map(|name| format!("`{name}`")).collect();
            let reason = format!("There is no such parameter here, only {}.", names.join(" and "));
            return Err(Error::parameter(name, reason));
        }
        if pairs[..index].iter().any(|(before, _)| before == name) {
            return Err(Error::parameter(name, "It is given twice; give it once."));
        }
    }
    Ok(())
}

fn known(parameter: &str, name: &str, table: &Table) -> Result<usize, Error> {
    table.column(name).ok_or_else(|| {
        Error::unknown_column(
            parameter,
            format!("The table has no column `{name}`. {}", column_names(table)),
        )
    })
}

/// How many columns an error message lists.
const NAMED_COLUMNS: usize = 40;

/// A sentence that names the table's columns.
fn column_names(table: &Table) -> String {
    let names: Vec<String> = table
        .columns
        .iter()
        .take(NAMED_COLUMNS)
        .map(|column| format!("`{}`", column.name))
        .collect();
    let more = if table.columns.len() > NAMED_COLUMNS { ", …" } else { "" };
    format!("Its columns are {}{more}.", names.join(", "))
}
