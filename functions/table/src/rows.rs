//! `/table/{t}`: one page of rows.

use std::sync::Arc;
use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::cell::CellBuf;
use iris_tables::error::Error;
use iris_tables::payload;
use iris_tables::query::position::{Position, SeekValue, Start};
use iris_tables::query::{self, MAX_HTML_ROWS, Sizes, TableQuery, token};
use iris_tables::render::page::{RowFormat, RowLayout, RowPage};
use iris_tables::render::{html, json, text};
use iris_tables::respond::Content;
use iris_tables::sql::seek;
use iris_tables::sql::select::{self, COUNT_LIMIT, PagePlan, Shows};
use iris_tables::table::Table;
use iris_tables::view::address::{Address, OPENAPI, followed, row_path, schema_path, table_path};
use iris_tables::view::envelope::{PageHead, PageTail};
use iris_tables::view::names::RowNames;
use iris_tables::view::page_end::PageEnd;
use iris_tables::view::row::CUT_CHARACTERS;
use iris_tables::view::rows::{RowsLayout, RowsView};
use iris_tables::view::{self, TablePage, Total};

use crate::number;

/// A page that is being answered.
struct Page<'a> {
    app: &'a App,
    ask: &'a Ask<'a>,
    pairs: Vec<(String, String)>,
    maximum: usize,
    table: Arc<Table>,
    query: TableQuery,
    plan: PagePlan,
    binding: String,
    total: Option<Total>,
}

/// Answers with a page of rows.
pub async fn answer(app: &App, ask: &Ask<'_>, table: Arc<Table>) -> Result<Reply, Error> {
    let format = ask.format(&Format::ALL)?;
    if let Some(canonical) = query::form::canonical(&ask.pairs, &table)? {
        return Ok(Reply::Redirect(
            Address::new(table_path(&table.name), &canonical).with(&[], &[]),
        ));
    }
    let as_page = ask.pairs.iter().any(|(name, _)| name == query::VIEW);
    if as_page && format != Format::Json {
        return Err(Error::parameter(
            query::VIEW,
            "It is for JSON: what a page shows, for a script on the page.",
        ));
    }
    let for_people = as_page || format == Format::Html;
    let maximum = if for_people {
        app.config.max_page_size.min(MAX_HTML_ROWS)
    } else {
        app.config.max_page_size
    };
    let sizes = Sizes { default: app.config.page_size.min(maximum), maximum };
    let dialect = app.database.dialect();
    let query = query::table_query(&ask.pairs, &table, dialect, sizes)?;
    let order = seek::order(&table, &query.sort, dialect);
    let binding = token::binding(&table.name, &seek::order_by(&order), &query);
    let position = query.next.as_deref().map(|token| token::read(token, &binding)).transpose()?;
    let size = query.size.unwrap_or(sizes.default);
    let shows = if for_people { Shows::Links } else { Shows::Values };
    let plan = select::page(&table, &query, order, position.as_ref(), size, shows, dialect)?;
    // No link of the page leads to what its script asks for.
    let pairs = ask.pairs.iter().filter(|(name, _)| name != query::VIEW).cloned().collect();
    let mut page = Page { app, ask, pairs, maximum, table, query, plan, binding, total: None };
    page.check_row_of(position.as_ref()).await?;
    page.count().await?;
    match format {
        _ if for_people => page.for_people(format).await,
        Format::Html | Format::Json => page.bytes(format, RowFormat::Json).await,
        Format::Csv => page.bytes(format, RowFormat::Csv).await,
        Format::Ndjson => page.bytes(format, RowFormat::Ndjson).await,
    }
}

