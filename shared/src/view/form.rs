//! The forms above a page of rows.

use super::address::Address;
use super::build::filter_words;
use super::{Choice, FilterColumn, Form, Kept};
use crate::operator::OPERATORS;
use crate::query::{self, Sizes, TableQuery};
use crate::table::{Column, Table, Type};

/// The page sizes that the page offers.
const OFFERED_SIZES: &[usize] = &[5, 10, 25, 50, 100, 250, 1_000];

/// The forms above the rows; `sizes`: the page's size as the default, and the largest that is
/// possible.
pub fn form(
    table: &Table,
    query: &TableQuery,
    shown: &[usize],
    sizes: Sizes,
    address: &Address<'_>,
) -> Form {
    let filterable = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.takes_filters() || column.nullable);
    let mut offered: Vec<usize> =
        OFFERED_SIZES.iter().copied().filter(|size| *size <= sizes.maximum).collect();
    if !offered.contains(&sizes.default) {
        offered.push(sizes.default);
        offered.sort_unstable();
    }
    let state = |own: &str| address.state(|_, name| name == own || of_this_page_only(name));
    Form {
        action: address.path().to_owned(),
        keep: Kept {
            filter: state(""),
            search: state(query::SEARCH),
            size: state(query::SIZE),
            columns: state(query::COLUMNS),
        },
        searchable: query::has_text(table),
        q: query.search.clone().unwrap_or_default(),
        columns: filterable
            .map(|(index, column)| FilterColumn {
                value: index.to_string(),
                label: column.title.clone(),
                input: input(column),
            })
            .collect(),
        alternatives: alternatives(table, query),
        operators: OPERATORS.iter().map(|entry| choice(entry.name, entry.label, false)).collect(),
        sizes: offered
            .iter()
            .map(|size| choice(&size.to_string(), &size.to_string(), *size == sizes.default))
            .collect(),
        shown: table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                choice(&index.to_string(), &column.title, shown.contains(&index))
            })
            .collect(),
    }
}

/// The filters in force that a new one may be an alternative to.
fn alternatives(table: &Table, query: &TableQuery) -> Vec<Choice> {
    let filters = query.filters.iter().enumerate();
    filters
        .map(|(index, filter)| choice(&index.to_string(), &filter_words(table, filter), false))
        .collect()
}

/// What a new sort, filter or size must not keep: the position, and what `_view` asked of this
/// answer alone.
fn of_this_page_only(name: &str) -> bool {
    [query::NEXT, query::FORM, query::VIEW].contains(&name)
}

/// The kind of input for a column's values.
fn input(column: &Column) -> &'static str {
    if !column.takes_filters() {
        return "none";
    }
    match column.kind {
        Type::Integer | Type::Decimal | Type::Double => "number",
        Type::Date => "date",
        Type::Time => "time",
        Type::Timestamp => "datetime-local",
        Type::Boolean => "boolean",
        Type::Text | Type::Dynamic | Type::Binary => "text",
    }
}

fn choice(value: &str, label: &str, selected: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), selected }
}
