//! What one may try, and what comes back.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::columns::{operand, parameter};
use super::{resolved, text};
use crate::accept::Format;
use crate::query::{self, pairs};
use crate::view::address::OPENAPI;
use crate::view::{Command, DocsColumn, Link};

/// Columns of a row that are shown at most.
const MOST_COLUMNS: usize = 8;

/// Whom the commands ask.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// Scheme and host.
    pub origin: &'a str,
    /// What curl sends so that the caller is known, with a space at its end; or nothing.
    pub options: &'static str,
}

/// What curl sends so that the caller is known, by the description's security schemes; `None` where
/// programs cannot call.
pub fn curl_options(schemes: &Value) -> Option<&'static str> {
    let has = |name: &str| !schemes[name].is_null();
    if has("token") {
        Some("--header \"Authorization: Bearer $BEARER_TOKEN\" ")
    } else if has("signature") {
        Some(
            "--aws-sigv4 aws:amz:$AWS_REGION:execute-api \
             --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" ",
        )
    } else if has("session") {
        None
    } else {
        Some("")
    }
}

/// Commands to begin with: of a table's rows, or of the site.
pub fn commands(
    server: &Server<'_>,
    rows: Option<&str>,
    columns: &[DocsColumn],
    paths: &[(&str, &Value)],
    tables: &[Link],
    most: u64,
) -> Vec<Command> {
    let Server { origin, options } = server;
    let command = |about: &str, address: &str, more: &str| Command {
        about: about.to_owned(),
        // Between quotes a shell takes everything else as it is.
        text: format!("curl {options}{more}'{origin}{}'", address.replace('\'', "%27")),
    };
    let with = |base: &str, pairs: &[(&str, &str)]| pairs::address(base, pairs.iter().copied());
    let Some(rows) = rows else {
        let mut commands = vec![command("The published tables", "/", "")];
        if !tables.is_empty() {
            commands.push(command("All of this for programs", OPENAPI, ""));
        }
        return commands;
    };
    let mut commands = vec![command("The first rows", &with(rows, &[(query::SIZE, "3")]), "")];
    // A column that is no key says more.
    let compared = |column: &&DocsColumn| column.operators.iter().any(|operator| operator == "gte");
    let plain = |column: &&DocsColumn| !query::is_ours(&column.name) && !column.name.contains(',');
    let fitting = || columns.iter().filter(compared).filter(plain);
    let numeric = fitting().filter(|column| {
        ["decimal", "double", "date", "timestamp"].contains(&column.kind.as_str())
    });
    if let Some(column) = numeric.chain(fitting()).next() {
        let (filter, order) = (parameter(&column.name, "gte"), format!("-{}", column.name));
        let address =
            with(rows, &[(&filter, &operand(column)), (query::SORT, &order), (query::SIZE, "3")]);
        commands.push(command("Filtered, the largest first", &address, ""));
    }
    commands.extend(
        one_row(paths, columns)
            .map(|address| command("One row; 404 where there is none", &address, "")),
    );
    commands.push(command(
        "Counted",
        &with(rows, &[(query::COUNT, "exact"), (query::SIZE, "1")]),
        "",
    ));
    let csv = format!("--header 'Accept: {}' ", Format::Csv.media_type());
    commands.push(command("As CSV", rows, &csv));
    let book = with(rows, &[(query::FORMAT, Format::Xlsx.name())]);
    commands.push(command("As a workbook for Excel", &book, "--remote-name --remote-header-name "));
    commands.extend(whole(server, rows, most));
    if let Some((schema, _)) = paths.iter().find(|(path, _)| path.ends_with("/schema")) {
        commands.push(command("The columns", schema, ""));
    }
    commands
}

/// All rows, page after page: with nothing but a shell, and with the project's own program.
fn whole(server: &Server<'_>, rows: &str, most: u64) -> [Command; 2] {
    let (Server { origin, options }, most) = (server, most.to_string());
    let address = |format: Format| {
        let pairs = [(query::FORMAT, format.name()), (query::SIZE, most.as_str())];
        pairs::address(rows, pairs).replace('\'', "%27")
    };
    let next = r#"sed -n 's/^[Ll]ink: <\([^>]*\)>; rel="next".*/\1/p' headers"#;
    let curl = "curl --silent --show-error --fail --retry 3 --dump-header headers";
    let text = format!(
        "a='{}'; while [ -n \"$a\" ]; do {curl} {options}'{origin}'\"$a\" || break; a=$({next}); done >rows.ndjson",
        address(Format::Ndjson)
    );
    let about =
        "All rows, page after page; it stops with a message where one does not come".to_owned();
    let program =
        "All rows as a file that is proved whole, with the project's download.py".to_owned();
    [
        Command { about, text },
        Command {
            about: program,
            text: format!("python3 download.py '{origin}{}'", rows.replace('\'', "%27")),
        },
    ]
}

