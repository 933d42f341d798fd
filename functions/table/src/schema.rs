//! `/table/{t}/schema`: the table's columns.

use iris_tables::accept::Format;
use iris_tables::app::{Answer, App, Ask, Reply};
use iris_tables::catalog::Table;
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::render::{html, json};
use iris_tables::respond::Content;
use iris_tables::view::address::{Address, schema_path};
use iris_tables::view::schema_page;

/// Answers with the columns.
pub fn answer(app: &App, ask: &Ask<'_>, table: &Table) -> Result<Answer, Error> {
    let format = ask.format(&[Format::Json, Format::Html])?;
    query::nothing_but_format(&ask.pairs)?;
    let formats = Address::new(schema_path(&table.name), &[]).formats(&[Format::Json]);
    let page = schema_page(table, formats, |name| app.catalog.publishes(name));
    let body = match format {
        Format::Html => html::schema(&app.site, &page)?.into_bytes(),
        _ => {
            let mut body = Vec::new();
            json::write(&mut body, &page)?;
            body
        }
    };
    Ok(Answer::of(Reply::Content(Content::new(format.content_type(), body))))
}
