//! `/docs`: the API, described for people: the site's part, or with `_table` one table's.

use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::config::Access;
use iris_tables::error::Error;
use iris_tables::openapi as description;
use iris_tables::query;
use iris_tables::render::html;
use iris_tables::respond::Content;
use iris_tables::table::TableName;
use iris_tables::view::address::{OPENAPI, docs_address};
use iris_tables::view::{Link, table_head};

use crate::openapi::{about, selection, tables};

/// Answers with a page.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let format = ask.format(&[Format::Html])?;
    let pairs: Vec<_> =
        ask.pairs.iter().filter(|(name, _)| name != query::FORMAT).cloned().collect();
    let selection = selection(&pairs)?;
    let selected = match selection {
        Some(_) => tables(app, ask, selection).await?,
        None => Vec::new(),
    };
    let head = match selected.as_slice() {
        [table] => Some(table_head(table)),
        _ => None,
    };
    let names: Vec<TableName> = match selection {
        Some(_) => selected.iter().map(|table| table.name.clone()).collect(),
        None => app
            .catalog
            .tables(&app.database, ask.record)
            .await?
            .iter()
            .map(|entry| entry.table.clone())
            .collect(),
    };
    let rendering = Instant::now();
    let shown = names.iter().filter(|_| head.is_none());
    let links =
        shown.map(|table| Link { label: table.to_string(), href: docs_address(table) }).collect();
    // Of several tables only the names are shown.
    let described = if head.is_some() { selected.as_slice() } else { &[] };
    let document = description::whole(&about(app, selection), described);
    let openapi =
        query::pairs::address(OPENAPI, selection.map(|selection| (query::TABLES, selection)));
    // Where people sign in, programs have an address of their own.
    let origin = match &app.config.site.access {
        Access::Login(login) => login.token_address.clone(),
        _ => None,
    };
    let origin = origin.unwrap_or_else(|| ask.request.origin());
    let page = description::page(&document, &origin, head, links, openapi);
    let body = html::docs(&ask.site, &page)?.into_bytes();
    ask.record.note(|line| line.render_time += rendering.elapsed());
    let mut content = Content::new(format.content_type(), body);
    content.links(&[("service-desc", Some(OPENAPI))]);
    content.file(false, "docs", format.name());
    Ok(Reply::Content(content))
}
