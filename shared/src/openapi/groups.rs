//! Groups: their parameters, their answer.

use serde_json::{Value, json};

use super::Detail;
use super::parameters::{self as shared_parameters, reference_to};
use super::values::reference;
use crate::decimal::Width;
use crate::dialect::Dialect;
use crate::grouping::{By, Function, Step, Unit};
use crate::query::{self, function_parameter, grouped_value};
use crate::table::{Column, Table, Type};

/// Widths of whole numbers that every such column takes, as a regular expression.
const WHOLE_WIDTH: &str = "[1-9][0-9]{0,8}";
/// Widths of other numbers.
const WIDTH: &str = "([1-9][0-9]{0,8}(\\.[0-9]{1,4})?|0\\.[0-9]{0,3}[1-9])";

/// The parameters of a table's groups. Filters of single columns are those of its rows, and not
/// described again: that would make the description twice as large.
pub fn parameters(table: &Table, detail: Detail, dialect: &dyn Dialect) -> Vec<Value> {
    if detail == Detail::WithoutFilters {
        let names = ["by", "sum", "avg", "min", "max", "groups-sort", "groups", "next", "where"];
        return names.map(reference_to).into_iter().chain([reference_to("format")]).collect();
    }
    let mut parameters = vec![by(table, dialect)];
    for function in Function::ALL {
        parameters.extend(computed(function, table));
    }
    let of_table = shared_parameters::where_name(table);
    parameters.extend(
        ["groups-sort", "groups", "next", "filters", &of_table, "format"].map(reference_to),
    );
    if query::has_text(table) {
        parameters.push(reference_to("search"));
    }
    parameters
}

/// The parameters that all tables' groups have, by their names among the components.
pub fn shared(most: usize) -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let words = "What to sort by, `-` before one for descending: what rows are grouped by, `count`, `sum(Column)` and so \
                 on; most rows first without it";
    let of = |function| list(function_parameter(function), function_words(function), text());
    vec![
        ("by", list(query::BY, &by_words(), text())),
        ("sum", of(Function::Sum)),
        ("avg", of(Function::Average)),
        ("min", of(Function::Least)),
        ("max", of(Function::Greatest)),
        (
            "groups-sort",
            list(query::SORT, words, json!({"type": "string", "examples": ["-count"]})),
        ),
        ("groups", size(most)),
    ]
}

fn list(name: &str, words: &str, items: Value) -> Value {
    json!({
        "name": name, "in": "query", "description": words, "explode": false,
        "schema": {"type": "array", "items": items, "minItems": 1},
    })
}

fn by_words() -> String {
    format!(
        "The columns to group by, at most {}: a date or timestamp with a unit (`Booked:month`; year, month, day, hour), a \
         number with a width (`Amount:1000`); without it all rows are one group",
        query::MAX_BY
    )
}

fn by(table: &Table, dialect: &dyn Dialect) -> Value {
    let columns = || table.columns.iter().enumerate().filter(|(_, column)| column.takes_filters());
    let of = |(index, column): (usize, &Column)| {
        let units = Unit::ALL.into_iter().filter(|unit| unit.fits(column)).map(Step::Unit);
        let steps = std::iter::once(Step::Value).chain(units);
        steps
            .map(|step| By { column: index, step })
            // In a list with commas, as it is; a name that is read otherwise stands in JSON.
            .filter(|by| grouped_value(std::slice::from_ref(by), table) == by.name(table))
            .filter(|_| !column.name.contains(','))
            .map(|by| by.name(table))
            .collect::<Vec<_>>()
    };
    let names: Vec<String> = columns().flat_map(of).collect();
    let mut items = match names.is_empty() {
        true => vec![json!({"type": "string"})],
        false => vec![json!({"type": "string", "enum": names})],
    };
    let takes = |column: &Column, width: &str| {
        let width = Width::read(width).map(Step::Width);
        column.kind.is_numeric()
            && width.is_some_and(|step| dialect.group("", column, &step).is_ok())
    };
    for (is_whole, width) in [(true, WHOLE_WIDTH), (false, WIDTH)] {
        let is_of = |column: &Column| {
            let takes_fractions = column.kind != Type::Integer && takes(column, "0.5");
            takes(column, "1") && takes_fractions != is_whole
        };
        let plain = columns().map(|(_, column)| column).filter(|column| is_of(column));
        let names: Vec<String> = plain
            .filter(|column| !column.name.contains(','))
            .map(|column| pattern(&column.name))
            .collect();
        if !names.is_empty() {
            let pattern = format!("^({}):{width}$", names.join("|"));
            items.push(json!({"type": "string", "pattern": pattern}));
        }
    }
    let items = json!({"anyOf": items});
    let mut parameter = list(query::BY, &by_words(), items);
    parameter["schema"]["maxItems"] = query::MAX_BY.into();
    parameter["schema"]["uniqueItems"] = true.into();
    parameter
}

