//! Rows for a person.

use std::ops::ControlFlow;
use std::sync::Arc;

use compact_str::{CompactString, ToCompactString as _};

use super::address::{cell_address, referenced_row};
use super::labels::{FoundLabels, LabelValues};
use super::layout::PageLayout;
use super::names::reference_text;
use super::page_end::PageEnd;
use super::people::{for_people, is_thumbnail};
use super::{CellView, RowView, Value};
use crate::cell::{Cell, CellBuf};
use crate::database::Sink;

/// Characters of a text that stand in a cell; the rest is folded.
const FOLDED_AFTER: usize = 160;

/// Characters of a text that a page of rows holds at most; the row's own page has all of it.
const LONGEST_ON_A_PAGE: usize = 4_000;

/// Bytes of text that a page of rows takes in. What templates add comes on top, and is measured
/// when they are done.
const PAGE_TEXT_BYTES: usize = 4_000_000;

/// Collects the rows of one page.
#[derive(Debug)]
pub struct PageRows {
    /// The rows.
    pub rows: Arc<Vec<RowView>>,
    /// How the page ended.
    pub end: PageEnd,
    /// The values whose labels are wanted.
    pub label_values: LabelValues,
    /// The seek cells of all rows, `layout.cells.seek.len()` of each: a page may have to be
    /// shortened once it is rendered.
    seeks: Vec<CellBuf>,
    bytes: usize,
    layout: Arc<PageLayout>,
}

impl PageRows {
    /// An empty page.
    pub fn new(layout: Arc<PageLayout>) -> Self {
        Self {
            rows: Arc::default(),
            end: PageEnd::default(),
            label_values: LabelValues::default(),
            seeks: Vec::new(),
            bytes: 0,
            layout,
        }
    }

    /// Puts labels beside the values that have one.
    pub fn label(&mut self, found: &FoundLabels) {
        for labels in found.0.iter().filter(|labels| !labels.labels.is_empty()) {
            let shown = &self.layout.cells.shown;
            let Some(at) = shown.iter().position(|column| *column == labels.column) else {
                continue;
            };
            for row in Arc::make_mut(&mut self.rows) {
                row.cells[at].label = labels.labels.get(row.cells[at].text.as_str()).cloned();
            }
        }
    }

    /// Cuts each text to so many characters, because a page is too large for one row.
    pub fn cut(&mut self, limit: usize) {
        for cell in Arc::make_mut(&mut self.rows).iter_mut().flat_map(|row| &mut row.cells) {
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
        self.end.cut = true;
    }

    /// Leaves out rows at the end, because the page became too large.
    pub fn shorten(&mut self, rows: usize) {
        Arc::make_mut(&mut self.rows).truncate(rows);
        let seek = self.layout.cells.seek.len();
        self.seeks.truncate(rows * seek);
        self.end.keys.truncate(rows);
        self.end.rows = rows;
        self.end.last = self.seeks[self.seeks.len().saturating_sub(seek)..].to_vec();
        self.end.more = true;
        self.end.truncated = true;
    }
}

impl Sink for PageRows {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if self.end.rows == self.layout.size {
            self.end.more = true;
            return ControlFlow::Break(());
        }
        let row = row_view(&self.layout, cells);
        let bytes: usize = row
            .cells
            .iter()
            .map(|cell| cell.text.len() + cell.rest.as_ref().map_or(0, |rest| rest.len()))
            .sum();
        if self.bytes + bytes > PAGE_TEXT_BYTES && self.end.rows > 0 {
            self.end.more = true;
            self.end.truncated = true;
            return ControlFlow::Break(());
        }
        self.bytes += bytes;
        self.layout.remember_labels(cells, &mut self.label_values);
        Arc::make_mut(&mut self.rows).push(row);
        self.end.rows += 1;
        self.end.remember_row(cells, &self.layout);
        self.seeks.extend_from_slice(&self.end.last);
        ControlFlow::Continue(())
    }
}

fn row_view(layout: &PageLayout, cells: &[Cell<'_>]) -> RowView {
    let href = layout.row_href(cells);
    let named = |name: &str| {
        let cell = layout.columns().position(|column| column.name.eq_ignore_ascii_case(name))?;
        let column = &layout.table.columns[layout.cells.shown[cell]];
        reference_text(cells[cell], layout.meanings[cell], column, layout.dialect)
    };
    let values = layout.columns().zip(layout.values(cells)).enumerate();
    let views = values.map(|(at, (column, value))| {
        let is_picture = is_thumbnail(&value, layout.head(at, cells));
        let mut view = cell_view(value, href.is_some());
        if is_picture {
            view.picture = href.as_ref().map(|href| cell_address(href, &column.name));
        }
        let key = layout.references.iter().find(|key| key.columns.contains(&column.name));
        view.href = key.and_then(|key| referenced_row(key, named));
        for_people(&mut view, column.kind);
        view
    });
    RowView { cells: views.collect(), href }
}

/// A cell on a page of rows; `linked`: there is a page that has all of it.
fn cell_view(value: Value<'_>, linked: bool) -> CellView {
    let mut view = whole_cell(value);
    if view.kind != "text" {
        return view;
    }
    fold(&mut view, FOLDED_AFTER, if linked { LONGEST_ON_A_PAGE } else { usize::MAX });
    view
}

/// Folds what a text has beyond so many characters, and cuts what it has beyond the most.
pub fn fold(view: &mut CellView, after: usize, most: usize) {
    // No text has more characters than bytes.
    if view.text.len() <= after.min(most) {
        return;
    }
    if let Some((end, _)) = view.text.char_indices().nth(most) {
        view.text.truncate(end);
        view.cut = true;
    }
    if let Some((fold, _)) = view.text.char_indices().nth(after) {
        view.rest = Some(view.text.split_off(fold));
    }
}

/// A cell with all that it holds.
pub fn whole_cell(value: Value<'_>) -> CellView {
    let (kind, text) = match value {
        Value::Integer(number) => ("number", number.to_compact_string()),
        Value::Double(_) => ("number", value.text().unwrap_or_default().into()),
        Value::Null => ("null", CompactString::default()),
        Value::Boolean(truth) => ("boolean", truth.to_compact_string()),
        Value::Number(number) => ("number", number.into()),
        Value::Text(text) if text.is_empty() => ("empty", CompactString::default()),
        Value::Text(text) => ("text", text.into()),
        Value::Binary(bytes) => ("binary", size_words(bytes.len() as u64).into()),
        Value::Size(bytes) => ("binary", size_words(bytes).into()),
    };
    CellView {
        kind,
        text,
        rest: None,
        cut: false,
        alone: None,
        href: None,
        label: None,
        link: None,
        picture: None,
    }
}

fn size_words(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
