//! Schemas of JSON answers.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::values::{self, reference};
use super::{Detail, groups};
use crate::dialect::Dialect;
use crate::error::Missing;
use crate::query::MAX_LIST;
use crate::respond;
use crate::table::{Table, TableName, Type};
use crate::view::labels::Unlabelled;

/// What all tables share.
pub fn shared(dialect: &dyn Dialect) -> Map<String, Value> {
    let mut schemas = values::shared(dialect);
    schemas.append(&mut values::shared_operands(dialect, MAX_LIST));
    let own = parts().into_iter().chain(links()).chain(lists()).chain(pages());
    let own = own.chain(groups::schemas());
    schemas.extend(own.map(|(name, schema)| (name.to_owned(), schema)));
    schemas
}

fn text() -> Value {
    json!({"type": "string"})
}

fn text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

fn address() -> Value {
    json!({"type": "string", "format": "uri-reference"})
}

fn count_or_null() -> Value {
    json!({"type": ["integer", "null"], "minimum": 0})
}

fn list_of(name: &str) -> Value {
    json!({"type": "array", "items": reference(name)})
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// Columns, counts and cut cells.
fn parts() -> Vec<(&'static str, Value)> {
    let types: Vec<&str> = Type::ALL.iter().map(|kind: &Type| kind.name()).collect();
    let column = object(&[
        ("name", text()),
        ("title", text()),
        ("type", json!({"type": "string", "enum": types})),
        (
            "sourceType",
            json!({"description": "The type as the database names it", "type": "string"}),
        ),
        ("precision", count_or_null()),
        ("scale", json!({"type": ["integer", "null"]})),
        ("nullable", json!({"type": "boolean"})),
        (
            "key",
            json!({"description": "Its place in the key", "type": ["integer", "null"], "minimum": 1}),
        ),
        ("references", or_null(reference("Reference"))),
        ("description", text_or_null()),
    ]);
    let at_least = json!({"description": "There may be more", "type": "boolean"});
    let whole = "All of it; null where nothing names the row, and for the last of very many";
    let whole = json!({"description": whole, "type": ["string", "null"]});
    let mut cut = object(&[("column", text()), ("href", whole)]);
    cut["properties"]["row"] =
        json!({"description": "Its row's place on the page, from 0", "type": "integer"});
    vec![
        ("Column", column),
        ("Reference", object(&[("table", text()), ("column", text()), ("href", address())])),
        (
            "Total",
            object(&[("value", json!({"type": "integer", "minimum": 0})), ("atLeast", at_least)]),
        ),
        ("Cut", cut),
    ]
}

/// Links along foreign keys.
fn links() -> Vec<(&'static str, Value)> {
    let key = [("columns", json!({"type": "array", "items": text()})), ("table", text())];
    let words = "As RFC 6570 has it; a variable is the name of a column of this table, percent-encoded. A row in which one of \
                 them is null, or not shown, leads nowhere";
    let template = json!({"description": words, "type": "string", "format": "uri-template"});
    let row = json!({
        "description": "A row's address, from its columns; null where no columns name a row",
        "type": ["string", "null"], "format": "uri-template",
    });
    let mut key_link = object(&[&key[..], &[("href", address())]].concat());
    key_link["properties"]["total"] = reference("Total");
    let both = |name: &str| [("references", list_of(name)), ("referrers", list_of(name))];
    let missing = json!({
        "description": "Why there are no referrers: the database did not tell them in time",
        "const": "timeout",
    });
    let mut row_links = object(&both("KeyLink"));
    let mut table_links = object(&[&[("row", row)], &both("KeyTemplate")[..]].concat());
    for links in [&mut row_links, &mut table_links] {
        links["properties"]["missing"] = missing.clone();
    }
    vec![
        ("KeyLink", key_link),
        ("KeyTemplate", object(&[&key[..], &[("template", template)]].concat())),
        ("RowLinks", row_links),
        ("TableLinks", table_links),
    ]
}

/// The list of tables, a table's columns, health, errors.
fn lists() -> Vec<(&'static str, Value)> {
    let kind = json!({"type": "string", "enum": ["table", "view"]});
    let line = object(&[
        ("table", text()),
        ("schema", text()),
        ("name", text()),
        ("kind", kind.clone()),
        ("columns", count_or_null()),
        ("description", text_or_null()),
        ("href", address()),
    ]);
    let schema = object(&[
        ("table", text()),
        ("kind", kind),
        ("description", text_or_null()),
        ("columns", list_of("Column")),
        ("links", reference("TableLinks")),
    ]);
    let mut health = object(&[("status", json!({"const": "ok"}))]);
    health["properties"]["database"] = json!({"const": "ok"});
    health["properties"]["userCanWrite"] =
        json!({"description": "Null where it could not be found out", "type": ["boolean", "null"]});
    health["properties"]["unreadable"] = json!({
        "description": "What of the database cannot be read, a sentence each; the rest can",
        "type": "array", "items": text(), "minItems": 1,
    });
    health["properties"]["warnings"] = json!({
        "description": "Settings that have no effect, a sentence each",
        "type": "array", "items": text(), "minItems": 1,
    });
    vec![
        ("TableLine", line),
        ("Index", object(&[("title", text()), ("tables", list_of("TableLine"))])),
        ("Schema", schema),
        ("Health", health),
        ("Caller", caller()),
        ("CallerRule", caller_rule()),
        ("Problem", problem()),
    ]
}

/// A rule as it holds for the caller.
fn caller_rule() -> Value {
    let values = json!({
        "description": "Null where the caller lacks the claim, and sees no row",
        "type": ["array", "null"], "items": text(),
    });
    object(&[("column", text()), ("claim", text()), ("values", values)])
}

/// Who calls. All but the source is missing where everybody may.
fn caller() -> Value {
    json!({
        "type": "object",
        "required": ["source", "claims", "until", "rules"],
        "properties": {
            "source": {"enum": ["none", "token", "iam", "session"]},
            "issuer": {"type": "string"},
            "subject": {"type": "string"},
            "name": {"type": "string"},
            "claims": {"type": "object"},
            "until": {"type": ["string", "null"]},
            "rules": list_of("CallerRule"),
        },
    })
}

/// What the pages of all tables have, and the answers with one row.
fn pages() -> Vec<(&'static str, Value)> {
    let mut page = open(&[
        ("columns", list_of("Column")),
        ("links", reference("TableLinks")),
        (
            "next",
            json!({
                "description": "The next page", "type": ["string", "null"], "format": "uri-reference",
                "examples": ["/table/Schema.Table?_next=token"],
            }),
        ),
        ("truncated", json!({"description": "Why it ends early", "enum": ["bytes", "cell", null]})),
    ]);
    page["properties"]["total"] = json!({"anyOf": [reference("Total"), {"type": "null"}]});
    page["properties"]["uncounted"] = json!({
        "description": "Why `total` is null: the database's user may not count the rows",
        "const": "privilege",
    });
    let mut row = open(&[
        ("columns", list_of("Column")),
        ("links", reference("RowLinks")),
        ("truncated", json!({"enum": ["cell", null]})),
    ]);
    for schema in [&mut page, &mut row] {
        schema["properties"]["cut"] = list_of("Cut");
        schema["properties"]["labels"] = json!({
            "description": "What the rows are called that columns refer to, by column and value",
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": text()},
        });
        schema["properties"]["unlabelled"] = json!({
            "description": "Why labels of a column are missing, all of them or some",
            "type": "object",
            "additionalProperties": {"enum": Unlabelled::NAMES},
        });
    }
    vec![("Page", page), ("Row", row)]
}

fn problem() -> Value {
    let kinds: Vec<String> =
        respond::problems().iter().map(|problem| problem.kind.clone()).collect();
    let mut problem = object(&[
        ("type", json!({"type": "string", "enum": kinds})),
        ("title", json!({"type": "string", "examples": ["Invalid parameter"]})),
        ("status", json!({"type": "integer", "examples": [400]})),
        (
            "detail",
            json!({
                "description": "What is wrong, and what to do", "type": "string",
                "examples": ["Parameter `_size`: It is a whole number from 1 to 10000."],
            }),
        ),
        (
            "requestId",
            json!({"description": "What to quote to the operator", "type": "string", "examples": ["Ab12Cd34"]}),
        ),
    ]);
    problem["properties"]["parameter"] = json!({"description": "The parameter that is wrong", "type": "string", "examples": ["_size"]});
    problem["properties"]["missing"] = json!({
        "description": "What deep health found the database's user to lack",
        "enum": Missing::ALL.map(Missing::name),
    });
    problem
}

/// An object with these members and no others.
fn object(members: &[(&str, Value)]) -> Value {
    let mut schema = open(members);
    schema["additionalProperties"] = false.into();
    schema
}

/// An object with these members, of which another schema has more.
fn open(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": names, "properties": properties})
}

/// The name of a table's row among the components, which know few letters: others are their bytes
/// in hexadecimal digits. It holds a dot, as no other component does.
pub fn row_name(table: &TableName) -> String {
    table.to_string().bytes().fold(String::new(), |mut name, byte| {
        match byte {
            byte if byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' => {
                name.push(char::from(byte))
            }
            // Writing to a String cannot fail.
            byte => drop(write!(name, "-{byte:02X}")),
        }
        name
    })
}

