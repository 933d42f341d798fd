//! `/table/{t}/row?Key=value`: one row, with links along foreign keys both ways.

use std::sync::Arc;
use std::time::Instant;

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask, Reply};
use iris_tables::cell::CellBuf;
use iris_tables::database::OwnedRows;
use iris_tables::error::Error;
use iris_tables::guard::Guarded;
use iris_tables::payload;
use iris_tables::query::{self, RowName};
use iris_tables::record::Seen;
use iris_tables::render::{html, json, text, xlsx};
use iris_tables::respond::{Caching, Content};
use iris_tables::sql::select::{self, Compared, Shows};
use iris_tables::statement::{Meaning, Statement};
use iris_tables::table::{Table, TableName};
use iris_tables::view::about::About;
use iris_tables::view::address::{
    Address, CutCell, OPENAPI, cut_cells, row_path, schema_path, table_path,
};
use iris_tables::view::column_lines;
use iris_tables::view::envelope::RowAnswer;
use iris_tables::view::row::{CUT_CHARACTERS, RowData};

use crate::labels::{self, Readers};
use crate::referrers;

/// Answers with one row.
pub async fn answer(app: &App, ask: &Ask<'_>, table: Guarded) -> Result<Reply, Error> {
    let format = ask.format(&Format::ALL)?;
    if !table.has_rows_of_their_own() {
        return Err(Error::UnknownPath);
    }
    let dialect = app.database.dialect();
    let name = query::row_name(&ask.pairs, &table, dialect)?;
    if let Some(part) = query::row_part(&ask.pairs, &table)? {
        return crate::part::answer(app, ask, &table, &name, part).await;
    }
    let shows = if format == Format::Html { Shows::Links } else { Shows::Values };
    let readers = Readers::of(format, format == Format::Html);
    let (labelled, beyond) = labels::columns(app, ask, &table, readers, None)?;
    let statement = |compared| Ok(select::row(&table, &name, compared, shows, dialect));
    let (cells, meanings) = found(app, ask, &table, statement).await?;
    let mut row = RowData::new(Arc::clone(table.table()), dialect, cells, meanings, |name| {
        app.catalog.publishes(name)
    });
    let values = row.label_values(&labelled);
    row.labels = labels::find(app, ask, &labelled, &values, beyond).await;
    let has_asked = query::row_counts(&ask.pairs)?;
    if format == Format::Html {
        referrers::show(app, ask, &mut row).await;
    }
    let counted = if has_asked && matches!(format, Format::Html | Format::Json) {
        referrers::count(app, ask, &mut row).await
    } else {
        Ok(())
    };
    // The catalogue was asked for others meanwhile.
    ask.record.note(|line| line.table = Some(table.name.clone()));
    counted?;
    if crate::is_audited(app, &table) {
        ask.record.show(|seen| show(seen, &row, &ask.pairs));
    }
    let rendering = Instant::now();
    let mut answer = body(app, ask, &row, &name, format)?;
    for limit in CUT_CHARACTERS {
        let fits = match format {
            Format::Xlsx => payload::fits_as_bytes(&answer),
            _ => payload::fits(&answer),
        };
        if fits {
            break;
        }
        row.limit = Some(limit);
        answer = body(app, ask, &row, &name, format)?;
    }
    let mut content = Content::new(format.content_type(), answer);
    content.links(&[
        ("collection", Some(&table_path(&row.table.name))),
        ("describedby", Some(&schema_path(&row.table.name))),
        ("service-desc", Some(OPENAPI)),
    ]);
    let is_kept = format == Format::Xlsx;
    content.file(is_kept, &format!("{}.row", row.table.name), format.name());
    // What is said of another table is kept no longer than that table's own answers.
    let caching_of = |name: &TableName| app.config.site.http.cache_control.of(name);
    if row.counted().any(|counted| caching_of(counted) != caching_of(&row.table.name)) {
        content.caching = Caching::NoStore;
    }
    labels::keep(app, &mut content, &row.table.name, &labelled);
    let cut = cut_names(&row, format);
    if row.limit.is_some() || !cut.is_empty() {
        content.truncated("cell");
        content.cut(cut.iter().map(String::as_str));
    }
    ask.record.note(|line| {
        line.rows = Some(1);
        line.render_time += rendering.elapsed();
    });
    Ok(Reply::Content(content))
}

/// The one row that a statement finds, and what its cells mean; read once more, case-sensitive, where several are the same
/// to the database.
pub async fn found(
    app: &App,
    ask: &Ask<'_>,
    table: &Table,
    statement: impl Fn(Compared) -> Result<Statement, Error>,
) -> Result<(Vec<CellBuf>, Vec<Meaning>), Error> {
    let first = statement(Compared::AsColumns)?;
    let meanings = first.outputs.iter().map(|output| output.meaning).collect();
    let OwnedRows(mut rows) = app.database.read(first, ask.record, OwnedRows::default).await?;
    if rows.len() > 1 {
        OwnedRows(rows) = app
            .database
            .read(statement(Compared::Exactly)?, ask.record, OwnedRows::default)
            .await?;
    }
    match (rows.pop(), rows.pop()) {
        (Some(cells), None) => Ok((cells, meanings)),
        (None, _) => Err(Error::UnknownRow),
        (Some(_), Some(_)) => Err(query::several_rows(&ask.pairs, table)),
    }
}

