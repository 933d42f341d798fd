//! The description as a page for people.

use serde_json::Value;

use crate::table::Type;
use crate::view::{Answer, DocsPage, Link, Member, Operation, TableHead};

/// The page about a site, or about a table: then the document is of that table alone.
pub fn page(document: &Value, table: Option<TableHead>, tables: Vec<Link>, openapi_href: String) -> DocsPage {
    let paths = document["paths"].as_object();
    let is_shown = |path: &str| path.starts_with("/table/") == table.is_some();
    let operations = paths.into_iter().flatten().filter(|(path, _)| is_shown(path));
    let members = match &table {
        Some(_) => row_members(document),
        None => Type::ALL.iter().filter_map(|kind| value_member(document, kind.name())).collect(),
    };
    let about = if table.is_some() { "" } else { text(&document["info"]["description"]) };
    DocsPage {
        about: about.split("\n\n").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        operations: operations.map(|(path, item)| operation(document, path, &item["get"])).collect(),
        table,
        members,
        tables,
        openapi_href,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What a reference refers to; anything else is itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

fn operation(document: &Value, path: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| {
        let parameter = resolved(document, parameter);
        Member {
            name: text(&parameter["name"]).to_owned(),
            values: if parameter["content"].is_object() {
                "JSON".to_owned()
            } else {
                words(document, &parameter["schema"])
            },
            required: parameter["required"] == true,
            description: text(&parameter["description"]).to_owned(),
        }
    });
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
        let answer = resolved(document, answer);
        Answer {
            status: status.clone(),
            description: text(&answer["description"]).to_owned(),
            media_types: answer["content"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect(),
        }
    });
    Operation {
        summary: text(&operation["summary"]).to_owned(),
        path: path.to_owned(),
        parameters: parameters.collect(),
        answers: answers.collect(),
    }
}

/// The columns of the one table whose row is described: of the components, its name alone has a dot.
fn row_members(document: &Value) -> Vec<Member> {
    let schemas = document["components"]["schemas"].as_object();
    let row = schemas.into_iter().flatten().find(|(name, _)| name.contains('.')).map(|(_, schema)| schema);
    let columns = row.and_then(|row| row["properties"].as_object()).into_iter().flatten();
    let member = |(name, schema): (&String, &Value)| Member {
        name: name.clone(),
        values: words(document, schema),
        required: false,
        description: text(&schema["description"]).to_owned(),
    };
    columns.map(member).collect()
}

fn value_member(document: &Value, name: &str) -> Option<Member> {
    let schema = document["components"]["schemas"].get(name)?;
    let example = schema["examples"][0].clone();
    let example = if example.is_null() { String::new() } else { format!("such as {example}") };
    let description = [text(&schema["description"]), example.as_str()];
    Some(Member {
        name: name.to_owned(),
        values: words(document, schema),
        required: false,
        description: description.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("; "),
    })
}

/// What a schema allows, in a few words.
fn words(document: &Value, schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let plain = name.replace("-operands", "").replace("-operand", "").replace("-or-null", " or null");
        return match name {
            "null-test" => words(document, resolved(document, schema)),
            name if name.ends_with("-operands") => format!("list of {plain}"),
            _ => plain,
        };
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(shown).filter(|value| !value.is_empty()).collect::<Vec<_>>().join(", ");
    }
    if schema["type"] == "array" {
        return format!("list of {}", words(document, &schema["items"]));
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(shown).collect::<Vec<_>>().join(" or "),
        kind => shown(kind),
    };
    let format = schema["format"].as_str().map_or_else(String::new, |format| format!(" ({format})"));
    let most = schema["maximum"].as_u64().map_or_else(String::new, |most| format!(" up to {most}"));
    format!("{types}{format}{most}")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
