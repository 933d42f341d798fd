//! `/table/{t}/schema`: the table's columns.

use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::render::{html, json};
use iris_tables::respond::Content;
use iris_tables::table::{Table, TableName};
use iris_tables::view::address::{Address, OPENAPI, schema_path, table_path};
use iris_tables::view::envelope::SchemaAnswer;
use iris_tables::view::{column_lines, schema_page, table_links};

/// Answers with the columns.
pub fn answer(app: &App, ask: &Ask<'_>, table: &Table) -> Result<Reply, Error> {
    let format = ask.format(&[Format::Json, Format::Html])?;
    query::only(&[], &ask.pairs)?;
    let rendering = Instant::now();
    let publishes = |name: &TableName| app.catalog.publishes(name);
    let mut body = Vec::new();
    match format {
        Format::Html => {
            let formats = Address::new(schema_path(&table.name), &[]).formats(&[Format::Json]);
            body = html::schema(&ask.site, &schema_page(table, formats, publishes))?.into_bytes();
        }
        _ => {
            let answer = SchemaAnswer {
                table: table.name.to_string(),
                kind: table.kind.name(),
                description: &table.description,
                columns: column_lines(table, publishes),
                links: table_links(table, publishes),
            };
            json::write(&mut body, &answer)?;
            body.push(b'\n');
        }
    }
    ask.record.note(|line| line.render_time += rendering.elapsed());
    let mut content = Content::new(format.content_type(), body);
    content
        .links(&[("collection", Some(&table_path(&table.name))), ("service-desc", Some(OPENAPI))]);
    content.file(false, &format!("{}.schema", table.name), format.name());
    Ok(Reply::Content(content))
}
