//! How the server ends, and why it does not begin.

use std::net::TcpListener;

use tests::wait;

use crate::server::{Folder, SERVER, START, Server, command};

#[test]
fn every_signal_ends_it_and_frees_the_port() {
    let folder = Folder::small();
    for signal in ["INT", "TERM", "HUP"] {
        let server = Server::over(&folder, &[]);
        let waiting = server.client();
        server.signal(signal);
        server.until("Ended.");
        assert!(server.ended().success(), "{signal}");
        drop(waiting);
        TcpListener::bind(&server.host).unwrap_or_else(|error| panic!("{signal}: {error}"));
    }
}

#[test]
fn under_nohup_it_stays_when_the_terminal_goes() {
    let folder = Folder::small();
    let url = folder.url();
    let settings = [("DATABASE_URL", url.as_str()), ("PORT", "0"), ("SERVER", SERVER)];
    let mut shell = command("/bin/sh", &folder, &settings);
    let server = Server::run(shell.args(["-c", "trap '' HUP; exec \"$SERVER\""]));
    server.signal("HUP");
    assert_eq!(server.get("/health").status, 200);
    server.signal("TERM");
    server.until("Ended.");
}

/// The one line of a program that does not start.
fn refusal(program: &str, folder: &Folder, settings: &[(&str, &str)]) -> String {
    let ended = command(program, folder, settings).output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert_eq!((said.lines().count(), ended.stdout.as_slice()), (1, &b""[..]), "{said}");
    said
}

#[test]
fn what_stops_the_start_is_one_line_before_and_after_the_build() {
    let folder = Folder::small();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (name, value, words) in [
        (
            "PORT",
            port.as_str(),
            format!("Port {port} is in use: end what listens there, or choose another"),
        ),
        ("PORT", "x", "PORT=x cannot be used: write a number".to_owned()),
        ("INSTANCES", "0", "INSTANCES=0".to_owned()),
        ("QUEUE", "maybe", "QUEUE=maybe".to_owned()),
        ("DATABASE_URL", "sqlite:/nowhere", "there is no folder /nowhere".to_owned()),
        ("HOST", "192.0.2.1", "HOST=192.0.2.1".to_owned()),
    ] {
        for program in [START, SERVER] {
            let said = refusal(program, &folder, &[("PORT", "0"), (name, value)]);
            assert!(said.contains(&words), "{program}: {said}");
        }
    }
    assert!(command(START, &folder, &[("PORT", "0")]).status().unwrap().success());
}

#[test]
fn a_wrong_setting_is_told_in_the_functions_own_words() {
    let folder = Folder::small();
    let url = folder.url();
    let settings = [("PORT", "0"), ("DATABASE_URL", url.as_str()), ("PAGE_SIZE", "many")];
    let said = refusal(SERVER, &folder, &settings);
    assert!(said.starts_with("PAGE_SIZE: `many`"), "{said}");
}

#[test]
fn killed_outright_it_leaves_the_port_free() {
    let folder = Folder::small();
    let server = Server::over(&folder, &[]);
    server.signal("KILL");
    assert!(!server.ended().success());
    wait::until("a port that is free", || TcpListener::bind(&server.host).is_ok());
}
