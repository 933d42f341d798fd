//! Where a table's rows lead, for programs: addresses are made of a row's values by templates (RFC
//! 6570).

use serde::Serialize;

use super::address::{equals, followed, leading_back, row_path, table_path};
use super::unlike::{always_leads, always_leads_back};
use crate::query::{self, pairs};
use crate::table::{ForeignKey, Table, TableName};

/// Foreign keys of either direction that an answer lists at most: some tables have hundreds that
/// refer to them.
pub const MOST_LINKS: usize = 100;

/// Why rows that refer to others are not told: the database did not say them in time.
pub const MISSING: &str = "timeout";

/// Where a table's rows lead. A row in which one of a template's columns is null leads nowhere by
/// it.
#[derive(Debug, Serialize)]
pub struct TableLinks {
    /// A row by itself; `None` where no columns name a row.
    pub row: Option<String>,
    /// Rows that rows of this table refer to.
    pub references: Vec<KeyTemplate>,
    /// Rows that refer to rows of this table.
    pub referrers: Vec<KeyTemplate>,
    /// Why there are none: [`MISSING`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<&'static str>,
}

/// A foreign key as a template.
#[derive(Debug, Serialize)]
pub struct KeyTemplate {
    /// The columns of the foreign key.
    pub columns: Vec<String>,
    /// The table at its other end.
    pub table: String,
    /// The row, or the rows.
    pub template: String,
}

/// A table's links; foreign keys count as far as their other end is published. A template cannot
/// tell which values fit a column of another type.
pub fn table_links(table: &Table, publishes: impl Fn(&TableName) -> bool) -> TableLinks {
    let key: Vec<&str> =
        table.key.iter().map(|index| table.columns[*index].name.as_str()).collect();
    let of_key = |key: &ForeignKey, other: &TableName, template| KeyTemplate {
        columns: key.columns.clone(),
        table: other.to_string(),
        template,
    };
    let reference = |key: &ForeignKey| {
        let parameters =
            key.to_columns.iter().map(|column| query::row_parameter(column).into_owned());
        let rows = key.to_columns.iter().map(|column| equals(column));
        let columns = key.columns.iter().map(String::as_str);
        let template = match key.names_one {
            true => template(row_path(&key.to), parameters, columns),
            false => template(table_path(&key.to), rows, columns),
        };
        of_key(key, &key.to, template)
    };
    let referrer = |key: &ForeignKey| {
        let parameters = key.columns.iter().map(|column| equals(column));
        of_key(
            key,
            &key.from,
            template(table_path(&key.from), parameters, key.to_columns.iter().map(String::as_str)),
        )
    };
    let parameters = || key.iter().map(|column| query::row_parameter(column).into_owned());
    TableLinks {
        row: (!key.is_empty())
            .then(|| template(row_path(&table.name), parameters(), key.iter().copied())),
        references: followed(table, &publishes)
            .into_iter()
            .filter(|key| always_leads(key))
            .take(MOST_LINKS)
            .map(reference)
            .collect(),
        referrers: leading_back(table, &publishes)
            .into_iter()
            .filter(|key| always_leads_back(key) && can_be_filtered(table, key))
            .take(MOST_LINKS)
            .map(referrer)
            .collect(),
        missing: table.lacks_referrers.then_some(MISSING),
    }
}

/// The columns that refer can be filtered by as a template writes it: with an operator, one that is
/// named like a parameter of ours is not taken for another column.
fn can_be_filtered(table: &Table, key: &ForeignKey) -> bool {
    let others = || table.referrers.iter().filter(|other| other.from == key.from);
    let is_column =
        |name: &str| others().any(|other| other.columns.iter().any(|column| column == name));
    key.columns.iter().all(|column| equals(column) == *column || !is_column(&equals(column)))
}

/// An address whose parameters have the values of these columns.
fn template<'a>(
    path: String,
    parameters: impl Iterator<Item = String>,
    columns: impl Iterator<Item = &'a str>,
) -> String {
    parameters.zip(columns).enumerate().fold(path, |template, (index, (parameter, column))| {
        let sign = if index == 0 { '?' } else { '&' };
        let named = pairs::query([(parameter.as_str(), "")]);
        format!("{template}{sign}{named}{{{}}}", pairs::variable(column))
    })
}
