//! The double's tables, and the functions over them through InterSystems' driver.

use serde_json::Value;
use tests::function::{Answer, Function};
use tests::iris::Iris;

/// With all that has a meaning in a connection string, but for `;`, which the driver cannot be
/// given.
pub const PASSWORD: &str = "hunter2+={'}\" %";

/// The switches of a double that knows our user, and these.
pub fn start(switches: &[&str]) -> Option<Iris> {
    Iris::start(&[&["--user", "reader", "--password", PASSWORD], switches].concat())
}

/// The same with more tables, made by SQL for SQLite.
pub fn start_with(tables: &str, switches: &[&str]) -> Option<Iris> {
    let own = ["--user", "reader", "--password", PASSWORD];
    Iris::with_tables(tables, &[&own, switches].concat())
}

/// The same with these switches alone, whatever the environment wants.
pub fn start_exactly(tables: &str, switches: &[&str]) -> Option<Iris> {
    let own = ["--user", "reader", "--password", PASSWORD];
    Iris::exactly(tables, &[&own, switches].concat())
}

/// A function over this double, ready for requests.
pub fn ready(program: &str, iris: &Iris) -> Function {
    function(program, &settings(iris, iris.port())).ready()
}

/// The settings of a function that reaches the double at this port.
pub fn settings(iris: &Iris, port: u16) -> Vec<(&'static str, String)> {
    let password = crate::shop::encoded(PASSWORD);
    let mut settings = without_source(iris);
    settings.push(("DATABASE_URL", format!("iris://reader:{password}@127.0.0.1:{port}/USER")));
    settings
}

/// The same without a database.
pub fn without_source(iris: &Iris) -> Vec<(&'static str, String)> {
    [
        ("ODBC_DRIVER", iris.driver()),
        ("PUBLISHED_TABLES", "Test.*, Sales.*, Odd_Schema.*"),
        ("LOG_LEVEL", "trace"),
        ("LOGIN_TIMEOUT_SECONDS", "5"),
        ("QUERY_TIMEOUT_SECONDS", "20"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// A function with these settings.
pub fn function(program: &str, settings: &[(&str, String)]) -> Function {
    let encoded = crate::shop::encoded(PASSWORD);
    Function::start(program, settings).never_says(&[PASSWORD, &encoded]).never_says_to_clients(&[
        "HY000",
        "08S01",
        "SQLCODE",
        "Communication",
    ])
}

/// The rows of an answer that must be there.
pub fn rows(answer: Answer) -> Vec<Value> {
    answer.expect(200).json()["rows"].as_array().unwrap().clone()
}

/// All rows of a table, page by page.
///
/// # Panics
/// Where a page fails, or the pages do not come to an end.
pub fn walk(function: &Function, first: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(address) = next {
        let page = function.get(&address).expect(200).json();
        all.extend(page["rows"].as_array().unwrap().iter().cloned());
        assert!(all.len() <= 10_000, "the walk from {first} has no end");
        next = page["next"].as_str().map(str::to_owned);
    }
    all
}

/// The values of these columns in each row, sorted.
pub fn values(rows: &[Value], columns: &[&str]) -> Vec<Vec<Value>> {
    let of_row = |row: &Value| columns.iter().map(|column| row[column].clone()).collect::<Vec<_>>();
    let mut values: Vec<_> = rows.iter().map(of_row).collect();
    values.sort_by_key(|row| format!("{row:?}"));
    values
}

/// The number of attempted logins.
pub fn logins(iris: &Iris) -> usize {
    iris.log().matches("login namespace=").count()
}
