//! Values as answers hold them, and as parameters take them.

use serde_json::{Map, Value, json};

use crate::dialect::Dialect;
use crate::table::{Column, Type};

/// A number that fits 32 bits: always a JSON number.
const INT32: &str = "int32";

/// Of what a column is compared with that holds values of any type: a schema of all that would say
/// nothing.
const MISFITS: &str = "What fits the column's type. Other text is compared as it stands, but in a column that is the row id";

/// A day of the Gregorian calendar, which has no year 0.
const DAY: &str = "(?!0000)(([0-9]{4})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|\
                   02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";
/// A time of day with seconds, and a fraction that every database keeps.
const CLOCK: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?";

/// The schema of a column's values, by its name among the components.
pub fn of_column(column: &Column, dialect: &dyn Dialect) -> String {
    let name = if dialect.is_int32(column) { INT32 } else { column.kind.name() };
    if column.nullable || may_be_no_number(column, dialect) {
        format!("{name}-or-null")
    } else {
        name.to_owned()
    }
}

/// Floats that are NaN or infinite are null. SQLite keeps them in columns of nearly any type.
fn may_be_no_number(column: &Column, dialect: &dyn Dialect) -> bool {
    // Columns of these types turn every number into a text.
    let declared = column.source_type.to_uppercase();
    let is_text = column.kind == Type::Text
        && ["CHAR", "CLOB", "TEXT"].iter().any(|word| declared.contains(word));
    let is_sure = column.row_number || is_text || column.kind == Type::Binary;
    column.kind == Type::Double || (dialect.keeps_any_type() && !is_sure)
}

/// The schemas of all values, each with and without null.
pub fn shared(dialect: &dyn Dialect) -> Map<String, Value> {
    let mut schemas = Map::new();
    let int32 = json!({"type": "integer", "format": INT32, "examples": [7]});
    let kinds = Type::ALL.iter().filter(|kind| **kind != Type::Dynamic || dialect.keeps_any_type());
    let kinds = kinds.map(|kind| (kind.name(), value(*kind, dialect)));
    for (name, schema) in std::iter::once((INT32, int32)).chain(kinds) {
        schemas.insert(format!("{name}-or-null"), or_null(&schema));
        schemas.insert(name.to_owned(), schema);
    }
    schemas
}

fn or_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    schema["type"] = types.into_iter().chain([json!("null")]).collect();
    schema
}

/// A value of a type. SQLite keeps any value in any column: what does not fit the type is a text.
fn value(kind: Type, dialect: &dyn Dialect) -> Value {
    let any = dialect.keeps_any_type();
    let at = |format: &str, example: &str| json!({"type": "string", "format": format, "examples": [example]});
    match kind {
        Type::Integer => json!({
            "description": "A number; beyond 2⁵³−1 a text with all its digits", "type": ["integer", "string"], "examples": [7],
        }),
        Type::Decimal => {
            let mut schema = json!({"type": "string", "format": "decimal", "examples": ["12.50"]});
            if let Some(pattern) = dialect.shown_decimals() {
                schema["pattern"] = pattern.into();
            }
            schema
        }
        Type::Double if any => json!({"type": ["number", "string"], "examples": [1.5]}),
        Type::Double => json!({"type": "number", "format": "double", "examples": [1.5]}),
        Type::Boolean if any => json!({"type": ["boolean", "string"], "examples": [true]}),
        Type::Boolean => json!({"type": "boolean", "examples": [true]}),
        Type::Date => at("date", "2024-02-29"),
        Type::Time => at("time-local", "13:14:15"),
        Type::Timestamp => at("date-time-local", "2024-02-29T13:14:15"),
        Type::Text => json!({"type": "string", "examples": ["text"]}),
        Type::Binary => {
            json!({"type": "string", "contentEncoding": "base64", "examples": ["AAEC"]})
        }
        Type::Dynamic => {
            json!({"description": "Without a declared type: a number or a text", "type": ["number", "string"], "examples": ["text"]})
        }
    }
}

/// A decimal as a value of its scale looks like.
pub fn example(column: &Column) -> Option<Value> {
    let scale =
        column.scale.filter(|scale| column.kind == Type::Decimal && (1..30).contains(scale))?;
    Some(format!("0.{}", "0".repeat(scale as usize)).into())
}

/// The schema of what a column is compared with: named among the components, or of its own.
pub fn operand(column: &Column) -> Value {
    match column.source_type.as_str() {
        "uuid" => json!({"type": "string", "format": "uuid"}),
        _ => reference(&operand_name(column.kind)),
    }
}

