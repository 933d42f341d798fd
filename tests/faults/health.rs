//! `/health?deep=1` says whether the database's user is as `infra/grants.sql` makes him.

use tests::postgres::Postgres;

use crate::shop::{INDEX, Shop, unavailable, with};

const DEEP: &str = "/health?deep=1";

#[test]
fn the_user_of_grants_sql_is_healthy() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let function = shop.start(INDEX, &shop.settings(server.port())).ready();
    let answer = function.get(DEEP).expect(200).json();
    assert_eq!(
        (answer["status"].as_str(), answer["userCanWrite"].as_bool()),
        (Some("ok"), Some(false))
    );
    // Tables made later are his to read, too.
    shop.sql("CREATE TABLE shop.later AS SELECT 1 AS id");
    let read = format!("SELECT has_table_privilege('{0}', 'shop.later', 'SELECT')", shop.reader);
    assert_eq!(shop.sql(&read), "t");
}

#[test]
fn whatever_lets_the_user_write_is_found() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let function = shop.start(INDEX, &shop.settings(server.port())).ready();
    for (privilege, object) in [
        ("INSERT", "TABLE shop.item"),
        ("DELETE", "TABLE shop.slow"),
        ("TRUNCATE", "TABLE shop.item"),
        ("UPDATE (name)", "TABLE shop.item"),
        ("CREATE", "SCHEMA shop"),
    ] {
        shop.sql(&format!("GRANT {privilege} ON {object} TO {}", shop.reader));
        let answer = function.get(DEEP).expect(503);
        assert_eq!(answer.problem(), "user-can-write", "{privilege} ON {object}");
        shop.sql(&format!("REVOKE {privilege} ON {object} FROM {}", shop.reader));
        function.get(DEEP).expect(200);
    }
}

#[test]
fn a_writing_user_is_healthy_where_the_settings_allow_him() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let settings = shop.settings_of_owner();
    let function = shop.start(INDEX, &settings).ready();
    assert_eq!(function.get(DEEP).expect(503).problem(), "user-can-write");
    let function = shop.start(INDEX, &with(&settings, "DATABASE_USER_MAY_WRITE", "true")).ready();
    assert_eq!(function.get(DEEP).expect(200).json()["userCanWrite"], true);
}

#[test]
fn without_a_database_only_the_deep_check_fails() {
    let Some(server) = Postgres::start(&[]) else { return };
    let shop = Shop::new(&server);
    let function = shop.start(INDEX, &shop.settings(server.port())).ready();
    function.get(DEEP).expect(200);
    server.crash();
    unavailable(function.get(DEEP), "10");
    function.get("/health").expect(200);
    server.resume();
    function.get(DEEP).expect(200);
}
