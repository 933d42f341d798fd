//! The form that chooses what rows are grouped by. Columns go by their indices, as in the forms of
//! rows.

use serde::Serialize;

use super::Choice;
use super::address::Address;
use super::groups_page::measure_title;
use crate::grouping::{By, Function, Measure, Step, Unit};
use crate::query::group_form::{
    BY_VALUE, GREATEST, LEAST, STEPS, by_choice, measure_choice, state,
};
use crate::query::{GroupQuery, MAX_BY, MAX_MEASURES, SortKey};
use crate::table::{Column, Table, Type};

/// The width that is offered first.
const USUAL_WIDTH: &str = "1000";

/// Fields for what is computed, at least.
const LEAST_MEASURES: usize = 2;

/// The form: a plain GET form.
#[derive(Debug, Serialize)]
pub struct GroupForm {
    /// Where it leads.
    pub action: String,
    /// What it keeps, as a query string.
    pub keep: String,
    /// For each column that rows are grouped by, the choices; the first of them is none.
    pub by: Vec<Vec<Choice>>,
    /// The table has numbers, which can be grouped in steps.
    pub has_steps: bool,
    /// The width of the steps.
    pub width: String,
    /// For each value that is computed, the choices; the first of them is none.
    pub compute: Vec<Vec<Choice>>,
    /// Orders.
    pub order: Vec<Choice>,
}

/// The form for what is asked.
pub fn form(table: &Table, query: &GroupQuery, address: &Address<'_>) -> GroupForm {
    let width = query.by.iter().find_map(|by| match &by.step {
        Step::Width(width) => Some(width.text.clone()),
        Step::Value | Step::Unit(_) => None,
    });
    let measures = (query.measures.len() + 1).clamp(LEAST_MEASURES, MAX_MEASURES);
    GroupForm {
        action: address.path().to_owned(),
        keep: state(address.pairs()),
        by: (0..MAX_BY).map(|index| by_choices(table, query.by.get(index))).collect(),
        has_steps: table.columns.iter().any(is_stepped),
        width: width.unwrap_or_else(|| USUAL_WIDTH.to_owned()),
        compute: (0..measures)
            .map(|index| measure_choices(table, query.measures.get(index)))
            .collect(),
        order: orders(query),
    }
}

fn is_stepped(column: &Column) -> bool {
    column.kind.is_numeric() && column.takes_filters()
}

fn choice(value: String, label: String, selected: bool) -> Choice {
    Choice { value, label, selected }
}

fn by_choices(table: &Table, chosen: Option<&By>) -> Vec<Choice> {
    let mut choices = vec![choice(String::new(), "–".to_owned(), chosen.is_none())];
    for (index, column) in table.columns.iter().enumerate() {
        if !column.takes_filters() {
            continue;
        }
        let is_chosen = |step: &dyn Fn(&Step) -> bool| {
            chosen.is_some_and(|by| by.column == index && step(&by.step))
        };
        let value = is_chosen(&|step| *step == Step::Value);
        choices.push(choice(by_choice(index, ""), column.title.clone(), value));
        for unit in Unit::ALL.into_iter().filter(|unit| unit.fits(column)) {
            let label = format!("{}, {}", column.title, unit.name());
            let selected = is_chosen(&|step| *step == Step::Unit(unit));
            choices.push(choice(by_choice(index, unit.name()), label, selected));
        }
        if is_stepped(column) {
            let label = format!("{}, in steps", column.title);
            let selected = is_chosen(&|step| matches!(step, Step::Width(_)));
            choices.push(choice(by_choice(index, STEPS), label, selected));
        }
    }
    choices
}

fn measure_choices(table: &Table, chosen: Option<&Measure>) -> Vec<Choice> {
    let mut choices = vec![choice(String::new(), "–".to_owned(), chosen.is_none())];
    for (index, column) in table.columns.iter().enumerate() {
        for function in Function::ALL.into_iter().filter(|function| function.fits(column)) {
            let measure = Measure { function, column: index };
            let is_chosen = chosen == Some(&measure);
            // The least text is seldom looked for, and tables have many columns of texts.
            if !is_chosen && matches!(column.kind, Type::Text | Type::Boolean) {
                continue;
            }
            let label = measure_title(function, column);
            choices.push(choice(measure_choice(measure), label, is_chosen));
        }
    }
    choices
}

fn orders(query: &GroupQuery) -> Vec<Choice> {
    let first = query.sort.first();
    let is = |key: SortKey, descending: bool| {
        first.is_some_and(|term| term.key == key && term.descending == descending)
    };
    let by_value = first.is_some_and(|term| matches!(term.key, SortKey::By(_)));
    let (greatest, least) = (is(SortKey::Measure(0), true), is(SortKey::Measure(0), false));
    let usual = !(by_value || greatest || least);
    [
        ("", "most rows first", usual),
        (BY_VALUE, "by value", by_value),
        (GREATEST, "greatest first, by the first computed", greatest),
        (LEAST, "least first, by the first computed", least),
    ]
    .into_iter()
    .map(|(value, label, selected)| choice(value.to_owned(), label.to_owned(), selected))
    .collect()
}
