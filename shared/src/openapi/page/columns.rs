//! A table's columns on the page: a line for each.

use serde_json::Value;

use super::{parameters, resolved, text};
use crate::operator::{Entry, OPERATORS, Takes};
use crate::query::{self, pairs};
use crate::view::{DocsColumn, OperatorLine};

/// What stands for no operator.
const EQUAL: &str = "=";

/// The columns of the one table whose rows are described.
pub fn columns(document: &Value, paths: &[(&str, &Value)]) -> Vec<DocsColumn> {
    let of_rows: Vec<&Value> = paths
        .iter()
        .map(|(_, operation)| parameters(document, operation).collect())
        .find(has_where)
        .unwrap_or_default();
    let filters = Filters {
        names: of_rows.iter().map(|parameter| text(&parameter["name"])).collect(),
        forms: of_rows
            .iter()
            .filter(|parameter| parameter["name"] == query::WHERE)
            .flat_map(|parameter| {
                parameter["content"]["application/json"]["schema"]["anyOf"].as_array()
            })
            .flatten()
            .collect(),
    };
    // Of the components, a row's name alone has a dot.
    let schemas = document["components"]["schemas"].as_object();
    let row = schemas
        .into_iter()
        .flatten()
        .find(|(name, _)| name.contains('.'))
        .map(|(_, schema)| schema);
    let all = row.and_then(|row| row["properties"].as_object());
    let is_column = |name: &str| all.is_some_and(|all| all.contains_key(name));
    let column = |(name, schema): (&String, &Value)| {
        let (operators, where_only) = filters
            .operators(name)
            .into_iter()
            .partition(|operator| filters.has(name, operator, is_column));
        let kind = text(&schema["$ref"]).rsplit('/').next().unwrap_or_default();
        let plain = kind.trim_end_matches("-or-null");
        DocsColumn {
            name: name.clone(),
            kind: plain.to_owned(),
            nullable: plain != kind,
            example: example(document, schema),
            operators,
            where_only,
            description: text(&schema["description"]).to_owned(),
        }
    };
    all.into_iter().flatten().map(column).collect()
}

fn has_where(parameters: &Vec<&Value>) -> bool {
    parameters.iter().any(|parameter| parameter["name"] == query::WHERE)
}

/// The filters of a table's rows as they are described.
struct Filters<'a> {
    /// The names of all parameters.
    names: Vec<&'a str>,
    /// What `_where` may be: arrays of columns, operators and values, or of columns and values.
    forms: Vec<&'a Value>,
}

impl Filters<'_> {
    /// The operators that a column takes, in the order in which they are known.
    fn operators(&self, column: &str) -> Vec<String> {
        let holds = |list: &Value, name: &str| {
            list["enum"].as_array().is_some_and(|list| list.iter().any(|each| each == name))
        };
        let of_column = || {
            self.forms
                .iter()
                .map(|form| &form["prefixItems"])
                .filter(|parts| holds(&parts[0], column))
        };
        let takes = |name: &str| of_column().any(|parts| holds(&parts[1], name));
        let names = OPERATORS.iter().map(|entry| entry.name).filter(|name| takes(name));
        names.map(|name| if name.is_empty() { EQUAL } else { name }.to_owned()).collect()
    }

    /// Whether there is a parameter for it.
    fn has(&self, column: &str, operator: &str, is_column: impl Fn(&str) -> bool) -> bool {
        let name = parameter(column, operator);
        let means_another =
            if operator == EQUAL { query::is_ours(&name) } else { is_column(&name) };
        !means_another && self.names.contains(&name.as_str())
    }
}

/// The parameter that compares a column so.
pub fn parameter(column: &str, operator: &str) -> String {
    if operator == EQUAL { column.to_owned() } else { format!("{column}__{operator}") }
}

/// An example of a schema's values as JSON, or an empty text.
pub fn example(document: &Value, schema: &Value) -> String {
    let own = &schema["examples"][0];
    let value = if own.is_null() { &resolved(document, schema)["examples"][0] } else { own };
    if value.is_null() { String::new() } else { value.to_string() }
}

/// An example as a parameter holds it.
pub fn operand(column: &DocsColumn) -> String {
    match serde_json::from_str(&column.example) {
        Ok(Value::String(text)) => text,
        _ => column.example.clone(),
    }
}

/// Another value beside an example, for lists.
fn next_operand(operand: &str) -> String {
    operand
        .parse::<i64>()
        .map_or_else(|_| operand.to_owned(), |number| number.saturating_add(1).to_string())
}

/// Every operator that one of the columns takes, with the first such column in its example.
pub fn operators(rows: &str, columns: &[DocsColumn]) -> Vec<OperatorLine> {
    let line = |entry: &Entry| {
        let name = if entry.name.is_empty() { EQUAL } else { entry.name };
        let column =
            columns.iter().find(|column| column.operators.iter().any(|each| each == name))?;
        let value = match entry.takes {
            Takes::Truth => "true".to_owned(),
            Takes::List => [operand(column), next_operand(&operand(column))].join(","),
            Takes::Value | Takes::Text => operand(column),
        };
        let href = pairs::address(rows, [(parameter(&column.name, name).as_str(), value.as_str())]);
        let example = href.strip_prefix(rows).unwrap_or(&href).trim_start_matches('?').to_owned();
        Some(OperatorLine { name: name.to_owned(), words: entry.meaning.to_owned(), example, href })
    };
    OPERATORS.iter().filter_map(line).collect()
}
