//! Groups to render.

use super::sample::{cell, head, link};
use crate::view::chart::{Block, Chart, Mark, Series};
use crate::view::groups_form::GroupForm;
use crate::view::groups_page::{Bar, GroupCell, GroupHead, GroupLine, GroupsPage};
use crate::view::{Choice, FilterView};

/// A page whose every text is `text`.
pub fn full_groups(text: &str) -> GroupsPage {
    let choice = || Choice { value: text.into(), label: text.into(), selected: true };
    let mark = || Mark { at: 20.5, label: text.into() };
    let block = Block { x: 1.0, y: 2.0, width: 3.0, height: 4.0, title: text.into() };
    let series = |bars| Series { name: text.into(), points: "1.0,2.0".into(), bars };
    let column = |sort| GroupHead {
        title: text.into(),
        numeric: true,
        sort,
        sort_href: "/table/T/groups?_sort=count".into(),
    };
    GroupsPage {
        table: head(text),
        title: text.into(),
        columns: vec![column(Some("asc")), column(Some("desc"))],
        groups: vec![GroupLine {
            cells: vec![
                GroupCell { cell: cell("text", text), bar: None },
                GroupCell {
                    cell: cell("number", "7"),
                    bar: Some(Bar { x: 0.0, width: 50.0, zero: 0.0 }),
                },
            ],
            href: Some("/table/T?a=1&b=2".into()),
            name: text.into(),
        }],
        chart: Some(Chart {
            title: text.into(),
            width: 800.0,
            height: 260.0,
            left: 84.0,
            zero: 232.0,
            lines: vec![mark()],
            labels: vec![mark()],
            series: vec![series(vec![block]), series(Vec::new())],
            left_out: 1,
        }),
        total: 7,
        is_whole: false,
        truncated: Some("groups"),
        next_href: Some("/table/T/groups?_next=x".into()),
        first_href: Some("/table/T/groups?_by=x".into()),
        by_value_href: Some("/table/T/groups?_sort=x".into()),
        rows_href: "/table/T?a=1".into(),
        filters: vec![FilterView { label: text.into(), remove_href: "/table/T/groups".into() }],
        form: GroupForm {
            action: "/table/T/groups".into(),
            keep: text.into(),
            by: vec![vec![choice()]],
            has_steps: true,
            width: text.into(),
            compute: vec![vec![choice(), choice()]],
            order: vec![choice()],
        },
        formats: vec![link(text, "/table/T/groups?_format=csv")],
    }
}
