//! `/table/{t}/groups?_by=Column`: how many rows have each value, and sums and so on of others.

use std::sync::Arc;
use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::guard::Guarded;
use iris_tables::payload;
use iris_tables::query::{self, GroupQuery};
use iris_tables::render::groups::{self as written, values};
use iris_tables::render::html;
use iris_tables::render::xlsx::{SheetCell, workbook};
use iris_tables::respond::Content;
use iris_tables::sql::groups;
use iris_tables::statement::Statement;
use iris_tables::table::Table;
use iris_tables::view::about::About;
use iris_tables::view::address::{Address, OPENAPI, groups_path, schema_path, table_path};
use iris_tables::view::envelope::GroupsTail;
use iris_tables::view::groups::{GroupLayout, GroupRows};
use iris_tables::view::groups_page::{empty_page, groups_page};

/// Answers with groups.
pub async fn answer(app: &App, ask: &Ask<'_>, table: Guarded) -> Result<Reply, Error> {
    let format = ask.format(&Format::ALL)?;
    let dialect = app.database.dialect();
    if let Some(canonical) = query::group_form::canonical(&ask.pairs, &table)? {
        let address = Address::new(groups_path(&table.name), &canonical);
        return Ok(Reply::Redirect(address.with(&[], &[])));
    }
    let sizes = groups::sizes(app.config.max_page_size);
    let query = query::group_query(&ask.pairs, &table, dialect, sizes)?;
    if query.by.is_empty() && format == Format::Html && query.measures.is_empty() {
        return choice(ask, &table, &query);
    }
    let is_audited = crate::is_audited(app, &table);
    let size = query.rows.size.unwrap_or(sizes.default);
    let plan = groups::groups(&table, &query, size, dialect)?;
    let layout =
        Arc::new(GroupLayout::new(Arc::clone(table.table()), query, plan, &ask.pairs, dialect));
    let (statement, shared) = (layout.plan.statement.clone(), Arc::clone(&layout));
    let rows = app
        .database
        .read(statement, ask.record, move || GroupRows::new(Arc::clone(&shared)))
        .await
        .map_err(|error| advised(error, &layout.table, &layout.query))?;
    if is_audited {
        ask.record.show(|seen| seen.columns = layout.seen_columns());
    }
    Answer { ask, format, layout }.written(rows)
}

/// Fails where the database cannot read a value of the position at which groups begin.
pub fn readable_position(app: &App, ask: &Ask<'_>, table: &Guarded) -> Option<Statement> {
    let dialect = app.database.dialect();
    let sizes = groups::sizes(app.config.max_page_size);
    let query = query::group_query(&ask.pairs, table, dialect, sizes).ok()?;
    let plan = groups::groups(table, &query, sizes.default, dialect).ok()?;
    plan.readable_position(query.rows.next.as_deref()?, dialect)
}

/// The page on which nothing is chosen yet.
fn choice(ask: &Ask<'_>, table: &Table, query: &GroupQuery) -> Result<Reply, Error> {
    let page = empty_page(table, query, &ask.pairs, String::new());
    let mut content =
        Content::new(Format::Html.content_type(), html::groups(&ask.site, &page)?.into_bytes());
    content
        .links(&[("collection", Some(&table_path(&table.name))), ("service-desc", Some(OPENAPI))]);
    Ok(Reply::Content(content))
}

/// Groups read every row that the filters leave: fewer of them take less time.
fn advised(error: Error, table: &Table, query: &GroupQuery) -> Error {
    let Error::Timeout { limit, .. } = error else { return error };
    let compared = || query.rows.filters.iter().flat_map(|filter| &filter.conditions);
    let is_filtered = |index: &usize| compared().any(|condition| condition.column == *index);
    let by = query.by.iter().map(|by| by.column);
    let column = by.chain(table.key.iter().copied()).find(|index| !is_filtered(index));
    let column = column.map_or("Column", |index| table.columns[index].name.as_str());
    let advice = format!(
        "Group fewer rows: filter by a column that has an index, for example `{column}__gte`."
    );
    Error::Timeout { limit, advice: Some(advice) }
}

