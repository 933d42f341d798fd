//! The rows as JSON, CSV or NDJSON: written while they are read.

use std::sync::Arc;
use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::Reply;
use iris_tables::error::Error;
use iris_tables::payload;
use iris_tables::render::page::{PageWriter, RowFormat};
use iris_tables::render::{json, text};
use iris_tables::table::TableName;
use iris_tables::view;
use iris_tables::view::envelope::{PageHead, PageTail};
use iris_tables::view::labels::FoundLabels;
use iris_tables::view::page_end::PageEnd;

use super::Page;

pub async fn answer(page: &Page<'_>) -> Result<Reply, Error> {
    let row_format = match page.format {
        Format::Csv => RowFormat::Csv,
        Format::Ndjson => RowFormat::Ndjson,
        Format::Json | Format::Html | Format::Xlsx => RowFormat::Json,
    };
    let names: Vec<String> = page.layout.columns().map(|column| column.name.clone()).collect();
    let head = head(page, row_format, &names)?;
    let keys: Arc<[Vec<u8>]> = json::keys(&names).into();
    let writer = move |layout| PageWriter::new(layout, row_format, Arc::clone(&keys), &head);
    let PageWriter { mut body, end, label_values, .. } = page.read(writer).await?;
    let labels = page.labels(&label_values).await;
    let since = Instant::now();
    let next = page.next(&end);
    if row_format == RowFormat::Json {
        let rows = body.len();
        tail(page, &mut body, &end, next.as_deref(), &labels)?;
        if !payload::fits(&body) {
            body.truncate(rows);
            tail(page, &mut body, &end, next.as_deref(), &labels.too_large())?;
        }
    }
    Ok(page.reply(body, &end, next.as_deref(), since))
}

/// What stands before the rows.
fn head(page: &Page<'_>, format: RowFormat, names: &[String]) -> Result<Vec<u8>, Error> {
    let mut head = Vec::new();
    match format {
        RowFormat::Ndjson => {}
        RowFormat::Csv => text::write_csv_names(&mut head, names),
        RowFormat::Json => {
            let table = &page.layout.table;
            let publishes = |name: &TableName| page.app.catalog.publishes(name);
            let columns = view::column_lines(table, publishes);
            let members = PageHead {
                table: table.name.to_string(),
                columns: page.plan.cells.shown.iter().map(|index| &columns[*index]).collect(),
                links: view::table_links(table, publishes),
            };
            json::open_object(&mut head, &members)?;
            head.extend_from_slice(b",\"rows\":[");
        }
    }
    Ok(head)
}

/// What stands after the rows.
fn tail(
    page: &Page<'_>,
    body: &mut Vec<u8>,
    end: &PageEnd,
    next: Option<&str>,
    labels: &FoundLabels,
) -> Result<(), Error> {
    body.extend_from_slice(b"\n]");
    let tail = PageTail {
        next,
        truncated: end.limit(),
        cut: end.cut.then_some(&end.cut_cells),
        labels: (!labels.0.is_empty()).then(|| labels.members(&page.layout.table)),
        total: match page.uncounted() {
            Some(_) => Some(None),
            None => page.total.map(Some),
        },
        uncounted: page.uncounted(),
    };
    json::close_object(body, &tail)
}
