//! What JSON answers are, around their rows.

use serde::Serialize;
use serde_json::value::RawValue;

use super::address::CutCell;
use super::labels::LabelMembers;
use super::row::RowLinks;
use super::{ColumnLine, TableLine, TableLinks, Total};

/// What stands before the rows of a page.
#[derive(Debug, Serialize)]
pub struct PageHead<'a> {
    /// `Schema.Table`.
    pub table: String,
    /// The shown columns.
    pub columns: Vec<&'a ColumnLine>,
    /// Where its rows lead.
    pub links: TableLinks,
}

/// What stands after the rows of a page.
#[derive(Debug, Serialize)]
pub struct PageTail<'a> {
    /// The address of the next page.
    pub next: Option<&'a str>,
    /// What ended the page before its size: `bytes` or `cell`.
    pub truncated: Option<&'static str>,
    /// The cells that are cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<&'a [CutCell]>,
    /// What the rows are called that columns refer to, where that was asked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelMembers>,
    /// How many rows match, where that was asked; null where they cannot be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Option<Total>>,
    /// Why they are not counted though that was asked: `privilege`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncounted: Option<&'static str>,
}

/// What stands after groups.
#[derive(Debug, Serialize)]
pub struct GroupsTail<'a> {
    /// The address of the next groups.
    pub next: Option<&'a str>,
    /// `groups` where there are more and this order cannot go on; `bytes` where they end early.
    pub truncated: Option<&'static str>,
}

/// One row.
#[derive(Debug, Serialize)]
pub struct RowAnswer<'a> {
    /// `Schema.Table`.
    pub table: String,
    /// The columns.
    pub columns: Vec<ColumnLine>,
    /// The row as an object.
    pub row: &'a RawValue,
    /// Where it leads.
    pub links: RowLinks,
    /// What the rows are called that its columns refer to, where that was asked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelMembers>,
    /// `cell` where values are cut.
    pub truncated: Option<&'static str>,
    /// The cells that are cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Vec<CutCell>>,
}

/// The columns of a table.
#[derive(Debug, Serialize)]
pub struct SchemaAnswer<'a> {
    /// `Schema.Table`.
    pub table: String,
    /// `table` or `view`.
    pub kind: &'static str,
    /// What the catalogue says of it.
    pub description: &'a Option<String>,
    /// The columns.
    pub columns: Vec<ColumnLine>,
    /// Where its rows lead.
    pub links: TableLinks,
}

/// The list of tables.
#[derive(Debug, Serialize)]
pub struct IndexAnswer<'a> {
    /// `SITE_TITLE`.
    pub title: &'a str,
    /// The published tables that are found.
    pub tables: Vec<TableLine>,
}
