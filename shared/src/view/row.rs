//! One row, with links along foreign keys.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::address::{followed, referenced_row, referring_rows, table_path};
use super::rows::whole_cell;
use super::{Field, Link, RowPage, Value, column_heads, table_head, value};
use crate::catalog::{ForeignKey, Table, TableName};
use crate::sql::select::RowName;
use crate::sql::{Coding, Param};

/// Bytes of a row that are answered whole; no answer of Lambda's holds much more. In a larger row the long cells are
/// cut, visibly.
const WHOLE_ROW_BYTES: usize = 3_000_000;

/// Bytes that are left of a long cell in a row that is too large.
const CUT_BYTES: usize = 100_000;

/// The path of a table's rows, one by one.
pub fn row_path(table: &TableName) -> String {
    format!("{}/row", table_path(table))
}

/// A row as it was read.
#[derive(Debug)]
pub struct RowData {
    /// The table.
    pub table: Arc<Table>,
    /// The row is too large for an answer: its long cells are cut.
    pub cut: bool,
    cells: Vec<Option<Vec<u8>>>,
    codings: Vec<Coding>,
    references: Vec<ForeignKey>,
    referrers: Vec<ForeignKey>,
}

/// A link along a foreign key, for programs.
#[derive(Debug, Serialize)]
pub struct KeyLink {
    /// The columns of the foreign key.
    pub columns: Vec<String>,
    /// The table at its other end.
    pub table: String,
    /// The row, or the rows.
    pub href: String,
}

/// Links of a row along foreign keys.
#[derive(Debug, Serialize)]
pub struct RowLinks {
    /// Rows that this one refers to.
    pub references: Vec<KeyLink>,
    /// Rows that refer to this one.
    pub referrers: Vec<KeyLink>,
}

impl RowData {
    /// A row; foreign keys count as far as their other end is published.
    pub fn new(
        table: Arc<Table>,
        mut cells: Vec<Option<Vec<u8>>>,
        codings: Vec<Coding>,
        publishes: impl Fn(&TableName) -> bool,
    ) -> Self {
        let bytes: usize = cells.iter().flatten().map(Vec::len).sum();
        let cut = bytes > WHOLE_ROW_BYTES;
        if cut {
            cells.iter_mut().flatten().for_each(shorten);
        }
        let references = followed(&table, &publishes).into_iter().cloned().collect();
        let referrers = table.referrers.iter().filter(|key| publishes(&key.from)).cloned().collect();
        Self { table, cut, cells, codings, references, referrers }
    }

    /// The values in the columns' order.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.cells.iter().zip(&self.codings).map(|(cell, coding)| value(cell.as_deref(), *coding))
    }

    /// The row for a person; `name` is what it was asked for by.
    pub fn page(&self, name: &RowName, formats: Vec<Link>) -> RowPage {
        let all: Vec<usize> = (0..self.table.columns.len()).collect();
        let fields = column_heads(&self.table, &all, None).into_iter().zip(self.values()).map(|(column, value)| {
            let key = self.references.iter().find(|key| key.columns.contains(&column.name));
            let mut cell = whole_cell(&value);
            cell.href = key.and_then(|key| referenced_row(key, |name| self.text(name)));
            cell.cut = self.cut && cell.text.ends_with(CUT_MARK);
            Field { column, cell }
        });
        let referrers = self.referrers.iter().filter_map(|key| {
            let label = format!("{} by {}", key.from, key.columns.join(", "));
            Some(Link { label, href: referring_rows(key, |name| self.text(name))? })
        });
        RowPage {
            table: table_head(&self.table),
            key: self.key_words(name),
            fields: fields.collect(),
            referrers: referrers.collect(),
            formats,
        }
    }

    /// The row's links for programs.
    pub fn links(&self) -> RowLinks {
        let link = |key: &ForeignKey, table: &TableName, href: Option<String>| {
            Some(KeyLink { columns: key.columns.clone(), table: table.to_string(), href: href? })
        };
        let text = |name: &str| self.text(name);
        RowLinks {
            references: self
                .references
                .iter()
                .filter_map(|key| link(key, &key.to, referenced_row(key, text)))
                .collect(),
            referrers: self
                .referrers
                .iter()
                .filter_map(|key| link(key, &key.from, referring_rows(key, text)))
                .collect(),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        let place = self.table.column(name)?;
        value(self.cells[place].as_deref(), self.codings[place]).text().map(Cow::into_owned)
    }

    /// The row's key, or what else it was asked for by where it has none.
    fn key_words(&self, name: &RowName) -> String {
        let part = |place: usize| {
            let column = &self.table.columns[place];
            format!("{} {}", column.title, self.text(&column.name).unwrap_or_else(|| "NULL".to_owned()))
        };
        let parts: Vec<String> = match name {
            RowName::RowId(Param::Integer(id)) => vec![format!("Row {id}")],
            RowName::RowId(Param::Text(id)) => vec![format!("Row {id}")],
            RowName::Columns(columns) if self.table.key.is_empty() => {
                columns.iter().map(|(place, _)| part(*place)).collect()
            }
            _ => self.table.key.iter().map(|place| part(*place)).collect(),
        };
        parts.join(", ")
    }
}

/// What stands at the end of a text that was cut.
const CUT_MARK: &str = "… [cut]";

fn shorten(cell: &mut Vec<u8>) {
    if cell.len() > CUT_BYTES {
        let end = (0..=CUT_BYTES).rev().find(|end| cell[*end] & 0xC0 != 0x80).unwrap_or(0);
        cell.truncate(end);
        cell.extend_from_slice(CUT_MARK.as_bytes());
    }
}