/// A row of a table: any of its columns, and no others.
pub fn row(table: &Table, dialect: &dyn Dialect, detail: Detail) -> Value {
    let property = |column: &crate::table::Column| {
        let mut schema = reference(&values::of_column(column, dialect));
        if column.title != column.name && detail == Detail::Whole {
            schema["title"] = column.title.clone().into();
        }
        if let Some(description) = &column.description {
            schema["description"] = description.clone().into();
        }
        if let Some(example) = values::example(column).filter(|_| detail == Detail::Whole) {
            schema["examples"] = vec![example].into();
        }
        (column.name.clone(), schema)
    };
    let properties: Map<String, Value> = table.columns.iter().map(property).collect();
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if let Some(description) = &table.description {
        schema["description"] = description.clone().into();
    }
    schema
}

/// A page of a table's rows.
pub fn page(table: &Table) -> Value {
    let rows = json!({"type": "array", "items": reference(&row_name(&table.name))});
    whole("Page", open(&[("table", json!({"const": table.name.to_string()})), ("rows", rows)]))
}

/// The answer with one row of a table, which has every column.
pub fn row_answer(table: &Table, detail: Detail) -> Value {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut row = reference(&row_name(&table.name));
    if detail == Detail::Whole {
        row = json!({"allOf": [row], "required": names});
    }
    whole("Row", open(&[("table", json!({"const": table.name.to_string()})), ("row", row)]))
}

/// What a component says and this besides, and nothing else.
fn whole(component: &str, own: Value) -> Value {
    json!({"allOf": [reference(component), own], "unevaluatedProperties": false})
}
