//! templates/README.md names what a template may use: all of it, and nothing that is not there.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::sample::*;
use super::sample_groups::full_groups;
use crate::view::Total;

const README: &str = include_str!("../../../../../templates/README.md");

/// The names in the table under a heading.
fn documented(title: &str) -> BTreeSet<String> {
    let start = format!("### {title}\n");
    let (_, section) =
        README.split_once(&start).unwrap_or_else(|| panic!("README.md has no heading {title}"));
    let section = section.split("\n### ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// The names that a view has.
fn names(view: &impl Serialize) -> BTreeSet<String> {
    match serde_json::to_value(view).unwrap() {
        Value::Object(object) => object.keys().cloned().collect(),
        other => panic!("{other} has no names"),
    }
}

#[test]
fn the_names_of_the_templates_are_those_of_the_views() {
    let (index, table, row, schema) =
        (full_index("x"), full_table("x"), full_row("x"), full_schema("x"));
    let docs = full_docs("x");
    let groups = full_groups("x");
    let total = Total { value: 1, at_least: false };
    for (title, is) in [
        ("site", names(&site())),
        ("page of index.html", names(&index)),
        // A page's rows reach its template by themselves.
        ("page of table.html", &names(&table) | &BTreeSet::from(["rows".to_owned()])),
        ("page of groups.html", names(&groups)),
        ("group head", names(&groups.columns[0])),
        ("group", names(&groups.groups[0])),
        ("group cell", names(&groups.groups[0].cells[0])),
        ("bar", names(&groups.groups[0].cells[1].bar)),
        ("chart", names(&groups.chart)),
        ("mark", names(&groups.chart.as_ref().unwrap().lines[0])),
        ("series", names(&groups.chart.as_ref().unwrap().series[0])),
        ("block", names(&groups.chart.as_ref().unwrap().series[0].bars[0])),
        ("group form", names(&groups.form)),
        ("page of row.html", names(&row)),
        ("page of schema.html", names(&schema)),
        ("page of docs.html", names(&docs)),
        ("operation", names(&docs.operations[0])),
        ("member", names(&docs.operations[0].parameters[0])),
        ("answer", names(&docs.errors[0])),
        ("command", names(&docs.commands[0])),
        ("docs column", names(&docs.columns[0])),
        ("operator line", names(&docs.operators[0])),
        ("member list", names(&docs.members[0])),
        ("page of error.html", names(&full_error(400, "x"))),
        ("schema", names(&index.schemas[0])),
        ("table line", names(&index.schemas[0].tables[0])),
        ("table head", names(&table.table)),
        ("column head", names(&table.columns[0])),
        ("filter column", names(&table.form.columns[0])),
        ("row", names(&table.rows[0])),
        ("cell", names(&table.rows[0].cells[0])),
        ("total", names(&total)),
        ("filter", names(&table.filters[0])),
        ("form", names(&table.form)),
        ("kept", names(&table.form.keep)),
        ("choice", names(&table.form.sizes[0])),
        ("referrer", names(&row.referrers[0])),
        ("referring row", names(&row.referrers[0].rows[0])),
        ("field", names(&row.fields[0])),
        ("column", names(&schema.columns[0])),
        ("reference", names(&schema.columns[0].references)),
        ("link", names(&table.formats[0])),
    ] {
        assert_eq!(documented(title), is, "{title}");
    }
}
