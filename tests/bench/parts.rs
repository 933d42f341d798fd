//! The time of each part of a request: `cargo bench --package tests --bench parts`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use divan::{Bencher, black_box};
use http::Response;
use iris_tables::accept::{Format, choose};
use iris_tables::cell::Cell;
use iris_tables::databases;
use iris_tables::param::Param;
use iris_tables::query::position::{Position, SeekValue, Start};
use iris_tables::query::{Sizes, pairs, table_query, token};
use iris_tables::render::{json, text};
use iris_tables::statement::Meaning;
use iris_tables::table::{Column, Table, TableKind, TableName, Type};
use iris_tables::view::value;

fn main() {
    divan::main();
}

/// What a browser sends.
const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// A row as SQLite hands it out, with the types of its columns.
const CELLS: [(&str, Type, Cell<'static>); 12] = [
    ("ID", Type::Integer, Cell::Integer(4_711)),
    ("First", Type::Text, Cell::Text("Zoë".as_bytes())),
    ("Last", Type::Text, Cell::Text("O\"Brien".as_bytes())),
    ("Email", Type::Text, Cell::Text("user4711@example.org".as_bytes())),
    ("City", Type::Text, Cell::Text("São Paulo".as_bytes())),
    ("Country", Type::Text, Cell::Text("CH".as_bytes())),
    ("Born", Type::Date, Cell::Text("1950-03-03".as_bytes())),
    ("Credit", Type::Decimal, Cell::Double(18_399.25)),
    ("Score", Type::Double, Cell::Double(66.973_040_144_022_1)),
    ("Visits", Type::Integer, Cell::Integer(2_524)),
    ("Seen", Type::Timestamp, Cell::Text("2024-02-05 13:37:55".as_bytes())),
    ("Note", Type::Text, Cell::Text("Prefers e-mail".as_bytes())),
];

fn meanings() -> Vec<Meaning> {
    CELLS.iter().map(|(_, kind, _)| Meaning::Value(*kind, Some(2))).collect()
}

fn table() -> Table {
    let column = |(name, kind, _): &(&str, Type, Cell<'_>)| Column {
        name: (*name).to_owned(),
        title: (*name).to_owned(),
        kind: *kind,
        source_type: "TEXT".to_owned(),
        placeholder: "?".to_owned(),
        precision: None,
        scale: None,
        nullable: true,
        comparable: true,
        row_number: *name == "ID",
        description: None,
    };
    Table {
        name: TableName { schema: "Bench".to_owned(), name: "Wide".to_owned() },
        kind: TableKind::Table,
        description: None,
        columns: CELLS.iter().map(column).collect(),
        key: vec![0],
        row_id: None,
        references: Vec::new(),
        is_countable: true,
        referrers: Vec::new(),
        lacks_referrers: false,
        denied: Vec::new(),
        hidden: Vec::new(),
        closed: None,
    }
}

#[divan::bench]
fn accept_of_a_browser() -> Format {
    choose(black_box(Some(BROWSER)), None, &Format::ALL).unwrap()
}

#[divan::bench]
fn query_with_filters_and_a_sort(bencher: Bencher<'_, '_>) {
    let table = table();
    let query = "City=Z%C3%BCrich&Visits__gte=100&Note__contains=e-mail&_sort=-Born,Last&_size=500&_col=ID,Last,Born";
    let sizes = Sizes { default: 100, maximum: 10_000 };
    bencher.bench_local(|| {
        let pairs = pairs::parse(black_box(query)).unwrap();
        table_query(&pairs, &table, databases::ALL[2], sizes).unwrap()
    });
}

#[divan::bench]
fn token_written_and_read(bencher: Bencher<'_, '_>) {
    let values = vec![
        SeekValue::Value(Param::Text("1950-03-03".to_owned())),
        SeekValue::Value(Param::Integer(4_711)),
    ];
    let position = Position { before: 100, start: Start::After(values) };
    bencher.bench_local(|| {
        let token = token::write(black_box(&position), "binding");
        token::read(&token, "binding").unwrap()
    });
}

/// A row of twelve columns, over and over, as JSON.
#[divan::bench]
fn row_as_json(bencher: Bencher<'_, '_>) {
    let names: Vec<String> = CELLS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let (keys, meanings) = (json::keys(&names), meanings());
    let mut body = Vec::new();
    bencher.bench_local(|| {
        body.clear();
        let values =
            CELLS.iter().zip(&meanings).map(|((.., cell), meaning)| value(*cell, *meaning));
        json::write_object(&mut body, &keys, black_box(values));
        body.len()
    });
}

/// The same as CSV.
#[divan::bench]
fn row_as_csv(bencher: Bencher<'_, '_>) {
    let meanings = meanings();
    let mut body = Vec::new();
    bencher.bench_local(|| {
        body.clear();
        let values =
            CELLS.iter().zip(&meanings).map(|((.., cell), meaning)| value(*cell, *meaning));
        text::write_csv_record(&mut body, black_box(values));
        body.len()
    });
}

/// An answer of 100 kB as Lambda gets it.
#[divan::bench]
fn answer_to_lambda(bencher: Bencher<'_, '_>) {
    let body = r#"{"Name":"Zoë"},"#.repeat(6_500).into_bytes();
    bencher.with_inputs(|| Response::new(body.clone())).bench_local_values(|response| {
        serde_json::to_vec(&gateway::Answer::of(black_box(response)).unwrap())
    });
}
