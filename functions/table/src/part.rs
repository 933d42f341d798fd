//! `/table/{t}/row?Key=value&_cell=Column&_from=0`: one cell by itself, a part at a time.

use std::time::Instant;

use iris_tables::app::{App, Ask, Reply};
use iris_tables::cell::CellBuf;
use iris_tables::dialect::Dialect;
use iris_tables::error::Error;
use iris_tables::guard::Guarded;
use iris_tables::query::{self, Part, RowName};
use iris_tables::respond::Content;
use iris_tables::sql::part;
use iris_tables::table::Type;
use iris_tables::view::address::{Address, row_path};
use iris_tables::view::people::picture;
use iris_tables::view::value;

use crate::row::found;

/// Answers with a part of a cell.
pub async fn answer(
    app: &App,
    ask: &Ask<'_>,
    table: &Guarded,
    name: &RowName,
    wanted: Part,
) -> Result<Reply, Error> {
    let dialect = app.database.dialect();
    let wrong = |reason: &str| Error::parameter(query::CELL, reason);
    let in_parts = part::in_parts(table, wanted, dialect);
    if wanted.from > 0 && !in_parts {
        return Err(Error::parameter(
            query::FROM,
            "This database gives bytes whole; leave it out.",
        ));
    }
    let statement = |compared| Ok(part::statement(table, name, compared, wanted, dialect));
    let (mut cells, meanings) = found(app, ask, table, statement).await?;
    let rendering = Instant::now();
    // NULL is an answer, too, to whoever asks for it.
    ask.record.note(|line| line.rows = Some(1));
    if crate::is_audited(app, table) {
        let key = cells.iter().zip(&meanings).take(table.key.len());
        let texts = key.map(|(cell, meaning)| {
            value(cell.as_cell(), *meaning).text().map(|text| text.into_owned())
        });
        let texts = texts.collect();
        ask.record.show(|seen| {
            seen.action = "cell";
            seen.columns = vec![table.columns[wanted.column].name.clone()];
            crate::row::show_key(seen, table, texts, &ask.pairs);
        });
    }
    let cell = cells.pop().and_then(CellBuf::into_bytes).ok_or(Error::NoValue)?;
    if !in_parts && cell.len() as u64 > part::PART_BYTES {
        return Err(wrong(
            "Its bytes are too many for an answer, and this database gives them whole only.",
        ));
    }
    let is_binary = table.columns[wanted.column].kind == Type::Binary;
    let (body, read) = if in_parts { cut(cell, !is_binary, dialect) } else { (cell, None) };
    let next = read.map(|read| {
        let from = (wanted.from + read).to_string();
        Address::new(row_path(&table.name), &ask.pairs)
            .with(&[query::FROM], &[(query::FROM, &from)])
    });
    let is_text = !is_binary && std::str::from_utf8(&body).is_ok();
    // A browser shows a picture; what it may be else it must not guess.
    let picture = picture(&body).filter(|_| is_binary && wanted.from == 0 && next.is_none());
    let (content_type, ending) = match picture {
        Some(picture) => picture,
        None if is_text => ("text/plain; charset=utf-8", "txt"),
        None => ("application/octet-stream", "bin"),
    };
    let mut content = Content::new(content_type, body);
    content.links(&[("next", next.as_deref())]);
    let name = format!("{}-{}", table.name.name, table.columns[wanted.column].name);
    let suffix = if wanted.from == 0 { String::new() } else { format!("-{}", wanted.from) };
    let is_shown = is_text || picture.is_some();
    content.file(!is_shown, &format!("{name}{suffix}"), ending);
    ask.record.note(|line| line.render_time += rendering.elapsed());
    Ok(Reply::Content(content))
}

/// A part without what was read beyond it, and how much it is where more follows. A text is cut
/// between two characters.
fn cut(mut cell: Vec<u8>, is_text: bool, dialect: &dyn Dialect) -> (Vec<u8>, Option<u64>) {
    let size = part::size(dialect) as usize;
    if dialect.counts_characters() {
        let text = String::from_utf8_lossy(&cell);
        return match part::end_in_units(&text, size) {
            Some((end, units)) => (text[..end].as_bytes().to_vec(), Some(units as u64)),
            None => (cell, None),
        };
    }
    if cell.len() <= size {
        return (cell, None);
    }
    let end = part::end(&cell, is_text);
    cell.truncate(end);
    (cell, Some(end as u64))
}