/// A name as a regular expression of ECMA-262, which knows no other escapes under its flag `u`.
fn pattern(name: &str) -> String {
    let of = |letter: char| match letter {
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
        | '/' => {
            format!("\\{letter}")
        }
        letter => letter.to_string(),
    };
    name.chars().map(of).collect()
}

fn function_words(function: Function) -> &'static str {
    match function {
        Function::Sum => "Columns whose sum is wanted: exact, but for floats",
        Function::Average => {
            "Columns whose average is wanted, with 6 digits after the point or as many as the column has"
        }
        Function::Least => "Columns whose least value is wanted",
        Function::Greatest => "Columns whose greatest value is wanted",
    }
}

fn computed(function: Function, table: &Table) -> Option<Value> {
    let columns = table.columns.iter().filter(|column| function.fits(column));
    let plain = columns.map(|column| column.name.as_str()).filter(|name| !name.contains(','));
    let names: Vec<&str> = plain.collect();
    let items = json!({"type": "string", "enum": names});
    let mut parameter = list(function_parameter(function), function_words(function), items);
    parameter["schema"]["maxItems"] = query::MAX_MEASURES.into();
    parameter["schema"]["uniqueItems"] = true.into();
    (!names.is_empty()).then_some(parameter)
}

/// How many groups, among the components.
fn size(most: usize) -> Value {
    let most = query::MAX_GROUPS.min(most);
    let schema = json!({"type": "integer", "minimum": 1, "maximum": most, "default": most});
    json!({"name": query::SIZE, "in": "query", "description": "Groups of an answer", "schema": schema})
}

/// What all tables' groups are.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let value = json!({"type": ["string", "number", "boolean", "null"]});
    let values = |words: &str| json!({"description": words, "type": "object", "additionalProperties": value});
    let mut members = json!({
        "by": values("What the rows have in common, under the names of `_by`"),
        "count": {"description": "How many rows", "type": "integer", "minimum": 0},
        "href": {
            "description": "The rows; null where no address finds them and no others",
            "type": ["string", "null"], "format": "uri-reference",
        },
    });
    for function in Function::ALL {
        members[function.name()] =
            values("Under the names of their columns; null where no value counts");
    }
    let group = json!({
        "type": "object", "required": ["by", "count", "href"], "properties": members, "additionalProperties": false,
    });
    let groups = json!({
        "type": "object", "required": ["table", "groups", "next", "truncated"], "additionalProperties": false,
        "properties": {
            "table": {"type": "string"},
            "groups": {"type": "array", "items": reference("Group")},
            "next": {
                "description": "The next groups; there are some only where groups are sorted by what they are grouped by",
                "type": ["string", "null"], "format": "uri-reference",
            },
            "truncated": {
                "description": "`groups`: there are more, which this order cannot reach; `bytes`: they end early",
                "enum": ["groups", "bytes", null],
            },
        },
    });
    vec![("Group", group), ("Groups", groups)]
}
