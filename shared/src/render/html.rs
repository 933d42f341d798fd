//! Pages from templates: the only place that knows the template engine.
//!
//! A template sees two names: `site` and `page`, the view of its page. Every value is escaped where
//! it is written.

use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, merge_maps};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use self::escape::{escape, escape_to};
use self::rows::Rows;
use crate::error::Error;
use crate::view::{
    DocsPage, ErrorPage, GroupsPage, IndexPage, MePage, RowPage, SchemaPage, Site, TablePage,
};

mod escape;
mod rows;
#[cfg(test)]
mod tests;

// `static TEMPLATES: [(&str, &str); …]`: the templates by the names that they use for each other.
include!(concat!(env!("OUT_DIR"), "/templates.rs"));

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(environment);

/// `/`: the published tables.
pub fn index(site: &Site, page: &IndexPage) -> Result<String, Error> {
    render("index.html", site, page)
}

/// A page of rows.
pub fn table(site: &Site, page: &TablePage) -> Result<String, Error> {
    render_value("table.html", site, page_of(page))
}

/// A page of rows as its template sees it.
fn page_of(page: &TablePage) -> Value {
    let rows = context! { rows => Value::from_object(Rows(Arc::clone(&page.rows))) };
    merge_maps([rows, Value::from(Serde(page))])
}

/// Rows in groups.
pub fn groups(site: &Site, page: &GroupsPage) -> Result<String, Error> {
    render("groups.html", site, page)
}

/// One row.
pub fn row(site: &Site, page: &RowPage) -> Result<String, Error> {
    render("row.html", site, page)
}

/// The columns of a table.
pub fn schema(site: &Site, page: &SchemaPage) -> Result<String, Error> {
    render("schema.html", site, page)
}

/// The API, for people who write programs.
pub fn docs(site: &Site, page: &DocsPage) -> Result<String, Error> {
    render("docs.html", site, page)
}

/// Who the caller is taken for.
pub fn me(site: &Site, page: &MePage) -> Result<String, Error> {
    render("me.html", site, page)
}

/// Somebody has signed out.
pub fn signed_out(site: &Site) -> Result<String, Error> {
    render_value("signed-out.html", site, Value::UNDEFINED)
}

/// A question before somebody is signed out.
pub fn sign_out(site: &Site) -> Result<String, Error> {
    render_value("sign-out.html", site, Value::UNDEFINED)
}

/// An error, for a person.
pub fn error(site: &Site, page: &ErrorPage) -> Result<String, Error> {
    render("error.html", site, page)
}

/// Parses the templates.
fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // Whatever a template is called: all that we render is HTML.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(|output, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => {
            escape_to(output, text).map_err(|_| ErrorKind::WriteFailure.into())
        }
        _ => minijinja::escape_formatter(output, state, value),
    });
    // A misspelt name must fail in a test, not vanish from a page.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // The engine's own report of an error quotes values.
    environment.set_debug(false);
    environment.add_filter("grouped", grouped);
    environment.add_filter("table_rows", rows::rows);
    environment.add_filter("fold", rows::fold);
    environment.add_filter("options", options);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

fn render(name: &str, site: &Site, page: &impl Serialize) -> Result<String, Error> {
    render_value(name, site, Value::from(Serde(page)))
}

fn render_value(name: &str, site: &Site, page: Value) -> Result<String, Error> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| failure(name, error))?;
    let names = context! { site => Value::from(Serde(site)), page };
    environment
        .get_template(name)
        .and_then(|template| template.render(names))
        .map_err(|error| failure(name, &error))
}

/// Says where a template failed and how, but not with which value: that may be a row's.
fn failure(page: &str, error: &minijinja::Error) -> Error {
    let (name, line) = (error.name().unwrap_or(page), error.line().unwrap_or(0));
    Error::internal(format!(
        "page {page} cannot be rendered: {name}, line {line}: {}",
        error.kind()
    ))
}

/// The `option` elements for choices. Every column of a page has a dozen of them, and by a template
/// they took 3 % of it more.
fn options(choices: &Value) -> Result<Value, minijinja::Error> {
    let mut html = String::new();
    let no_choice =
        || minijinja::Error::new(ErrorKind::InvalidOperation, "options wants values and labels");
    for choice in choices.try_iter()? {
        let (value, label) = (choice.get_attr("value")?, choice.get_attr("label")?);
        html.push_str("<option value=\"");
        escape(&mut html, value.as_str().ok_or_else(no_choice)?);
        html.push_str(if choice.get_attr("selected")?.is_true() { "\" selected>" } else { "\">" });
        escape(&mut html, label.as_str().ok_or_else(no_choice)?);
        html.push_str("</option>");
    }
    Ok(Value::from_safe_string(html))
}

/// A count with its digits in groups of three, as a person reads it: 10,001.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
