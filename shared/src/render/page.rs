//! A page of rows as bytes: rows go from the driver's buffers straight into the answer, until the
//! page is full.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::json;
use super::text;
use crate::cell::Cell;
use crate::database::Sink;
use crate::payload::{MAX_PAYLOAD_BYTES, PayloadCounter};
use crate::view::Value;
use crate::view::address::{CutCell, cut_cells};
use crate::view::labels::LabelValues;
use crate::view::layout::PageLayout;
use crate::view::page_end::PageEnd;

/// Bytes that are kept free of rows for what follows them: the link to the next page, a count.
const RESERVED_BYTES: usize = 32 * 1024;

/// Characters that are left of each value of a row that no page can hold whole: the first that
/// makes it fit.
const CUT_CHARACTERS: [usize; 4] = [10_000, 1_000, 100, 10];

/// How a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// An element of a JSON array.
    Json,
    /// A record of RFC 4180.
    Csv,
    /// A line with a JSON object.
    Ndjson,
}

/// Writes the rows of one page.
#[derive(Debug)]
pub struct PageWriter {
    /// The answer so far; what stands before the rows is in it.
    pub body: Vec<u8>,
    /// How the page ended.
    pub end: PageEnd,
    /// The values whose labels are wanted.
    pub label_values: LabelValues,
    format: RowFormat,
    layout: Arc<PageLayout>,
    /// The names as they stand before each value, for JSON.
    keys: Arc<[Vec<u8>]>,
    counter: PayloadCounter,
}

impl PageWriter {
    /// A page that begins with these bytes.
    pub fn new(
        layout: Arc<PageLayout>,
        format: RowFormat,
        keys: Arc<[Vec<u8>]>,
        head: &[u8],
    ) -> Self {
        Self {
            body: head.to_vec(),
            end: PageEnd::default(),
            label_values: LabelValues::default(),
            format,
            layout,
            keys,
            counter: PayloadCounter::default(),
        }
    }

    /// Writes a row, its values cut to a number of characters.
    fn write(&mut self, cells: &[Cell<'_>], limit: Option<usize>) {
        let values = self.layout.values(cells);
        if self.format == RowFormat::Json {
            let separator: &[u8] = if self.end.rows > 0 { b",\n" } else { b"\n" };
            self.body.extend_from_slice(separator);
        }
        match limit {
            None => write_row(&mut self.body, self.format, &self.keys, values),
            Some(limit) => {
                let values = values.map(|value| value.cut(limit).unwrap_or(value));
                write_row(&mut self.body, self.format, &self.keys, values);
            }
        }
    }
}

fn write_row<'a>(
    body: &mut Vec<u8>,
    format: RowFormat,
    keys: &[Vec<u8>],
    values: impl Iterator<Item = Value<'a>>,
) {
    match format {
        RowFormat::Json => json::write_object(body, keys, values),
        RowFormat::Ndjson => {
            json::write_object(body, keys, values);
            body.push(b'\n');
        }
        RowFormat::Csv => text::write_csv_record(body, values),
    }
}

/// The cells that are cut at this limit in a page's first row.
fn cut_in(layout: &PageLayout, cells: &[Cell<'_>], limit: usize) -> Vec<CutCell> {
    let values = layout.columns().zip(layout.values(cells));
    let cut = values.filter(|(_, value)| value.cut(limit).is_some());
    let names = cut.map(|(column, _)| column.name.clone());
    cut_cells(names, Some(0), layout.row_href(cells).as_deref())
}

impl Sink for PageWriter {
    fn row(&mut self, cells: &[Cell<'_>]) -> ControlFlow<()> {
        if self.end.rows == self.layout.size {
            self.end.more = true;
            return ControlFlow::Break(());
        }
        let (start, before) = (self.body.len(), self.counter);
        self.write(cells, None);
        let mut limits = CUT_CHARACTERS.into_iter();
        while !self.counter.fits(&self.body, MAX_PAYLOAD_BYTES - RESERVED_BYTES) {
            self.body.truncate(start);
            self.counter = before;
            if self.end.rows > 0 {
                self.end.more = true;
                self.end.truncated = true;
                return ControlFlow::Break(());
            }
            // Should even the last not do, the columns' names alone are too long.
            let Some(limit) = limits.next() else { break };
            self.end.cut = true;
            self.end.cut_cells = cut_in(&self.layout, cells, limit);
            self.write(cells, Some(limit));
        }
        self.end.rows += 1;
        self.layout.remember_labels(cells, &mut self.label_values);
        self.end.remember_row(cells, &self.layout);
        ControlFlow::Continue(())
    }
}
