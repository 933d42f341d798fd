//! Parameters: those that all tables share, and those of a table's columns.

use serde_json::{Map, Value, json};

use super::schemas::row_name;
use super::values::{self, reference};
use super::{About, Detail, groups};
use crate::accept::Format;
use crate::operator::{OPERATORS, Operator, Takes};
use crate::query;
use crate::table::{Column, Table, Type};

const LABEL_WORDS: &str = "Columns whose values are labelled, in JSON alone: `labels` says what the rows are called that they refer to";

const CELL_WORDS: &str = "One column, whose value is wanted by itself, a part at a time";

/// What every selection of tables may look like; names with other letters stand in double quotes.
const TABLE_PATTERNS: &str = "^[A-Za-z0-9_*]+\\.[A-Za-z0-9_*]+(,[A-Za-z0-9_*]+\\.[A-Za-z0-9_*]+)*$";

/// What all tables share.
pub fn shared(about: &About<'_>) -> Map<String, Value> {
    let of = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "description": description, "schema": schema});
    let sizes = about.sizes;
    let formats = |formats: &[Format]| {
        let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
        json!({"type": "string", "enum": names})
    };
    let size = json!({"type": "integer", "minimum": 1, "maximum": sizes.maximum, "default": sizes.default});
    let size_words = format!("Rows of a page; as HTML at most {}", query::MAX_HTML_ROWS);
    let format_words = "The representation, whatever the `Accept` header says";
    let token = json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"});
    let list = |words: &str, name: &str| {
        let names = json!({"type": "array", "items": {"type": "string"}, "minItems": 1});
        let mut parameter = of(name, words, names);
        parameter["explode"] = false.into();
        parameter
    };
    let filters = json!({
        // Those with `_` are the service's own.
        "type": "object", "propertyNames": {"pattern": "^[^_]"}, "additionalProperties": {"type": "string"},
    });
    [
        ("size", of(query::SIZE, &size_words, size)),
        ("next", of(query::NEXT, "The next page: from the answer before, and with its other parameters", token)),
        (
            "count",
            of(
                query::COUNT,
                "`exact`: count the rows, up to 10,001",
                json!({"type": "string", "enum": ["exact", "none"]}),
            ),
        ),
        (
            "count-of-referrers",
            of(
                query::COUNT,
                "`exact`: count the rows that refer to the row, up to 10,001 by each foreign key",
                json!({"type": "string", "enum": ["exact", "none"]}),
            ),
        ),
        ("search", of(query::SEARCH, "Text that one of the text columns contains", reference("text-operand"))),
        ("sort", list("Columns to sort by, `-` before one for descending", query::SORT)),
        ("columns", list("The columns to show, in this order", query::COLUMNS)),
        ("labels", list(LABEL_WORDS, query::LABEL)),
        ("filters", of("filters", "`Column=value` and `Column__operator=value`, any number of them", filters)),
        ("where", where_parameter(any_where())),
        ("format", of(query::FORMAT, format_words, formats(&Format::ALL))),
        ("cell", of(query::CELL, CELL_WORDS, json!({"type": "string"}))),
        ("format-of-pages", of(query::FORMAT, format_words, formats(&[Format::Html]))),
        ("format-of-lists", of(query::FORMAT, format_words, formats(&[Format::Json, Format::Html]))),
        (
            "from",
            of(
                query::FROM,
                "Where the part of the cell begins: from the answer before",
                json!({"type": "integer", "minimum": 0, "maximum": query::LARGEST_OFFSET}),
            ),
        ),
        (
            "tables",
            of(
                query::TABLES,
                "Patterns `Schema.Table` of the tables to describe, separated by commas; `*` for any characters",
                json!({"type": "string", "pattern": TABLE_PATTERNS}),
            ),
        ),
    ]
    .into_iter()
    .chain(groups::shared(about.sizes.maximum))
    .map(|(name, parameter)| (name.to_owned(), parameter))
    .collect()
}

