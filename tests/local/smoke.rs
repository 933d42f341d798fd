//! `make smoke` against `make run`.

use std::process::Command;

use crate::server::{Folder, Server};

#[test]
fn a_site_that_works_passes() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[]);
    let (passed, said) = smoke(&server.host);
    assert!(passed, "{said}");
    assert!(said.contains("All is well.") && said.contains("(1 rows)"), "{said}");
}

#[test]
fn a_site_that_publishes_nothing_fails_and_says_so() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[("PUBLISHED_TABLES", "No.*")]);
    let (passed, said) = smoke(&server.host);
    assert!(!passed && said.contains("No table is published: look at PublishedTables"), "{said}");
}

/// Whether the checks pass for a server, and what they say.
fn smoke(host: &str) -> (bool, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/deploy/smoke.py");
    let done = Command::new("python3")
        .args(["-B", script, &format!("http://{host}")])
        .env_remove("TOKEN")
        .env_remove("SIGN")
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8_lossy(&said).into_owned())
}
