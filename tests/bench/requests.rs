//! What requests take, from event to answer: the release functions as Lambda runs them, over a
//! SQLite file. `make bench` builds them first. README.md beside this file says how to read the
//! figures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod cold;
mod features;
mod floor;
mod process;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::function::Function;

use process::{cpu_time, peak_memory};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Cold starts of which the median is printed.
const COLD: usize = 7;

/// A request that is measured.
struct Case {
    name: &'static str,
    address: &'static str,
    accept: &'static str,
    coding: &'static str,
    /// Warm requests that are measured.
    warm: u32,
}

const fn case(
    name: &'static str,
    address: &'static str,
    accept: &'static str,
    coding: &'static str,
    warm: u32,
) -> Case {
    Case { name, address, accept, coding, warm }
}

const CASES: [Case; 6] = [
    case("100 rows JSON", "/table/Bench.Small", "application/json", "gzip", 500),
    case("100 rows HTML", "/table/Bench.Small", "text/html", "gzip", 300),
    case(
        "100 rows JSON, not compressed",
        "/table/Bench.Small",
        "application/json",
        "identity",
        500,
    ),
    case(
        "10,000 rows of 12 JSON, not compressed",
        "/table/Bench.Wide?_size=10000",
        "application/json",
        "identity",
        20,
    ),
    case("100 of 1,000,000 rows JSON", "/table/Bench.Long", "application/json", "gzip", 300),
    case(
        "5.5 MB JSON, not compressed",
        "/table/Bench.Heavy?_size=600",
        "application/json",
        "identity",
        10,
    ),
];

fn main() {
    let folder = format!("{ROOT}/target/bench");
    let made =
        Command::new("python3").args([&format!("{ROOT}/tests/bench/data.py"), &folder]).status();
    assert!(made.expect("python3, which makes the data").success());
    println!("| case | cold start | CPU | peak memory | answer |\n|---|--:|--:|--:|--:|");
    for case in &CASES {
        measure(case, &folder);
    }
    cold::compare(&folder);
    seek(&folder);
    features::compare(&folder);
    floor::compare(&folder);
}

/// The table function, ready to answer.
fn start(folder: &str, level: &str) -> Function {
    let settings =
        [("DATABASE_URL", format!("sqlite:{folder}")), ("PUBLISHED_TABLES", "Bench.*".to_owned())];
    let settings: Vec<_> = settings.into_iter().chain([("LOG_LEVEL", level.to_owned())]).collect();
    Function::start(&bootstrap(), &settings)
}

/// The function: as `make build` leaves it, or another one that BOOTSTRAP names.
fn bootstrap() -> String {
    std::env::var("BOOTSTRAP").unwrap_or_else(|_| format!("{ROOT}/target/lambda/table/bootstrap"))
}

fn event(address: &str, accept: &str, coding: &str) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    json!({
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"accept": accept, "accept-encoding": coding, "user-agent": "benchmark", "host": "tables.example.org"},
        "requestContext": {"http": {"method": "GET", "path": path, "protocol": "HTTP/1.1"}, "requestId": "benchmark"},
        "isBase64Encoded": false,
    })
}

fn measure(case: &Case, folder: &str) {
    let event = event(case.address, case.accept, case.coding);
    let mut cold: Vec<Duration> = (0..COLD)
        .map(|_| {
            let started = Instant::now();
            start(folder, "warn").invoke(&event);
            started.elapsed()
        })
        .collect();
    cold.sort();
    let function = start(folder, "warn").ready();
    let answer = function.invoke(&event);
    let cpu = warm(&function, &event, case.warm);
    let (name, cold, memory) =
        (case.name, cold[COLD / 2].as_secs_f64() * 1e3, peak_memory(function.process()));
    println!(
        "| {name} | {cold:.1} ms | {:.3} ms | {memory:.1} MiB | {} bytes |",
        cpu * 1e3,
        answer.len()
    );
}

/// Seconds of processor time that a warm request takes.
fn warm(function: &Function, event: &Value, times: u32) -> f64 {
    (0..times.div_ceil(10)).for_each(|_| drop(function.invoke(event)));
    let before = cpu_time(function.process());
    (0..times).for_each(|_| drop(function.invoke(event)));
    (cpu_time(function.process()) - before).as_secs_f64() / f64::from(times)
}

/// A page late in a table against its first.
fn seek(folder: &str) {
    println!(
        "\n| page of 1,000,000 rows | CPU of the first | CPU at row 900,000 | ratio |\n|---|--:|--:|--:|"
    );
    for (name, sort) in
        [("sorted by the key", "_sort=ID"), ("sorted by an indexed column", "_sort=Booked")]
    {
        let function = start(folder, "warn").ready();
        let first = format!("/table/Bench.Long?{sort}");
        // What is shown and how much is no part of a position: large pages of one column lead there
        // quickly.
        let mut address = format!("{first}&_col=ID&_size=10000");
        for _ in 0..90 {
            address =
                function.get(&address).expect(200).json()["next"].as_str().unwrap().to_owned();
        }
        let token = address.split(['?', '&']).find(|pair| pair.starts_with("_next=")).unwrap();
        let late = event(&format!("{first}&{token}"), "application/json", "gzip");
        let first = event(&first, "application/json", "gzip");
        let (first, late) = (warm(&function, &first, 300) * 1e3, warm(&function, &late, 300) * 1e3);
        println!("| {name} | {first:.3} ms | {late:.3} ms | {:.2} |", late / first);
    }
}
