//! What the rows are called that a page's foreign keys refer to.
//!
//! The rows are there already, so what cannot be had is left out: it is a query for each table, which
//! has a part of the request's time, and the answer says what is missing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use iris_tables::accept::Format;
use iris_tables::app::{App, Ask};
use iris_tables::cell::Cell;
use iris_tables::error::Error;
use iris_tables::query;
use iris_tables::record::{Deadline, Other};
use iris_tables::respond::{Caching, Content};
use iris_tables::sql::labels::statement;
use iris_tables::table::{Table, TableName, Type};
use iris_tables::view::labels::{
    ColumnLabels, FoundLabels, LabelValues, LabelledColumn, MOST_TABLES, MOST_VALUES, Unlabelled,
    label_text, labelled_columns, within_limit,
};
use iris_tables::view::value;

use crate::{is_audited, own_rows};

/// How long the driver may take over the labels of one table; the database is given two thirds of
/// it.
const MOST_TIME: Duration = Duration::from_secs(3);

/// Labels by the values that refer to their rows.
type ByKey = BTreeMap<String, String>;

/// The columns whose labels are to be looked up, and those that are not because they are too many.
/// A page for people shows all that it can, a program gets what it asks for.
///
/// # Errors
/// [`Error::Parameter`] where a column is asked for that has none, or a representation that has no
/// place for them.
pub fn columns(
    app: &App,
    ask: &Ask<'_>,
    table: &Table,
    readers: Readers,
    shown: Option<&[usize]>,
) -> Result<(Vec<LabelledColumn>, FoundLabels), Error> {
    let wrong = |reason: String| Err(Error::parameter(query::LABEL, reason));
    let asked = query::label_columns(&ask.pairs, table)?;
    if readers != Readers::People && asked.is_empty() {
        return Ok((Vec::new(), FoundLabels::default()));
    }
    let is_shown = |column: &usize| shown.is_none_or(|shown| shown.contains(column));
    let known = labelled_columns(table, &app.config.labels, |name| app.catalog.publishes(name));
    for column in &asked {
        let name = &table.columns[*column].name;
        if !known.iter().any(|known| known.column == *column) {
            return wrong(lacks_labels(name, table, &known));
        }
        if !is_shown(column) {
            return wrong(format!(
                "The column `{name}` is not shown; add it to `{}`.",
                query::COLUMNS
            ));
        }
    }
    let (mut wanted, others): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|known| asked.contains(&known.column));
    match readers {
        Readers::People => {
            wanted.extend(others.into_iter().filter(|known| is_shown(&known.column)))
        }
        Readers::Programs => {}
        Readers::Files => {
            return wrong("Labels are in JSON and on pages only; leave it out.".to_owned());
        }
    }
    let (wanted, beyond) = within_limit(wanted);
    if readers == Readers::Programs && !beyond.is_empty() {
        return wrong(format!(
            "Its columns refer to more than {MOST_TABLES} tables; ask for fewer."
        ));
    }
    let none = |column: LabelledColumn| ColumnLabels {
        column: column.column,
        labels: BTreeMap::new(),
        lacks: Some(Unlabelled::Limit),
    };
    Ok((wanted, FoundLabels(beyond.into_iter().map(none).collect())))
}

fn lacks_labels(name: &str, table: &Table, known: &[LabelledColumn]) -> String {
    let names: Vec<String> =
        known.iter().map(|known| format!("`{}`", table.columns[known.column].name)).collect();
    match names.as_slice() {
        [] => format!("The column `{name}` has no labels, nor has any other of this table."),
        names => format!("The column `{name}` has no labels; these have: {}.", names.join(", ")),
    }
}

/// Whom an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// A page, or its script.
    People,
    /// JSON.
    Programs,
    /// What has a cell for each value and nothing else.
    Files,
}

impl Readers {
    /// Of an answer in this representation; `for_people`: it is a page, or its script's.
    pub fn of(format: Format, for_people: bool) -> Self {
        match format {
            _ if for_people => Self::People,
            Format::Json => Self::Programs,
            _ => Self::Files,
        }
    }
}

/// Looks the labels of these columns' values up; `found` are the columns that are left out.
pub async fn find(
    app: &App,
    ask: &Ask<'_>,
    labelled: &[LabelledColumn],
    values: &LabelValues,
    mut found: FoundLabels,
) -> FoundLabels {
    let mut known: Vec<(&LabelledColumn, Result<ByKey, Unlabelled>)> = Vec::new();
    for (index, column) in labelled.iter().enumerate() {
        let is_same = |other: &LabelledColumn| {
            other.key.to == column.key.to && other.to_column() == column.to_column()
        };
        if !known.iter().any(|(other, _)| is_same(other)) {
            let wanted = wanted(labelled, values, is_same);
            known.push((column, of_table(app, ask, column, &wanted).await));
        }
        let labels = known.iter().find(|(other, _)| is_same(other)).map(|(_, labels)| labels);
        found.0.push(of_column(column.column, values, index, labels));
    }
    found
}

