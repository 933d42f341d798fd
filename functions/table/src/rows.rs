//! `/table/{t}`: one page of rows.

mod people;
mod programs;
mod sheet;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::database::Sink;
use iris_tables::error::Error;
use iris_tables::guard::Guarded;
use iris_tables::query::{self, MAX_HTML_ROWS, Sizes, TableQuery};
use iris_tables::respond::Content;
use iris_tables::sql::plan::{self, PagePlan};
use iris_tables::sql::select::Shows;
use iris_tables::statement::Statement;
use iris_tables::view::address::{Address, OPENAPI, schema_path, table_path};
use iris_tables::view::labels::{FoundLabels, LabelValues};
use iris_tables::view::layout::PageLayout;
use iris_tables::view::page_end::PageEnd;
use iris_tables::view::{self, Total};

use crate::labels::{self, Readers};
use crate::number;

/// A page that is being answered, as it was planned.
struct Page<'a> {
    app: &'a App,
    ask: &'a Ask<'a>,
    format: Format,
    /// The parameters that links to other pages repeat.
    pairs: Vec<(String, String)>,
    sizes: Sizes,
    query: TableQuery,
    plan: PagePlan,
    layout: Arc<PageLayout>,
    /// The columns whose labels are not looked up, because they are too many.
    beyond: FoundLabels,
    total: Option<Total>,
}

/// Answers with a page of rows.
pub async fn answer(app: &App, ask: &Ask<'_>, table: Guarded) -> Result<Reply, Error> {
    let format = ask.format(&Format::ALL)?;
    if let Some(canonical) = query::form::canonical(&ask.pairs, &table)? {
        return Ok(Reply::Redirect(
            Address::new(table_path(&table.name), &canonical).with(&[], &[]),
        ));
    }
    let is_for_script = ask.pairs.iter().any(|(name, _)| name == query::VIEW);
    if is_for_script && format != Format::Json {
        return Err(Error::parameter(
            query::VIEW,
            "It is for JSON: what a page shows, for a script on the page.",
        ));
    }
    let for_people = is_for_script || format == Format::Html;
    let mut page = Page::planned(app, ask, table, format, for_people)?;
    page.check().await?;
    page.count().await?;
    match format {
        _ if for_people => people::answer(&page).await,
        Format::Xlsx => sheet::answer(&page).await,
        _ => programs::answer(&page).await,
    }
}

/// Fails where the database cannot read a value of the position at which a page begins.
pub fn readable_position(app: &App, ask: &Ask<'_>, table: Guarded) -> Option<Statement> {
    let page = Page::planned(app, ask, table, Format::Json, false).ok()?;
    page.plan.readable_position(page.query.next.as_deref()?, app.database.dialect())
}

impl<'a> Page<'a> {
    fn planned(
        app: &'a App,
        ask: &'a Ask<'a>,
        table: Guarded,
        format: Format,
        for_people: bool,
    ) -> Result<Self, Error> {
        let most = if for_people { MAX_HTML_ROWS } else { usize::MAX };
        let maximum = app.config.max_page_size.min(most);
        let sizes = Sizes { default: app.config.page_size.min(maximum), maximum };
        let dialect = app.database.dialect();
        let query = query::table_query(&ask.pairs, &table, dialect, sizes)?;
        let size = query.size.unwrap_or(sizes.default);
        let shows = if for_people { Shows::Links } else { Shows::Values };
        let plan = plan::page(&table, &query, size, shows, dialect)?;
        let readers = Readers::of(format, for_people);
        let (labelled, beyond) =
            labels::columns(app, ask, &table, readers, Some(&plan.cells.shown))?;
        let mut layout =
            PageLayout::new(Arc::clone(table.table()), dialect, &plan, labelled, |name| {
                app.catalog.publishes(name)
            });
        layout.is_audited = crate::is_audited(app, &table);
        // No link of the page leads to what its script asks for.
        let pairs = ask.pairs.iter().filter(|(name, _)| name != query::VIEW).cloned().collect();
        let layout = Arc::new(layout);
        Ok(Self { app, ask, format, pairs, sizes, query, plan, layout, beyond, total: None })
    }