/// The row, for the audit.
fn show(seen: &mut Seen, row: &RowData, pairs: &[(String, String)]) {
    seen.columns = row.table.columns.iter().map(|column| column.name.clone()).collect();
    let texts: Vec<Option<String>> =
        row.values().map(|value| value.text().map(|text| text.into_owned())).collect();
    let key = row.table.key.iter().map(|index| texts[*index].clone()).collect();
    show_key(seen, &row.table, key, pairs);
}

/// What names the row: its key as it is stored, however it was asked for; a row without one as it
/// was asked for.
pub fn show_key(
    seen: &mut Seen,
    table: &Table,
    texts: Vec<Option<String>>,
    pairs: &[(String, String)],
) {
    if !table.key.is_empty() {
        let name = |index: &usize| table.columns[*index].name.clone();
        seen.key = table.key.iter().map(name).collect();
        seen.keys = vec![texts];
        return;
    }
    let of_row = pairs.iter().filter(|(name, _)| query::names_row(name));
    (seen.key, seen.keys) = {
        let (names, values): (Vec<_>, Vec<_>) =
            of_row.map(|(name, value)| (name.clone(), Some(value.clone()))).unzip();
        (names, vec![values])
    };
}

/// The columns whose values are cut. Cells of a sheet have a limit of their own.
fn cut_names(row: &RowData, format: Format) -> Vec<String> {
    let mut cut: Vec<String> = row.cut_columns().map(|column| column.name.clone()).collect();
    if format == Format::Xlsx {
        let (_, by_sheet) = xlsx::row(row.table.columns.iter().zip(row.values()));
        cut.extend(by_sheet.into_iter().filter(|name| !cut.contains(name)).collect::<Vec<_>>());
    }
    cut
}

/// The cells that are cut, with the addresses at which all of them is.
fn cut(ask: &Ask<'_>, row: &RowData, format: Format) -> Vec<CutCell> {
    let address = Address::new(row_path(&row.table.name), &ask.pairs);
    let whole = address.with(&[query::FORMAT, query::COUNT, query::LABEL], &[]);
    cut_cells(cut_names(row, format).into_iter(), None, Some(&whole))
}

/// The row as a workbook.
fn sheet(ask: &Ask<'_>, row: &RowData, names: &[String]) -> Result<Vec<u8>, Error> {
    let (cells, _) = xlsx::row(row.table.columns.iter().zip(row.values()));
    let address = Address::new(row_path(&row.table.name), &ask.pairs);
    let cut = cut(ask, row, Format::Xlsx);
    let mut about = About::row(&row.table, &address, &ask.request.origin(), &cut);
    about.own_rows(&ask.site.own_rows);
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    xlsx::workbook(&row.table.name.to_string(), &columns, &[cells], &about)
}

fn body(
    app: &App,
    ask: &Ask<'_>,
    row: &RowData,
    name: &RowName,
    format: Format,
) -> Result<Vec<u8>, Error> {
    let names: Vec<String> = row.table.columns.iter().map(|column| column.name.clone()).collect();
    let mut body = Vec::new();
    match format {
        Format::Html => {
            let address = Address::new(row_path(&row.table.name), &ask.pairs);
            let formats = address.formats(&Format::BESIDE_PAGES);
            let whole = address.with(&[query::FORMAT, query::COUNT, query::LABEL], &[]);
            let count_href = address.with(&[query::COUNT], &[(query::COUNT, "exact")]);
            let label = labels::label_column(app, &row.table);
            let count = (count_href, query::row_counts(&ask.pairs)?);
            let page = row.page(name, &whole, formats, count, label);
            return Ok(html::row(&ask.site, &page)?.into_bytes());
        }
        Format::Csv => {
            text::write_csv_names(&mut body, &names);
            text::write_csv_record(&mut body, row.values());
        }
        Format::Xlsx => return sheet(ask, row, &names),
        Format::Ndjson => {
            json::write_object(&mut body, &json::keys(&names), row.values());
            body.push(b'\n');
        }
        Format::Json => {
            let mut object = Vec::new();
            json::write_object(&mut object, &json::keys(&names), row.values());
            let answer = RowAnswer {
                table: row.table.name.to_string(),
                columns: column_lines(&row.table, |name| app.catalog.publishes(name)),
                row: serde_json::from_slice(&object)
                    .map_err(|_| Error::internal("a row is no JSON"))?,
                links: row.links(),
                labels: (!row.labels.0.is_empty()).then(|| row.labels.members(&row.table)),
                truncated: row.limit.map(|_| "cell"),
                cut: row.limit.map(|_| cut(ask, row, format)),
            };
            json::write(&mut body, &answer)?;
            body.push(b'\n');
        }
    }
    Ok(body)
}
