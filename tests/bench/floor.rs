//! What the database's driver itself takes: every cell of the rows fetched and thrown away, by the
//! product's own statement, and the least function that answers. What a request takes beyond both
//! is the product's own.

use std::hint::black_box;
use std::time::Duration;

use odbc_api::buffers::{BufferDesc, ColumnarDynBuffer};
use odbc_api::{
    ConnectionOptions, Cursor, DataType, ResultSetMetadata as _, escape_attribute_value,
};
use serde_json::Value;
use tests::function::Function;
use tests::iris::Iris;
use tests::postgres::{PASSWORD, Postgres, SUPERUSER};

use crate::process::time;
use crate::{ROOT, bootstrap, event};

/// What is read: the table, and how many of its rows.
const PAGES: [(&str, u32, u32); 2] = [("Small", 100, 500), ("Wide", 10_000, 20)];

/// Rows in a block of the driver's: the product's own number differs with their width.
const BLOCK: usize = 250;

/// Bytes of a cell that is bound; none of these tables' is longer.
const WIDEST: usize = 1_000;

/// The rows of [`PAGES`] in the words that PostgreSQL and SQLite share.
const SMALL: &str = "1 * n AS \"ID\", 'Owner ' || n AS \"Owner\", 'DE' || (10000000000 + n) AS \"IBAN\", n * 1.25 AS \"Balance\"";

const WIDE: &str = "1 * n AS \"ID\", 'Anna' AS \"First\", 'Müller' AS \"Last\", 'user' || n AS \"Email\", 'Zürich' AS \"City\", \
    'CH' AS \"Country\", n * 1.25 AS \"Credit\", n * 0.37 AS \"Score\", n % 5000 AS \"Visits\", NULL AS \"Gone\", \
    '' AS \"Empty\", 'Prefers e-mail' AS \"Note\"";

/// Prints, for each database that can be had, what a page takes beside its floor.
pub fn compare(folder: &str) {
    let hello = hello();
    println!(
        "\n| page as JSON, not compressed | ours | driver alone | hello | ours / (driver + hello) |\n|---|--:|--:|--:|--:|"
    );
    let url = ("DATABASE_URL", format!("sqlite:{folder}"));
    let database = Database { name: "SQLite", schema: "Bench", settings: vec![url], hello };
    database.compare(|statement, times| sqlite(folder, statement, times));
    postgres(hello);
    iris(hello);
}

