//! What a template or a client may see. Templates know these names and no others.

pub mod about;
pub mod address;
mod build;
pub mod chart;
mod docs;
pub mod envelope;
mod form;
mod group_filters;
pub mod groups;
pub mod groups_form;
pub mod groups_page;
pub mod labels;
pub mod layout;
mod links;
mod me;
mod names;
pub mod page_end;
mod parts;
pub mod people;
pub mod referrer;
pub mod row;
pub mod rows;
mod site;
mod total;
mod unlike;
mod value;
mod ways;

use std::sync::Arc;

use compact_str::CompactString;
use serde::Serialize;

pub use build::*;
pub use docs::*;
pub use form::form;
pub use groups_page::{GroupsPage, text_of};
pub use links::{KeyTemplate, TableLinks, table_links};
pub use me::{MePage, me_page};
pub use parts::PageParts;
pub use referrer::{Referrer, ReferringRow};
pub use site::{OwnRows, SignedIn, Site, own_rows};
pub use total::{Total, UNCOUNTED};
pub use value::{Value, value};
pub use ways::ways_on;

/// A labelled link.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// What a person reads.
    pub label: String,
    /// Where it leads: an absolute path, percent-encoded.
    pub href: String,
}

/// `/`: the published tables.
#[derive(Debug, Serialize)]
pub struct IndexPage {
    /// Schemas in their order, each with at least one table.
    pub schemas: Vec<SchemaGroup>,
    /// How many tables there are in all.
    pub total: usize,
    /// How many of them are listed: those that the search finds.
    pub found: usize,
    /// The search text in force, or an empty text.
    pub q: String,
    /// The same list in other representations.
    pub formats: Vec<Link>,
}

/// The published tables of one schema.
#[derive(Debug, Serialize)]
pub struct SchemaGroup {
    /// The schema's name.
    pub name: String,
    /// Its tables by name.
    pub tables: Vec<TableLine>,
}

/// One table in a list of tables.
#[derive(Debug, Clone, Serialize)]
pub struct TableLine {
    /// `Schema.Table`.
    pub table: String,
    /// The schema's part of it.
    pub schema: String,
    /// The table's part of it.
    pub name: String,
    /// `table` or `view`.
    pub kind: &'static str,
    /// How many columns it has, where that could be told.
    pub columns: Option<usize>,
    /// What the catalogue says of it.
    pub description: Option<String>,
    /// Its first page.
    pub href: String,
}

/// The head of every page about one table.
#[derive(Debug, Clone, Serialize)]
pub struct TableHead {
    /// `Schema.Table`.
    pub table: String,
    /// The schema's part of it.
    pub schema: String,
    /// The table's part of it.
    pub name: String,
    /// `table` or `view`.
    pub kind: &'static str,
    /// What the catalogue says of it.
    pub description: Option<String>,
    /// Its first page.
    pub href: String,
    /// Its columns' page.
    pub schema_href: String,
    /// Its rows in groups, with the filters of a page of rows.
    pub groups_href: String,
    /// Its part of the API's description.
    pub docs_href: String,
}

/// A column over a page of rows.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnHead {
    /// The column's name in the database.
    pub name: String,
    /// The name as a person writes it.
    pub title: String,
    /// `integer`, `decimal`, `double`, `boolean`, `date`, `time`, `timestamp`, `text`, `binary`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its values stand to the right: numbers without labels.
    pub numeric: bool,
    /// Part of the row's key.
    pub key: bool,
    /// What the catalogue says of it.
    pub description: Option<String>,
    /// `asc`, `desc` or nothing: how the page is sorted by it.
    pub sort: Option<&'static str>,
    /// The page sorted by this column (the other way round if it already is); `None` where it
    /// cannot be sorted.
    pub sort_href: Option<String>,
    /// How many rows have each of its values, of those that the page's filters find; `None` where
    /// that cannot be asked for.
    pub values_href: Option<String>,
    /// The name may stand in `_sort` as it is; else a sort term is `["name", "desc"]`.
    pub plain: bool,
    /// The column's index in the table, by which forms name it.
    pub index: usize,
}

/// One cell on a page.
#[derive(Debug, Clone, Serialize)]
pub struct CellView {
    /// `null`, `empty` (a text of no characters), `boolean`, `number`, `text`, `binary`.
    pub kind: &'static str,
    /// What is shown, not yet escaped; for binary its size, such as `3 bytes`.
    pub text: CompactString,
    /// The rest of a long text, to be shown on demand; `text` is its beginning.
    pub rest: Option<CompactString>,
    /// Not all of the cell is on this page: the row's page has it.
    pub cut: bool,
    /// On a row's own page: bytes, and a text that is cut even there, by themselves. A link for
    /// each part.
    pub alone: Option<Vec<Link>>,
    /// The row that a foreign key points to.
    pub href: Option<String>,
    /// What that row is called.
    pub label: Option<String>,
    /// Where a text leads that is nothing but an address on the web or an e-mail address.
    pub link: Option<String>,
    /// Bytes that are a picture: its address.
    pub picture: Option<String>,
}

/// One row on a page of rows.
#[derive(Debug, Clone, Serialize)]
pub struct RowView {
    /// The row's own page; `None` where the table has no key.
    pub href: Option<String>,
    /// A cell for each column, in their order.
    pub cells: Vec<CellView>,
}

/// A filter in force.
#[derive(Debug, Clone, Serialize)]
pub struct FilterView {
    /// For a person: `City contains “x”`.
    pub label: String,
    /// The page without it.
    pub remove_href: String,
}