/// A parameter among the components.
pub fn reference_to(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// The parameters of a page of rows.
pub fn of_rows(table: &Table, detail: Detail) -> Vec<Value> {
    let mut parameters: Vec<Value> = ["format", "size", "next", "count"].map(reference_to).to_vec();
    if query::has_text(table) {
        parameters.push(reference_to("search"));
    }
    if detail == Detail::WithoutFilters {
        parameters.extend(["sort", "columns", "filters", "where"].map(reference_to));
        return parameters;
    }
    let plain = |index: &usize| query::is_plain(table, *index);
    let indices = || (0..table.columns.len()).filter(plain);
    let name = |index: usize| table.columns[index].name.clone();
    let shown: Vec<String> = indices().map(name).collect();
    let sorted = indices().filter(|index| table.columns[*index].takes_filters()).map(name);
    let sorted: Vec<String> = sorted.flat_map(|name| [name.clone(), format!("-{name}")]).collect();
    parameters.extend(list(
        query::SORT,
        "Columns to sort by, `-` before one for descending",
        &sorted,
        query::MAX_SORT_TERMS,
    ));
    parameters.extend(list(
        query::COLUMNS,
        "The columns to show, in this order",
        &shown,
        shown.len(),
    ));
    parameters.extend((0..table.columns.len()).flat_map(|index| of_column(table, index)));
    parameters.push(reference_to(&where_name(table)));
    parameters
}

/// `_where` of a table among the components: its rows and its groups have the same.
pub fn where_component(table: &Table) -> (String, Value) {
    (where_name(table), where_parameter(where_of(table)))
}

/// What that is called.
pub fn where_name(table: &Table) -> String {
    format!("{}.where", row_name(&table.name))
}

/// `_label`, where a table has columns for it.
pub fn labels(table: &Table, labelled: &[usize], detail: Detail) -> Vec<Value> {
    if detail == Detail::WithoutFilters && !labelled.is_empty() {
        return vec![reference_to("labels")];
    }
    let plain = labelled.iter().filter(|index| query::is_plain(table, **index));
    let names: Vec<String> = plain.map(|index| table.columns[*index].name.clone()).collect();
    list(query::LABEL, LABEL_WORDS, &names, names.len()).into_iter().collect()
}

/// `_where`. Its value is JSON, which OpenAPI says by `content`: so the schema is the array's, as
/// precise as those of the columns' own filters, which no pattern of a text could be (JSON has many
/// spellings of one text). Clients that openapi-typescript generates take such a parameter as a
/// text, others write the array as JSON themselves.
fn where_parameter(schema: Value) -> Value {
    let words = "A filter as a JSON array of column, operator and value (no operator, or `eq`: equal), for columns \
                 whose name as a parameter would mean something else; or of `any` and several such arrays, of which one \
                 must hold (`[\"any\",[\"A\",\"eq\",\"x\"],[\"B\",\"isnull\"]]`); any number of them";
    json!({
        "name": query::WHERE, "in": "query", "description": words, "content": {"application/json": {"schema": schema}},
    })
}

/// The filters of all columns, in the form that no name makes ambiguous.
fn where_of(table: &Table) -> Value {
    let (mut forms, mut among, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let schema_of = |column: &&Column| (values::written(column), column.takes_filters());
    for ((value, takes_filters), columns) in grouped(table.columns.iter(), schema_of) {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let operators = OPERATORS.iter().map(|entry| entry.operator);
        let fitting = operators.filter(|operator| operator.fits(columns[0]));
        for (value, operators) in grouped(fitting, |operator| where_value(columns[0], *operator)) {
            among.push(where_form(vec![
                one_of(&names),
                one_of(&operator_names(&operators)),
                value,
            ]));
        }
        if takes_filters {
            forms.push(where_form(vec![one_of(&names), value]));
        }
        all.extend(names);
    }
    forms.extend(among.iter().cloned());
    among.push(where_form(vec![one_of(&all), one_of(&null_tests())]));
    forms.push(any_of(among));
    json!({"anyOf": forms})
}

/// `any` and conditions.
fn any_of(conditions: Vec<Value>) -> Value {
    json!({
        "type": "array", "minItems": 2, "maxItems": query::MAX_FILTERS + 1,
        "prefixItems": [{"const": "any"}], "items": {"anyOf": conditions},
    })
}

/// The operators that need no value.
fn null_tests() -> Vec<&'static str> {
    let tests = OPERATORS.iter().filter(|entry| entry.takes == Takes::Truth);
    tests.map(|entry| entry.name).collect()
}

/// The same where columns are not described.
fn any_where() -> Value {
    let text = || json!({"type": "string"});
    let operators = OPERATORS.each_ref().map(|entry| entry.operator);
    let value = json!({"type": ["string", "array"], "items": text()});
    let with_operator = where_form(vec![text(), one_of(&operator_names(&operators)), value]);
    let null_test = where_form(vec![text(), one_of(&null_tests())]);
    let any = any_of(vec![with_operator.clone(), null_test]);
    json!({"anyOf": [with_operator, where_form(vec![text(), text()]), any]})
}

fn operator_names(operators: &[Operator]) -> Vec<&'static str> {
    let names = |operator: &Operator| match operator {
        Operator::Equal => vec!["", "eq"],
        operator => vec![operator.name()],
    };
    operators.iter().flat_map(names).collect()
}

