//! `/openapi.json`: the API as OpenAPI 3.1, of exactly the tables that are given.
//!
//! What the pages' own forms and scripts send (`_form`, `_view`) is named but not described: it
//! comes with the pages, and what `_view` answers has the shape that a template wants.

mod answers;
mod groups;
mod kept;
mod page;
mod parameters;
mod paths;
mod schemas;
mod security;
mod used;
mod values;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::config::{Access, Labels, Patterns, RowRules};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::payload;
use crate::query::{FORM, Sizes, TABLES, VIEW};
use crate::table::{Table, TableName};
use crate::view::address::table_path;
use crate::view::labels::labelled_columns;

pub use kept::Kept;
pub use page::page;

/// What a description is of, beside its tables.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// What the site is called.
    pub title: &'a str,
    /// Which database it is: each has rules of its own for values.
    pub dialect: &'static dyn Dialect,
    /// Rows of a page.
    pub sizes: Sizes,
    /// The selection of tables, where there is one.
    pub selection: Option<&'a str>,
    /// Who may call.
    pub access: &'a Access,
    /// Which rows a caller may see.
    pub rules: &'a RowRules,
    /// Which column says what a row is.
    pub labels: &'a Labels,
    /// Which tables are published.
    pub published: &'a Patterns,
}

impl About<'_> {
    /// The columns of a table whose values may have labels.
    fn labelled(&self, table: &Table) -> Vec<usize> {
        let publishes = |name: &TableName| self.published.matches(&name.schema, &name.name);
        let columns = labelled_columns(table, self.labels, publishes);
        columns.into_iter().map(|column| column.column).collect()
    }
}

/// How much a description says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// All.
    Whole,
    /// Of the filters no more than that there are some.
    WithoutFilters,
}

impl Detail {
    /// Columns of all tables together with which such a description may still fit an answer: it
    /// takes some 1,600 bytes for each with all its filters, and 70 without. Beyond, it is not
    /// even tried: it would take hundreds of megabytes.
    fn most_columns(self) -> usize {
        match self {
            Self::Whole => 6_000,
            Self::WithoutFilters => 100_000,
        }
    }
}

/// The description as JSON. Where all of it would be too large for an answer, it is without the
/// parameters of the single columns, and says so.
///
/// # Errors
/// [`Error::Parameter`] naming `_table` where even that is too large.
fn json(about: &About<'_>, tables: &[Arc<Table>]) -> Result<Vec<u8>, Error> {
    let columns: usize = tables.iter().map(|table| table.columns.len()).sum();
    for detail in [Detail::Whole, Detail::WithoutFilters] {
        if columns > detail.most_columns() {
            continue;
        }
        let mut body = serde_json::to_vec(&document(about, tables, detail))
            .map_err(|error| Error::internal(format!("JSON: {error}")))?;
        body.push(b'\n');
        if payload::fits(&body) {
            return Ok(body);
        }
    }
    let count = tables.len();
    let reason = format!(
        "The description of {count} tables is too large. Name some, as in `{TABLES}=Sales.*`."
    );
    Err(Error::parameter(TABLES, reason))
}

/// The components that descriptions share, whether or not a table uses them.
pub fn shared_components(about: &About<'_>) -> Value {
    components(about, schemas::shared(about.dialect))
}

fn components(about: &About<'_>, schemas: Map<String, Value>) -> Value {
    json!({
        "schemas": schemas,
        "parameters": parameters::shared(about),
        "headers": answers::headers(),
        "responses": answers::shared(),
    })
}

/// The whole description, for people. Without tables it has all shared components: they are listed,
/// whether or not something refers to them.
pub fn whole(about: &About<'_>, tables: &[Arc<Table>]) -> Value {
    let mut document = document(about, tables, Detail::Whole);
    if tables.is_empty() {
        let shared = shared_components(about);
        for kind in ["parameters", "schemas"] {
            document["components"][kind] = shared[kind].clone();
        }
    }
    document
}

fn document(about: &About<'_>, tables: &[Arc<Table>], detail: Detail) -> Value {
    let mut paths = paths::of_site();
    let mut schemas = schemas::shared(about.dialect);
    let mut own_parameters = Map::new();
    for table in tables {
        if paths.contains_key(&table_path(&table.name)) {
            // Two names may look alike: `A.B` and `C`, `A` and `B.C`. One of them answers.
            continue;
        }
        schemas.insert(schemas::row_name(&table.name), schemas::row(table, about.dialect, detail));
        if detail == Detail::Whole {
            own_parameters.extend([parameters::where_component(table)]);
        }
        paths.extend(paths::of_table(table, about, detail));
    }
    security::require(about.access, &mut paths);
    security::limit(about.rules, tables, &mut paths);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": env!("CARGO_PKG_VERSION"),
            "description": description(about, detail),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": components(about, schemas),
    });
    if let Some(shared) = document["components"]["parameters"].as_object_mut() {
        shared.append(&mut own_parameters);
    }
    used::prune(&mut document);
    security::describe(about.access, &mut document["components"]);
    document
}

fn description(about: &About<'_>, detail: Detail) -> String {
    let mut text = "The published tables of a database, to be read. Each path answers HEAD as well. The representation \
                    follows the `Accept` header, and `_format` goes before it. A gateway before this service may answer \
                    401, 403, 429, 500 or 503 by itself.\n\n\
                    Values: integers up to 2⁵³−1 are numbers, larger ones and all decimals texts with all their digits; \
                    dates and times are ISO 8601 without an invented zone; bytes are base64. A value that no answer can \
                    hold is cut, ends in `… [cut]`, and is named in `cut`."
        .to_owned();
    text += "\n\n";
    text += &security::paragraph(about.access);
    text += &format!(
        "\n\nTwo parameters of a table are the pages' own, change with them, and are not described here: `{FORM}`, which \
         their forms send, and `{VIEW}=page`, which answers as JSON what a page shows, in the names of its template."
    );
    if detail == Detail::WithoutFilters {
        text += &format!(
            "\n\nThe parameters of single columns, titles and examples are left out here, because the description would be too large: \
             `/openapi.json?{TABLES}=Schema.Table` has those of one table."
        );
    }
    if let Some(selection) = about.selection {
        text += &format!("\n\nOnly tables of `{TABLES}={selection}` are described here.");
    }
    text
}
