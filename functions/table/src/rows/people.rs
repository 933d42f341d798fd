//! The rows for a person: a page, or its parts as JSON for the page's script.

use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::Reply;
use iris_tables::error::Error;
use iris_tables::payload;
use iris_tables::query::{self, Sizes};
use iris_tables::render::{html, json};
use iris_tables::view::Link;
use iris_tables::view::address::Address;
use iris_tables::view::row::CUT_CHARACTERS;
use iris_tables::view::rows::PageRows;
use iris_tables::view::{self, ColumnHead, TableHead, TablePage};

use super::Page;

pub async fn answer(page: &Page<'_>) -> Result<Reply, Error> {
    let mut rows = page.read(PageRows::new).await?;
    let labels = page.labels(&rows.label_values).await;
    rows.label(&labels);
    let lacks_labels = labels.lacking(&page.layout.table);
    let since = Instant::now();
    let mut limits = CUT_CHARACTERS.into_iter();
    loop {
        let next = page.next(&rows.end);
        let body = render(page, &mut rows, &lacks_labels, next.clone())?;
        let count = rows.end.rows;
        if !payload::fits(&body) {
            if count > 1 {
                rows.shorten(count / 2);
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

fn render(
    page: &Page<'_>,
    rows: &mut PageRows,
    lacks_labels: &[String],
    next: Option<String>,
) -> Result<Vec<u8>, Error> {
    let view = TablePage { lacks_labels: lacks_labels.to_vec(), ..view(page, rows, next) };
    let body = match page.format {
        Format::Html => html::table(&page.ask.site, &view)?.into_bytes(),
        _ => json::page_parts(&view)?,
    };
    rows.rows = view.rows;
    Ok(body)
}

fn view(page: &Page<'_>, rows: &mut PageRows, next_href: Option<String>) -> TablePage {
    let (address, query) = (page.address(), &page.query);
    let (table, shown) = (&page.layout.table, &page.plan.cells.shown);
    let sizes = Sizes { default: page.plan.size, ..page.sizes };
    TablePage {
        table: TableHead {
            groups_href: view::groups_address(table, address.pairs()),
            ..view::table_head(table)
        },
        columns: columns(page, &address),
        // Lent, so that they can be shortened without a copy.
        rows: std::mem::take(&mut rows.rows),
        next_href,
        first_href: page.first(),
        truncated: rows.end.truncated,
        total: page.total,
        uncounted: page.uncounted(),
        count_href: (!query.count && table.is_countable)
            .then(|| address.with(&[query::COUNT], &[(query::COUNT, "exact")])),
        lacks_labels: Vec::new(),
        filters: view::filter_views(table, query, &address),
        form: view::form(table, query, shown, sizes, &address),
        formats: formats(page, &address, rows),
        downloads: address.downloads(page.app.config.max_page_size),
        download_rows: page.app.config.max_page_size,
    }
}

/// The heads of the shown columns. A label stands beside a number, whose digits are then not aligned
/// with those of other rows.
fn columns(page: &Page<'_>, address: &Address<'_>) -> Vec<ColumnHead> {
    let (layout, shown) = (&page.layout, &page.plan.cells.shown);
    let mut heads = view::column_heads(&layout.table, shown, Some((&page.query, address)));
    for (head, index) in heads.iter_mut().zip(shown) {
        head.numeric &= !layout.labelled.iter().any(|labelled| labelled.column == *index);
    }
    heads
}

/// The same rows in other representations. What a person keeps as a file says how many they are: it
/// is no more than this page.
fn formats(page: &Page<'_>, address: &Address<'_>, rows: &PageRows) -> Vec<Link> {
    // In another representation a page that ended early holds more.
    let count = if rows.end.truncated { page.plan.size } else { rows.end.rows };
    let mut links = address.formats(&Format::BESIDE_PAGES);
    for link in links.iter_mut().filter(|link| link.label == "CSV") {
        let (most, word) = (
            if rows.end.truncated { "up to " } else { "" },
            if count == 1 { "row" } else { "rows" },
        );
        link.label = format!("CSV ({most}{count} {word})");
    }
    links
}