/// A list of them.
pub fn operands(column: &Column) -> Value {
    match column.source_type.as_str() {
        "uuid" => {
            json!({"type": "array", "minItems": 1, "items": {"type": "string", "format": "uuid"}})
        }
        _ => reference(&format!("{}s", operand_name(column.kind))),
    }
}

/// The schema of the same as a text: what `_where` holds.
pub fn written(column: &Column) -> Value {
    if has_written_form(column.kind) {
        reference(&written_name(column.kind))
    } else {
        operand(column)
    }
}

/// A list of them, or as one text.
pub fn written_list(column: &Column) -> Value {
    match column.source_type.as_str() {
        "uuid" => operands(column),
        _ => reference(&format!("{}-list", column.kind.name())),
    }
}

/// Of what is otherwise described as a number.
fn has_written_form(kind: Type) -> bool {
    matches!(kind, Type::Integer | Type::Double)
}

fn written_name(kind: Type) -> String {
    format!("{}-written", kind.name())
}

/// The regular expression of a value as a text, without `^` and `$`.
fn pattern_of(kind: Type, dialect: &dyn Dialect) -> String {
    match kind {
        Type::Integer => "-?[0-9]{1,18}".to_owned(),
        Type::Double => "-?[0-9]{1,15}(\\.[0-9]{1,15})?".to_owned(),
        Type::Boolean => "(true|false|1|0)".to_owned(),
        _ => {
            let operand = operand_of(kind, dialect);
            let pattern = operand["pattern"].as_str().unwrap_or_default();
            pattern.trim_start_matches('^').trim_end_matches('$').to_owned()
        }
    }
}

/// A list as `_where` has it.
fn list_of(kind: Type, dialect: &dyn Dialect, most: usize) -> Value {
    let item = if has_written_form(kind) { written_name(kind) } else { operand_name(kind) };
    let one = pattern_of(kind, dialect);
    let as_text = if kind.is_text() {
        // At commas a text is split, and what begins with `[` is JSON.
        "^([^\\[\\u0000][^\\u0000]*)?$".to_owned()
    } else {
        format!("^{one}(,{one})*$")
    };
    let array =
        json!({"type": "array", "items": reference(&item), "minItems": 1, "maxItems": most});
    json!({"anyOf": [array, {"type": "string", "pattern": as_text}]})
}

fn operand_name(kind: Type) -> String {
    format!("{}-operand", kind.name())
}

/// A schema among the components.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The schemas of what columns are compared with. They hold what every such column takes; some take
/// more.
pub fn shared_operands(dialect: &dyn Dialect, most: usize) -> Map<String, Value> {
    let mut schemas = Map::new();
    for kind in
        Type::ALL.into_iter().filter(|kind| *kind != Type::Dynamic || dialect.keeps_any_type())
    {
        let mut one = operand_of(kind, dialect);
        if dialect.keeps_any_type() && !matches!(kind, Type::Text | Type::Dynamic | Type::Binary) {
            one["description"] = MISFITS.into();
        }
        let mut items = reference(&operand_name(kind));
        if kind.is_text() {
            items["pattern"] = "^[^,\\[\\u0000]*$".into();
        }
        let about = "Where values hold commas, a JSON array";
        let several = json!({"description": about, "type": "array", "items": items, "minItems": 1, "maxItems": most});
        schemas.insert(operand_name(kind), one);
        if kind != Type::Binary {
            schemas.insert(format!("{}s", operand_name(kind)), several);
            schemas.insert(format!("{}-list", kind.name()), list_of(kind, dialect, most));
        }
        if has_written_form(kind) {
            let pattern = format!("^{}$", pattern_of(kind, dialect));
            schemas.insert(written_name(kind), json!({"type": "string", "pattern": pattern}));
        }
    }
    schemas.insert(
        "null-test".to_owned(),
        json!({"type": "string", "enum": ["true", "false", "1", "0", ""]}),
    );
    schemas
}

fn operand_of(kind: Type, dialect: &dyn Dialect) -> Value {
    let text = |pattern: String| json!({"type": "string", "pattern": format!("^{pattern}$")});
    match kind {
        Type::Integer => {
            json!({"type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX})
        }
        Type::Decimal => text(dialect.asked_decimals().to_owned()),
        Type::Double => json!({"type": "number", "format": "double"}),
        Type::Boolean => json!({"type": "string", "enum": ["true", "false", "1", "0"]}),
        Type::Date => json!({"type": "string", "format": "date", "pattern": format!("^{DAY}$")}),
        Type::Time => text(CLOCK.to_owned()),
        Type::Timestamp => text(format!("{DAY}(T{CLOCK})?")),
        Type::Text | Type::Dynamic => {
            text(format!("{}*", dialect.asked_texts().trim_end_matches('*')))
        }
        Type::Binary => text(
            "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
                .to_owned(),
        ),
    }
}
