//! Addresses of our own pages.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::json;

use super::unlike;
use crate::accept::Format;
use crate::config::Patterns;
use crate::query::{self, pairs};
use crate::table::{Column, ForeignKey, Table, TableName, Type};

/// The API, described for programs.
pub const OPENAPI: &str = "/openapi.json";

/// The API, described for people.
pub const DOCS: &str = "/docs";

/// A table's first page.
pub fn table_path(table: &TableName) -> String {
    format!("/table/{}", pairs::table_segment(&table.to_string()))
}

/// A table's columns.
pub fn schema_path(table: &TableName) -> String {
    format!("{}/schema", table_path(table))
}

/// A table's rows in groups.
pub fn groups_path(table: &TableName) -> String {
    format!("{}/groups", table_path(table))
}

/// A table's part of the API's description.
pub fn docs_address(table: &TableName) -> String {
    pairs::address(DOCS, [(query::TABLES, Patterns::naming(table).as_str())])
}

/// A table's rows, one by one.
pub fn row_path(table: &TableName) -> String {
    format!("{}/row", table_path(table))
}

/// One row of those at this path, by columns and their values.
pub fn row_address<'a>(
    row_path: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let named: Vec<_> =
        values.into_iter().map(|(column, value)| (query::row_parameter(column), value)).collect();
    pairs::address(row_path, named.iter().map(|(name, value)| (name.as_ref(), *value)))
}

/// One row of those at this path, by its row id.
pub fn row_id_address(row_path: &str, id: &str) -> String {
    pairs::address(row_path, [(query::ROW, id)])
}

/// A cell that is cut.
#[derive(Debug, Clone, Serialize)]
pub struct CutCell {
    /// The row's index on its page, from 0; `None` on a row's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The column's name.
    pub column: String,
    /// Where all of it is, part by part; `None` where nothing names the row, or where the cells
    /// before have filled [`CUT_ADDRESS_BYTES`].
    pub href: Option<String>,
}

/// Bytes that the addresses of a row's cut cells take at most. Tables have up to thousands of
/// columns, and with a long key all their addresses would be larger than the answer may be.
const CUT_ADDRESS_BYTES: usize = 256 * 1024;

/// The cells of these columns, which are cut, of the row at this address; `index` on its page.
pub fn cut_cells(
    columns: impl Iterator<Item = String>,
    index: Option<usize>,
    row: Option<&str>,
) -> Vec<CutCell> {
    let mut bytes = 0;
    let cut = columns.map(|column| {
        let href = row.map(|row| cell_address(row, &column));
        bytes += href.as_ref().map_or(0, String::len);
        CutCell { row: index, column, href: href.filter(|_| bytes <= CUT_ADDRESS_BYTES) }
    });
    cut.collect()
}

/// One cell of the row at this address, by itself.
pub fn cell_address(row: &str, column: &str) -> String {
    let part = pairs::address("", [(query::CELL, column)]);
    format!("{row}&{}", part.trim_start_matches('?'))
}

/// A part of it, from this offset on.
pub fn part_address(row: &str, column: &str, from: u64) -> String {
    let cell = cell_address(row, column);
    if from == 0 { cell } else { format!("{cell}&{}={from}", query::FROM) }
}

/// A request's address with some parameters left out and others added.
#[derive(Debug, Clone)]
pub struct Address<'a> {
    path: String,
    pairs: &'a [(String, String)],
}

impl<'a> Address<'a> {
    /// The address of a page of rows as it was asked for.
    pub fn new(path: String, pairs: &'a [(String, String)]) -> Self {
        Self { path, pairs }
    }

    /// Without these parameters, and with these at the end.
    pub fn with(&self, without: &[&str], more: &[(&str, &str)]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        pairs::address(&self.path, kept.chain(more.iter().copied()))
    }

