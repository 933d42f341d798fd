//! Groups as a page.

use serde::Serialize;

use super::address::{Address, groups_path, table_path};
use super::build::filter_views;
use super::chart::{Chart, chart};
use super::groups::{GroupLayout, GroupRow, GroupRows};
use super::groups_form::{GroupForm, form};
use super::rows::{fold, whole_cell};
use super::{CellView, FilterView, Link, TableHead, Value, table_head};
use crate::grouping::{By, Function, Measure, Step};
use crate::query::{self, GroupQuery, SortKey};
use crate::table::{Column, Table};

/// Characters of a value that stand in a cell; the rest is folded.
const FOLDED_AFTER: usize = 160;

/// `/table/{t}/groups`: how many rows have each value.
#[derive(Debug, Serialize)]
pub struct GroupsPage {
    /// The table.
    pub table: TableHead,
    /// What is shown, in words: `Movement by Kind`; empty where nothing is chosen yet.
    pub title: String,
    /// The heads of the columns.
    pub columns: Vec<GroupHead>,
    /// The groups.
    pub groups: Vec<GroupLine>,
    /// Groups by a unit of time as a chart, where all of them are here.
    pub chart: Option<Chart>,
    /// How many rows the groups have together.
    pub total: u64,
    /// All groups are here.
    pub is_whole: bool,
    /// Why not: `groups` where this order cannot go on, `bytes` where they end early.
    pub truncated: Option<&'static str>,
    /// The groups after these.
    pub next_href: Option<String>,
    /// The first groups, where these are others.
    pub first_href: Option<String>,
    /// The same in an order that goes on, where this one does not.
    pub by_value_href: Option<String>,
    /// The rows that are grouped.
    pub rows_href: String,
    /// Filters in force, the search among them.
    pub filters: Vec<FilterView>,
    /// The form.
    pub form: GroupForm,
    /// The same groups in other representations.
    pub formats: Vec<Link>,
}

/// The head of a column.
#[derive(Debug, Serialize)]
pub struct GroupHead {
    /// What it is, for a person.
    pub title: String,
    /// Numbers stand to the right.
    pub numeric: bool,
    /// `asc` or `desc` where the groups are sorted by it.
    pub sort: Option<&'static str>,
    /// The groups sorted by it, the other way round if they already are.
    pub sort_href: String,
}

/// A group as a row.
#[derive(Debug, Serialize)]
pub struct GroupLine {
    /// Its cells.
    pub cells: Vec<GroupCell>,
    /// Its rows.
    pub href: Option<String>,
    /// What it is called, for a link to its rows.
    pub name: String,
}

/// A cell, perhaps with a bar.
#[derive(Debug, Serialize)]
pub struct GroupCell {
    /// What is shown.
    pub cell: CellView,
    /// The number as a bar, of 100 parts.
    pub bar: Option<Bar>,
}

/// A bar.
#[derive(Debug, Serialize)]
pub struct Bar {
    /// Where it begins.
    pub x: f64,
    /// How long it is.
    pub width: f64,
    /// Where the zero is.
    pub zero: f64,
}

/// What a column is grouped by, for a person.
pub fn by_title(by: &By, table: &Table) -> String {
    let title = &table.columns[by.column].title;
    match &by.step {
        Step::Value => title.clone(),
        Step::Unit(unit) => format!("{title}, {}", unit.name()),
        Step::Width(width) => format!("{title}, steps of {}", width.text),
    }
}

/// What is computed, for a person.
pub fn measure_title(function: Function, column: &Column) -> String {
    let words = match function {
        Function::Sum => "Sum of",
        Function::Average => "Average of",
        Function::Least => "Least",
        Function::Greatest => "Greatest",
    };
    format!("{words} {}", column.title)
}

/// A value as a word among others.
pub fn text_of(value: &Value<'_>) -> String {
    match value.text() {
        None => "NULL".to_owned(),
        Some(text) if text.is_empty() => "empty".to_owned(),
        Some(text) => text.chars().take(60).collect(),
    }
}

/// The page of groups that have been read; the addresses are of a request with these parameters.
pub fn groups_page(
    layout: &GroupLayout,
    rows: &GroupRows,
    pairs: &[(String, String)],
    formats: Vec<Link>,
) -> GroupsPage {
    let address = Address::new(groups_path(&layout.table.name), pairs);
    let (table, query) = (&layout.table, &layout.query);
    let next = rows.token();
    let titles: Vec<String> = query.by.iter().map(|by| by_title(by, table)).collect();
    let title = format!("{} by {}", table.name.name, titles.join(" and "));
    let is_whole = !rows.end.more && query.rows.next.is_none();
    let shown = match chart_measure(layout) {
        Some(measure) => measure_title(measure.function, &table.columns[measure.column]),
        None => "Rows".to_owned(),
    };
    let by_value = || {
        let name = query.by.first().map(|by| by.name(table)).unwrap_or_default();
        let names = layout.names();
        let sort = query::group_sort_value(&name, false, &names);
        address.with(&[query::SORT, query::NEXT], &[(query::SORT, &sort)])
    };
    GroupsPage {
        columns: heads(layout, &address),
        groups: lines(layout, &rows.groups),
        chart: is_whole
            .then(|| chart(layout, &rows.groups, format!("{shown} by {}", titles.join(" and "))))
            .flatten(),
        total: rows.groups.iter().map(|group| group.rows).sum(),
        is_whole,
        truncated: rows.limit(),
        next_href: next.map(|token| address.with(&[query::NEXT], &[(query::NEXT, &token)])),
        first_href: query.rows.next.as_ref().map(|_| address.with(&[query::NEXT], &[])),
        by_value_href: (rows.limit() == Some("groups")).then(by_value),
        formats,
        ..empty_page(table, query, pairs, title)
    }
}

