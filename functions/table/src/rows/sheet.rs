//! The rows as a workbook for Excel.

use std::time::Instant;

use iris_tables::app::Reply;
use iris_tables::error::Error;
use iris_tables::payload::{self, MAX_ZIP_BYTES};
use iris_tables::render::xlsx::{CUT_CHARACTERS, SheetRows, workbook};
use iris_tables::view::about::{self, About};

use super::Page;

pub async fn answer(page: &Page<'_>) -> Result<Reply, Error> {
    let mut rows = page.read(SheetRows::new).await?;
    let since = Instant::now();
    let mut limits = CUT_CHARACTERS.into_iter();
    loop {
        let next = page.next(&rows.end);
        let body = written(page, &rows, next.as_deref())?;
        if !payload::fits_as_bytes(&body) {
            if rows.end.rows > 1 {
                rows.shorten(body.len(), MAX_ZIP_BYTES);
                continue;
            }
            if let Some(limit) = limits.next() {
                rows.cut(limit);
                continue;
            }
        }
        return Ok(page.reply(body, &rows.end, next.as_deref(), since));
    }
}

fn written(page: &Page<'_>, rows: &SheetRows, next: Option<&str>) -> Result<Vec<u8>, Error> {
    let mut about = About::page(&about::Page {
        layout: &page.layout,
        query: &page.query,
        address: &page.address(),
        origin: &page.ask.request.origin(),
        before: page.plan.before,
        end: &rows.end,
        cut: rows.cut,
        next,
        total: page.total,
        uncounted: page.uncounted().is_some(),
    });
    about.own_rows(&page.ask.site.own_rows);
    let columns: Vec<&str> = page.layout.columns().map(|column| column.name.as_str()).collect();
    workbook(&page.layout.table.name.to_string(), &columns, &rows.rows, &about)
}