/// The address of a row, by examples of its key's columns.
fn one_row(paths: &[(&str, &Value)], columns: &[DocsColumn]) -> Option<String> {
    let (path, operation) = paths.iter().find(|(path, _)| path.ends_with("/row"))?;
    let required = operation["parameters"]
        .as_array()?
        .iter()
        .filter(|parameter| parameter["required"] == true);
    let named = required.map(|parameter| {
        let name = text(&parameter["name"]);
        let column = columns.iter().find(|column| column.name == name)?;
        Some((name, operand(column)))
    });
    let named: Vec<(&str, String)> = named.collect::<Option<_>>()?;
    Some(pairs::address(path, named.iter().map(|(name, value)| (*name, value.as_str()))))
}

/// An answer of this schema as JSON, shortened: of lists one item, of long rows some columns. An
/// empty text where there is nothing to show.
pub fn answer(document: &Value, schema: &Value) -> String {
    if schema.is_null() {
        return String::new();
    }
    let Value::Object(members) = sample(document, schema, 0) else { return String::new() };
    let lines: Vec<String> =
        members.iter().map(|(name, value)| format!("  {}: {}", json!(name), line(value))).collect();
    if lines.is_empty() { String::new() } else { format!("{{\n{}\n}}", lines.join(",\n")) }
}

/// A member's value. A row has a line for each of its columns.
fn line(value: &Value) -> String {
    let (open, row, close) = match value {
        Value::Array(items) => match items.first() {
            Some(Value::Object(row)) => ("[{", row, "}, …]"),
            _ => return value.to_string(),
        },
        Value::Object(row) => ("{", row, "}"),
        _ => return value.to_string(),
    };
    if row.is_empty() {
        return format!("{open} … {close}");
    }
    let mut text = open.to_owned();
    for (index, (name, value)) in row.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        if index == MOST_COLUMNS {
            text.push_str(",\n    …");
            break;
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}\n    {}: {}", json!(name), inner(value));
    }
    text + "\n  " + close
}

/// What lies deeper is told by its shape alone.
fn inner(value: &Value) -> String {
    match value {
        Value::Array(_) => "[…]".to_owned(),
        Value::Object(_) => "{…}".to_owned(),
        _ => value.to_string(),
    }
}

/// A value that a schema allows.
fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    let is_row = text(&schema["$ref"]).contains('.');
    let own = &schema["examples"][0];
    let schema = resolved(document, schema);
    for known in [own, &schema["examples"][0], &schema["const"]] {
        if !known.is_null() {
            return known.clone();
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let may_be_null = values.iter().any(Value::is_null);
        return values.first().filter(|_| !may_be_null).cloned().unwrap_or_default();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all = Map::new();
        // A table's own members come before those of all.
        for part in parts.iter().rev() {
            if let Value::Object(mut members) = sample(document, part, depth) {
                all.append(&mut members);
            }
        }
        return Value::Object(all);
    }
    let types = &schema["type"];
    let is = |kind: &str| {
        types == kind || types.as_array().is_some_and(|types| types.iter().any(|each| each == kind))
    };
    if is("array") {
        return if depth > 1 {
            json!([])
        } else {
            json!([sample(document, &schema["items"], depth)])
        };
    }
    if is("object") {
        let shown = depth < 1 || is_row;
        let members = schema["properties"].as_object().filter(|_| shown).into_iter().flatten();
        return Value::Object(
            members
                .map(|(name, schema)| (name.clone(), sample(document, schema, depth + 1)))
                .collect(),
        );
    }
    match types {
        _ if is("null") => Value::Null,
        _ if is("integer") || is("number") => json!(0),
        _ if is("boolean") => json!(false),
        _ => json!("…"),
    }
}
