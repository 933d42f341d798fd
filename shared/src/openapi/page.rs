//! The description as a page for people.

mod columns;
mod examples;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::query;
use crate::table::Type;
use crate::view::{Answer, DocsPage, Link, Member, MemberList, Operation, TableHead};

/// The parameters that any table takes for its rows, by their names among the components.
const OF_EVERY_TABLE: [&str; 9] =
    ["filters", "where", "search", "sort", "columns", "size", "next", "count", "format"];

/// What stands for the filters of all columns.
const ANY_FILTER: &str = "Column__operator";

/// Values of an enumeration that are shown at most: there may be two for each column.
const MOST_SHOWN: usize = 6;

/// The page about a site, or about a table: then the document is of that table alone. `origin` is
/// what an address begins with for one who is elsewhere.
pub fn page(
    document: &Value,
    origin: &str,
    table: Option<TableHead>,
    tables: Vec<Link>,
    openapi_href: String,
) -> DocsPage {
    let all = document["paths"].as_object().into_iter().flatten();
    let paths: Vec<(&str, &Value)> = all
        .filter(|(path, _)| path.starts_with("/table/") == table.is_some())
        .map(|(path, item)| (path.as_str(), &item["get"]))
        .collect();
    let columns = if table.is_some() { columns::columns(document, &paths) } else { Vec::new() };
    let rows = table.as_ref().map(|table| table.href.as_str());
    let most = &document["components"]["parameters"]["size"]["schema"]["maximum"];
    let most = most.as_u64().unwrap_or(1);
    let options = examples::curl_options(&document["components"]["securitySchemes"]);
    let about = if table.is_some() { "" } else { text(&document["info"]["description"]) };
    DocsPage {
        about: about.split("\n\n").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        commands: match options {
            Some(options) => {
                let server = examples::Server { origin, options };
                examples::commands(&server, rows, &columns, &paths, &tables, most)
            }
            None => Vec::new(),
        },
        operators: rows.map(|rows| columns::operators(rows, &columns)).unwrap_or_default(),
        columns,
        members: if table.is_some() { Vec::new() } else { of_every_table(document) },
        operations: paths
            .iter()
            .map(|(path, operation)| self::operation(document, path, operation))
            .collect(),
        errors: errors(document, &paths),
        error: examples::answer(document, &document["components"]["schemas"]["Problem"]),
        table,
        tables,
        openapi_href,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What a reference refers to; anything else is itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let index = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    index.and_then(|index| document.pointer(index)).unwrap_or(value)
}

/// The parameters of an operation.
fn parameters<'a>(document: &'a Value, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| resolved(document, parameter))
}

fn parameter(document: &Value, parameter: &Value) -> Member {
    let is_json = parameter["content"].is_object();
    Member {
        name: text(&parameter["name"]).to_owned(),
        values: if is_json { "JSON".to_owned() } else { words(document, &parameter["schema"]) },
        required: parameter["required"] == true,
        example: String::new(),
        description: text(&parameter["description"]).to_owned(),
    }
}

fn operation(document: &Value, path: &str, operation: &Value) -> Operation {
    // Those that compare columns are the columns' own, and shown with them.
    let has_filters =
        parameters(document, operation).any(|parameter| parameter["name"] == query::WHERE);
    let is_shown = |parameter: &&Value| !has_filters || query::is_ours(text(&parameter["name"]));
    let content = &resolved(document, &operation["responses"]["200"])["content"];
    Operation {
        summary: text(&operation["summary"]).to_owned(),
        path: path.to_owned(),
        parameters: parameters(document, operation)
            .filter(is_shown)
            .map(|described| parameter(document, described))
            .collect(),
        media_types: content
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect(),
        answer: examples::answer(document, &content["application/json"]["schema"]),
    }
}

/// The errors of all these operations.
fn errors(document: &Value, paths: &[(&str, &Value)]) -> Vec<Answer> {
    let all = paths
        .iter()
        .flat_map(|(_, operation)| operation["responses"].as_object().into_iter().flatten());
    let errors = all.filter(|(status, _)| status.as_str() >= "4");
    let by_status: BTreeMap<&String, &Value> = errors.collect();
    let error = |(status, answer): (&String, &Value)| Answer {
        status: status.clone(),
        description: text(&resolved(document, answer)["description"]).to_owned(),
    };
    by_status.into_iter().map(error).collect()
}

fn of_every_table(document: &Value) -> Vec<MemberList> {
    let described = &document["components"]["parameters"];
    let parameters =
        OF_EVERY_TABLE.iter().filter_map(|name| described.get(name)).map(|described| {
            let member = parameter(document, described);
            // It has no name of its own: it stands for the parameters of all columns.
            let stands_for_others = described["schema"]["type"] == "object";
            if stands_for_others {
                Member { name: ANY_FILTER.into(), values: "text".into(), ..member }
            } else {
                member
            }
        });
    let types = Type::ALL.iter().filter_map(|kind| value_member(document, kind.name()));
    let list = |title: &str, first: &str, members| MemberList {
        title: title.into(),
        first: first.into(),
        members,
    };
    vec![
        list("Parameters of every table's rows", "Parameter", parameters.collect()),
        list("Values in JSON", "Type", types.collect()),
    ]
}

fn value_member(document: &Value, name: &str) -> Option<Member> {
    let schema = document["components"]["schemas"].get(name)?;
    Some(Member {
        name: name.to_owned(),
        values: words(document, schema),
        required: false,
        example: columns::example(document, schema),
        description: text(&schema["description"]).to_owned(),
    })
}

/// What a schema allows, in a few words.
fn words(document: &Value, schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let plain =
            name.replace("-operands", "").replace("-operand", "").replace("-or-null", " or null");
        return match name {
            "null-test" => words(document, resolved(document, schema)),
            name if name.ends_with("-operands") => format!("list of {plain}"),
            _ => plain,
        };
    }
    if let Some(values) = schema["enum"].as_array() {
        let shown: Vec<String> =
            values.iter().map(shown).filter(|value| !value.is_empty()).collect();
        let more = if shown.len() > MOST_SHOWN { ", …" } else { "" };
        return format!("{}{more}", shown[..shown.len().min(MOST_SHOWN)].join(", "));
    }
    if schema["type"] == "array" {
        return format!("list of {}", words(document, &schema["items"]));
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(shown).collect::<Vec<_>>().join(" or "),
        kind => shown(kind),
    };
    let format =
        schema["format"].as_str().map_or_else(String::new, |format| format!(" ({format})"));
    let most = schema["maximum"].as_u64().filter(|most| *most < i64::MAX.unsigned_abs());
    let most = most.map_or_else(String::new, |most| format!(" up to {most}"));
    format!("{types}{format}{most}")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