/// The values of all columns that refer to the same one, as they find their rows there.
fn wanted(
    labelled: &[LabelledColumn],
    values: &LabelValues,
    is_same: impl Fn(&LabelledColumn) -> bool,
) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::new();
    for (index, _) in labelled.iter().enumerate().filter(|(_, column)| is_same(column)) {
        for (_, there) in values.of(index) {
            if wanted.len() < MOST_VALUES && !wanted.contains(there) {
                wanted.push(there.clone());
            }
        }
    }
    wanted
}

/// The labels of a column's values.
fn of_column(
    column: usize,
    values: &LabelValues,
    index: usize,
    labels: Option<&Result<ByKey, Unlabelled>>,
) -> ColumnLabels {
    let none = |why| ColumnLabels { column, labels: BTreeMap::new(), lacks: Some(why) };
    match labels {
        None => none(Unlabelled::Limit),
        Some(Err(why)) => none(*why),
        Some(Ok(by_key)) => {
            let pairs = values.of(index).iter();
            let labels = pairs
                .filter_map(|(shown, there)| Some((shown.clone(), by_key.get(there)?.clone())));
            let lacks = values.has_more(index).then_some(Unlabelled::Limit);
            ColumnLabels { column, labels: labels.collect(), lacks }
        }
    }
}

/// The labels of rows of one table.
async fn of_table(
    app: &App,
    ask: &Ask<'_>,
    column: &LabelledColumn,
    wanted: &[String],
) -> Result<ByKey, Unlabelled> {
    if wanted.is_empty() {
        return Ok(ByKey::new());
    }
    let shown = ask.record.table();
    let name = column.key.to.to_string();
    let table = app.catalog.table(&app.database, &[&name], ask.record).await;
    // The catalogue was asked for another one meanwhile.
    ask.record.note(|line| line.table = shown);
    let (_, table) = table.map_err(|error| lacking(&error))?;
    let table = own_rows(app, ask, table).map_err(|error| lacking(&error))?;
    let key = table.column(column.to_column()).ok_or(Unlabelled::Unreadable)?;
    let label = label_column(app, &table).ok_or(Unlabelled::Unreadable)?;
    let dialect = app.database.dialect();
    let of_key = &table.columns[key];
    let operands: Vec<_> =
        wanted.iter().filter_map(|text| dialect.read_value(text, of_key).ok()).collect();
    if operands.is_empty() {
        return Ok(ByKey::new());
    }
    let statement = statement(&table, (key, label), operands, dialect);
    let meanings: Vec<_> = statement.outputs.iter().map(|output| output.meaning).collect();
    let left = ask.record.deadline.at.saturating_duration_since(Instant::now());
    let time = left.min(MOST_TIME);
    let until = |time| Deadline { at: Instant::now() + time, limit: time };
    let times = (until(time * 2 / 3), until(time));
    let rows = app.database.ask_until(ask.record, times, move |ask| ask.rows(&statement)).await;
    let mut labels = ByKey::new();
    let mut seen = Vec::new();
    for row in rows.map_err(|error| lacking(&error))? {
        let [Some(key), Some(label)] = row.as_slice() else { continue };
        let text =
            |text: &str, index: usize| label_text(Cell::Text(text.as_bytes()), meanings[index]);
        let Some(label) = text(label, 1) else { continue };
        let shown = value(Cell::Text(key.as_bytes()), meanings[0]);
        let shown = shown.text().map(|shown| shown.into_owned());
        seen.push(vec![shown.clone()]);
        let linked = shown.map(|shown| dialect.linked(shown, of_key));
        labels.extend(linked.map(|shown| (shown, label.clone())));
        labels.insert(key.clone(), label);
    }
    if is_audited(app, &table) {
        let name = |index: usize| vec![table.columns[index].name.clone()];
        let (columns, key, rows) = (name(label), name(key), seen.len() as u64);
        let table = table.name.clone();
        let other = Other { table, action: "labels", columns, key, keys: seen, rows };
        ask.record.show(|seen| seen.others.push(other));
    }
    Ok(labels)
}

/// The column that says what a table's rows are called.
pub fn label_column(app: &App, table: &Table) -> Option<usize> {
    let index = table.column(app.config.labels.of(&table.name)?)?;
    (table.columns[index].kind != Type::Binary).then_some(index)
}

fn lacking(error: &Error) -> Unlabelled {
    match error {
        Error::Timeout { .. } => Unlabelled::Timeout,
        _ => Unlabelled::Unreadable,
    }
}

/// What is said of another table is kept no longer than that table's own answers.
pub fn keep(app: &App, content: &mut Content, table: &TableName, labelled: &[LabelledColumn]) {
    let caching_of = |name: &TableName| app.config.site.http.cache_control.of(name);
    if labelled.iter().any(|column| caching_of(&column.key.to) != caching_of(table)) {
        content.caching = Caching::NoStore;
    }
}