/// A name and its value in a form, or a choice and its label.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    /// The value that the form sends.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// Chosen at present.
    pub selected: bool,
}

/// The forms above a page of rows: plain GET forms. Each sends `_form` with what it keeps.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// Where they lead.
    pub action: String,
    /// What each form keeps.
    pub keep: Kept,
    /// The table has text columns to search.
    pub searchable: bool,
    /// The search text in force, or an empty text.
    pub q: String,
    /// Columns that can be filtered.
    pub columns: Vec<FilterColumn>,
    /// Operators.
    pub operators: Vec<Choice>,
    /// Filters in force that a new one may be an alternative to, by their indices among them.
    pub alternatives: Vec<Choice>,
    /// Page sizes.
    pub sizes: Vec<Choice>,
    /// All columns by their indices, the shown ones selected.
    pub shown: Vec<Choice>,
}

/// A column that can be filtered.
#[derive(Debug, Clone, Serialize)]
pub struct FilterColumn {
    /// Its index in the table, which the form sends.
    pub value: String,
    /// Its title.
    pub label: String,
    /// `text`, `number`, `date`, `time`, `datetime-local`, `boolean`, or `none` where only NULL
    /// can be asked for.
    pub input: &'static str,
}

/// What a form keeps: the parameters in force but those that it says itself, as a query string.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The new filter's form keeps everything.
    pub filter: String,
    /// All but the search.
    pub search: String,
    /// All but the page size.
    pub size: String,
    /// All but the columns.
    pub columns: String,
}

/// `/table/{t}`: a page of rows.
#[derive(Debug, Serialize)]
pub struct TablePage {
    /// The table.
    pub table: TableHead,
    /// The shown columns.
    pub columns: Vec<ColumnHead>,
    /// The rows. They reach templates by themselves: to serialize each cell would take as long as
    /// to write it.
    #[serde(skip)]
    pub rows: Arc<Vec<RowView>>,
    /// The page after this one.
    pub next_href: Option<String>,
    /// The first page, where this is another one.
    pub first_href: Option<String>,
    /// The page ends early because it would have become too large.
    pub truncated: bool,
    /// How many rows match, where that was asked.
    pub total: Option<Total>,
    /// Why they are not counted though that was asked: [`UNCOUNTED`].
    pub uncounted: Option<&'static str>,
    /// This page with the rows counted, where that was not asked.
    pub count_href: Option<String>,
    /// Columns whose labels are missing, each with the reason.
    pub lacks_labels: Vec<String>,
    /// Filters in force, the search among them.
    pub filters: Vec<FilterView>,
    /// The forms.
    pub form: Form,
    /// The same rows in other representations.
    pub formats: Vec<Link>,
    /// The first rows as files, as many as one answer may have. A script follows them to the last.
    pub downloads: Vec<Link>,
    /// How many rows such an answer has at most.
    pub download_rows: usize,
}

/// `/table/{t}/row`: one row.
#[derive(Debug, Serialize)]
pub struct RowPage {
    /// The table.
    pub table: TableHead,
    /// The key as a person reads it: `ID 7`.
    pub key: String,
    /// What the row is called, where a column says that.
    pub label: Option<String>,
    /// Columns whose labels are missing, each with the reason.
    pub lacks_labels: Vec<String>,
    /// The columns with their cells.
    pub fields: Vec<Field>,
    /// Tables whose foreign keys may point to this row.
    pub referrers: Vec<Referrer>,
    /// Those tables were not told in time.
    pub lacks_referrers: bool,
    /// This page with the rows that refer to it counted, where that was not asked.
    pub count_href: Option<String>,
    /// The same row in other representations.
    pub formats: Vec<Link>,
}

/// A column of one row, with its cell.
#[derive(Debug, Serialize)]
pub struct Field {
    /// The column.
    pub column: ColumnHead,
    /// Its value in this row, whole.
    pub cell: CellView,
}

/// `/table/{t}/schema`: the columns.
#[derive(Debug, Serialize)]
pub struct SchemaPage {
    /// The table.
    pub table: TableHead,
    /// Its columns.
    pub columns: Vec<ColumnLine>,
    /// What identifies a row, for a person: names of columns, or that there is no key.
    pub key: String,
    /// The same in other representations.
    pub formats: Vec<Link>,
}

/// One column in a list of columns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnLine {
    /// The column's name in the database.
    pub name: String,
    /// The name as a person writes it.
    pub title: String,
    /// As in [`ColumnHead::kind`].
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The type as the database names it.
    pub source_type: String,
    /// Characters of a text or digits of a number, where declared.
    pub precision: Option<u32>,
    /// Digits after the point, where declared.
    pub scale: Option<u32>,
    /// May be NULL.
    pub nullable: bool,
    /// Its position in the key, from 1.
    pub key: Option<usize>,
    /// The column that it refers to.
    pub references: Option<Reference>,
    /// What the catalogue says of it.
    pub description: Option<String>,
}

/// Where a foreign key leads.
#[derive(Debug, Clone, Serialize)]
pub struct Reference {
    /// `Schema.Table`.
    pub table: String,
    /// The column there.
    pub column: String,
    /// That table's page.
    pub href: String,
}

/// An error for a person.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    /// The HTTP status.
    pub status: u16,
    /// What kind of error.
    pub title: String,
    /// What is wrong, and what to do.
    pub detail: String,
    /// What to quote to the operator.
    pub request_id: String,
    /// Where to go from here.
    pub ways: Vec<Link>,
}
