//! What changes on a page of rows from one answer to the next, for the page's script: `_view=page`.
//!
//! The names are those of [`TablePage`], which templates use.

use serde::Serialize;

use super::{CellView, ColumnHead, FilterView, Kept, Link, RowView, TablePage, Total};

/// The parts of a page.
#[derive(Debug, Serialize)]
pub struct PageParts<'a> {
    table: &'a str,
    groups_href: &'a str,
    columns: Vec<ColumnParts<'a>>,
    rows: Vec<RowParts<'a>>,
    next_href: &'a Option<String>,
    first_href: &'a Option<String>,
    truncated: bool,
    total: Option<Total>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uncounted: Option<&'static str>,
    count_href: &'a Option<String>,
    lacks_labels: &'a [String],
    filters: &'a [FilterView],
    formats: &'a [Link],
    keep: &'a Kept,
}

/// A column as far as the sort changes it.
#[derive(Debug, Serialize)]
struct ColumnParts<'a> {
    name: &'a str,
    sort: Option<&'static str>,
    sort_href: &'a Option<String>,
    values_href: &'a Option<String>,
}

#[derive(Debug, Serialize)]
struct RowParts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    href: &'a Option<String>,
    cells: Vec<CellParts<'a>>,
}

/// A cell without what it lacks: most have a text and nothing else.
#[derive(Debug, Serialize)]
struct CellParts<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rest: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: &'a Option<String>,
}

impl<'a> PageParts<'a> {
    /// The parts of this page.
    pub fn of(page: &'a TablePage) -> Self {
        Self {
            table: &page.table.table,
            groups_href: &page.table.groups_href,
            columns: page.columns.iter().map(column).collect(),
            rows: page.rows.iter().map(row).collect(),
            next_href: &page.next_href,
            first_href: &page.first_href,
            truncated: page.truncated,
            total: page.total,
            uncounted: page.uncounted,
            count_href: &page.count_href,
            lacks_labels: &page.lacks_labels,
            filters: &page.filters,
            formats: &page.formats,
            keep: &page.form.keep,
        }
    }
}

fn column(head: &ColumnHead) -> ColumnParts<'_> {
    ColumnParts {
        name: &head.name,
        sort: head.sort,
        sort_href: &head.sort_href,
        values_href: &head.values_href,
    }
}

fn row(row: &RowView) -> RowParts<'_> {
    RowParts { href: &row.href, cells: row.cells.iter().map(cell).collect() }
}

fn cell(cell: &CellView) -> CellParts<'_> {
    CellParts {
        kind: cell.kind,
        text: &cell.text,
        rest: cell.rest.as_deref(),
        cut: cell.cut,
        href: &cell.href,
        label: &cell.label,
        link: &cell.link,
        picture: &cell.picture,
    }
}
