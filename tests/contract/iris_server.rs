//! The suite before a server of IRIS that runs already: what it says where it does not get there,
//! and that it leaves nothing behind.

use std::net::TcpListener;
use std::thread;

use tests::iris::{Iris, programs};
use tests::port;

use crate::fixture::iris::{Namespace, reach};
use crate::fixture::{Kind, Table};
use crate::row;

fn url(login: &str, port: u16, namespace: &str) -> String {
    format!("iris://{login}@127.0.0.1:{port}/{namespace}")
}

/// The one sentence that the suite says.
fn refusal(url: &str) -> String {
    let said = reach(url).expect_err(url);
    assert!(!said.contains("marlin"), "the password is said: {said}");
    said
}

#[test]
fn a_server_that_is_not_reached_is_said_with_what_to_check() {
    if programs().is_none() {
        return;
    }
    let port = port::free();
    let said = refusal(&url("owner:marlin", port, "USER"));
    assert!(said.contains(&format!("127.0.0.1:{port}: nobody answers")), "{said}");

    // As something does that is no superserver.
    let closes = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closes.local_addr().unwrap().port();
    let closing = thread::spawn(move || drop(closes.accept()));
    let said = refusal(&url("owner:marlin", port, "USER"));
    assert!(said.contains("closed during the login"), "{said}");
    closing.join().unwrap();
}

#[test]
fn a_refused_login_is_said_with_what_it_may_be() {
    let Some(iris) = Iris::empty() else { return };
    reach(&url("_SYSTEM:SYS", iris.port(), "USER")).unwrap();
    for (login, namespace) in [("_SYSTEM:marlin", "USER"), ("_SYSTEM:SYS", "NOWHERE")] {
        let said = refusal(&url(login, iris.port(), namespace));
        assert!(said.contains("check the password, and the user's right"), "{said}");
    }
}

#[test]
fn an_address_that_is_none_is_said() {
    if programs().is_none() {
        return;
    }
    for address in ["sqlite:folder", "iris://", "iris://host:port/USER"] {
        refusal(address);
    }
}

/// Only its own schema is made and removed, in whatever order the tables must go.
#[test]
fn the_suite_leaves_the_namespace_as_it_was() {
    let Some(iris) = Iris::exactly("", &[]) else { return };
    let namespace = Namespace::new(&url("_SYSTEM:SYS", iris.port(), "USER"));
    let schema = namespace.schema("Suite");
    let parent = Table::new("Parent").column("ID", Kind::Integer).key(&["ID"]).rows([row![1]]);
    let child = Table::new("Child").column("ID", Kind::Integer).column("Of", Kind::Integer);
    schema.create(&parent);
    schema.create(&child.key(&["ID"]).reference(&["Of"], "Parent", &["ID"]).rows([row![1, 1]]));
    schema.view("Seen", "Child");
    let of = |name: &str| {
        let sql = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ?";
        schema.numbers(sql, &[name.into()])[0]
    };
    let others = of("Test");
    assert!(others > 10 && of("Suite") == 3);
    drop(namespace);
    assert_eq!((of("Suite"), of("Test")), (0, others));
}
