//! A cold start by its steps: what a server and a secret add to it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::function::Function;
use tests::moto::{self, Moto};
use tests::postgres::{PASSWORD, Postgres, SUPERUSER};

use crate::{COLD, bootstrap, event};

/// Prints cold starts to a page of 100 rows by where the rows are. Without PostgreSQL or moto, only
/// what can be had.
pub fn compare(folder: &str) {
    println!(
        "\n| cold start to 100 rows JSON | in all | until it is ready | catalogue | rows |\n|---|--:|--:|--:|--:|"
    );
    let tables = |schema: &str| ("PUBLISHED_TABLES", format!("{schema}.*"));
    line("SQLite", "Bench.Small", &[("DATABASE_URL", format!("sqlite:{folder}")), tables("Bench")]);
    let Some(server) = Postgres::shared() else { return };
    server.sql(
        "postgres",
        "CREATE SCHEMA bench; CREATE TABLE bench.small AS SELECT n AS id, 'Customer ' || n AS name, n * 1.25 AS balance, \
         date '2020-01-01' + n AS opened FROM generate_series(1, 100) n; ALTER TABLE bench.small ADD PRIMARY KEY (id)",
    );
    let may_write = ("DATABASE_USER_MAY_WRITE", "true".to_owned());
    let url = format!("postgres://{SUPERUSER}:{PASSWORD}@127.0.0.1:{}/postgres", server.port());
    line("PostgreSQL", "bench.small", &[("DATABASE_URL", url), tables("bench"), may_write.clone()]);
    let Some(moto) = Moto::shared() else { return };
    let secret = json!({
        "engine": "postgres", "host": "127.0.0.1", "port": server.port(), "dbname": "postgres",
        "username": SUPERUSER, "password": PASSWORD
    });
    moto.create("bench", &secret.to_string());
    let mut settings = moto::settings(moto.port());
    settings.extend([("DATABASE_SECRET_ID", "bench".to_owned()), tables("bench"), may_write]);
    line("PostgreSQL by a secret", "bench.small", &settings);
    let mut alone: Vec<Duration> =
        (0..COLD).map(|_| timed(|| moto.put("bench", &secret.to_string()))).collect();
    alone.sort();
    println!(
        "\nThe stand-in for Secrets Manager takes {:.1} ms for a question of its own.",
        milliseconds(alone[COLD / 2])
    );
}

fn line(name: &str, table: &str, settings: &[(&str, String)]) {
    let event = event(&format!("/table/{table}"), "application/json", "gzip");
    let mut starts: Vec<[f64; 4]> = (0..COLD).map(|_| cold(&event, settings)).collect();
    starts.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let [whole, ready, catalogue, rows] = starts[COLD / 2];
    println!("| {name} | {whole:.1} ms | {ready:.1} ms | {catalogue:.1} ms | {rows:.1} ms |");
}

/// Milliseconds from the process' start to its first answer, and of them: until it is ready (the
/// driver loaded, the secret read, logged in), and by its log for the catalogue and for the rows.
fn cold(event: &Value, settings: &[(&str, String)]) -> [f64; 4] {
    let started = Instant::now();
    let function = Function::start(&bootstrap(), settings);
    let answer = function.invoke(event);
    let whole = started.elapsed();
    assert!(answer.contains("\"statusCode\":200"), "{answer}");
    function.logs(r#""message":"request""#);
    let log = function.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let request = { lines }.find(|line| line["message"] == "request").expect("the request's line");
    let took = |name: &str| request[name].as_f64().unwrap_or_default();
    let whole = milliseconds(whole);
    [whole, whole - took("total_ms"), took("catalogue_ms"), took("db_ms")]
}

fn timed(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
