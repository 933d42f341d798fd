//! One row, with links along foreign keys.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::address::{
    cell_address, followed, leading_back, part_address, referenced_row, referring_rows,
};
use super::labels::{FoundLabels, LabelValues, LabelledColumn, label_text};
use super::links::{MISSING, MOST_LINKS};
use super::names::reference_text;
use super::people::{for_people, picture};
use super::referrer::ReferringRow;
use super::rows::{fold, whole_cell};
use super::{Field, Link, Referrer, RowPage, Total, Value, column_heads, table_head, value};
use crate::cell::CellBuf;
use crate::dialect::Dialect;
use crate::param::Param;
use crate::payload::LONGEST_VALUE;
use crate::query::RowName;
use crate::sql::part;
use crate::sql::select::{MOST_PICTURE_BYTES, head_columns};
use crate::statement::Meaning;
use crate::table::{Column, ForeignKey, Table, TableName, Type};

/// Characters that are left of each value of a row that no answer can hold whole: the first that
/// makes it fit.
pub const CUT_CHARACTERS: [usize; 5] = [100_000, 10_000, 1_000, 100, 10];

/// Characters of a text that a row's page shows; the rest is folded.
const FOLDED_AFTER: usize = 2_000;

/// Characters of a text that a row's page holds. A browser takes seconds to lay out a million, so
/// that more than this stands by itself, as plain text.
const LONGEST_ON_A_PAGE: usize = 50_000;

/// A row as it was read.
#[derive(Debug)]
pub struct RowData {
    /// The table.
    pub table: Arc<Table>,
    /// The characters of a value at most, where the row is too large for an answer.
    pub limit: Option<usize>,
    dialect: &'static dyn Dialect,
    cells: Vec<CellBuf>,
    meanings: Vec<Meaning>,
    references: Vec<ForeignKey>,
    /// Foreign keys that lead to the row.
    pub referrers: Vec<ForeignKey>,
    /// How many rows refer to it by each of them, where that was counted.
    pub totals: Vec<Option<Total>>,
    /// The first rows that refer to it by each of them, where they were read.
    pub first: Vec<Vec<ReferringRow>>,
    /// What the rows are called that this one refers to, as far as that was looked up.
    pub labels: FoundLabels,
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
    /// How many rows there are, where that was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

/// Links of a row along foreign keys.
#[derive(Debug, Serialize)]
pub struct RowLinks {
    /// Rows that this one refers to.
    pub references: Vec<KeyLink>,
    /// Rows that refer to this one.
    pub referrers: Vec<KeyLink>,
    /// Why there are none: [`MISSING`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<&'static str>,
}

impl RowData {
    /// A row; foreign keys count as far as their other end is published.
    pub fn new(
        table: Arc<Table>,
        dialect: &'static dyn Dialect,
        cells: Vec<CellBuf>,
        meanings: Vec<Meaning>,
        publishes: impl Fn(&TableName) -> bool,
    ) -> Self {
        let references =
            followed(&table, &publishes).into_iter().take(MOST_LINKS).cloned().collect();
        let referrers: Vec<_> =
            leading_back(&table, &publishes).into_iter().take(MOST_LINKS).cloned().collect();
        let totals = vec![None; referrers.len()];
        let (first, labels) = (vec![Vec::new(); referrers.len()], FoundLabels::default());
        Self {
            table,
            limit: None,
            dialect,
            cells,
            meanings,
            references,
            referrers,
            totals,
            first,
            labels,
        }
    }

    /// The values of these columns, whose labels are wanted.
    pub fn label_values(&self, labelled: &[LabelledColumn]) -> LabelValues {
        let mut values = LabelValues::default();
        for (index, labelled) in labelled.iter().enumerate() {
            let (cell, meaning) = (&self.cells[labelled.column], self.meanings[labelled.column]);
            let column = &self.table.columns[labelled.column];
            let pair = labelled.value(cell.as_cell(), meaning, column, self.dialect);
            values.remember(index, pair);
        }
        values
    }

    /// The values in the columns' order, cut to the limit.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        self.whole_values()
            .map(|value| self.limit.and_then(|limit| value.cut(limit)).unwrap_or(value))
    }

    /// The columns whose values are cut.
    pub fn cut_columns(&self) -> impl Iterator<Item = &Column> {
        let cut = |value: &Value<'_>| self.limit.is_some_and(|limit| value.cut(limit).is_some());
        self.table
            .columns
            .iter()
            .zip(self.whole_values())
            .filter(move |(_, value)| cut(value))
            .map(|(column, _)| column)
    }

