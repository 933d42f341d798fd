//! Answers against the schemas of the API's own description.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use iris_tables::config::{Access, Labels, Patterns, RowRules};
use iris_tables::dialect::Dialect;
use iris_tables::openapi::{self, About};
use iris_tables::query::Sizes;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Rows of an answer that are looked at.
const LOOKED_AT: usize = 200;

/// The schemas that all tables share.
fn components(dialect: &'static dyn Dialect) -> Value {
    let sizes = Sizes { default: 100, maximum: 10_000 };
    openapi::shared_components(&About {
        title: "Tables",
        dialect,
        sizes,
        selection: None,
        rules: &RowRules::default(),
        access: &Access::Public,
        labels: &Labels::default(),
        published: &Patterns::default(),
    })
}

/// The schema of this name; one of members alone has no others.
fn validator(dialect: &'static dyn Dialect, name: &str) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let key = format!("{dialect:?} {name}");
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let new = || {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let is_part = matches!(name, "Page" | "Row");
        let mut schema = json!({"allOf": [reference], "components": components(dialect)});
        if is_part {
            schema["unevaluatedProperties"] = false.into();
        }
        Arc::new(jsonschema::draft202012::new(&schema).unwrap())
    };
    Arc::clone(known.entry(key).or_insert_with(new))
}

fn hold(address: &str, dialect: &'static dyn Dialect, name: &str, value: &Value) {
    let validator = validator(dialect, name);
    if let Err(error) = validator.validate(value) {
        panic!("{address} is not as `{name}` is described: {error} at {}", error.instance_path());
    }
}

/// Fails the test where a JSON answer is not as the description says.
pub fn check(address: &str, dialect: &'static dyn Dialect, answer: &Value) {
    let Some(members) = answer.as_object() else { return };
    if members.contains_key("next_href") || members.contains_key("openapi") {
        // What the pages' script requests is not described; the description itself is OpenAPI's.
        return;
    }
    if let Some(rows) = answer["rows"].as_array() {
        for row in rows.iter().take(LOOKED_AT) {
            check_row(address, dialect, answer, row);
        }
        hold(address, dialect, "Page", &without(members, "rows"));
    } else if members.contains_key("groups") {
        hold(address, dialect, "Groups", answer);
    } else if members.contains_key("row") {
        check_row(address, dialect, answer, &answer["row"]);
        hold(address, dialect, "Row", &without(members, "row"));
    } else {
        let name = ["tables", "kind", "requestId", "source"]
            .iter()
            .position(|name| members.contains_key(*name));
        hold(
            address,
            dialect,
            ["Index", "Schema", "Problem", "Caller", "Health"][name.unwrap_or(4)],
            answer,
        );
    }
}

/// The members of a page or a row that all tables have.
fn without(members: &Map<String, Value>, own: &str) -> Value {
    assert!(members["table"].is_string());
    let shared = members.iter().filter(|(name, _)| !["table", own].contains(&name.as_str()));
    Value::Object(shared.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Each value is as its column's type is described.
fn check_row(address: &str, dialect: &'static dyn Dialect, answer: &Value, row: &Value) {
    let columns = answer["columns"].as_array().unwrap();
    let cells = row.as_object().unwrap();
    assert_eq!(cells.len(), columns.len(), "{address}: {row}");
    let is_cut = |column: &str| {
        answer["cut"].as_array().into_iter().flatten().any(|cut| cut["column"] == column)
    };
    for column in columns {
        let (name, kind) = (column["name"].as_str().unwrap(), column["type"].as_str().unwrap());
        let value = cells.get(name).unwrap_or_else(|| panic!("{address}: no {name} in {row}"));
        let declared = column["sourceType"].as_str().unwrap();
        let is_text = kind == "text"
            && ["CHAR", "TEXT"].iter().any(|word| declared.to_uppercase().contains(word));
        let is_sure = !dialect.keeps_any_type() || kind == "binary" || is_text;
        let may_be_null = column["nullable"] == true || kind == "double" || !is_sure;
        if !is_cut(name) {
            hold(
                address,
                dialect,
                &format!("{kind}{}", if may_be_null { "-or-null" } else { "" }),
                value,
            );
        }
    }
}
