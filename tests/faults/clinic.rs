//! The double's tables, and the functions over them through InterSystems' driver.

use serde_json::Value;
use tests::function::{Answer, Function};
use tests::iris::Iris;

/// With all that has a meaning in a connection string, but for `;`, which the driver cannot be given.
pub const PASSWORD: &str = "hunter2+={'}\" %";

/// The switches of a double that knows our user, and these.
pub fn start(switches: &[&str]) -> Option<Iris> {
    Iris::start(&[&["--user", "reader", "--password", PASSWORD], switches].concat())
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

/// The number of attempted logins.
pub fn logins(iris: &Iris) -> usize {
    iris.log().matches("login namespace=").count()
}
