//! What PostgreSQL refuses, and what the product refuses itself.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http::{HeaderMap, Method};
use iris_tables::app::App;
use iris_tables::config;
use iris_tables::database::{Database, Idle};
use iris_tables::request::Request;
use tests::at_end::AtEnd;
use tests::postgres::Postgres;
use tests::wait;
use tokio::runtime::Builder;

use crate::shop::{INDEX, Shop, TABLE, encoded, refused, unavailable, with};

#[test]
fn a_server_without_a_free_connection_is_503_until_one_is_free() {
    let Some(server) = Postgres::start(&["max_connections=5", "superuser_reserved_connections=4"])
    else {
        return;
    };
    let shop = Shop::new(&server);
    let other = with(&shop.settings(server.port()), "PUBLISHED_TABLES", "shop.item");
    let holder = shop.start(INDEX, &other).ready();
    // Had psql, which made the shop, not quite gone when it started, it has its connection now.
    holder.get("/").expect(200);
    let function = shop.start(TABLE, &shop.settings(server.port())).ready();
    unavailable(function.get("/table/shop.item"), "15");
    holder.terminate();
    holder.ended();
    wait::until("the end of the other's connection", || shop.backends().is_empty());
    function.get("/table/shop.item").expect(200);
}

#[test]
fn a_wrong_password_is_503_after_one_attempt() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let login = format!("{}:{}", shop.reader, encoded(&shop.password));
    let url =
        shop.settings(server.port())[0].1.replace(&login, &format!("{}:swordfish", shop.reader));
    for (program, addresses) in
        [(TABLE, ["/table/shop.item", "/table/shop.many"]), (INDEX, ["/", "/health?deep=1"])]
    {
        let before = shop.logins().1;
        let function =
            shop.start(program, &shop.with_url(url.clone())).never_says(&["swordfish"]).ready();
        for address in addresses {
            refused(function.get(address));
        }
        assert_eq!(shop.logins(), (0, before + 1));
        // Each of these lines contains the whole message.
        let lines = function.killed();
        let told = |line: &&str| {
            line.contains("this login is not tried for") && line.contains("authentication failed")
        };
        assert_eq!(lines.lines().filter(told).count(), 2, "{lines}");
    }
}

#[test]
fn a_refused_login_is_retried_after_a_pause() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let mut app = app(&shop.settings(server.port()));
    app.database =
        Database::with_idle(&app.config, Idle { refused: Duration::ZERO, ..Idle::default() });
    shop.sql(&format!("ALTER ROLE {} PASSWORD 'another'", shop.reader));
    for refusals in 1..=2 {
        assert_eq!(get(&app, "/table/shop.item"), 503);
        assert_eq!(shop.logins(), (0, refusals));
    }
    shop.sql(&format!(
        "ALTER ROLE {} PASSWORD '{}'",
        shop.reader,
        shop.password.replace('\'', "''")
    ));
    assert_eq!((get(&app, "/table/shop.item"), shop.logins()), (200, (1, 2)));
}

/// PostgreSQL's driver decodes passwords as if they stood in a URL, and takes braces around a user
/// for a part of him.
#[test]
fn user_and_password_reach_the_server_as_they_are() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let status = |user: &str, password: &str| {
        let login = format!("{}:{}", encoded(user), encoded(password));
        let url = format!("postgres://{login}@127.0.0.1:{}/{}", server.port(), shop.database);
        get(&app(&shop.with_url(url)), "/table/shop.item")
    };
    for password in ["a+b", "%41", "a%20b", "}", "{a}", "a}};b", r"\", "'", "=", " a "] {
        shop.sql(&format!(
            "ALTER ROLE {} PASSWORD '{}'",
            shop.reader,
            password.replace('\'', "''")
        ));
        assert_eq!(status(&shop.reader, password), 200, "{password}");
    }
    shop.sql(&format!("ALTER ROLE {} PASSWORD 'marlin'", shop.reader));
    for (user, expected) in
        [("a+b", 200), ("%41", 200), ("a{b}", 200), ("a=b c", 200), ("a;b", 503), ("{a}", 503)]
    {
        shop.sql(&format!(
            "ALTER ROLE {} RENAME TO \"{user}\"; ALTER ROLE \"{user}\" PASSWORD 'marlin'",
            shop.reader
        ));
        assert_eq!(status(user, "marlin"), expected, "{user}");
        shop.sql(&format!("ALTER ROLE \"{user}\" RENAME TO {}", shop.reader));
    }
}

/// An instance in this process.
fn app(settings: &[(&str, String)]) -> App {
    let lookup = |name: &str| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    App::new(config::read(lookup).unwrap())
}

#[test]
fn there_is_one_connection_however_many_ask() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let app = Arc::new(app(&shop.settings(server.port())));
    for rounds in 1..=2 {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..5).for_each(|_| assert_eq!(get(&app, "/table/shop.many"), 200)));
            }
        });
        assert_eq!((shop.logins(), shop.backends().len()), ((rounds, 0), 1));
        shop.terminate_backends();
    }
}

/// Sends many requests at a time to an instance in this process, which only tests can.
fn get(app: &App, path: &str) -> u16 {
    let request = Request {
        id: "request".to_owned(),
        method: Method::GET,
        path: path.to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        ..Request::default()
    };
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(table::handle(app, &request)).status().as_u16()
}

#[test]
fn no_connection_can_write_whoever_the_user_is() {
    let Some(server) = Postgres::shared() else { return };
    let shop = Shop::new(server);
    let function = shop.start(TABLE, &shop.settings_of_owner()).ready();
    for size in [10, 1_000] {
        // A large page is read by a cursor, in a transaction of its own.
        let answer = function.get(&format!("/table/shop.setting?_size={size}")).expect(200);
        assert_eq!(answer.json()["rows"][0]["read_only"], "on");
        function.get(&format!("/table/shop.writing?_size={size}")).expect(500);
    }
    assert_eq!(shop.sql("SELECT count(*) FROM shop.item"), "3");
    function.logs("read-only transaction");
    // The view does write, if it may.
    assert_eq!(shop.sql("SELECT name FROM shop.writing"), "bed");
}

#[test]
fn a_dropped_server_leaves_no_process_behind() {
    let folder = tests::at_end::new_folder("at-end");
    let end = AtEnd::run("rm -rf -- \"$1\"", &[folder.as_ref()]);
    assert!(folder.is_dir());
    drop(end);
    assert!(!folder.exists());
}
