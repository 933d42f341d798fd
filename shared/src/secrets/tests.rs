//! The secret's age, before a stand-in that answers as Secrets Manager does. The real API is asked
//! in `tests/faults`.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use aws_sdk_secretsmanager::config::{BehaviorVersion as Version, Config, Credentials, Region};

use super::*;

/// An answer with a secret, one of each kind of failure, and none at all.
const SECRET: &str =
    r#"{"engine":"iris","host":"h","namespace":"USER","username":"u","password":"hunter2"}"#;
const DENIED: (u16, &str) = (400, r#"{"__type":"AccessDeniedException","message":"no"}"#);
const THROTTLED: (u16, &str) =
    (400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
const BROKEN: (u16, &str) = (500, r#"{"__type":"InternalServiceError","message":"oh"}"#);
/// As something says that stands before it.
const OVERLOADED: (u16, &str) = (503, "<html>Service Unavailable</html>");

fn good() -> (u16, String) {
    (200, format!(r#"{{"Name":"s","SecretString":{SECRET:?}}}"#))
}

/// Answers the requests one after the other with these, the last again and again; counts them.
fn manager(answers: Vec<(u16, String)>) -> (Secrets, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let place = counted.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
            let (status, body) = &answers[place];
            // The requests are short, and one comes with each connection.
            let _ = stream.read(&mut [0; 8_192]);
            let head = format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    let client = OnceCell::new_with(Some(client_of(&url)));
    (Secrets { client, ..Secrets::new("s".into(), false) }, asked)
}

fn client_of(url: &str) -> Client {
    let config = Config::builder()
        .http_client(https::client().unwrap())
        .behavior_version(Version::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// As a request asks for it that has time.
async fn server(secrets: &Secrets) -> Result<Server, Error> {
    match secrets.believed() {
        Some(server) => Ok(server),
        None => secrets.server(Deadline::after(Duration::from_secs(60))).await,
    }
}

/// As if the secret had been read long ago.
fn age(secrets: &Secrets) {
    secrets.known().as_mut().unwrap().0 = Instant::now();
}

fn owned(answer: (u16, &str)) -> (u16, String) {
    (answer.0, answer.1.to_owned())
}

#[test]
fn a_secret_is_read_once_in_its_time() {
    let (secrets, asked) = manager(vec![good()]);
    for _ in 0..2 {
        assert_eq!(wait(server(&secrets)).unwrap().password.expose(), "hunter2");
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
    age(&secrets);
    wait(server(&secrets)).unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[test]
fn an_old_secret_serves_while_there_is_no_answer() {
    for failure in [BROKEN, THROTTLED, OVERLOADED] {
        let (secrets, asked) = manager(vec![good(), owned(failure)]);
        wait(server(&secrets)).unwrap();
        age(&secrets);
        assert_eq!(wait(server(&secrets)).unwrap().password.expose(), "hunter2", "{failure:?}");
        let so_far = asked.load(Ordering::Relaxed);
        assert!(so_far > 1, "it was not asked again");
        // The next request does not wait for it.
        wait(server(&secrets)).unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), so_far);
    }
}

#[test]
fn a_secret_that_may_not_be_read_any_more_is_not_used() {
    let (secrets, _) = manager(vec![good(), owned(DENIED)]);
    wait(server(&secrets)).unwrap();
    age(&secrets);
    assert!(matches!(wait(server(&secrets)), Err(Error::Internal { .. })));
}

#[test]
fn without_any_secret_no_answer_is_unavailable() {
    for failure in [BROKEN, THROTTLED, OVERLOADED] {
        let (secrets, _) = manager(vec![owned(failure)]);
        assert!(matches!(wait(server(&secrets)), Err(Error::Unavailable { .. })), "{failure:?}");
    }
}

#[test]
fn no_error_and_no_debug_form_shows_the_secret() {
    let (secrets, _) = manager(vec![good(), (200, r#"{"SecretString":"hunter2"}"#.to_owned())]);
    wait(server(&secrets)).unwrap();
    age(&secrets);
    let error = wait(server(&secrets)).unwrap_err();
    let said = format!("{error} {error:?} {secrets:?} {secrets:#?}");
    assert!(matches!(error, Error::Internal { .. }) && !said.contains("hunter2"), "{said}");
}

/// A manager that takes connections and says nothing, asked by a client without a time limit of its
/// own.
#[test]
fn the_deadline_of_the_request_ends_the_waiting() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let secrets = Secrets {
        client: OnceCell::new_with(Some(client_of(&url))),
        ..Secrets::new("s".into(), false)
    };
    let error = wait(secrets.server(Deadline::after(Duration::from_millis(50)))).unwrap_err();
    assert!(matches!(error, Error::Unavailable { why: Unavailable::Unreachable, .. }), "{error:?}");
    // Once known, the old secret serves the next request, which does not wait.
    secrets.believe(Server::from_secret(SECRET, false).unwrap(), Duration::ZERO);
    let error = wait(secrets.server(Deadline::after(Duration::from_millis(50)))).unwrap_err();
    assert!(matches!(error, Error::Unavailable { why: Unavailable::Unreachable, .. }), "{error:?}");
    let server = secrets.believed().unwrap();
    assert_eq!(server.password.expose(), "hunter2");
    assert!(wait(secrets.changed(&server, Deadline::after(Duration::from_millis(50)))).is_err());
}

#[test]
fn after_a_refused_login_not_every_request_asks() {
    let new = SECRET.replace("hunter2", "swordfish");
    let (secrets, asked) = manager(vec![
        good(),
        good(),
        (200, format!(r#"{{"SecretString":{new:?}}}"#)),
        owned(DENIED),
    ]);
    let deadline = Deadline::after(Duration::from_secs(60));
    let refused = wait(secrets.server(deadline)).unwrap();
    // The first refusal asks, however fresh the secret is.
    for _ in 0..3 {
        assert!(wait(secrets.changed(&refused, deadline)).unwrap().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
    forget(&secrets);
    let new = wait(secrets.changed(&refused, deadline)).unwrap().unwrap();
    assert_eq!(new.password.expose(), "swordfish");
    // So does the first one of the new login; a failure is not repeated in every request either.
    assert!(wait(secrets.changed(&new, deadline)).is_err());
    assert!(wait(secrets.changed(&new, deadline)).unwrap().is_none());
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

/// As if the last question after a refused login lay long back.
fn forget(secrets: &Secrets) {
    let at = lock(&secrets.asked_in_vain).take().unwrap();
    *lock(&secrets.asked_in_vain) = at.checked_sub(REFUSED_BELIEVED);
}
