//! How requests grow with what they are about: rows, columns, tables, and clients at once.
//! `make growth` runs it on the release functions, and writes docs/performance.md with its charts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod chart;
mod clients;
#[path = "../process.rs"]
mod process;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};
use tests::function::Function;
use tests::wait;

use chart::{Chart, Series};
use process::{cpu_time, peak_memory};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Warm requests that are measured at a point take at least so much processor time together.
const LEAST_SECONDS: f64 = 0.4;

/// Warm requests that are measured at a point, at most.
const MOST_REQUESTS: u32 = 300;

fn main() {
    let folder = format!("{ROOT}/target/growth");
    make(Path::new(&folder));
    let mut document = Document { text: INTRODUCTION.to_owned() };
    rows(&folder, &mut document);
    columns(&folder, &mut document);
    size(&folder, &mut document);
    tables(&folder, &mut document);
    clients::compare(&folder, &mut document);
    document.text.push_str(&on_paper(&folder));
    fs::write(format!("{ROOT}/docs/performance.md"), document.text).unwrap();
}

const INTRODUCTION: &str = "\
# Performance

How long requests take as what they are about grows: processor time of a warm request by the kernel's
count, on two cores, over SQLite, not compressed. `make growth` measures it, and writes this page and
its charts anew. What single requests take, and what the driver alone would take, `make bench` tells:
[tests/bench/README.md](../tests/bench/README.md).
";

/// The page that is written.
pub struct Document {
    text: String,
}

impl Document {
    /// A chart under a heading, the same as a table, and what to see in it.
    pub fn add(&mut self, name: &str, title: &str, chart: &Chart, says: &str) {
        let folder = format!("{ROOT}/docs/performance");
        fs::create_dir_all(&folder).unwrap();
        fs::write(format!("{folder}/{name}.svg"), chart.svg()).unwrap();
        let table = chart.table();
        println!("\n{title}\n{table}");
        write!(self.text, "\n## {title}\n\n![{title}: the table below as lines](performance/{name}.svg)\n\n{table}\n{says}\n")
            .unwrap();
    }
}

fn start(program: &str, folder: &str, published: &str) -> Function {
    let settings = [
        ("DATABASE_URL", format!("sqlite:{folder}")),
        ("PUBLISHED_TABLES", published.to_owned()),
        ("LOG_LEVEL", "warn".to_owned()),
    ];
    Function::start(&format!("{ROOT}/target/lambda/{program}/bootstrap"), &settings).ready()
}

fn event(address: &str, accept: &str) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": query,
        "headers": {"accept": accept, "host": "tables.example.org"},
        "requestContext": {"http": {"method": "GET", "path": path, "protocol": "HTTP/1.1"}, "requestId": "growth"},
        "isBase64Encoded": false,
    })
}

/// Milliseconds of processor time for a warm request.
fn warm(function: &Function, address: &str, accept: &str) -> f64 {
    let event = event(address, accept);
    let answer = function.invoke(&event);
    assert!(answer.contains("\"statusCode\":200"), "{address}: {answer:.300}");
    function.invoke(&event);
    let begin = cpu_time(function.process());
    let mut times = 0;
    loop {
        function.invoke(&event);
        times += 1;
        let taken = (cpu_time(function.process()) - begin).as_secs_f64();
        if taken > LEAST_SECONDS || times == MOST_REQUESTS {
            return taken * 1e3 / f64::from(times);
        }
    }
}

fn rows(folder: &str, document: &mut Document) {
    let table = start("table", folder, "Growth.*");
    let sizes = [100, 300, 1_000, 3_000, 10_000];
    let series = [("JSON", "application/json"), ("CSV", "text/csv"), ("XLSX", "xlsx")];
    let of = |(name, accept): (&'static str, &str)| {
        let format = if accept == "xlsx" { "&_format=xlsx" } else { "" };
        let point = |size: &u32| {
            let address = format!("/table/Growth.Wide?_size={size}{format}");
            (f64::from(*size), warm(&table, &address, accept))
        };
        Series { name, points: sizes.iter().map(point).collect() }
    };
    let chart = Chart { x: "rows of 12 columns", y: "ms of CPU", series: series.map(of).into() };
    let memory = peak_memory(table.process());
    let says = format!(
        "A page takes time for its rows, and little besides. The process has had {memory:.0} MiB at most, the workbook among it."
    );
    document.add("rows", "Rows of a page", &chart, &says);
}

