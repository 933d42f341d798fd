//! What SQLite itself takes: every cell of the rows fetched and thrown away, by the product's own
//! statement and by a plain one.

use std::hint::black_box;

use serde_json::Value;
use tests::function::Function;

use crate::event;
use crate::process::own_cpu_time;

const ADDRESS: &str = "/table/Bench.Wide?_size=10000";
const TIMES: u32 = 20;

/// Prints the floor for 10,000 rows, and what the product takes for them as JSON. The function must
/// log its statements.
pub fn compare(folder: &str, function: &Function) {
    let event = event(ADDRESS, "application/json", "identity");
    let product = crate::warm(function, &event, TIMES) * 1e3;
    let log = function.log();
    let statement = log.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let statement = statement
        .map(|line| line["sql"].clone())
        .find(Value::is_string)
        .expect("a statement in the log");
    let own = floor(folder, statement.as_str().unwrap());
    let plain = floor(folder, "SELECT * FROM \"Bench\".\"Wide\" LIMIT 10000");
    println!("\n| 10,000 rows of 12 | CPU | as JSON takes |\n|---|--:|--:|");
    println!("| as JSON | {product:.1} ms | |");
    for (name, floor) in
        [("plain columns, thrown away", plain), ("the product's statement, thrown away", own)]
    {
        println!("| {name} | {floor:.1} ms | {:.2} of it |", product / floor);
    }
}

/// Milliseconds of processor time for the statement.
fn floor(folder: &str, statement: &str) -> f64 {
    let sqlite = rusqlite::Connection::open_in_memory().unwrap();
    sqlite.execute_batch(&format!("ATTACH '{folder}/Bench.db' AS \"Bench\"")).unwrap();
    let read = || {
        let mut prepared = sqlite.prepare_cached(statement).unwrap();
        let columns = prepared.column_count();
        let (mut rows, mut count) = (prepared.raw_query(), 0);
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                black_box(row.get_ref(column).unwrap());
            }
            count += 1;
        }
        assert!(count >= 10_000);
    };
    (0..2).for_each(|_| read());
    let before = own_cpu_time();
    (0..TIMES).for_each(|_| read());
    (own_cpu_time() - before).as_secs_f64() * 1e3 / f64::from(TIMES)
}