    fn whole_values(&self) -> impl Iterator<Item = Value<'_>> {
        self.cells.iter().zip(&self.meanings).map(|(cell, meaning)| value(cell.as_cell(), *meaning))
    }

    /// The row for a person; `name` is what it was asked for by, `address` where it is,
    /// `count_href` where the rows that refer to it are counted, and whether that was asked; `label` the column that says what
    /// it is called.
    pub fn page(
        &self,
        name: &RowName,
        address: &str,
        formats: Vec<Link>,
        (count_href, has_asked): (String, bool),
        label: Option<usize>,
    ) -> RowPage {
        let all: Vec<usize> = (0..self.table.columns.len()).collect();
        let fields =
            column_heads(&self.table, &all, None).into_iter().zip(self.whole_values()).enumerate().map(|(index, (column, value))| {
                let key = self.references.iter().find(|key| key.columns.contains(&column.name));
                let mut cell = whole_cell(value.clone());
                cell.href = key.and_then(|key| referenced_row(key, |name| self.named(name)));
                cell.label = self.labels.of(index, &cell.text).cloned();
                let kind = self.table.columns[index].kind;
                // Of bytes a page shows their number alone. What leads somewhere is short.
                if cell.kind == "text" && cell.href.is_none() {
                    fold(&mut cell, FOLDED_AFTER, self.limit.unwrap_or(LONGEST_ON_A_PAGE).min(LONGEST_ON_A_PAGE));
                }
                if cell.cut || cell.kind == "binary" {
                    let starts = self.parts(&value, index, column.kind);
                    // Of a longer text no more was asked for.
                    let is_all = self.dialect.gives_whole_values()
                        || !matches!(&value, Value::Text(text) if text.chars().count() >= LONGEST_VALUE);
                    cell.alone = alone(address, &column.name, &starts, is_all, cell.kind == "binary");
                }
                cell.picture = self.picture(&value, index, address);
                for_people(&mut cell, kind);
                Field { column, cell }
            });
        let referrers = self.referrers.iter().enumerate().filter_map(|(index, key)| {
            let label = format!("{} by {}", key.from, key.columns.join(", "));
            let (total, rows) = (self.totals[index], self.first[index].clone());
            Some(Referrer { label, href: self.referring(index)?, total, rows })
        });
        let counts = self.totals.iter().enumerate();
        let is_counted = has_asked
            || counts
                .filter(|(index, _)| self.referring(*index).is_some())
                .all(|(_, total)| total.is_some());
        RowPage {
            table: table_head(&self.table),
            key: self.key_words(name),
            label: label
                .and_then(|index| label_text(self.cells[index].as_cell(), self.meanings[index])),
            lacks_labels: self.labels.lacking(&self.table),
            fields: fields.collect(),
            referrers: referrers.collect(),
            count_href: (!is_counted).then_some(count_href),
            lacks_referrers: self.table.lacks_referrers,
            formats,
        }
    }

    /// The address of a value that is a picture, if one answer holds it.
    fn picture(&self, value: &Value<'_>, index: usize, row: &str) -> Option<String> {
        let columns = self.table.columns.len();
        let heads = head_columns(&self.table, self.dialect);
        let of_size = || {
            let at = heads.iter().position(|head| *head == index)?;
            match self.cells.get(columns + at)? {
                CellBuf::Bytes(bytes) | CellBuf::Text(bytes) => Some(bytes.as_slice()),
                _ => None,
            }
        };
        let (bytes, head) = match value {
            Value::Binary(bytes) => (bytes.len() as u64, bytes.as_ref()),
            Value::Size(bytes) => (*bytes, of_size()?),
            _ => return None,
        };
        (bytes <= MOST_PICTURE_BYTES && picture(head).is_some())
            .then(|| cell_address(row, &self.table.columns[index].name))
    }

    /// Where the parts of a value by itself begin, counted as it is stored: what is no UTF-8 is shown
    /// with other bytes. None where it cannot be had so.
    fn parts(&self, value: &Value<'_>, index: usize, column: &str) -> Vec<u64> {
        let size = part::size(self.dialect);
        let in_characters = self.dialect.counts_characters();
        let bytes: &[u8] = match value {
            // Whole, or not at all.
            Value::Binary(bytes) if in_characters && bytes.len() as u64 <= MOST_PICTURE_BYTES => {
                return vec![0];
            }
            Value::Size(_) | Value::Binary(_) if in_characters => return Vec::new(),
            Value::Size(length) => return starts(*length, size),
            Value::Text(text) if in_characters => {
                let (mut all, mut from, mut rest) = (vec![0], 0, text.as_ref());
                while let Some((end, units)) = part::end_in_units(rest, size as usize) {
                    (from, rest) = (from + units as u64, &rest[end..]);
                    all.push(from);
                }
                return all;
            }
            Value::Text(text) => match &self.cells[index] {
                CellBuf::Text(stored) => stored,
                _ => text.as_bytes(),
            },
            Value::Binary(bytes) => bytes,
            _ => return Vec::new(),
        };
        let (mut all, mut from) = (vec![0], 0);
        while (bytes.len() - from) as u64 > size {
            from += part::end(&bytes[from..], column != Type::Binary.name());
            all.push(from as u64);
        }
        all
    }

    /// The row's links for programs.
    pub fn links(&self) -> RowLinks {
        let link = |key: &ForeignKey, table: &TableName, href: Option<String>, total| {
            Some(KeyLink {
                columns: key.columns.clone(),
                table: table.to_string(),
                href: href?,
                total,
            })
        };
        let text = |name: &str| self.named(name);
        RowLinks {
            references: self
                .references
                .iter()
                .filter_map(|key| link(key, &key.to, referenced_row(key, text), None))
                .collect(),
            referrers: self
                .referrers
                .iter()
                .enumerate()
                .filter_map(|(index, key)| {
                    link(key, &key.from, self.referring(index), self.totals[index])
                })
                .collect(),
            missing: self.table.lacks_referrers.then_some(MISSING),
        }
    }

    /// Where the rows are that refer to this one by a foreign key, by its index among
    /// [`Self::referrers`].
    pub fn referring(&self, index: usize) -> Option<String> {
        referring_rows(&self.referrers[index], |name| self.filtered(name))
    }

    /// The tables whose rows were counted, or are shown.
    pub fn counted(&self) -> impl Iterator<Item = &TableName> {
        self.referrers
            .iter()
            .zip(self.totals.iter().zip(&self.first))
            .filter(|(_, (total, first))| total.is_some() || !first.is_empty())
            .map(|(key, _)| &key.from)
    }

    /// A value as a link names it.
    fn named(&self, name: &str) -> Option<String> {
        let index = self.table.column(name)?;
        reference_text(
            self.cells[index].as_cell(),
            self.meanings[index],
            &self.table.columns[index],
            self.dialect,
        )
    }

    /// A value as a filter finds it; none finds bytes.
    fn filtered(&self, name: &str) -> Option<String> {
        let index = self.table.column(name)?;
        self.named(name).filter(|_| self.table.columns[index].kind != Type::Binary)
    }

    fn text(&self, name: &str) -> Option<String> {
        let index = self.table.column(name)?;
        value(self.cells[index].as_cell(), self.meanings[index]).text().map(Cow::into_owned)
    }

    /// The row's key, or what else it was asked for by where it has none.
    fn key_words(&self, name: &RowName) -> String {
        let part = |index: usize| {
            let column = &self.table.columns[index];
            format!(
                "{} {}",
                column.title,
                self.text(&column.name).unwrap_or_else(|| "NULL".to_owned())
            )
        };
        let parts: Vec<String> = match name {
            RowName::RowId(Param::Integer(id)) => vec![format!("Row {id}")],
            RowName::RowId(Param::Text(id)) => vec![format!("Row {id}")],
            RowName::Columns(columns) if self.table.key.is_empty() => {
                columns.iter().map(|(index, _)| part(*index)).collect()
            }
            _ => self.table.key.iter().map(|index| part(*index)).collect(),
        };
        parts.join(", ")
    }
}

/// Where parts of this size begin of which none ends within a character.
fn starts(length: u64, size: u64) -> Vec<u64> {
    (0..length.max(1)).step_by(size as usize).collect()
}

/// The ways to a value by itself, of which one answer has a part. `is_all`: there are no further
/// parts.
fn alone(
    address: &str,
    column: &str,
    starts: &[u64],
    is_all: bool,
    is_binary: bool,
) -> Option<Vec<Link>> {
    let label = |index: usize| match (starts.len(), is_binary) {
        (count, _) if !is_all => format!("part {} of {count} or more as plain text", index + 1),
        (1, true) => "download".to_owned(),
        (1, false) => "all of it as plain text".to_owned(),
        (count, true) => format!("download part {} of {count}", index + 1),
        (count, false) => format!("part {} of {count} as plain text", index + 1),
    };
    let link = |(index, from): (usize, &u64)| Link {
        label: label(index),
        href: part_address(address, column, *from),
    };
    (!starts.is_empty()).then(|| starts.iter().enumerate().map(link).collect())
}
