//! The rows of a page, as elements of its table. A template could say the same, and did: for 100 rows that took half of all
//! that a page takes.

use std::fmt::Write as _;

use minijinja::value::Value;
use minijinja::{Error, HtmlEscape};

/// Of a column, what its cells are written by.
struct Column {
    /// What their elements have as an attribute; text has another one.
    attribute: Option<&'static str>,
    title: Value,
}

/// Writes `tr` elements: rows as a template sees them, and the heads of their columns.
///
/// # Errors
/// For values that are none of these.
pub fn rows(rows: &Value, columns: &Value) -> Result<Value, Error> {
    let columns = columns.try_iter()?.map(|head| column(&head)).collect::<Result<Vec<_>, _>>()?;
    let mut html = String::new();
    for row in rows.try_iter()? {
        let href = row.get_attr("href")?;
        html.push_str("<tr>\n");
        for (place, (cell, column)) in row.get_attr("cells")?.try_iter()?.zip(&columns).enumerate() {
            write_cell(&mut html, &cell, column, href.as_str(), place == 0)?;
        }
        html.push_str("</tr>\n");
    }
    Ok(Value::from_safe_string(html))
}

fn column(head: &Value) -> Result<Column, Error> {
    let attribute = match head.get_attr("type")?.as_str() {
        _ if head.get_attr("numeric")?.is_true() => Some(" class=\"num\""),
        Some("date" | "time" | "timestamp") => Some(" class=\"when\""),
        _ => None,
    };
    Ok(Column { attribute, title: head.get_attr("title")? })
}

/// `row`: the address of the row's own page. The first cell leads there.
fn write_cell(html: &mut String, cell: &Value, column: &Column, row: Option<&str>, first: bool) -> Result<(), Error> {
    let [kind, text, rest, href] = ["kind", "text", "rest", "href"].map(|name| cell.get_attr(name));
    let (kind, text, rest, href) = (kind?, text?, rest?, href?);
    let (kind, text, rest, href) =
        (kind.as_str().unwrap_or(""), text.as_str().unwrap_or(""), rest.as_str(), href.as_str());
    let cut = cell.get_attr("cut")?.is_true();
    let own = row.filter(|_| first);
    let target = href.or(own).or(row.filter(|_| kind == "binary"));
    let name = if own.is_some() { "th" } else { "td" };
    let scope = if own.is_some() { " scope=\"row\"" } else { "" };
    let attribute = column.attribute.unwrap_or(if kind == "text" { " dir=\"auto\"" } else { "" });
    // To write to a String does not fail.
    let _ = write!(html, "<{name}{scope}{attribute}>");
    let blank = if text.trim().is_empty() && rest.is_none() { "<span class=\"null\">blank</span>" } else { "" };
    let _ = match (kind, target) {
        ("null", _) => write!(html, "<span class=\"null\">NULL</span>"),
        ("empty", _) => write!(html, "<span class=\"null\">empty</span>"),
        (_, Some(target)) => {
            let class = if href.is_some() { " class=\"ref\"" } else { "" };
            write!(html, "<a href=\"{}\"{class}>{}{blank}</a>", HtmlEscape(target), HtmlEscape(text))
        }
        (_, None) => write!(html, "{}{blank}", HtmlEscape(text)),
    };
    if let Some(rest) = rest {
        write_fold(html, rest, &column.title, cut);
    }
    if cut {
        html.push_str(" <span class=\"cut\">… too large for this page");
        if let Some(row) = row {
            let _ = write!(html, ": <a href=\"{}\">see all of it</a>", HtmlEscape(row));
        }
        html.push_str("</span>");
    }
    if let Some(own) = own.filter(|_| href.is_some() || matches!(kind, "null" | "empty")) {
        let _ = write!(html, " <a class=\"open\" href=\"{}\">open</a>", HtmlEscape(own));
    }
    let _ = writeln!(html, "</{name}>");
    Ok(())
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
    let all = if cut { "more" } else { "all" };
    let _ = write!(
        html,
        "<details class=\"fold\"><summary><span class=\"more\">Show {all}</span><span class=\"less\">Show less</span>\
         <span class=\"visually-hidden\"> of {}</span></summary>{}</details>",
        HtmlEscape(title.as_str().unwrap_or("")),
        HtmlEscape(rest)
    );
}
