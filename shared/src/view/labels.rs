//! Labels: what the rows are called that a page's foreign keys refer to.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::address::{followed, referenced_value};
use super::value;
use crate::cell::Cell;
use crate::config::Labels;
use crate::dialect::Dialect;
use crate::statement::Meaning;
use crate::table::{Column, ForeignKey, Table, TableName, Type};

/// Different values that are looked up for each referenced table at most, in the order of the rows.
pub const MOST_VALUES: usize = 500;

/// Referenced tables at most: each is a query of its own.
pub const MOST_TABLES: usize = 5;

/// Characters of a label at most; a longer one is cut and ends in `…`.
pub const MOST_CHARACTERS: usize = 200;

/// Bytes of a key's value that has a label at most: a longer one is text that nobody refers by.
const LONGEST_KEY: usize = 1_000;

/// A column whose values have labels: a foreign key of one column, to a table that has a column
/// for them.
#[derive(Debug, Clone)]
pub struct LabelledColumn {
    /// Its index in the table.
    pub column: usize,
    /// The foreign key.
    pub key: ForeignKey,
    /// The column of the table there, as the settings name it.
    pub label: String,
}

impl LabelledColumn {
    /// The column there that it refers to.
    pub fn to_column(&self) -> &str {
        self.key.to_columns.first().map_or("", String::as_str)
    }

    /// The text of a value as people see it, and as it finds its row there. None of a value that
    /// refers to no row.
    pub fn value(
        &self,
        cell: Cell<'_>,
        meaning: Meaning,
        column: &Column,
        dialect: &dyn Dialect,
    ) -> Option<(String, String)> {
        let shown = value(cell, meaning).text()?.into_owned();
        let there = super::names::reference_text(cell, meaning, column, dialect)?;
        let there = referenced_value(&self.key, there)?;
        (shown.len() <= LONGEST_KEY && there.len() <= LONGEST_KEY).then_some((shown, there))
    }
}

/// The columns of a table whose values may have labels; foreign keys count as far as their other
/// end is published.
pub fn labelled_columns(
    table: &Table,
    labels: &Labels,
    publishes: impl Fn(&TableName) -> bool,
) -> Vec<LabelledColumn> {
    let mut found: Vec<LabelledColumn> = Vec::new();
    for key in followed(table, publishes) {
        let ([name], Some(label), true) =
            (key.columns.as_slice(), labels.of(&key.to), key.names_one)
        else {
            continue;
        };
        let Some(column) = table.column(name) else { continue };
        let is_known = found.iter().any(|known| known.column == column);
        if !is_known && table.columns[column].kind != Type::Binary {
            found.push(LabelledColumn { column, key: key.clone(), label: label.to_owned() });
        }
    }
    found.sort_by_key(|labelled| labelled.column);
    found
}

/// Those of these columns that refer to the first [`MOST_TABLES`] tables, and the others.
pub fn within_limit(columns: Vec<LabelledColumn>) -> (Vec<LabelledColumn>, Vec<LabelledColumn>) {
    let mut tables: Vec<TableName> = Vec::new();
    columns.into_iter().partition(|column| {
        if !tables.contains(&column.key.to) {
            tables.push(column.key.to.clone());
        }
        tables.iter().take(MOST_TABLES).any(|table| *table == column.key.to)
    })
}

/// The values of a page whose labels are wanted: for each labelled column those that differ, in
/// the order of the rows, as people see them and as they find their rows.
#[derive(Debug, Clone, Default)]
pub struct LabelValues(Vec<Values>);

#[derive(Debug, Clone, Default)]
struct Values {
    pairs: Vec<(String, String)>,
    seen: HashSet<String>,
    has_more: bool,
}

impl LabelValues {
    /// Takes a value of the labelled column at this index among them.
    pub fn remember(&mut self, index: usize, pair: Option<(String, String)>) {
        if self.0.len() <= index {
            self.0.resize_with(index + 1, Values::default);
        }
        let values = &mut self.0[index];
        let Some(pair) = pair.filter(|(shown, _)| !values.seen.contains(shown)) else { return };
        if values.pairs.len() == MOST_VALUES {
            values.has_more = true;
            return;
        }
        values.seen.insert(pair.0.clone());
        values.pairs.push(pair);
    }

    /// The values of the labelled column at this index.
    pub fn of(&self, index: usize) -> &[(String, String)] {
        self.0.get(index).map_or(&[], |values| values.pairs.as_slice())
    }

    /// There were more values than are looked up.
    pub fn has_more(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|values| values.has_more)
    }
}

/// Why a column's values have no labels, or only the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unlabelled {
    /// The database did not tell them in time.
    Timeout,
    /// There are more values or tables than are looked up.
    Limit,
    /// The table there, or its column, cannot be read.
    Unreadable,
    /// The answer would have become too large.
    Bytes,
}

impl Unlabelled {
    /// Every reason, as clients read it.
    pub const NAMES: [&'static str; 4] = ["timeout", "limit", "unreadable", "bytes"];

    /// For a person, after the column's title.
    pub fn words(self) -> &'static str {
        match self {
            Self::Timeout => "not told by the database in time",
            Self::Limit => "only of the first 500 values of five tables",
            Self::Unreadable => "cannot be read",
            Self::Bytes => "too large for this answer",
        }
    }
}