    /// The first page without the parameter at this index.
    pub fn without_index(&self, index: usize) -> String {
        let kept = self
            .pairs
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| *at != index && name != query::NEXT);
        pairs::address(&self.path, kept.map(|(_, (name, value))| (name.as_str(), value.as_str())))
    }

    /// The same in other representations.
    pub fn formats(&self, formats: &[Format]) -> Vec<super::Link> {
        formats
            .iter()
            .map(|format| super::Link {
                label: format.name().to_uppercase(),
                href: self.with(without_labels(*format), &[(query::FORMAT, format.name())]),
            })
            .collect()
    }

    /// All these rows from the first on as files, with so many rows in an answer.
    pub fn downloads(&self, rows: usize) -> Vec<super::Link> {
        let without = [query::FORMAT, query::NEXT, query::SIZE, query::COUNT, query::LABEL];
        let rows = rows.to_string();
        let link = |format: Format| super::Link {
            label: format.name().to_uppercase(),
            href: self.with(&without, &[(query::SIZE, &rows), (query::FORMAT, format.name())]),
        };
        [Format::Csv, Format::Ndjson].map(link).into()
    }

    /// What a form keeps: the parameters but for some indices and names, as a query string.
    pub fn state(&self, without: impl Fn(usize, &str) -> bool) -> String {
        let kept =
            self.pairs.iter().enumerate().filter(|(index, (name, _))| !without(*index, name));
        pairs::query(kept.map(|(_, (name, value))| (name.as_str(), value.as_str())))
    }

    /// The parameters.
    pub fn pairs(&self) -> &'a [(String, String)] {
        self.pairs
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// The parameters that a link to another representation leaves out: not all have labels.
fn without_labels(format: Format) -> &'static [&'static str] {
    match format {
        Format::Json | Format::Html => &[query::FORMAT],
        Format::Csv | Format::Ndjson | Format::Xlsx => &[query::FORMAT, query::LABEL],
    }
}

/// The row that a foreign key points to, given the values of the columns that refer; `None` if one
/// is NULL, not at hand, too long or no value of the column there. Where the key does not name one
/// row, all that have the values.
pub fn referenced_row(key: &ForeignKey, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let values = fitted(&key.columns, &key.kinds, &key.to_kinds, value)?;
    let named = key.to_columns.iter().map(String::as_str).zip(values.iter().map(String::as_str));
    let address = match key.names_one {
        true => row_address(&row_path(&key.to), named),
        false => rows_address(&key.to, named),
    };
    Some(address).filter(|address| fits(address))
}

/// The rows that point to a row by a foreign key, given the row's values.
pub fn referring_rows(key: &ForeignKey, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let values = fitted(&key.to_columns, &key.to_kinds, &key.kinds, value)?;
    let named = key.columns.iter().map(String::as_str).zip(values.iter().map(String::as_str));
    Some(rows_address(&key.from, named)).filter(|address| fits(address))
}

/// The rows of a table that have these values.
fn rows_address<'a>(table: &TableName, named: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let named: Vec<(Cow<'_, str>, Cow<'_, str>)> = named
        .map(|(column, value)| match query::is_ours(column) {
            // With an operator it may be the name of another column.
            true => (query::WHERE.into(), json!([column, "eq", value]).to_string().into()),
            false => (column.into(), value.into()),
        })
        .collect();
    let pairs = named.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    pairs::address(&table_path(table), pairs)
}

/// The values of columns as those at the other end of a foreign key have them.
fn fitted(
    columns: &[String],
    kinds: &[Option<Type>],
    other_kinds: &[Option<Type>],
    value: impl Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    let kinds = kinds.iter().zip(other_kinds);
    let fitted = columns.iter().zip(kinds).map(|(column, (kind, other))| {
        let value = value(column)?;
        match (kind, other) {
            (Some(kind), Some(other)) => unlike::fitted(value, *kind, *other),
            _ => Some(value),
        }
    });
    fitted.collect()
}

/// A value of a foreign key's only column as the column there has it.
pub fn referenced_value(key: &ForeignKey, text: String) -> Option<String> {
    fitted(&key.columns, &key.kinds, &key.to_kinds, |_| Some(text.clone()))?.pop()
}

/// An address that is not too long to be read.
pub fn fits(address: &str) -> bool {
    address.len() <= query::MAX_LINK_BYTES
}

/// The parameter that filters a column by equality; a column that is named like one of ours needs
/// the operator.
pub fn equals(column: &str) -> String {
    if query::is_ours(column) { format!("{column}__exact") } else { column.to_owned() }
}

/// The foreign keys of a table to published ones.
pub fn followed(table: &Table, publishes: impl Fn(&TableName) -> bool) -> Vec<&ForeignKey> {
    table.references.iter().filter(|key| publishes(&key.to)).collect()
}

/// The foreign keys of published tables to a table, as far as a filter takes the values that they
/// refer to.
pub fn leading_back(table: &Table, publishes: impl Fn(&TableName) -> bool) -> Vec<&ForeignKey> {
    let is_filtered_by = |name: &String| {
        table.column(name).map(|index| &table.columns[index]).is_some_and(Column::takes_filters)
    };
    table
        .referrers
        .iter()
        .filter(|key| publishes(&key.from) && key.to_columns.iter().all(is_filtered_by))
        .collect()
}
