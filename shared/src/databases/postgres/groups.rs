//! Grouping in PostgreSQL, whose sums of whole numbers and decimals are exact.

use super::{BPCHAR, INET, Postgres};
use crate::cell::Cell;
use crate::dialect::{Computed, Dialect as _, GroupPart, Groups, Total};
use crate::grouping::{Function, Step, Unit};
use crate::payload::LONGEST_VALUE;
use crate::statement::{Fetch, Meaning, Output};
use crate::table::{Column, Type};

/// The types that are shown as texts and have a least and a greatest value of their own. Of others
/// the texts are compared.
const WITH_EXTREMES: [&str; 9] =
    ["character varying", "text", "bpchar", "inet", "cidr", "interval", "money", "name", "citext"];

/// Texts apart, whatever the column's collation.
const EXACTLY: &str = "COLLATE \"C\"";

impl Groups for Postgres {
    fn group(
        &self,
        table: &str,
        column: &Column,
        step: &Step,
    ) -> Result<Vec<GroupPart>, &'static str> {
        let quoted = self.column(&column.name);
        let shown = self.output(table, column);
        let part = match (step, column.kind) {
            (Step::Unit(unit), kind) => {
                let (value, placeholder) = match kind {
                    Type::Date => {
                        let cast = |value: &str| format!("CAST({value} AS timestamp)");
                        (cast(&quoted), cast("?"))
                    }
                    _ => (quoted, column.placeholder.clone()),
                };
                let expression = format!("date_trunc('{}', {value})", unit.name());
                let output =
                    computed(table, &format!("CAST({expression} AS text)"), Meaning::ShortOffset);
                GroupPart { expression, placeholder, output }
            }
            (Step::Width(width), kind) => {
                let expression = stepped(&quoted, kind, &width.text);
                let meaning = Meaning::Value(kind, column.scale);
                let output = computed(table, &format!("CAST({expression} AS text)"), meaning);
                let placeholder = "CAST(? AS numeric)".to_owned();
                GroupPart { expression, placeholder, output }
            }
            (Step::Value, Type::Text) => {
                let text = self.exact_text(column);
                let expression = format!("{text} {EXACTLY}");
                let selected = format!("substr({expression},1,{LONGEST_VALUE})");
                let output = Output { declared: None, ..computed(table, &selected, shown.meaning) };
                GroupPart { expression, placeholder: format!("CAST(? AS text) {EXACTLY}"), output }
            }
            (Step::Value, _) => GroupPart {
                expression: quoted,
                placeholder: column.placeholder.clone(),
                output: shown,
            },
        };
        Ok(vec![part])
    }

    fn unit(&self, unit: Unit, cells: &[Cell<'_>]) -> Option<String> {
        let [cell] = cells else { return None };
        let text = cell.text()?;
        let (text, era) = text.strip_suffix(" BC").map_or((&*text, ""), |text| (text, " BC"));
        let (date, time) = text.split_once(' ')?;
        let mut parts = date.split('-');
        let shown: Vec<&str> = parts.by_ref().take(unit as usize + 1).collect();
        let hour = if unit == Unit::Hour { format!("T{}", time.get(..2)?) } else { String::new() };
        Some(format!("{}{hour}{era}", shown.join("-")))
    }

    fn total(&self, table: &str, column: &Column) -> Total {
        let sum = format!("sum({})", self.column(&column.name));
        let text = format!("CAST({sum} AS text)");
        let output = computed(table, &text, Meaning::Value(Type::Text, None));
        Total { parts: vec![(output, 0)], order: sum }
    }

    fn summed(&self, column: &Column) -> String {
        format!("count({})", self.column(&column.name))
    }

    /// A sum of short floats would be a short one.
    fn float(&self, table: &str, column: &Column, function: Function) -> Computed {
        let value = format!("CAST({} AS double precision)", self.column(&column.name));
        let expression = format!("{}({value})", function.name());
        let meaning = Meaning::Value(Type::Double, None);
        let output = Output { fetch: Fetch::Double, ..computed(table, &expression, meaning) };
        Computed { output, order: expression }
    }

    fn extreme(&self, table: &str, column: &Column, function: Function) -> Computed {
        let quoted = self.column(&column.name);
        let shown = self.output(table, column);
        let of = |value: &str| format!("{}({value})", function.name());
        let (order, selected) = match column.kind {
            Type::Boolean => {
                let every = if function == Function::Least { "bool_and" } else { "bool_or" };
                let order = format!("{every}({quoted})");
                (order.clone(), format!("CAST({order} AS text)"))
            }
            Type::Integer | Type::Double => (of(&quoted), of(&quoted)),
            Type::Text => {
                let order = if self.has_extremes(column) {
                    of(&quoted)
                } else {
                    of(&format!("CAST({quoted} AS text) {EXACTLY}"))
                };
                let text = if column.placeholder == BPCHAR || column.placeholder == INET {
                    order.clone()
                } else {
                    format!("substr(CAST({order} AS text),1,{LONGEST_VALUE})")
                };
                (order, text)
            }
            _ => (of(&quoted), format!("CAST({} AS text)", of(&quoted))),
        };
        let output = Output { fetch: shown.fetch, ..computed(table, &selected, shown.meaning) };
        Computed { output, order }
    }
}

impl Postgres {
    /// A value as it is shown: a cast takes the spaces from the end of a `char(5)`, and adds `/32`
    /// to an address; `concat` makes an empty text of NULL.
    fn exact_text(&self, column: &Column) -> String {
        let quoted = self.column(&column.name);
        match column.placeholder.as_str() {
            BPCHAR | INET => {
                format!("CASE WHEN {quoted} IS NOT NULL THEN concat({quoted}) END")
            }
            _ => format!("CAST({quoted} AS text)"),
        }
    }

    fn has_extremes(&self, column: &Column) -> bool {
        let cast = column.placeholder.strip_prefix("CAST(? AS ");
        let name = cast.and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        name.ends_with("[]") || WITH_EXTREMES.contains(&name)
    }
}

/// The number of the step that a number belongs to, rounded down. Of a float its shortest digits
/// count, and what is no number stays.
fn stepped(quoted: &str, kind: Type, width: &str) -> String {
    let number = match kind {
        Type::Double => format!("CAST(CAST({quoted} AS text) AS numeric)"),
        _ => format!("CAST({quoted} AS numeric)"),
    };
    let step =
        format!("div({number}, {width}) - CASE WHEN mod({number}, {width}) < 0 THEN 1 ELSE 0 END");
    if kind == Type::Integer {
        return step;
    }
    format!("CASE WHEN {number} IN ('NaN', 'Infinity', '-Infinity') THEN {number} ELSE {step} END")
}

fn computed(table: &str, expression: &str, meaning: Meaning) -> Output {
    Output {
        expression: expression.to_owned(),
        origin: format!("{table}.{expression}"),
        fetch: Fetch::Text,
        meaning,
        declared: Some(80),
    }
}
