//! Views from what the catalogue and the query say.

use super::address::{Address, docs_address, groups_path, schema_path, table_path};
use super::{
    ColumnHead, ColumnLine, FilterView, IndexPage, Link, Reference, SchemaGroup, SchemaPage,
    TableHead, TableLine,
};
use crate::grouping::{By, Step};
use crate::operator::Takes;
use crate::query::{self, Filter, TableQuery};
use crate::table::{Column, Table, TableEntry, TableName};

/// The list of tables as lines.
pub fn table_lines(tables: &[&TableEntry]) -> Vec<TableLine> {
    tables
        .iter()
        .map(|entry| TableLine {
            table: entry.table.to_string(),
            schema: entry.table.schema.clone(),
            name: entry.table.name.clone(),
            kind: entry.kind.name(),
            columns: entry.columns,
            description: entry.description.clone(),
            href: table_path(&entry.table),
        })
        .collect()
}

/// The list of tables as a page, grouped by schema in the order given; `total`: how many there are
/// without a search.
pub fn index_page(tables: &[&TableEntry], total: usize, q: &str, formats: Vec<Link>) -> IndexPage {
    let mut schemas: Vec<SchemaGroup> = Vec::new();
    for line in table_lines(tables) {
        match schemas.iter_mut().find(|group| group.name == line.schema) {
            Some(group) => group.tables.push(line),
            None => schemas.push(SchemaGroup { name: line.schema.clone(), tables: vec![line] }),
        }
    }
    IndexPage { schemas, total, found: tables.len(), q: q.to_owned(), formats }
}

/// The tables that a search finds: each of its words stands in the name or in the description, in
/// letters of any case.
pub fn found<'a>(tables: &'a [TableEntry], q: &str) -> Vec<&'a TableEntry> {
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    let holds = |entry: &&TableEntry| {
        let about =
            format!("{}\n{}", entry.table, entry.description.as_deref().unwrap_or_default())
                .to_lowercase();
        words.iter().all(|word| about.contains(word))
    };
    tables.iter().filter(holds).collect()
}

/// The head of a page about a table.
pub fn table_head(table: &Table) -> TableHead {
    TableHead {
        table: table.name.to_string(),
        schema: table.name.schema.clone(),
        name: table.name.name.clone(),
        kind: table.kind.name(),
        description: table.description.clone(),
        href: table_path(&table.name),
        schema_href: schema_path(&table.name),
        groups_href: groups_path(&table.name),
        docs_href: docs_address(&table.name),
    }
}

/// The heads of these columns; with an address, its sort and links to others.
pub fn column_heads(
    table: &Table,
    shown: &[usize],
    sorted: Option<(&TableQuery, &Address<'_>)>,
) -> Vec<ColumnHead> {
    shown
        .iter()
        .map(|index| {
            let column = &table.columns[*index];
            let term =
                sorted.and_then(|(query, _)| query.sort.iter().find(|sort| sort.column == *index));
            let sort_href = sorted.filter(|_| column.takes_filters()).map(|(_, address)| {
                let descending = term.is_some_and(|sort| !sort.descending);
                address.with(
                    &[query::SORT, query::NEXT],
                    &[(query::SORT, &query::sort_value(table, *index, descending))],
                )
            });
            ColumnHead {
                name: column.name.clone(),
                title: column.title.clone(),
                kind: column.kind.name(),
                numeric: column.kind.is_numeric(),
                key: table.key.contains(index),
                description: column.description.clone(),
                sort: term.map(|sort| if sort.descending { "desc" } else { "asc" }),
                sort_href,
                values_href: sorted
                    .filter(|_| column.takes_filters())
                    .map(|(_, address)| values_address(table, *index, address.pairs())),
                plain: query::is_plain(table, *index),
                index: *index,
            }
        })
        .collect()
}

/// How many of the rows have each value of a column, given the parameters of their page.
fn values_address(table: &Table, index: usize, pairs: &[(String, String)]) -> String {
    let by = By { column: index, step: Step::Value };
    let rows = query::rows_of_groups(pairs);
    let by = query::grouped_value(&[by], table);
    Address::new(groups_path(&table.name), &rows).with(&[], &[(query::BY, &by)])
}

/// A table's groups, of the rows that these parameters of their page find.
pub fn groups_address(table: &Table, pairs: &[(String, String)]) -> String {
    Address::new(groups_path(&table.name), &query::rows_of_groups(pairs)).with(&[], &[])
}

/// The filters in force, the search among them.
pub fn filter_views(table: &Table, query: &TableQuery, address: &Address<'_>) -> Vec<FilterView> {
    let mut filters = query.filters.iter();
    let mut views = Vec::new();
    for (index, (name, value)) in address.pairs().iter().enumerate() {
        let label = if name == query::SEARCH {
            format!("any text contains “{value}”")
        } else if query::is_ours(name) && name != query::WHERE {
            continue;
        } else {
            // The filters stand in the parameters' order.
            let Some(filter) = filters.next() else { continue };
            filter_words(table, filter)
        };
        views.push(FilterView { label, remove_href: address.without_index(index) });
    }
    views
}

/// A filter for a person: `City contains “x” or Closed is NULL`.
pub fn filter_words(table: &Table, filter: &Filter) -> String {
    let words = filter.conditions.iter().map(|condition| {
        let title = &table.columns[condition.column].title;
        let label = condition.operator.entry().label;
        match condition.operator.takes() {
            Takes::Truth => format!("{title} {label}"),
            _ => format!("{title} {label} “{}”", condition.value),
        }
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// The columns of a table. `publishes`: references to tables that are not published are left out.
pub fn column_lines(table: &Table, publishes: impl Fn(&TableName) -> bool) -> Vec<ColumnLine> {
    let reference = |name: &str| {
        let keys = table.references.iter().filter(|key| publishes(&key.to));
        keys.flat_map(|key| {
            key.columns.iter().zip(&key.to_columns).map(move |(from, to)| (from, to, &key.to))
        })
        .find(|(from, _, _)| *from == name)
        .map(|(_, column, to)| Reference {
            table: to.to_string(),
            column: column.clone(),
            href: table_path(to),
        })
    };
    let line = |(index, column): (usize, &Column)| ColumnLine {
        name: column.name.clone(),
        title: column.title.clone(),
        kind: column.kind.name(),
        source_type: column.source_type.clone(),
        precision: column.precision,
        scale: column.scale,
        nullable: column.nullable,
        key: table.key.iter().position(|key| *key == index).map(|at| at + 1),
        references: reference(&column.name),
        description: column.description.clone(),
    };
    table.columns.iter().enumerate().map(line).collect()
}

/// The page about a table's columns.
pub fn schema_page(
    table: &Table,
    formats: Vec<Link>,
    publishes: impl Fn(&TableName) -> bool,
) -> SchemaPage {
    SchemaPage {
        table: table_head(table),
        columns: column_lines(table, publishes),
        key: key_words(table),
        formats,
    }
}

/// What identifies a row, for a person.
pub fn key_words(table: &Table) -> String {
    if !table.key.is_empty() {
        let names: Vec<&str> =
            table.key.iter().map(|index| table.columns[*index].name.as_str()).collect();
        names.join(", ")
    } else if table.row_id.is_some() {
        format!("a row id that is no column ({})", query::ROW)
    } else {
        "nothing: there are no pages of single rows".to_owned()
    }
}