fn columns(folder: &str, document: &mut Document) {
    let table = start("table", folder, "Growth.*");
    let of = |(name, accept): (&'static str, &str)| {
        let point = |columns: &u32| {
            let address = format!("/table/Growth.Columns{columns}?_size=100");
            (f64::from(*columns), warm(&table, &address, accept))
        };
        Series { name, points: COLUMNS.iter().map(point).collect() }
    };
    let series = [("JSON", "application/json"), ("page", "text/html")].map(of).into();
    let chart = Chart { x: "columns of a page of 100 rows", y: "ms of CPU", series };
    document.add(
        "columns",
        "Columns of a table",
        &chart,
        "A page for people has a form with every column, and a menu in each header.",
    );
}

fn size(folder: &str, document: &mut Document) {
    let table = start("table", folder, "Growth.*");
    let (mut first, mut sorted, mut few, mut count) = (vec![], vec![], vec![], vec![]);
    for rows in SIZES {
        let at = f64::from(rows);
        let address = format!("/table/Growth.Long{rows}");
        let json = "application/json";
        first.push((at, warm(&table, &address, json)));
        sorted.push((at, warm(&table, &format!("{address}?_sort=-Booked"), json)));
        few.push((at, warm(&table, &format!("{address}?_sort=-Kind"), json)));
        count.push((at, warm(&table, &format!("{address}?_count=exact"), json)));
    }
    let chart = Chart {
        x: "rows of the table",
        y: "ms of CPU",
        series: vec![
            Series { name: "first page", points: first },
            Series { name: "sorted by an index", points: sorted },
            Series { name: "of five values", points: few },
            Series { name: "counted", points: count },
        ],
    };
    let says = "A page of 100 rows is found by an index: of the key, of a timestamp (the greatest first), of a column \
                of five values. Counting ends at 10,001 rows.";
    document.add("size", "Rows of a table", &chart, says);
}

fn tables(folder: &str, document: &mut Document) {
    let (mut list, mut page, mut described) = (vec![], vec![], vec![]);
    for tables in TABLES {
        let folder = format!("{folder}/tables{tables}");
        let index = start("index", &folder, "*.*");
        let at = f64::from(tables);
        list.push((at, warm(&index, "/", "application/json")));
        page.push((at, warm(&index, "/", "text/html")));
        if tables <= MOST_DESCRIBED {
            described.push((at, warm(&index, "/openapi.json", "application/json")));
        }
    }
    let chart = Chart {
        x: "tables, of 12 columns each",
        y: "ms of CPU",
        series: vec![
            Series { name: "list as JSON", points: list },
            Series { name: "list as a page", points: page },
            Series { name: "/openapi.json", points: described },
        ],
    };
    let says = "A description is kept for as long as the catalogue is the same; a warm request compares its tables.";
    document.add("tables", "Published tables", &chart, says);
}

const COLUMNS: [u32; 7] = [5, 10, 20, 50, 100, 200, 500];
const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const TABLES: [u32; 5] = [10, 50, 100, 500, 5_000];
/// More tables than these have no description in one answer.
const MOST_DESCRIBED: u32 = 500;

const WIDE: &str = "ID INTEGER PRIMARY KEY, First VARCHAR(40), Last VARCHAR(40), Email VARCHAR(80), City VARCHAR(40), \
                    Country CHAR(2), Born DATE, Credit DECIMAL(12,2), Score DOUBLE, Visits INTEGER, Seen TIMESTAMP, \
                    Note VARCHAR(200)";

