//! Rows for a person.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::address::{referenced_row, row_address, row_id_address};
use super::page_end::PageEnd;
use super::{CellView, RowView, Value, value};
use crate::database::Sink;
use crate::query::MAX_PLAIN_ADDRESS_BYTES;
use crate::sql::Coding;
use crate::sql::literal::VISIBLE_NUL;
use crate::table::{ForeignKey, Table, Type};

/// Characters of a text that stand in a cell; the rest is folded.
const FOLDED_AFTER: usize = 160;

/// Characters of a text that a page of rows holds at most; the row's own page has all of it.
const LONGEST_ON_A_PAGE: usize = 4_000;

/// Bytes of text that a page of rows takes in. What templates add comes on top, and is measured when they are done.
const PAGE_TEXT_BYTES: usize = 4_000_000;

/// What rows for a person are built from.
#[derive(Debug)]
pub struct RowsLayout {
    /// The table.
    pub table: Arc<Table>,
    /// The shown columns; their cells are the first of a row.
    pub shown: Vec<usize>,
    /// What every cell of a row means.
    pub codings: Vec<Coding>,
    /// The cells that tell where a page goes on.
    pub seek_cells: Vec<usize>,
    /// The cells of the key's columns.
    pub key_cells: Vec<usize>,
    /// The cell of the row id.
    pub row_id_cell: Option<usize>,
    /// Foreign keys to published tables.
    pub references: Vec<ForeignKey>,
    /// Rows of the page at most.
    pub size: usize,
}

/// Collects the rows of one page.
#[derive(Debug)]
pub struct RowsView {
    /// The rows.
    pub rows: Vec<RowView>,
    /// The seek cells of each row: a page may have to be shortened once it is rendered.
    pub seeks: Vec<Vec<Option<Vec<u8>>>>,
    /// More rows follow.
    pub more: bool,
    /// The page ended early because its bytes would have become too many.
    pub truncated: bool,
    /// The first row is too large for any page: it stands alone, its texts cut.
    pub cut: bool,
    bytes: usize,
    layout: Arc<RowsLayout>,
}

impl RowsView {
    /// An empty page.
    pub fn new(layout: Arc<RowsLayout>) -> Self {
        Self { rows: Vec::new(), seeks: Vec::new(), more: false, truncated: false, cut: false, bytes: 0, layout }
    }

    /// Cuts each text to so many characters, because a page is too large for one row.
    pub fn cut(&mut self, limit: usize) {
        for cell in self.rows.iter_mut().flat_map(|row| &mut row.cells) {
            let shown = cell.text.chars().count();
            let part = if shown < limit { cell.rest.as_mut() } else { Some(&mut cell.text) };
            let left = if shown < limit { limit - shown } else { limit };
            if let Some(part) = part
                && let Some((end, _)) = part.char_indices().nth(left)
            {
                part.truncate(end);
                cell.cut = true;
            }
            if shown >= limit {
                cell.cut |= cell.rest.take().is_some();
            }
        }
        self.cut = true;
    }

    /// Leaves out rows at the end, because the page became too large.
    pub fn shorten(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.seeks.truncate(rows);
        self.more = true;
        self.truncated = true;
    }
}

impl Sink for RowsView {
    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        if self.rows.len() == self.layout.size {
            self.more = true;
            return ControlFlow::Break(());
        }
        let row = self.layout.row(cells);
        let bytes: usize =
            row.cells.iter().map(|cell| cell.text.len() + cell.rest.as_ref().map_or(0, String::len)).sum();
        if self.bytes + bytes > PAGE_TEXT_BYTES && !self.rows.is_empty() {
            self.more = true;
            self.truncated = true;
            return ControlFlow::Break(());
        }
        self.bytes += bytes;
        self.rows.push(row);
        let mut end = PageEnd::default();
        end.remember(cells, &self.layout.seek_cells);
        self.seeks.push(end.last);
        ControlFlow::Continue(())
    }
}

impl RowsLayout {
    fn row(&self, cells: &[Option<&[u8]>]) -> RowView {
        let text = |cell: usize| value(cells[cell], self.codings[cell]).text().map(|text| text.into_owned());
        let href = self.href(&text);
        let shown_text = |name: &str| {
            let cell =
                self.shown.iter().position(|place| self.table.columns[*place].name.eq_ignore_ascii_case(name))?;
            text(cell)
        };
        let views = self.shown.iter().enumerate().map(|(cell, place)| {
            let column = &self.table.columns[*place];
            let mut view = cell_view(&value(cells[cell], self.codings[cell]), href.is_some());
            let key = self.references.iter().find(|key| key.columns.contains(&column.name));
            view.href = key.and_then(|key| referenced_row(key, shown_text));
            view
        });
        RowView { cells: views.collect(), href }
    }

    /// The row's own page: by its key, or by its row id where it has none or an address cannot hold it.
    fn href(&self, text: &impl Fn(usize) -> Option<String>) -> Option<String> {
        let by_id = || Some(row_id_address(&self.table.name, &text(self.row_id_cell?)?));
        let address = self.by_key(text).or_else(by_id)?;
        (address.len() <= MAX_PLAIN_ADDRESS_BYTES).then_some(address)
    }

    /// By the key, unless a part of it is NULL, or too long or too odd for an address and there is a row id instead.
    fn by_key(&self, text: &impl Fn(usize) -> Option<String>) -> Option<String> {
        let values: Vec<String> = self.key_cells.iter().map(|cell| text(*cell)).collect::<Option<_>>()?;
        let columns = || self.table.key.iter().map(|place| &self.table.columns[*place]);
        let named = columns().map(|column| column.name.as_str()).zip(values.iter().map(String::as_str));
        let address = row_address(&self.table.name, named);
        // In a text, 7 and '7' are the same, and so are other values without a declared type.
        let odd = address.len() > MAX_PLAIN_ADDRESS_BYTES
            || columns().any(|column| column.kind == Type::Dynamic)
            || values.iter().any(|value| value.contains(VISIBLE_NUL));
        let better_by_id = odd && self.row_id_cell.is_some();
        (!values.is_empty() && !better_by_id).then_some(address)
    }
}

/// A cell on a page of rows; `linked`: there is a page that has all of it.
fn cell_view(value: &Value<'_>, linked: bool) -> CellView {
    let mut view = whole_cell(value);
    if view.kind != "text" {
        return view;
    }
    if linked && let Some((end, _)) = view.text.char_indices().nth(LONGEST_ON_A_PAGE) {
        view.text.truncate(end);
        view.cut = true;
    }
    if let Some((fold, _)) = view.text.char_indices().nth(FOLDED_AFTER) {
        view.rest = Some(view.text.split_off(fold));
    }
    view
}

/// A cell with all that it holds.
pub fn whole_cell(value: &Value<'_>) -> CellView {
    let (kind, text) = match value {
        Value::Null => ("null", String::new()),
        Value::Boolean(truth) => ("boolean", truth.to_string()),
        Value::Number(number) => ("number", number.to_string()),
        Value::Text(text) if text.is_empty() => ("empty", String::new()),
        Value::Text(text) => ("text", text.to_string()),
        Value::Binary(bytes) => ("binary", size_words(bytes.len())),
    };
    CellView { kind, text, rest: None, cut: false, href: None }
}

fn size_words(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
