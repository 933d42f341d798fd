//! Statements for a request. Each is a round trip to a server.

use tests::function::Function;
use tests::postgres::Postgres;

use crate::{DEMO, alone};

pub const TABLE: &str = env!("CARGO_BIN_EXE_table-function");
const INDEX: &str = env!("CARGO_BIN_EXE_index-function");

/// The statements that a function has run so far: one line each, at this level of the log.
fn statements(function: &Function) -> usize {
    function.log().lines().filter(|line| line.contains(r#""message":"query""#)).count()
}

/// The statements of an instance's start, and those of each request.
fn costs(program: &str, url: &str, tables: &str, addresses: &[&str]) -> Vec<usize> {
    costs_with(program, url, tables, "", addresses)
}

/// The same with columns that label rows.
fn costs_with(
    program: &str,
    url: &str,
    tables: &str,
    labels: &str,
    addresses: &[&str],
) -> Vec<usize> {
    let settings = [
        ("LABELS", labels.to_owned()),
        ("DATABASE_URL", url.to_owned()),
        ("PUBLISHED_TABLES", tables.to_owned()),
        ("LOG_LEVEL", "debug".to_owned()),
    ];
    let function = Function::start(program, &settings).ready();
    let mut before = 0;
    let mut costs = Vec::new();
    for address in addresses {
        function.get(address).expect(200);
        // The request's own line comes last.
        let lines = costs.len() + 1;
        tests::wait::until("a request's line", || {
            function.log().matches(r#""message":"request""#).count() == lines
        });
        costs.push(statements(&function) - before);
        before += costs[costs.len() - 1];
    }
    costs
}

#[test]
fn a_warm_request_asks_sqlite_once() {
    let _alone = alone();
    let pages = [
        "/table/Bank.Account",
        "/table/Bank.Account?Currency=EUR&_sort=-Balance",
        "/table/Bank.Account",
    ];
    // The first request learns what the table is: which schemas and tables there are, its columns,
    // its keys.
    assert_eq!(costs(TABLE, &DEMO, "Bank.*", &pages), [8, 1, 1]);
    let groups = ["/table/Bank.Movement/groups?_by=Kind&_sum=Amount&_avg=Amount"; 2];
    assert_eq!(costs(TABLE, &DEMO, "Bank.*", &groups), [8, 1]);
    let others = [
        "/table/Bank.Customer/row?ID=1",
        "/table/Bank.Customer/row?ID=2",
        "/table/Bank.Customer/schema",
    ];
    assert_eq!(costs(TABLE, &DEMO, "Bank.*", &others), [8, 1, 0]);
    assert_eq!(costs(TABLE, &DEMO, "Bank.*", &["/table/Bank.Account?_count=exact"; 2]), [9, 2]);
}

#[test]
fn labels_are_a_statement_for_each_table_that_is_referred_to() {
    let _alone = alone();
    let pages = [
        "/table/Bank.Card?_label=Account,Branch",
        "/table/Bank.Card?_label=Account,Branch",
        "/table/Bank.Card?_label=Branch",
        "/table/Bank.Card",
        "/table/Bank.Card?_format=html",
        "/table/Bank.Card/row?ID=1&_format=html",
        "/table/Bank.Card?_label=Branch&_size=1&_sort=-ID&Branch__isnull=",
    ];
    let labels = "Bank.Account=IBAN; Bank.Branch=City";
    // What the two tables are is read once.
    let costs = costs_with(TABLE, &DEMO, "Bank.*", labels, &pages);
    assert_eq!(costs[1..], [3, 2, 1, 3, 3, 1]);
}

#[test]
fn a_warm_index_asks_sqlite_nothing() {
    let _alone = alone();
    assert_eq!(costs(INDEX, &DEMO, "Bank.*", &["/"; 2]), [4, 0]);
}

#[test]
fn a_warm_request_asks_postgresql_once() {
    let _alone = alone();
    let Some(server) = Postgres::shared() else { return };
    server.sql(
        "postgres",
        "CREATE TABLE cost(id integer PRIMARY KEY, name text); INSERT INTO cost VALUES (1, 'one'); \
         CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT SELECT ON cost TO reader",
    );
    let url = format!("postgres://reader:reader@127.0.0.1:{}/postgres", server.port());
    let pages = [
        "/table/public.cost",
        "/table/public.cost?name=one&_sort=-name",
        "/table/public.cost/row?id=1",
    ];
    assert_eq!(costs(TABLE, &url, "public.*", &pages), [4, 1, 1]);
    assert_eq!(costs(INDEX, &url, "public.*", &["/"; 2]), [1, 0]);
}