/// The labels of a page, by column.
#[derive(Debug, Clone, Default)]
pub struct FoundLabels(pub Vec<ColumnLabels>);

/// The labels of one column's values.
#[derive(Debug, Clone)]
pub struct ColumnLabels {
    /// Its index in the table.
    pub column: usize,
    /// Labels by the values as people see them. A value without one is not among them.
    pub labels: BTreeMap<String, String>,
    /// Why there are no others.
    pub lacks: Option<Unlabelled>,
}

impl FoundLabels {
    /// The label of a value as people see it.
    pub fn of(&self, column: usize, shown: &str) -> Option<&String> {
        self.0.iter().find(|known| known.column == column)?.labels.get(shown)
    }

    /// What a program gets: labels by the columns' names, and why some are missing.
    pub fn members(&self, table: &Table) -> LabelMembers {
        let name = |labels: &ColumnLabels| table.columns[labels.column].name.clone();
        let lacking = self.0.iter().filter_map(|labels| Some((name(labels), labels.lacks?)));
        LabelMembers {
            labels: self.0.iter().map(|labels| (name(labels), labels.labels.clone())).collect(),
            unlabelled: lacking.collect(),
        }
    }

    /// The same where the labels made the answer too large.
    pub fn too_large(&self) -> Self {
        let none = |labels: &ColumnLabels| ColumnLabels {
            labels: BTreeMap::new(),
            lacks: Some(Unlabelled::Bytes),
            ..labels.clone()
        };
        Self(self.0.iter().map(none).collect())
    }

    /// For a person: the columns whose labels are missing, each with the reason.
    pub fn lacking(&self, table: &Table) -> Vec<String> {
        let words = |labels: &ColumnLabels| {
            let title = &table.columns[labels.column].title;
            labels.lacks.map(|why| format!("{title}: {}", why.words()))
        };
        self.0.iter().filter_map(words).collect()
    }
}

/// Labels in an answer for programs.
#[derive(Debug, Default, Serialize)]
pub struct LabelMembers {
    /// By column and value.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
    /// Why labels of a column are missing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unlabelled: BTreeMap<String, Unlabelled>,
}

/// A value of the column that labels rows, as their label; `None` where it says nothing.
pub fn label_text(cell: Cell<'_>, meaning: Meaning) -> Option<String> {
    if meaning == Meaning::Size || matches!(cell, Cell::Bytes(_)) {
        return None;
    }
    let text = value(cell, meaning).text()?.trim().to_owned();
    if text.is_empty() {
        return None;
    }
    if text.chars().nth(MOST_CHARACTERS).is_none() {
        return Some(text);
    }
    // The mark is one of them.
    Some(text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(index: usize, to: &str) -> LabelledColumn {
        let name = |name: &str| TableName { schema: "S".to_owned(), name: name.to_owned() };
        let key = ForeignKey::new(name("T"), name(to));
        LabelledColumn { column: index, key, label: "Name".to_owned() }
    }

    #[test]
    fn columns_of_the_first_five_tables_have_labels() {
        let tables = ["A", "B", "A", "C", "D", "E", "F", "B", "G"];
        let columns = tables.iter().enumerate().map(|(index, to)| column(index, to));
        let (within, beyond) = within_limit(columns.collect());
        let indices = |columns: &[LabelledColumn]| -> Vec<usize> {
            columns.iter().map(|column| column.column).collect()
        };
        assert_eq!(indices(&within), [0, 1, 2, 3, 4, 5, 7]);
        assert_eq!(indices(&beyond), [6, 8]);
    }

    #[test]
    fn values_are_remembered_once_and_up_to_the_limit() {
        let mut values = LabelValues::default();
        values.remember(1, None);
        for number in (0..MOST_VALUES).chain(0..MOST_VALUES) {
            values.remember(1, Some((number.to_string(), number.to_string())));
        }
        assert_eq!((values.of(0).len(), values.of(1).len()), (0, MOST_VALUES));
        assert!(!values.has_more(1));
        values.remember(1, Some(("x".to_owned(), "x".to_owned())));
        assert!(values.has_more(1));
        assert_eq!(values.of(1).len(), MOST_VALUES);
    }

    #[test]
    fn a_long_label_is_cut_and_an_empty_one_is_none() {
        let meaning = Meaning::Value(Type::Text, None);
        let of = |text: &str| label_text(Cell::Text(text.as_bytes()), meaning);
        assert_eq!(of(" Müller GmbH "), Some("Müller GmbH".to_owned()));
        assert_eq!(of(" "), None);
        assert_eq!(label_text(Cell::Null, meaning), None);
        let longest = "ä".repeat(MOST_CHARACTERS);
        assert_eq!(of(&longest), Some(longest.clone()));
        assert_eq!(of(&format!("{longest}b")), Some(format!("{}…", "ä".repeat(199))));
    }

    #[test]
    fn every_reason_has_a_name() {
        use Unlabelled::{Bytes, Limit, Timeout, Unreadable};
        for (why, name) in [Timeout, Limit, Unreadable, Bytes].into_iter().zip(Unlabelled::NAMES) {
            assert_eq!(serde_json::to_value(why).unwrap(), name);
        }
    }
}
