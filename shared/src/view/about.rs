//! What a file says of itself where it stands alone: an address, a time, what was asked for.

use std::time::{SystemTime, UNIX_EPOCH};

use super::address::{Address, CutCell};
use super::build::filter_views;
use super::layout::PageLayout;
use super::page_end::PageEnd;
use super::site::OwnRows;
use super::total::Total;
use crate::query::{self, TableQuery};
use crate::table::Table;

/// Lines about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The lines.
    pub lines: Vec<AboutLine>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AboutLine {
    /// What it says.
    pub label: String,
    /// The value.
    pub value: AboutValue,
}

/// A value of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AboutValue {
    /// Text.
    Text(String),
    /// An address, with scheme and host where those are known.
    Address(String),
    /// A count.
    Number(u64),
    /// Seconds since 1970 in UTC.
    Time(u64),
}

/// What is to be said of a page.
#[derive(Debug)]
pub struct Page<'a> {
    /// What its rows were read by.
    pub layout: &'a PageLayout,
    /// What was asked for.
    pub query: &'a TableQuery,
    /// Where.
    pub address: &'a Address<'a>,
    /// What addresses begin with for one who is elsewhere; empty where that is not known.
    pub origin: &'a str,
    /// Rows on the pages before.
    pub before: u64,
    /// How the page ended.
    pub end: &'a PageEnd,
    /// How many cells are cut; the first of them are in `end`.
    pub cut: usize,
    /// The next page's address.
    pub next: Option<&'a str>,
    /// Rows in all, where they were counted.
    pub total: Option<Total>,
    /// They were to be counted, and the database's user may not.
    pub uncounted: bool,
}

impl About {
    fn add(&mut self, label: &str, value: AboutValue) {
        self.lines.push(AboutLine { label: label.to_owned(), value });
    }

    fn text(&mut self, label: &str, text: impl Into<String>) {
        self.add(label, AboutValue::Text(text.into()));
    }

    fn begun(table: &Table, address: String) -> Self {
        let mut about = Self::default();
        about.text("Table", table.name.to_string());
        if let Some(description) = &table.description {
            about.text("Description", description.chars().take(1_000).collect::<String>());
        }
        about.add("Address", AboutValue::Address(address));
        let made = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        about.add("Made at", AboutValue::Time(made.as_secs()));
        about
    }

    /// Which rows of the table the caller sees at all.
    pub fn own_rows(&mut self, rules: &[OwnRows]) {
        for rule in rules {
            let more = match rule.more {
                0 => String::new(),
                more => format!(" or {more} more"),
            };
            let is = format!("{} is {}{more}", rule.title, rule.values.join(" or "));
            self.text("Only your rows", shortened(&is));
        }
    }

    /// About a page of rows.
    pub fn page(page: &Page<'_>) -> Self {
        let (layout, origin, end) = (page.layout, page.origin, page.end);
        let table = &layout.table;
        let mut about = Self::begun(table, format!("{origin}{}", page.address.with(&[], &[])));
        about.asked(page);
        about.add("Rows", AboutValue::Number(end.rows as u64));
        if page.before > 0 {
            about.add("Rows before these", AboutValue::Number(page.before));
        }
        match page.total {
            Some(total) if total.at_least => {
                about.text("Rows in all", format!("at least {}", total.value));
            }
            Some(total) => about.add("Rows in all", AboutValue::Number(total.value)),
            None if page.uncounted => {
                about.text("Rows in all", "not counted: a privilege is missing")
            }
            None => {}
        }
        about.text("More rows follow", if end.more { "yes" } else { "no" });
        if let Some(next) = page.next {
            about.add("The next rows", AboutValue::Address(format!("{origin}{next}")));
        }
        if end.truncated {
            about.text("Ends early", "More rows would have made the file too large.");
        }
        about.cut(page);
        about.values();
        about
    }

    fn asked(&mut self, page: &Page<'_>) {
        let table = &page.layout.table;
        let filters = filter_views(table, page.query, page.address);
        if filters.is_empty() {
            self.text("Filters", "none");
        }
        for filter in filters {
            self.text("Filter", shortened(&filter.label));
        }
        let sort = page.address.pairs().iter().find(|(name, _)| name == query::SORT);
        if let Some((_, sort)) = sort {
            self.text("Sorted by", shortened(sort));
        }
        let (shown, all) = (page.layout.cells.shown.len(), table.columns.len());
        if page.query.columns.is_some() {
            self.text("Columns", format!("{shown} of {all}"));
        }
    }

    /// About one row.
    pub fn row(table: &Table, address: &Address<'_>, origin: &str, cut: &[CutCell]) -> Self {
        let mut about = Self::begun(table, format!("{origin}{}", address.with(&[], &[])));
        about.text("Filters", "the one row at this address");
        about.add("Rows", AboutValue::Number(1));
        about.text("More rows follow", "no");
        for cell in cut {
            about.cut_cell(&format!("Cut: {}", cell.column), origin, cell);
        }
        about.values();
        about
    }

    /// About groups of rows; `rows` are the parameters that say which rows those are.
    pub fn groups(
        table: &Table,
        query: &TableQuery,
        (address, rows): (&str, &Address<'_>),
        (groups, follow): (usize, bool),
        origin: &str,
    ) -> Self {
        let mut about = Self::begun(table, format!("{origin}{address}"));
        let filters = filter_views(table, query, rows);
        if filters.is_empty() {
            about.text("Filters", "none");
        }
        for filter in filters {
            about.text("Filter", shortened(&filter.label));
        }
        about.add("Groups", AboutValue::Number(groups as u64));
        about.text("More groups follow", if follow { "yes" } else { "no" });
        about.values();
        about
    }

    fn cut(&mut self, page: &Page<'_>) {
        if page.cut > 0 {
            self.add("Cut cells", AboutValue::Number(page.cut as u64));
        }
        for cell in &page.end.cut_cells {
            let index = page.layout.columns().position(|column| column.name == cell.column);
            let label = match (index, cell.row) {
                // The first row of the sheet has the names.
                (Some(index), Some(row)) => format!("Cut: {}{}", letters(index), row + 2),
                _ => "Cut".to_owned(),
            };
            self.cut_cell(&label, page.origin, cell);
        }
    }

    fn cut_cell(&mut self, label: &str, origin: &str, cell: &CutCell) {
        match &cell.href {
            Some(href) => self.add(label, AboutValue::Address(format!("{origin}{href}"))),
            None => self.text(label, &*cell.column),
        }
    }

    fn values(&mut self) {
        self.text(
            "Values",
            "Numbers with more than 15 digits, and dates and times that Excel cannot show (before \
             1900, with parts of a millisecond, or in a time zone other than UTC), are text. An \
             empty text and NULL are both an empty cell.",
        );
    }
}

/// A filter's value may be as long as an address.
fn shortened(text: &str) -> String {
    text.chars().take(8_000).collect()
}

/// A column of a sheet as Excel names it: A to Z, then AA.
fn letters(index: usize) -> String {
    let (mut left, mut name) = (index + 1, String::new());
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or_default();
        name.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_excel_names_them() {
        let names = [0, 25, 26, 51, 52, 701, 702, 16_383].map(letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
