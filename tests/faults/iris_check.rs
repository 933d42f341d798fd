//! `infra/iris-check.sql`, statement by statement through ODBC: its questions have the answers that
//! it expects, and nothing is left.

use std::fs;

use odbc_api::{Connection, ConnectionOptions, Cursor};
use tests::at_end::root;

use crate::clinic::start_exactly;

/// The statements: one a line, as the SQL shell takes them.
fn statements() -> Vec<String> {
    let text = fs::read_to_string(root().join("infra/iris-check.sql")).unwrap();
    let is_statement = |line: &&str| !line.is_empty() && !line.starts_with("--");
    text.lines().filter(is_statement).map(str::to_owned).collect()
}

/// The rows of a statement as texts; an error where it has one.
fn rows(connection: &Connection<'_>, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let result = connection.execute(sql, (), None).map_err(|error| error.to_string())?;
    let Some(mut cursor) = result else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    while let Some(mut row) = cursor.next_row().map_err(|error| error.to_string())? {
        let mut text = |column| {
            let mut bytes = Vec::new();
            row.get_text(column, &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        rows.push((1..=3).map(&mut text).collect());
    }
    Ok(rows)
}

#[test]
fn the_check_of_a_server_runs_and_leaves_nothing() {
    let Some(iris) = start_exactly("", &[]) else { return };
    let text = format!(
        "DRIVER={};SERVER=127.0.0.1;PORT={};DATABASE=USER;UID=reader;PWD={}",
        iris.driver(),
        iris.port(),
        crate::clinic::PASSWORD
    );
    let environment = odbc_api::environment().unwrap();
    let connection =
        environment.connect_with_connection_string(&text, ConnectionOptions::default()).unwrap();
    let mut asked = 0;
    for sql in statements() {
        assert!(!sql.ends_with(';'), "the shell takes no `;`: {sql}");
        let answer = rows(&connection, &sql);
        if !sql.starts_with("SELECT") {
            answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
            continue;
        }
        asked += 1;
        if sql.contains("'not known'") {
            continue;
        }
        let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let [row] = &answer[..] else { panic!("{sql}: {answer:?}") };
        assert_eq!(row[1], row[2], "{}", row[0]);
    }
    assert!(asked >= 12, "only {asked} questions are asked");
    let left = "SELECT TABLE_NAME, TABLE_TYPE, TABLE_SCHEMA FROM INFORMATION_SCHEMA.TABLES \
                WHERE TABLE_SCHEMA = 'IrisTablesCheck'";
    assert_eq!(rows(&connection, left).unwrap(), [] as [Vec<String>; 0]);
}