    async fn check(&self) -> Result<(), Error> {
        if let Some(statement) = &self.plan.begins_at
            && number(self.app, self.ask, statement.clone()).await? == 0
        {
            let reason = "The row at which this page begins is gone; leave it out to start from the first page.";
            return Err(Error::parameter(query::NEXT, reason));
        }
        Ok(())
    }

    async fn count(&mut self) -> Result<(), Error> {
        if let Some(statement) = &self.plan.count {
            let value = number(self.app, self.ask, statement.clone()).await?;
            self.total = Some(Total::counted(value));
        }
        Ok(())
    }

    /// Why rows are not counted though that was asked.
    fn uncounted(&self) -> Option<&'static str> {
        (self.query.count && !self.layout.table.is_countable).then_some(view::UNCOUNTED)
    }

    /// Reads the rows into a sink, which is made of the layout for each attempt.
    async fn read<S: Sink>(
        &self,
        new_sink: impl Fn(Arc<PageLayout>) -> S + Send + Sync + 'static,
    ) -> Result<S, Error> {
        let (statement, layout) = (self.plan.statement.clone(), Arc::clone(&self.layout));
        let new_sink = move || new_sink(Arc::clone(&layout));
        self.app.database.read(statement, self.ask.record, new_sink).await
    }

    /// The labels of the values that were read.
    async fn labels(&self, values: &LabelValues) -> FoundLabels {
        labels::find(self.app, self.ask, &self.layout.labelled, values, self.beyond.clone()).await
    }

    fn address(&self) -> Address<'_> {
        Address::new(table_path(&self.layout.table.name), &self.pairs)
    }

    fn next(&self, end: &PageEnd) -> Option<String> {
        end.more.then(|| {
            let token = self.plan.token_after(end.rows, &end.last, &self.layout.table);
            self.address().with(&[query::NEXT], &[(query::NEXT, &token)])
        })
    }

    fn first(&self) -> Option<String> {
        self.query.next.as_ref().map(|_| self.address().with(&[query::NEXT], &[]))
    }

    /// The body as an answer, with what headers say of the page.
    fn reply(&self, body: Vec<u8>, end: &PageEnd, next: Option<&str>, since: Instant) -> Reply {
        let mut content = Content::new(self.format.content_type(), body);
        content.links(&[
            ("next", next),
            ("first", self.first().as_deref()),
            ("describedby", Some(&schema_path(&self.layout.table.name))),
            ("service-desc", Some(OPENAPI)),
        ]);
        let is_kept = self.format == Format::Xlsx;
        content.file(is_kept, &self.layout.table.name.to_string(), self.format.name());
        if let Some(limit) = end.limit() {
            content.truncated(limit);
        }
        if let Some(total) = self.total {
            content.total(total);
        }
        if let Some(why) = self.uncounted() {
            content.uncounted(why);
        }
        if !end.cut_cells.is_empty() {
            let mut cut: Vec<&str> =
                end.cut_cells.iter().map(|cell| cell.column.as_str()).collect();
            // In a sheet many rows may have cut cells.
            let mut seen = HashSet::new();
            cut.retain(|column| seen.insert(*column));
            content.cut(cut.into_iter());
        }
        if self.layout.is_audited {
            self.ask.record.show(|seen| {
                seen.columns = self.layout.columns().map(|column| column.name.clone()).collect();
                seen.key = self.layout.key_names();
                seen.keys.clone_from(&end.keys);
            });
        }
        labels::keep(self.app, &mut content, &self.layout.table.name, &self.layout.labelled);
        self.ask.record.note(|line| {
            line.rows = Some(end.rows);
            line.render_time += since.elapsed();
        });
        Reply::Content(content)
    }
}