struct Database {
    name: &'static str,
    schema: &'static str,
    settings: Vec<(&'static str, String)>,
    hello: f64,
}

impl Database {
    /// A line for each page; `floor` gives milliseconds for a statement.
    fn compare(&self, floor: impl Fn(&str, u32) -> f64) {
        let published = ("PUBLISHED_TABLES", format!("{}.*", self.schema));
        let settings = [self.settings.as_slice(), &[published]].concat();
        let start = |level: &str| {
            let level = [("LOG_LEVEL", level.to_owned())];
            Function::start(&bootstrap(), &[&settings[..], &level].concat()).ready()
        };
        let (quiet, telling) = (start("warn"), start("debug"));
        for (table, rows, times) in PAGES {
            let address = format!("/table/{}.{table}?_size={rows}", self.schema);
            let event = event(&address, "application/json", "identity");
            let ours = crate::warm(&quiet, &event, times) * 1e3;
            let answer = telling.invoke(&event);
            assert!(answer.contains("\"statusCode\":200"), "{}: {answer}", self.name);
            let floor = floor(&last_statement(&telling), times);
            let (name, hello) = (self.name, self.hello);
            println!(
                "| {name}, {rows} rows | {ours:.3} ms | {floor:.3} ms | {hello:.3} ms | {:.2} |",
                ours / (floor + hello)
            );
        }
    }
}

/// The last statement that a function has logged.
fn last_statement(function: &Function) -> String {
    let log = function.log();
    let lines = log.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let statement = lines.map(|line| line["sql"].clone()).find(Value::is_string);
    statement.expect("a statement in the log").as_str().unwrap_or_default().to_owned()
}

/// Milliseconds of the least function.
fn hello() -> f64 {
    let function = Function::start::<&str>(&format!("{ROOT}/target/release/examples/hello"), &[]);
    crate::warm(&function, &event("/", "*/*", "identity"), 500) * 1e3
}

fn postgres(hello: f64) {
    let Some(server) = Postgres::shared() else { return };
    let table = |name: &str, rows: u32, columns: &str| {
        format!(
            "CREATE TABLE floor.\"{name}\" AS SELECT {columns} FROM generate_series(1, {rows}) n; \
             ALTER TABLE floor.\"{name}\" ADD PRIMARY KEY (\"ID\");"
        )
    };
    let tables = [table("Small", 100, SMALL), table("Wide", 10_000, WIDE)].concat();
    server.sql("postgres", &format!("CREATE SCHEMA floor; {tables}"));
    let (port, architecture) = (server.port(), std::env::consts::ARCH);
    let url = format!("postgres://{SUPERUSER}:{PASSWORD}@127.0.0.1:{port}/postgres");
    let settings = vec![("DATABASE_URL", url), ("DATABASE_USER_MAY_WRITE", "true".to_owned())];
    let connection = format!(
        "DRIVER=/usr/lib/{architecture}-linux-gnu/odbc/psqlodbcw.so;SERVER=127.0.0.1;PORT={port};\
         DATABASE=postgres;UID={SUPERUSER};PWD={};UseDeclareFetch=0",
        escape_attribute_value(PASSWORD)
    );
    let database = Database { name: "PostgreSQL", schema: "floor", settings, hello };
    database.compare(|statement, times| odbc(&connection, statement, times));
}

fn iris(hello: f64) {
    let table = |name: &str, rows: u32, types: &str, columns: &str| {
        format!(
            "CREATE TABLE \"Floor.{name}\" ({types}); INSERT INTO \"Floor.{name}\" \
             WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) \
             SELECT {columns} FROM numbers;"
        )
    };
    let text = "VARCHAR(80)";
    let small = format!("ID INTEGER PRIMARY KEY, Owner {text}, IBAN {text}, Balance NUMERIC(12,2)");
    let wide = format!(
        "ID INTEGER PRIMARY KEY, First {text}, Last {text}, Email {text}, City {text}, Country {text}, \
         Credit NUMERIC(12,2), Score DOUBLE, Visits INTEGER, Gone {text}, Empty {text}, Note {text}"
    );
    let tables = [table("Small", 100, &small, SMALL), table("Wide", 10_000, &wide, WIDE)].concat();
    let login = ["--user", "reader", "--password", "reader"];
    let Some(server) = Iris::exactly(&tables, &login) else { return };
    let url = format!("iris://reader:reader@127.0.0.1:{}/USER", server.port());
    let settings = vec![("DATABASE_URL", url), ("ODBC_DRIVER", server.driver().to_owned())];
    let connection = format!(
        "DRIVER={};SERVER=127.0.0.1;PORT={};DATABASE=USER;UID=reader;PWD=reader",
        escape_attribute_value(server.driver()),
        server.port()
    );
    let database = Database { name: "IRIS' driver", schema: "Floor", settings, hello };
    database.compare(|statement, times| odbc(&connection, statement, times));
}

/// Milliseconds of processor time for a statement through an ODBC driver.
fn odbc(connection: &str, statement: &str, times: u32) -> f64 {
    let environment = odbc_api::environment().unwrap();
    let options = ConnectionOptions::default();
    let connection = environment.connect_with_connection_string(connection, options).unwrap();
    timed(times, || {
        let mut cursor = connection.execute(statement, (), None).unwrap().expect("rows");
        let columns = 1..=u16::try_from(cursor.num_result_cols().unwrap()).unwrap();
        // As the product does: numbers that are asked for as texts take IRIS' driver twice as long.
        let kinds = columns.map(|column| match cursor.col_data_type(column).unwrap() {
            DataType::Integer | DataType::BigInt => BufferDesc::I64 { nullable: true },
            DataType::Double | DataType::Float { .. } => BufferDesc::F64 { nullable: true },
            _ => BufferDesc::Text { max_str_len: WIDEST },
        });
        let kinds: Vec<_> = kinds.collect();
        let buffer = ColumnarDynBuffer::from_descs(BLOCK, kinds);
        let mut blocks = cursor.bind_buffer(buffer).unwrap();
        while let Some(block) = blocks.fetch().unwrap() {
            for column in 0..block.num_cols() {
                let cells = block.column(column);
                if let Some(texts) = cells.as_text() {
                    texts.iter().for_each(|text| _ = black_box(text));
                } else if let Some(numbers) = cells.as_nullable_slice::<i64>() {
                    numbers.for_each(|number| _ = black_box(number));
                } else if let Some(numbers) = cells.as_nullable_slice::<f64>() {
                    numbers.for_each(|number| _ = black_box(number));
                }
            }
        }
    })
}

/// Milliseconds of processor time for a statement of SQLite.
fn sqlite(folder: &str, statement: &str, times: u32) -> f64 {
    let sqlite = rusqlite::Connection::open_in_memory().unwrap();
    sqlite.execute_batch(&format!("ATTACH '{folder}/Bench.db' AS \"Bench\"")).unwrap();
    timed(times, || {
        let mut prepared = sqlite.prepare_cached(statement).unwrap();
        let columns = prepared.column_count();
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                black_box(row.get_ref(column).unwrap());
            }
        }
    })
}

/// Processor time of the calling thread.
fn own_cpu_time() -> Duration {
    time(&std::fs::read_to_string("/proc/thread-self/schedstat").unwrap())
}

fn timed(times: u32, read: impl Fn()) -> f64 {
    (0..2).for_each(|_| read());
    let before = own_cpu_time();
    (0..times).for_each(|_| read());
    (own_cpu_time() - before).as_secs_f64() * 1e3 / f64::from(times)
}