/// The page where nothing is chosen yet.
pub fn empty_page(
    table: &Table,
    query: &GroupQuery,
    pairs: &[(String, String)],
    title: String,
) -> GroupsPage {
    let address = Address::new(groups_path(&table.name), pairs);
    let kept = query::rows_of_groups(pairs);
    GroupsPage {
        table: table_head(table),
        title,
        columns: Vec::new(),
        groups: Vec::new(),
        chart: None,
        total: 0,
        is_whole: true,
        truncated: None,
        next_href: None,
        first_href: None,
        by_value_href: None,
        rows_href: Address::new(table_path(&table.name), &kept).with(&[], &[]),
        filters: filter_views(table, &query.rows, &address),
        form: form(table, query, &address),
        formats: Vec::new(),
    }
}

fn chart_measure(layout: &GroupLayout) -> Option<&Measure> {
    let is_numeric = |measure: &&Measure| layout.table.columns[measure.column].kind.is_numeric();
    layout.query.measures.iter().find(is_numeric)
}

fn heads(layout: &GroupLayout, address: &Address<'_>) -> Vec<GroupHead> {
    let (table, query) = (&layout.table, &layout.query);
    let names = layout.names();
    let by = query.by.iter().map(|by| by_title(by, table));
    let measures = query
        .measures
        .iter()
        .map(|measure| measure_title(measure.function, &table.columns[measure.column]));
    let titles = by.chain(["Rows".to_owned()]).chain(measures);
    let keys = (0..query.by.len()).map(SortKey::By).chain([SortKey::Rows]);
    let keys = keys.chain((0..query.measures.len()).map(SortKey::Measure));
    let columns = layout.columns();
    let heads = titles.zip(keys).zip(&names).zip(&columns);
    heads
        .map(|(((title, key), name), column)| {
            // Without a sort, most rows come first.
            let usual = (query.sort.is_empty() && key == SortKey::Rows).then_some(true);
            let sorted = query.sort.iter().find(|term| term.key == key);
            let descending = sorted.map(|term| term.descending).or(usual);
            // Of numbers the greatest are looked for first.
            let next = descending.map_or(!matches!(key, SortKey::By(_)), |descending| !descending);
            let value = query::group_sort_value(name, next, &names);
            GroupHead {
                title,
                numeric: column.kind.is_numeric(),
                sort: descending.map(|descending| if descending { "desc" } else { "asc" }),
                sort_href: address
                    .with(&[query::SORT, query::NEXT], &[(query::SORT, value.as_str())]),
            }
        })
        .collect()
}

fn lines(layout: &GroupLayout, groups: &[GroupRow]) -> Vec<GroupLine> {
    let measures = layout.query.measures.iter();
    let is_drawn = |measure: &Measure| {
        measure.function == Function::Sum || measure.function == Function::Average
    };
    let drawn: Vec<bool> = std::iter::once(true).chain(measures.map(is_drawn)).collect();
    let numbers = |group: &GroupRow| -> Vec<Option<f64>> {
        let of = |value: &Value<'_>| value.text()?.parse::<f64>().ok().filter(|n| n.is_finite());
        std::iter::once(Some(group.rows as f64)).chain(group.measures.iter().map(of)).collect()
    };
    let all: Vec<Vec<Option<f64>>> = groups.iter().map(numbers).collect();
    let spans: Vec<(f64, f64)> = (0..drawn.len())
        .map(|index| {
            let own = all.iter().filter_map(|numbers| numbers[index]);
            own.fold((0.0, 0.0), |(least, most): (f64, f64), number| {
                (least.min(number), most.max(number))
            })
        })
        .collect();
    groups
        .iter()
        .zip(&all)
        .map(|(group, numbers)| {
            let plain = group.by.iter().map(|value| GroupCell { cell: shown(value), bar: None });
            let rows = Value::Number(group.rows.to_string().into());
            let computed = std::iter::once(&rows).chain(&group.measures);
            let computed = computed.enumerate().map(|(index, value)| GroupCell {
                cell: shown(value),
                bar: numbers[index].filter(|_| drawn[index]).map(|n| bar(n, spans[index])),
            });
            GroupLine {
                cells: plain.chain(computed).collect(),
                href: group.href.clone(),
                name: group.by.iter().map(text_of).collect::<Vec<_>>().join(", "),
            }
        })
        .collect()
}

fn shown(value: &Value<'static>) -> CellView {
    let mut cell = whole_cell(value.clone());
    if cell.kind == "text" {
        fold(&mut cell, FOLDED_AFTER, usize::MAX);
    }
    cell
}

fn bar(number: f64, (least, most): (f64, f64)) -> Bar {
    let span = if most > least { most - least } else { 1.0 };
    let place = |number: f64| ((number - least) / span * 1_000.0).round() / 10.0;
    let (zero, end) = (place(0.0), place(number));
    Bar { x: zero.min(end), width: ((zero - end).abs() * 10.0).round() / 10.0, zero }
}