fn one_of(names: &[&str]) -> Value {
    json!({"type": "string", "enum": names})
}

/// An array of just these.
fn where_form(parts: Vec<Value>) -> Value {
    json!({"type": "array", "minItems": parts.len(), "maxItems": parts.len(), "prefixItems": parts})
}

/// What stands in the place of the value.
fn where_value(column: &Column, operator: Operator) -> Value {
    match operator.takes() {
        Takes::Truth => reference("null-test"),
        Takes::List => values::written_list(column),
        Takes::Text => reference("text-operand"),
        Takes::Value => values::written(column),
    }
}

/// Those of one key together, in the order of their first ones.
fn grouped<T, K: PartialEq>(
    items: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let of_item = key(&item);
        match groups.iter_mut().find(|(key, _)| *key == of_item) {
            Some((_, group)) => group.push(item),
            None => groups.push((of_item, vec![item])),
        }
    }
    groups
}

fn list(name: &str, description: &str, items: &[String], most: usize) -> Option<Value> {
    let schema = json!({
        "type": "array", "items": {"type": "string", "enum": items}, "minItems": 1, "maxItems": most, "uniqueItems": true,
    });
    (!items.is_empty())
        .then(|| json!({"name": name, "in": "query", "description": description, "explode": false, "schema": schema}))
}

/// The filters of a column that have a parameter of their own; others are in `_where` alone.
fn of_column(table: &Table, index: usize) -> Vec<Value> {
    let column = &table.columns[index];
    let has = |operator: &Operator| operator.fits(column);
    OPERATORS
        .iter()
        .map(|entry| entry.operator)
        .filter(has)
        .filter_map(|operator| {
            let (name, _) = query::filter_pair(table, index, operator, "");
            (name != query::WHERE).then(|| filter(&name, column, operator))
        })
        .collect()
}

fn filter(name: &str, column: &Column, operator: Operator) -> Value {
    let schema = match operator.takes() {
        Takes::Truth => reference("null-test"),
        Takes::List => values::operands(column),
        Takes::Text => reference("text-operand"),
        Takes::Value => values::operand(column),
    };
    let mut parameter = json!({"name": name, "in": "query", "schema": schema});
    if operator.takes() == Takes::List {
        parameter["explode"] = false.into();
    }
    parameter
}

/// What names one row: the key, or the row id of a table without one.
pub fn of_row(table: &Table, detail: Detail) -> Vec<Value> {
    let of_key = |index: &usize| {
        let column = &table.columns[*index];
        let mut parameter = json!({
            "name": query::row_parameter(&column.name), "in": "query", "required": true, "schema": values::operand(column),
        });
        if let Some(description) = &column.description {
            parameter["description"] = description.clone().into();
        }
        parameter
    };
    let mut parameters: Vec<Value> = table.key.iter().map(of_key).collect();
    if parameters.is_empty() {
        let words = "The row id, from a link to the row";
        let schema = match table.row_id.as_ref().map(|row_id| row_id.kind) {
            Some(Type::Integer) => values::reference("integer-operand"),
            // PostgreSQL's block and place within it.
            Some(Type::Text) => {
                json!({"type": "string", "pattern": "^\\([0-9]{1,9},[0-9]{1,4}\\)$"})
            }
            _ => json!({"type": "string"}),
        };
        parameters.push(json!({
            "name": query::ROW, "in": "query", "required": true, "description": words, "schema": schema,
        }));
    }
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    parameters.extend(["format", "count-of-referrers"].map(reference_to));
    parameters.push(match detail {
        Detail::Whole => json!({
            "name": query::CELL, "in": "query", "description": CELL_WORDS, "schema": {"type": "string", "enum": names},
        }),
        Detail::WithoutFilters => reference_to("cell"),
    });
    parameters.push(reference_to("from"));
    parameters
}