/// The databases, once.
fn make(folder: &Path) {
    if folder.join("Growth.db").exists() {
        return;
    }
    fs::create_dir_all(folder).unwrap();
    let unfinished = folder.join("Growth.unfinished");
    let _ = fs::remove_file(&unfinished);
    let database = Connection::open(&unfinished).unwrap();
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").unwrap();
    let numbers = |rows: u32| {
        format!("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})")
    };
    let wide = "n, 'Anna', 'Müller', 'user' || n || '@example.org', 'Zürich', 'CH', date('1950-01-01', n || ' days'), n * 1.25, \
                n * 0.37, n % 5000, datetime('2020-01-01', n || ' minutes'), 'Prefers e-mail'";
    let mut script = format!(
        "CREATE TABLE Wide ({WIDE}); INSERT INTO Wide {} SELECT {wide} FROM n;",
        numbers(10_000)
    );
    for columns in COLUMNS {
        let names: Vec<String> =
            (2..=columns).map(|number| format!("C{number} VARCHAR(20)")).collect();
        let values: Vec<String> = (2..=columns).map(|number| format!("'value {number}'")).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        write!(
            script,
            "CREATE TABLE Columns{columns} (ID INTEGER PRIMARY KEY, {names}); \
            INSERT INTO Columns{columns} {} SELECT n, {values} FROM n;",
            numbers(100)
        )
        .unwrap();
    }
    for rows in SIZES {
        write!(script, "CREATE TABLE Long{rows} (ID INTEGER PRIMARY KEY, Booked TIMESTAMP, Amount DECIMAL(12,2), Kind VARCHAR(12)); \
            INSERT INTO Long{rows} {} SELECT n, datetime('2020-01-01', (n * 7919 % 1000003) || ' minutes'), n * 0.25, 'kind ' || n % 5 FROM n; \
            CREATE INDEX Booked{rows} ON Long{rows}(Booked); CREATE INDEX Kind{rows} ON Long{rows}(Kind);", numbers(rows)).unwrap();
    }
    database.execute_batch(&script).unwrap();
    drop(database);
    for tables in TABLES {
        let folder = folder.join(format!("tables{tables}"));
        fs::create_dir_all(&folder).unwrap();
        let script: String =
            (0..tables).map(|number| format!("CREATE TABLE T{number:04} ({WIDE});")).collect();
        let file = folder.join("Many.db");
        let _ = fs::remove_file(&file);
        Connection::open(file).unwrap().execute_batch(&format!("BEGIN; {script} COMMIT")).unwrap();
    }
    fs::rename(unfinished, folder.join("Growth.db")).unwrap();
}

/// What a table of 100,000,000 rows would take, by the plans of its statements.
fn on_paper(folder: &str) -> String {
    let settings = [
        ("DATABASE_URL", format!("sqlite:{folder}")),
        ("PUBLISHED_TABLES", "Growth.*".to_owned()),
        ("LOG_LEVEL", "debug".to_owned()),
    ];
    let table =
        Function::start(&format!("{ROOT}/target/lambda/table/bootstrap"), &settings).ready();
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch(&format!("ATTACH '{folder}/Growth.db' AS \"Growth\"")).unwrap();
    // The product's own function, which a plan only names.
    let flags = rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC;
    database.create_scalar_function("timestamp_key", 1, flags, |_| Ok(0)).unwrap();
    let mut text = "\n## A table of 100,000,000 rows\n\nNobody has measured one here. By the plans of its statements, as SQLite explains \
        them for a table of 1,000,000 rows:\n\n| page | plan |\n|---|---|\n".to_owned();
    let long = "/table/Growth.Long1000000";
    let next = table.get(&format!("{long}?_sort=Booked")).expect(200).json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    // The one before was the first.
    for (asked, (name, address)) in (2..).zip([
        ("the first", long.to_owned()),
        ("sorted by an indexed column, the second", next),
        ("sorted by it, the greatest first", format!("{long}?_sort=-Booked")),
        ("filtered by it", format!("{long}?Booked__gte=2021-05-01&_sort=Booked")),
        ("sorted by a column without an index", format!("{long}?_sort=Amount")),
    ]) {
        table.get(&address).expect(200);
        let lines = || table.log().matches(r#""message":"request""#).count();
        wait::until("the request's line", || lines() == asked);
        let log = table.log();
        let lines = log.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let statement = lines.map(|line| line["sql"].clone()).find(Value::is_string).unwrap();
        let plan = plan(&database, statement.as_str().unwrap());
        writeln!(text, "| {name} | {plan} |").unwrap();
    }
    text.push_str(
        "\nA `SEARCH` goes down a tree of pages, each of which leads to hundreds of others: a hundred times as many rows are one \
         level more, so such a page takes what it takes in a small table (above, \"Rows of a table\"). A `SCAN` that \
         no `TEMP B-TREE` follows ends after the page's rows. `USE TEMP B-TREE FOR ORDER BY` reads every row: 100,000,000 \
         take minutes, and `QUERY_TIMEOUT_SECONDS` answers 504 first. Sort such tables by the key or by a column that \
         has an index.\n",
    );
    text
}

fn plan(database: &Connection, statement: &str) -> String {
    let mut prepared = database.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let rows = prepared.raw_query().mapped(|row| row.get::<_, String>(3));
    rows.map(|detail| format!("`{}`", detail.unwrap())).collect::<Vec<_>>().join(", ")
}
