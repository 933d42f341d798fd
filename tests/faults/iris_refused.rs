//! What IRIS refuses: a login, a licence unit, a table, a statement of yesterday.

use serde_json::json;
use tests::at_end::new_folder;
use tests::moto::{self, Moto};
use tests::proxy::{End, Proxy};
use tests::wait;

use crate::clinic::{PASSWORD, function, logins, rows, settings, start, without_source};
use crate::shop::{INDEX, TABLE, encoded, refused, unavailable, with};

/// IRIS locks a user out after some refusals: whoever asks, it sees the next one when the login has
/// rested.
#[test]
fn a_refused_login_is_503_after_one_attempt_until_it_is_taken() {
    let Some(iris) = start(&["--login-refused-until", "FOLDER/open"]) else { return };
    let function = function(TABLE, &settings(&iris, iris.port())).ready();
    for _ in 0..5 {
        refused(function.get("/table/Test.Person"));
    }
    assert_eq!(logins(&iris), 1);
    function.logs("this login is not tried for ");
    std::fs::write(iris.folder().join("open"), "").unwrap();
    wait::until("a login that has rested", || function.get("/table/Test.Person").status == 200);
    assert_eq!(logins(&iris), 2);
}

#[test]
fn a_wrong_password_and_a_wrong_namespace_are_503() {
    let Some(iris) = start(&[]) else { return };
    let url = |password: &str, namespace| {
        format!("iris://reader:{password}@127.0.0.1:{}/{namespace}", iris.port())
    };
    for url in [url("swordfish", "USER"), url(&encoded(PASSWORD), "NOWHERE")] {
        let settings = with(&without_source(&iris), "DATABASE_URL", &url);
        let function = function(TABLE, &settings).never_says(&["swordfish"]).ready();
        let answer = function.get("/table/Test.Person").expect(503);
        assert!(
            !answer.header("retry-after").is_empty() && !answer.body.contains("NOWHERE"),
            "{answer:?}"
        );
    }
}

/// The driver would take `;` for the end of it, and what follows for settings.
#[test]
fn a_password_that_the_driver_cannot_be_given_is_never_sent() {
    let Some(iris) = start(&[]) else { return };
    let url = format!("iris://reader:marlin%3BPORT=1@127.0.0.1:{}/USER", iris.port());
    let settings = with(&without_source(&iris), "DATABASE_URL", &url);
    let function = function(TABLE, &settings).never_says(&["marlin", "PORT=1"]).ready();
    refused(function.get("/table/Test.Person"));
    function.logs("a password that has a `;`");
    assert_eq!(logins(&iris), 0);
}

/// The driver would answer with wrong characters, without an error.
#[test]
fn without_the_locale_no_statement_is_sent() {
    let Some(iris) = start(&[]) else { return };
    let function =
        function(TABLE, &with(&settings(&iris, iris.port()), "IRISODBCLOCALE", "xx_XX.UTF-8"))
            .ready();
    function.get("/table/Test.Person").expect(503);
    function.logs("is not installed");
    assert_eq!(logins(&iris), 0);
}

#[test]
fn without_a_licence_unit_there_is_a_503() {
    let Some(iris) = start(&["--licence-limit", "0"]) else { return };
    let function = function(TABLE, &settings(&iris, iris.port())).ready();
    unavailable(function.get("/table/Test.Person"), "15");
}

#[test]
fn an_instance_that_ends_gives_its_licence_unit_back() {
    let Some(iris) = start(&["--licence-limit", "1"]) else { return };
    let first = function(INDEX, &settings(&iris, iris.port())).ready();
    first.get("/").expect(200);
    let second = function(TABLE, &settings(&iris, iris.port())).ready();
    unavailable(second.get("/table/Test.Person"), "15");
    first.terminate();
    first.ended();
    second.get("/table/Test.Person").expect(200);
}

/// As after a change of a table: the statement that a server has compiled is not valid any more.
#[test]
fn a_statement_that_must_be_compiled_again_is_run_again() {
    let Some(iris) = start(&["--recompile-once"]) else { return };
    let table = function(TABLE, &settings(&iris, iris.port())).ready();
    assert_eq!(rows(table.get("/table/Test.Many?_size=5000")).len(), 5_000);
    table.get("/table/Test.Lines/row?ID=2").expect(200);
    assert_eq!(logins(&iris), 1);
    let index = function(INDEX, &settings(&iris, iris.port())).ready();
    index.get("/").expect(200);
}

#[test]
fn a_rotated_password_is_noticed_at_the_first_refused_login() {
    let (Some(moto), folder) = (Moto::shared(), new_folder("rotation")) else { return };
    let _folder = tests::at_end::AtEnd::run("rm -rf -- \"$1\"", &[folder.as_ref()]);
    let file = folder.join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let Some(iris) = start(&["--password-file", file.to_str().unwrap()]) else { return };
    let proxy = Proxy::to(iris.port());
    let secret = |password: &str| {
        json!({
            "engine": "iris", "host": "127.0.0.1", "port": proxy.port(), "namespace": "USER", "username": "reader",
            "password": password
        })
        .to_string()
    };
    moto.create("clinic", &secret(PASSWORD));
    let settings =
        [with(&without_source(&iris), "DATABASE_SECRET_ID", "clinic"), moto::settings(moto.port())]
            .concat();
    let function = function(TABLE, &settings).never_says(&["swordfish"]).ready();
    function.get("/table/Test.Person").expect(200);
    std::fs::write(&file, "swordfish").unwrap();
    moto.put("clinic", &secret("swordfish"));
    proxy.cut(End::Close);
    function.get("/table/Test.Person").expect(200);
    assert_eq!(logins(&iris), 3, "the first, the refused, the one with the new password");
}
