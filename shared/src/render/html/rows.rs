//! The rows of a page, as elements of its table. A template could say the same, and did: for 100
//! rows that took half of all that a page takes.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value};
use minijinja::{Error, ErrorKind};

use super::escape::escape;
use crate::view::{CellView, RowView};

/// What a cell takes with its elements, for most.
const CELL_BYTES: usize = 48;

/// Of a column, what its cells are written by.
struct Column {
    /// How their elements begin, if they do not by what they hold.
    begins: Option<&'static str>,
    title: Value,
}

/// The rows of a page as templates see them: a sequence, of which a row becomes a value when one
/// asks for it.
#[derive(Debug)]
pub struct Rows(pub Arc<Vec<RowView>>);

impl Object for Rows {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, index: &Value) -> Option<Value> {
        self.0.get(index.as_usize()?).map(|row| Value::from(Serde(row)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// Writes `tr` elements: all rows of a page, by the heads of its columns.
///
/// # Errors
/// For values that are none of these.
pub fn rows(rows: &Value, columns: &Value) -> Result<Value, Error> {
    let not_rows =
        || Error::new(ErrorKind::InvalidOperation, "table_rows wants page.rows as it is");
    let rows = rows.downcast_object_ref::<Rows>().ok_or_else(not_rows)?;
    let columns = columns.try_iter()?.map(|head| column(&head)).collect::<Result<Vec<_>, _>>()?;
    let mut html = String::with_capacity(rows.0.len() * columns.len() * CELL_BYTES);
    for row in rows.0.iter() {
        html.push_str("<tr>");
        for (index, (cell, column)) in row.cells.iter().zip(&columns).enumerate() {
            write_cell(&mut html, cell, column, row.href.as_deref(), index == 0);
        }
        html.push_str("</tr>\n");
    }
    Ok(Value::from_safe_string(html))
}

fn column(head: &Value) -> Result<Column, Error> {
    let begins = match head.get_attr("type")?.as_str() {
        _ if head.get_attr("numeric")?.is_true() => Some(" class=\"num\">"),
        Some("date" | "time" | "timestamp") => Some(" class=\"when\">"),
        _ => None,
    };
    Ok(Column { begins, title: head.get_attr("title")? })
}

/// `row`: the address of the row's own page. The first cell leads there.
fn write_cell(html: &mut String, cell: &CellView, column: &Column, row: Option<&str>, first: bool) {
    let CellView { kind, text, cut, .. } = cell;
    let (kind, rest, href) = (*kind, cell.rest.as_deref(), cell.href.as_deref());
    let own = row.filter(|_| first);
    let target = href.or(own).or(row.filter(|_| kind == "binary"));
    html.push_str(if own.is_some() { "<th scope=\"row\"" } else { "<td" });
    html.push_str(match column.begins {
        Some(begins) => begins,
        None if kind == "text" && (may_turn(text) || rest.is_some_and(may_turn)) => {
            " dir=\"auto\">"
        }
        None => ">",
    });
    let spaces = if text.chars().all(char::is_whitespace) && rest.is_none() {
        "<span class=\"null\">only spaces</span>"
    } else {
        ""
    };
    match (kind, target) {
        (_, Some(target)) if cell.picture.is_some() => write_picture(html, cell, target),
        ("null", _) => html.push_str("<span class=\"null\">NULL</span>"),
        ("empty", _) => html.push_str("<span class=\"null\">empty</span>"),
        (_, Some(target)) => {
            html.push_str("<a href=\"");
            escape(html, target);
            html.push_str(if href.is_some() { "\" class=\"ref\">" } else { "\">" });
            escape(html, text);
            html.push_str(spaces);
            write_label(html, cell);
            html.push_str("</a>");
        }
        (_, None) => {
            write_text(html, cell);
            html.push_str(spaces);
            write_label(html, cell);
        }
    }
    if let Some(rest) = rest {
        write_fold(html, rest, &column.title, *cut);
    }
    if *cut {
        html.push_str(" <span class=\"cut\">… too large for this page");
        if let Some(row) = row {
            html.push_str(": <a href=\"");
            escape(html, row);
            html.push_str("\">see all of it</a>");
        }
        html.push_str("</span>");
    }
    if let Some(own) = own.filter(|_| href.is_some() || matches!(kind, "null" | "empty")) {
        html.push_str(" <a class=\"open\" href=\"");
        escape(html, own);
        html.push_str("\">open</a>");
    }
    html.push_str(if own.is_some() { "</th>" } else { "</td>" });
}

/// Whether a text may run from right to left: it has a letter from the first such script on,
/// Hebrew at U+0590. `dir` at every other cell was a fifteenth of a page.
fn may_turn(text: &str) -> bool {
    !text.is_ascii() && text.bytes().any(|byte| byte >= FIRST_OF_HEBREW)
}

/// The first byte of U+0580 to U+05BF in UTF-8. No earlier letter has a larger one.
const FIRST_OF_HEBREW: u8 = 0xD6;

/// A picture that leads to its row.
fn write_picture(html: &mut String, cell: &CellView, target: &str) {
    html.push_str("<a href=\"");
    escape(html, target);
    html.push_str("\"><img class=\"thumb\" loading=\"lazy\" src=\"");
    escape(html, cell.picture.as_deref().unwrap_or_default());
    html.push_str("\" alt=\"");
    escape(html, &cell.text);
    html.push_str("\"></a>");
}

/// A text, as a link where it is an address.
fn write_text(html: &mut String, cell: &CellView) {
    if let Some(link) = &cell.link {
        html.push_str("<a class=\"out\" rel=\"noopener noreferrer nofollow\" href=\"");
        escape(html, link);
        html.push_str("\">");
    }
    escape(html, &cell.text);
    if cell.link.is_some() {
        html.push_str("</a>");
    }
}

/// What the row is called that the cell refers to.
fn write_label(html: &mut String, cell: &CellView) {
    if let Some(label) = &cell.label {
        html.push_str(" <bdi class=\"label\">");
        escape(html, label);
        html.push_str("</bdi>");
    }
}

/// What of a cell is folded, as a template asks for it: nothing where it is short.
///
/// # Errors
/// For a value that is no cell.
pub fn fold(cell: &Value, title: &Value) -> Result<Value, Error> {
    let mut html = String::new();
    if let Some(rest) = cell.get_attr("rest")?.as_str() {
        write_fold(&mut html, rest, title, cell.get_attr("cut")?.is_true());
    }
    Ok(Value::from_safe_string(html))
}

/// The rest of a long text, until it is asked for.
fn write_fold(html: &mut String, rest: &str, title: &Value, cut: bool) {
    html.push_str("<details class=\"fold\"><summary><span class=\"more\">Show ");
    html.push_str(if cut { "more" } else { "all" });
    html.push_str(
        "</span><span class=\"less\">Show less</span><span class=\"visually-hidden\"> of ",
    );
    escape(html, title.as_str().unwrap_or(""));
    html.push_str("</span></summary>");
    escape(html, rest);
    html.push_str("</details>");
}
