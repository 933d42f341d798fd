//! The forms above a page of rows, and the filter row in the table's head.

use super::address::Address;
use super::build::filter_words;
use super::{Choice, FilterBox, Form, Kept};
use crate::operator::{OPERATORS, Operator, Takes};
use crate::query::form::{ROW_OPERATOR, ROW_VALUE, is_filter};
use crate::query::{self, Comparison, Sizes, TableQuery};
use crate::table::{Column, Table, Type};

/// The page sizes that the page offers.
const OFFERED_SIZES: &[usize] = &[5, 10, 25, 50, 100, 250, 1_000];

/// Operators of the filter row for a text.
const FOR_TEXT: &[Operator] = &[
    Operator::Contains,
    Operator::Equal,
    Operator::Not,
    Operator::StartsWith,
    Operator::EndsWith,
    Operator::IsNull,
    Operator::NotNull,
];

/// Operators of the filter row for what has an order.
const FOR_ORDERED: &[Operator] = &[
    Operator::Equal,
    Operator::Not,
    Operator::Gt,
    Operator::Gte,
    Operator::Lt,
    Operator::Lte,
    Operator::IsNull,
    Operator::NotNull,
];

/// Operators of the filter row for true and false.
const FOR_TRUTH: &[Operator] = &[Operator::Equal, Operator::IsNull, Operator::NotNull];

/// Operators of the filter row for what can only be there or not.
const FOR_PRESENCE: &[Operator] = &[Operator::IsNull, Operator::NotNull];

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
    let in_row = in_row(table, query, address);
    let state = |own: &str| address.state(|_, name| name == own || of_this_page_only(name));
    Form {
        action: address.path().to_owned(),
        keep: Kept {
            filter: state(""),
            search: state(query::SEARCH),
            size: state(query::SIZE),
            columns: state(query::COLUMNS),
            row: address.state(|index, name| {
                of_this_page_only(name)
                    || in_row
                        .iter()
                        .any(|(at, filter)| *at == index && shown.contains(&filter.column))
            }),
        },
        searchable: query::has_text(table),
        q: query.search.clone().unwrap_or_default(),
        columns: filterable
            .map(|(index, column)| choice(&index.to_string(), &column.title, false))
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
        row_in_force: in_row.iter().any(|(_, filter)| shown.contains(&filter.column)),
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

/// A column's fields in the filter row, with the filter in force that they can say.
pub fn filter_box(
    table: &Table,
    index: usize,
    query: &TableQuery,
    address: &Address<'_>,
) -> FilterBox {
    let column = &table.columns[index];
    let (input, operators) = fields(column);
    let in_row = in_row(table, query, address);
    let filter = in_row.iter().map(|(_, filter)| *filter).find(|filter| filter.column == index);
    let usual = match input {
        // Where there is no value to leave out, the first choice asks for nothing.
        "none" => None,
        // A timestamp is seldom known to the second.
        "datetime-local" => Some(Operator::Gte),
        _ => operators.first().copied(),
    };
    let in_force = filter.map_or(usual, |filter| Some(filter.operator));
    let any = (input == "none").then(|| choice("", "any", in_force.is_none()));
    let choices = operators.iter().map(|operator| {
        choice(operator.name(), operator.entry().label, Some(*operator) == in_force)
    });
    FilterBox {
        operator_name: format!("{ROW_OPERATOR}{index}"),
        value_name: format!("{ROW_VALUE}{index}"),
        input,
        operators: any.into_iter().chain(choices).collect(),
        value: filter
            .filter(|filter| !is_null_test(filter.operator))
            .map_or_else(String::new, |found| found.value.clone()),
    }
}

/// The kind of input for a column, and the operators beside it.
fn fields(column: &Column) -> (&'static str, &'static [Operator]) {
    if !column.takes_filters() {
        return ("none", FOR_PRESENCE);
    }
    match column.kind {
        Type::Integer | Type::Decimal | Type::Double => ("number", FOR_ORDERED),
        Type::Date => ("date", FOR_ORDERED),
        Type::Time => ("time", FOR_ORDERED),
        Type::Timestamp => ("datetime-local", FOR_ORDERED),
        Type::Boolean => ("boolean", FOR_TRUTH),
        Type::Text | Type::Dynamic | Type::Binary => ("text", FOR_TEXT),
    }
}

fn is_null_test(operator: Operator) -> bool {
    operator.takes() == Takes::Truth
}

/// The filters in force that the filter row can say, the first of each column, with their indices
/// among the parameters.
fn in_row<'a>(
    table: &Table,
    query: &'a TableQuery,
    address: &Address<'_>,
) -> Vec<(usize, &'a Comparison)> {
    let indices = address
        .pairs()
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| is_filter(name))
        .map(|(index, _)| index);
    let mut found: Vec<(usize, &Comparison)> = Vec::new();
    for (index, filter) in indices.zip(&query.filters) {
        let Some(filter) = filter.only() else { continue };
        let (input, operators) = fields(&table.columns[filter.column]);
        let sayable = operators.contains(&filter.operator)
            && (is_null_test(filter.operator) || can_hold(input, &filter.value))
            && found.iter().all(|(_, other)| other.column != filter.column);
        if sayable {
            found.push((index, filter));
        }
    }
    found
}

/// True if an input of this kind keeps the value as it is: browsers drop line breaks, and what is
/// no date from a date.
fn can_hold(input: &str, value: &str) -> bool {
    let is_line = !value.is_empty() && !value.contains(['\r', '\n']);
    let digits = |shape: &str| {
        value.len() == shape.len()
            && value.bytes().zip(shape.bytes()).all(|(byte, sign)| match sign {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
    };
    match input {
        "boolean" => value == "true" || value == "false",
        "date" => digits("0000-00-00"),
        "time" => digits("00:00") || digits("00:00:00"),
        "datetime-local" => digits("0000-00-00T00:00") || digits("0000-00-00T00:00:00"),
        _ => is_line,
    }
}

fn choice(value: &str, label: &str, selected: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), selected }
}