/// Groups that are being answered.
struct Answer<'a> {
    ask: &'a Ask<'a>,
    format: Format,
    layout: Arc<GroupLayout>,
}

impl Answer<'_> {
    fn address(&self) -> Address<'_> {
        Address::new(groups_path(&self.layout.table.name), &self.ask.pairs)
    }

    fn next(&self, rows: &GroupRows) -> Option<String> {
        let token = rows.token()?;
        Some(self.address().with(&[query::NEXT], &[(query::NEXT, &token)]))
    }

    /// The answer in its representation, with fewer groups where those are too large.
    fn written(&self, mut rows: GroupRows) -> Result<Reply, Error> {
        let since = Instant::now();
        loop {
            let next = self.next(&rows);
            let body = self.body(&rows, next.as_deref())?;
            let fits = match self.format {
                Format::Xlsx => payload::fits_as_bytes(&body),
                _ => payload::fits(&body),
            };
            if fits || rows.groups.len() <= 1 {
                return Ok(self.reply(body, &rows, next.as_deref(), since));
            }
            rows.shorten(rows.groups.len() / 2);
        }
    }

    fn body(&self, rows: &GroupRows, next: Option<&str>) -> Result<Vec<u8>, Error> {
        let layout = &self.layout;
        match self.format {
            Format::Csv => Ok(written::csv(layout, &rows.groups)),
            Format::Ndjson => written::ndjson(layout, &rows.groups),
            Format::Xlsx => self.workbook(rows),
            Format::Html => {
                let formats = self.address().formats(&Format::BESIDE_PAGES);
                let page = groups_page(layout, rows, &self.ask.pairs, formats);
                Ok(html::groups(&self.ask.site, &page)?.into_bytes())
            }
            Format::Json => {
                written::json(layout, &rows.groups, &GroupsTail { next, truncated: rows.limit() })
            }
        }
    }

    fn workbook(&self, rows: &GroupRows) -> Result<Vec<u8>, Error> {
        let table = &self.layout.table;
        let columns = self.layout.columns();
        let cells = |values: &mut dyn Iterator<Item = _>| -> Vec<SheetCell> {
            values.zip(&columns).map(|(value, column)| SheetCell::of(&value, column).0).collect()
        };
        let sheet: Vec<Vec<SheetCell>> =
            rows.groups.iter().map(|group| cells(&mut values(group))).collect();
        let kept = query::rows_of_groups(&self.ask.pairs);
        let mut about = About::groups(
            table,
            &self.layout.query.rows,
            (&self.address().with(&[], &[]), &Address::new(table_path(&table.name), &kept)),
            (rows.groups.len(), rows.end.more),
            &self.ask.request.origin(),
        );
        about.own_rows(&self.ask.site.own_rows);
        let names = self.layout.names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        workbook(&table.name.to_string(), &names, &sheet, &about)
    }

    fn reply(&self, body: Vec<u8>, rows: &GroupRows, next: Option<&str>, since: Instant) -> Reply {
        let name = &self.layout.table.name;
        let mut content = Content::new(self.format.content_type(), body);
        content.links(&[
            ("next", next),
            ("collection", Some(&table_path(name))),
            ("describedby", Some(&schema_path(name))),
            ("service-desc", Some(OPENAPI)),
        ]);
        let is_kept = self.format == Format::Xlsx;
        content.file(is_kept, &format!("{name}.groups"), self.format.name());
        if let Some(limit) = rows.limit() {
            content.truncated(limit);
        }
        self.ask.record.note(|line| {
            line.rows = Some(rows.groups.len());
            line.render_time += since.elapsed();
        });
        Reply::Content(content)
    }
}