impl Page<'_> {
    /// Where a position looks values up in its row, that row must still be there: without it, the
    /// rows after it would silently be none.
    async fn check_row_of(&self, position: Option<&Position>) -> Result<(), Error> {
        let Some(Position { start: Start::After(values), .. }) = position else { return Ok(()) };
        if !values.contains(&SeekValue::OfRow) {
            return Ok(());
        }
        let dialect = self.app.database.dialect();
        let statement = select::still_there(&self.table, &self.plan.order, values, dialect);
        if number(self.app, self.ask, statement).await? == 0 {
            let reason = "The row at which this page begins is gone. Start without it.";
            return Err(Error::parameter(query::NEXT, reason));
        }
        Ok(())
    }

    async fn count(&mut self) -> Result<(), Error> {
        if self.query.count {
            let statement = select::count(&self.table, &self.query, self.app.database.dialect());
            let value = number(self.app, self.ask, statement).await?;
            self.total = Some(Total { value, at_least: value >= COUNT_LIMIT });
        }
        Ok(())
    }

    /// The token of the page after a row with these seek cells.
    fn token(&self, rows: usize, last: &[CellBuf]) -> String {
        let terms = self.plan.order.terms.iter().zip(last);
        let values = terms.map(|(term, cell)| seek::value(cell, term, &self.table));
        let start =
            if self.plan.order.unique { Start::After(values.collect()) } else { Start::Offset };
        token::write(&Position { before: self.plan.before + rows as u64, start }, &self.binding)
    }

    fn address(&self) -> Address<'_> {
        Address::new(table_path(&self.table.name), &self.pairs)
    }

    fn next(&self, more: bool, rows: usize, last: &[CellBuf]) -> Option<String> {
        more.then(|| self.address().with(&[query::NEXT], &[(query::NEXT, &self.token(rows, last))]))
    }

    fn first(&self) -> Option<String> {
        self.query.next.as_ref().map(|_| self.address().with(&[query::NEXT], &[]))
    }

    async fn bytes(self, format: Format, row_format: RowFormat) -> Result<Reply, Error> {
        let names: Vec<String> =
            self.plan.shown.iter().map(|place| self.table.columns[*place].name.clone()).collect();
        let head = self.head(row_format, &names)?;
        let keys: Arc<[Vec<u8>]> = json::keys(&names).into();
        let layout = Arc::new(RowLayout {
            format: row_format,
            names,
            meanings: self
                .plan
                .shown
                .iter()
                .enumerate()
                .map(|(cell, _)| self.plan.statement.outputs[cell].meaning)
                .collect(),
            seek_cells: self.plan.seek_cells.clone(),
            size: self.plan.size,
            row_names: self.names(),
        });
        let new_page = move || RowPage::new(Arc::clone(&layout), Arc::clone(&keys), &head);
        let read =
            self.app.database.read(self.plan.statement.clone(), self.ask.record, new_page).await?;
        let finishing = Instant::now();
        let RowPage { mut body, end, .. } = read;
        let next = self.next(end.more, end.rows, &end.last);
        if row_format == RowFormat::Json {
            self.tail(&mut body, &end, next.as_deref())?;
        }
        let mut content = Content::new(format.content_type(), body);
        content.links(&[
            ("next", next.as_deref()),
            ("first", self.first().as_deref()),
            ("describedby", Some(&schema_path(&self.table.name))),
            ("service-desc", Some(OPENAPI)),
        ]);
        if let Some(limit) = limit_words(end.cut, end.truncated) {
            content.truncated(limit);
        }
        if end.cut {
            content.cut(end.cut_cells.iter().map(|cell| cell.column.as_str()));
        }
        self.ask.record.note(|line| {
            line.rows = Some(end.rows);
            line.render_time += finishing.elapsed();
        });
        Ok(Reply::Content(content))
    }

    fn names(&self) -> RowNames {
        RowNames {
            row_path: row_path(&self.table.name),
            table: Arc::clone(&self.table),
            dialect: self.app.database.dialect(),
            meanings: self.plan.statement.outputs.iter().map(|output| output.meaning).collect(),
            key_cells: self.plan.key_cells.clone(),
            row_id_cell: self.plan.row_id_cell,
        }
    }

    /// What stands before the rows.
    fn head(&self, format: RowFormat, names: &[String]) -> Result<Vec<u8>, Error> {
        let mut head = Vec::new();
        match format {
            RowFormat::Ndjson => {}
            RowFormat::Csv => text::write_csv_names(&mut head, names),
            RowFormat::Json => {
                let columns =
                    view::column_lines(&self.table, |name| self.app.catalog.publishes(name));
                let shown: Vec<_> = self.plan.shown.iter().map(|place| &columns[*place]).collect();
                json::open_object(
                    &mut head,
                    &PageHead {
                        table: self.table.name.to_string(),
                        columns: shown,
                        links: view::table_links(&self.table, |name| {
                            self.app.catalog.publishes(name)
                        }),
                    },
                )?;
                head.extend_from_slice(b",\"rows\":[");
            }
        }
        Ok(head)
    }

    /// What stands after the rows.
    fn tail(&self, body: &mut Vec<u8>, end: &PageEnd, next: Option<&str>) -> Result<(), Error> {
        body.extend_from_slice(b"\n]");
        let tail = PageTail {
            next,
            truncated: limit_words(end.cut, end.truncated),
            cut: end.cut.then_some(&end.cut_cells),
            total: self.total,
        };
        json::close_object(body, &tail)
    }

    /// What a person sees: a page, or its parts as JSON for the page's script.
    async fn for_people(self, format: Format) -> Result<Reply, Error> {
        let layout = Arc::new(RowsLayout {
            names: self.names(),
            shown: self.plan.shown.clone(),
            seek_cells: self.plan.seek_cells.clone(),
            references: followed(&self.table, |name| self.app.catalog.publishes(name))
                .into_iter()
                .cloned()
                .collect(),
            size: self.plan.size,
        });
        let new_page = move || RowsView::new(Arc::clone(&layout));
        let read =
            self.app.database.read(self.plan.statement.clone(), self.ask.record, new_page).await?;
        let rendering = Instant::now();
        let mut rows = read;
        let mut limits = CUT_CHARACTERS.into_iter();
        let (body, next) = loop {
            let next =
                self.next(rows.more, rows.rows.len(), rows.seeks.last().map_or(&[], Vec::as_slice));
            let page = self.page(&mut rows, next.clone());
            let body = match format {
                Format::Html => html::table(&self.app.site, &page)?.into_bytes(),
                _ => json::page(&page)?,
            };
            let count = page.rows.len();
            rows.rows = page.rows;
            if payload::fits(&body) {
                break (body, next);
            }
            if count > 1 {
                rows.shorten(count / 2);
                continue;
            }
            match limits.next() {
                Some(limit) => rows.cut(limit),
                None => break (body, next),
            }
        };
        let mut content = Content::new(format.content_type(), body);
        content.links(&[
            ("next", next.as_deref()),
            ("first", self.first().as_deref()),
            ("describedby", Some(&schema_path(&self.table.name))),
            ("service-desc", Some(OPENAPI)),
        ]);
        if let Some(limit) = limit_words(rows.cut, rows.truncated) {
            content.truncated(limit);
        }
        self.ask.record.note(|line| {
            line.rows = Some(rows.rows.len());
            line.render_time += rendering.elapsed();
        });
        Ok(Reply::Content(content))
    }

    fn page(&self, rows: &mut RowsView, next_href: Option<String>) -> TablePage {
        let address = self.address();
        let (table, query, shown) = (&self.table, &self.query, &self.plan.shown);
        TablePage {
            table: view::table_head(table),
            columns: view::column_heads(table, shown, Some((query, &address))),
            rows: std::mem::take(&mut rows.rows),
            next_href,
            first_href: self.first(),
            truncated: rows.truncated,
            total: self.total,
            count_href: (!query.count)
                .then(|| address.with(&[query::COUNT], &[(query::COUNT, "exact")])),
            filters: view::filter_views(table, query, &address),
            form: view::form(
                table,
                query,
                shown,
                Sizes { default: self.plan.size, maximum: self.maximum },
                &address,
            ),
            formats: address.formats(&[Format::Json, Format::Csv, Format::Ndjson]),
        }
    }
}

/// What ended a page before its size.
fn limit_words(cut: bool, truncated: bool) -> Option<&'static str> {
    if cut {
        Some("cell")
    } else if truncated {
        Some("bytes")
    } else {
        None
    }
}
