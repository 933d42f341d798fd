//! Rows that refer to a row, on its page.

use serde::Serialize;

use super::{CellView, RowView, Total};
use crate::table::{Table, Type};

/// Rows of each foreign key that the page shows in place.
pub const SHOWN_ROWS: usize = 5;

/// Columns of a row that are shown beside its key, where it has no label.
const SHOWN_COLUMNS: usize = 3;

/// Characters of each of their values.
const SHOWN_CHARACTERS: usize = 40;

/// Rows that refer to a row by one foreign key.
#[derive(Debug, Serialize)]
pub struct Referrer {
    /// Their table and the columns that refer.
    pub label: String,
    /// Where they are.
    pub href: String,
    /// How many they are, where that was counted.
    pub total: Option<Total>,
    /// The first of them, where they were read in time.
    pub rows: Vec<ReferringRow>,
}

/// One row that refers to another.
#[derive(Debug, Clone, Serialize)]
pub struct ReferringRow {
    /// Its own page; `None` where nothing names it.
    pub href: Option<String>,
    /// Its label, or its key; else what its first columns hold.
    pub name: String,
    /// Its key beside a label, or what its first columns hold beside a key.
    pub about: String,
}

/// The columns of a table by which its rows are shown: those that label them, else the key and the
/// first others but those that refer.
#[derive(Debug, Clone)]
pub struct ShownColumns {
    label: Option<usize>,
    key: Vec<usize>,
    others: Vec<usize>,
}

impl ShownColumns {
    /// Those of this table; `label`: the column that labels its rows, `referring` those by which it
    /// refers.
    pub fn of(table: &Table, label: Option<usize>, referring: &[String]) -> Self {
        let is_other = |index: &usize| {
            let column = &table.columns[*index];
            !table.key.contains(index)
                && column.kind != Type::Binary
                && !referring.contains(&column.name)
        };
        let others = match label {
            Some(_) => Vec::new(),
            None => (0..table.columns.len()).filter(is_other).take(SHOWN_COLUMNS).collect(),
        };
        let mut columns = Self { label, key: table.key.clone(), others };
        if columns.all().is_empty() {
            columns.others.push(0);
        }
        columns
    }

    /// All of them, in the order in which they are read.
    pub fn all(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.label.into_iter().collect();
        for index in self.key.iter().chain(&self.others) {
            if !all.contains(index) {
                all.push(*index);
            }
        }
        all
    }

    /// A row as it was read by these columns.
    pub fn row(&self, table: &Table, row: &RowView) -> ReferringRow {
        let all = self.all();
        let text = |index: &usize| {
            let cell = all.iter().position(|column| column == index).map(|at| &row.cells[at]);
            cell.and_then(words)
        };
        let label = self.label.as_ref().and_then(text);
        let key = self
            .key
            .iter()
            .filter_map(|index| Some(format!("{} {}", table.columns[*index].title, text(index)?)));
        let key = key.collect::<Vec<_>>().join(", ");
        let others = self.others.iter().filter_map(text).collect::<Vec<_>>().join(" · ");
        let (name, about) = match label {
            Some(label) => (label, key),
            None if key.is_empty() => (others, String::new()),
            None => (key, others),
        };
        let name = if name.is_empty() { "NULL".to_owned() } else { name };
        ReferringRow { href: row.href.clone(), name, about }
    }
}

/// The beginning of a cell's text; none of one that has none.
fn words(cell: &CellView) -> Option<String> {
    if matches!(cell.kind, "null" | "empty") {
        return None;
    }
    match cell.text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => Some(format!("{}…", &cell.text[..end])),
        None if cell.rest.is_some() => Some(format!("{}…", cell.text)),
        None => Some(cell.text.as_str().to_owned()),
    }
}
