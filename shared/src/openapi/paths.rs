//! Paths and what is asked for at them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::answers::{COLUMNS, GROUPS, OF_SIGN_IN, answers, or_errors, response};
use super::parameters::{self, reference_to};
use super::values::reference;
use super::{About, Detail, groups, schemas};
use crate::accept::Format;
use crate::table::{Column, Table};
use crate::view::address::{DOCS, OPENAPI, groups_path, row_path, schema_path, table_path};
use crate::view::people::PICTURES;

const PAGE_HEADERS: [&str; 6] =
    ["ETag", "Link", "Page-Truncated", "Page-Cut", "Page-Total", "Page-Uncounted"];

/// Errors of deep health alone.
const OF_HEALTH: [&str; 3] = ["user-can-write", "user-not-checked", "database-not-ready"];

/// Errors of whatever reads the database.
fn of_all(word: &str) -> bool {
    let others = [
        "unknown-address",
        "unknown-table",
        "unknown-row",
        "no-value",
        "table-unreadable",
        "read-only",
        // Said of each operation apart, where it is so.
        "sign-in-needed",
        "claim-missing",
        "audit-unavailable",
    ];
    !others.contains(&word) && !OF_SIGN_IN.contains(&word) && !OF_HEALTH.contains(&word)
}

fn of_me(word: &str) -> bool {
    ["invalid-parameter", "no-representation", "address-too-long", "internal-error"].contains(&word)
}

fn of_tables(word: &str) -> bool {
    of_all(word) || ["unknown-table", "table-unreadable", "audit-unavailable"].contains(&word)
}

/// The paths that are no table's.
pub fn of_site() -> Map<String, Value> {
    let mut paths = Map::new();
    let json_or_page = |schema: Value| json!({"application/json": {"schema": schema}, "text/html": {"schema": {"type": "string"}}});
    let index = json!({
        "operationId": "index",
        "summary": "The published tables",
        "parameters": [
            {"name": crate::query::SEARCH, "in": "query", "description": "Words that name or description hold", "schema": {"type": "string"}},
            reference_to("format-of-lists"),
        ],
        "responses": answers("The list", json_or_page(reference("Index")), &["ETag", "Link"], of_all),
    });
    paths.insert("/".to_owned(), json!({"get": index}));
    let deep = "`1`: whether secret and database answer too, and the database's user cannot write";
    let health = json!({
        "operationId": "health",
        "summary": "Whether this service answers",
        "parameters": [{"name": "deep", "in": "query", "description": deep, "schema": {"type": "string", "enum": ["1"]}}],
        "responses": answers("It does", json!({"application/json": {"schema": reference("Health")}}), &[],
            |word| (of_all(word) || OF_HEALTH.contains(&word)) && word != "no-representation"),
    });
    paths.insert("/health".to_owned(), json!({"get": health}));
    let own = json!({
        "operationId": "openapi",
        "summary": "This description",
        "parameters": [reference_to("tables")],
        "responses": answers("OpenAPI 3.1", json!({"application/json": {"schema": {"type": "object"}}}), &["ETag"],
            |word| (of_all(word) || word == "unknown-table") && word != "no-representation"),
    });
    paths.insert(OPENAPI.to_owned(), json!({"get": own}));
    let me = json!({
        "operationId": "me",
        "summary": "Who the caller is taken for",
        "parameters": [reference_to("format-of-lists")],
        "responses": answers("The caller", json_or_page(reference("Caller")), &[], of_me),
    });
    paths.insert("/me".to_owned(), json!({"get": me}));
    let docs = json!({
        "operationId": "docs",
        "summary": "This description as a page",
        "parameters": [reference_to("tables"), reference_to("format-of-pages")],
        "responses": answers("A page", json!({"text/html": {"schema": {"type": "string"}}}), &["ETag", "Link"],
            |word| of_all(word) || word == "unknown-table"),
    });
    paths.insert(DOCS.to_owned(), json!({"get": docs}));
    paths
}

/// What an operation's id has as it is.
const OPERATION: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-');

/// The paths of a table.
pub fn of_table(table: &Table, about: &About<'_>, detail: Detail) -> Vec<(String, Value)> {
    let labelled = parameters::labels(table, &about.labelled(table), detail);
    let name = table.name.to_string();
    let operation = |what: &str, summary: String, parameters: Vec<Value>, responses: Value| {
        json!({"get": {
            "operationId": format!("{what}.{}", url_safe(&name)), "tags": [name], "summary": summary, "parameters": parameters,
            "responses": responses,
        }})
    };
    let rows = operation(
        "rows",
        format!("A page of rows of {name}"),
        [parameters::of_rows(table, detail), labelled.clone()].concat(),
        answers("The page", representations(schemas::page(table)), &PAGE_HEADERS, of_tables),
    );
    let schema = operation(
        "schema",
        format!("The columns of {name}"),
        vec![reference_to("format-of-lists")],
        or_errors(response(COLUMNS), true, of_tables),
    );
    let mut paths = vec![(table_path(&table.name), rows)];
    if table.has_rows_of_their_own() {
        let mut content = representations(schemas::row_answer(table, detail));
        content["text/plain"] = json!({"schema": {"type": "string"}});
        let pictures = PICTURES.map(|(media_type, _)| media_type);
        for media_type in ["application/octet-stream"].into_iter().chain(pictures) {
            content[media_type] = json!({"schema": {"type": "string", "format": "binary"}});
        }
        let row = operation(
            "row",
            format!("One row of {name}"),
            [parameters::of_row(table, detail), labelled].concat(),
            answers("The row, or a part of one cell", content, &PAGE_HEADERS, |word| {
                of_tables(word) || word == "unknown-row"
            }),
        );
        paths.push((row_path(&table.name), row));
    }
    paths.push((schema_path(&table.name), schema));
    if table.columns.iter().any(Column::takes_filters) {
        let groups = operation(
            "groups",
            format!("The rows of {name} in groups: how many have each value"),
            groups::parameters(table, detail, about.dialect),
            or_errors(response(GROUPS), true, of_tables),
        );
        paths.push((groups_path(&table.name), groups));
    }
    paths
}

/// A schema as JSON, and texts in the other representations.
pub fn representations(schema: Value) -> Value {
    let of = |format: Format| {
        let schema = match format {
            Format::Json => schema.clone(),
            Format::Xlsx => json!({"type": "string", "format": "binary"}),
            _ => json!({"type": "string"}),
        };
        (format.media_type().to_owned(), json!({"schema": schema}))
    };
    Value::Object(Format::ALL.into_iter().map(of).collect())
}

/// A name in letters that a URL takes as they are; no two names have the same.
fn url_safe(name: &str) -> String {
    utf8_percent_encode(name, OPERATION).to_string().replace('%', "~")
}
