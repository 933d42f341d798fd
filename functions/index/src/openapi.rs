//! `/openapi.json`: the API, described for programs.

use std::sync::Arc;
use std::time::Instant;

use iris_tables::app::{App, Ask, Reply};
use iris_tables::config::Patterns;
use iris_tables::error::Error;
use iris_tables::openapi::About;
use iris_tables::query::{self, Sizes};
use iris_tables::respond::Content;
use iris_tables::table::{Table, TableName};

/// Answers with the description of the published tables, or of those that `_table` names; always as
/// JSON.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let selection = selection(&ask.pairs)?;
    let tables = tables(app, ask, selection).await?;
    let rendering = Instant::now();
    let body = app.description.json(&about(app, selection), &tables)?;
    ask.record.note(|line| {
        line.rows = Some(tables.len());
        line.render_time += rendering.elapsed();
    });
    let mut content = Content::new("application/json", body);
    content.file(false, "openapi", "json");
    Ok(Reply::Content(content))
}

/// What the description is of, beside its tables.
pub fn about<'a>(app: &'a App, selection: Option<&'a str>) -> About<'a> {
    About {
        title: &app.frame.site.title,
        dialect: app.database.dialect(),
        sizes: Sizes {
            default: app.config.page_size.min(app.config.max_page_size),
            maximum: app.config.max_page_size,
        },
        selection,
        access: &app.config.site.access,
        labels: &app.config.labels,
        published: &app.config.published,
        rules: &app.config.site.rules,
    }
}

/// The one parameter there is.
pub fn selection(pairs: &[(String, String)]) -> Result<Option<&str>, Error> {
    match pairs {
        [] => Ok(None),
        [(name, value)] if name == query::TABLES => Ok(Some(value)),
        [(name, _), (again, _), ..] if name == query::TABLES && again == name => {
            Err(Error::parameter(name, "It is given twice; give it once."))
        }
        pairs => {
            let other = pairs
                .iter()
                .find(|(name, _)| name != query::TABLES)
                .map_or(query::TABLES, |(name, _)| name);
            Err(Error::parameter(other, format!("The only parameter here is `{}`.", query::TABLES)))
        }
    }
}

/// The published tables that a selection names; all without one.
pub async fn tables(
    app: &App,
    ask: &Ask<'_>,
    selection: Option<&str>,
) -> Result<Vec<Arc<Table>>, Error> {
    let wrong = |reason: String| Error::parameter(query::TABLES, reason);
    let patterns = selection.map(|text| Patterns::parse(text).map_err(wrong)).transpose()?;
    let is_wanted = |table: &TableName| {
        patterns.as_ref().is_none_or(|patterns| patterns.matches(&table.schema, &table.name))
    };
    let tables = app.catalog.described_tables(&app.database, is_wanted, ask.record).await?;
    if tables.is_empty() && selection.is_some() {
        return Err(unreadable(app, ask, is_wanted).await);
    }
    Ok(tables)
}

/// Why none of the tables that were wanted is described.
async fn unreadable(app: &App, ask: &Ask<'_>, is_wanted: impl Fn(&TableName) -> bool) -> Error {
    let listed = match app.catalog.tables(&app.database, ask.record).await {
        Ok(tables) => tables,
        Err(error) => return error,
    };
    let Some(entry) = listed.iter().find(|entry| is_wanted(&entry.table)) else {
        return Error::UnknownTable;
    };
    let name = entry.table.to_string();
    let found = app.catalog.table(&app.database, &[&name], ask.record).await;
    found.err().unwrap_or(Error::UnknownTable)
}
