//! Sign-in with secrets that are in Secrets Manager: what sessions are sealed with, as it is rotated,
//! and the client's.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use base64_simd::STANDARD;
use iris_tables::config::{self, Access, Secret};
use iris_tables::session::{Purpose, SESSION_COOKIE, Sealer, now};
use serde_json::json;
use tests::at_end::new_folder;
use tests::function::Function;
use tests::moto::{self, Moto};
use tests::port;
use tests::tls::{Certificates, Listener};
use tests::wait;

use crate::shop::{INDEX, SITE};

const ISSUER: &str = "https://id.example";
const KEYS: [&str; 3] = [
    "the first secret of the sessions",
    "the second secret of the session",
    "the third secret of the sessions",
];

/// Settings with secrets of these names in moto.
fn settings(secret: &str, aws: u16) -> Vec<(&'static str, String)> {
    let mut settings = moto::settings(aws);
    settings.extend([
        ("DATABASE_URL", format!("sqlite:{}", new_folder("sessions").display())),
        ("ACCESS", "login".to_owned()),
        ("OIDC_ISSUER", ISSUER.to_owned()),
        ("OIDC_CLIENT_ID", "tables".to_owned()),
        ("SITE_ADDRESS", "https://tables.example".to_owned()),
        ("SESSION_SECRET_ID", secret.to_owned()),
    ]);
    settings
}

/// The cookie of a session that is sealed with a secret.
fn session(secret: &str) -> String {
    let setting = |name: &str| match name {
        "ACCESS" => Some("login".to_owned()),
        "OIDC_ISSUER" => Some(ISSUER.to_owned()),
        "OIDC_CLIENT_ID" => Some("tables".to_owned()),
        "SITE_ADDRESS" => Some("https://tables.example".to_owned()),
        "SESSION_KEY" => Some(secret.to_owned()),
        _ => None,
    };
    let Access::Login(login) = config::read_site(setting).unwrap().access else { panic!("login") };
    let plain = json!({"sub": "ada", "name": "Ada", "issued": now(), "until": now() + 600});
    let sealer = Sealer::new(&[Secret::from(secret.to_owned())], &login);
    let sealed = sealer.seal(Purpose::Session, plain.to_string().as_bytes(), "").unwrap();
    format!("{SESSION_COOKIE}={sealed}")
}

fn status(function: &Function, cookie: &str) -> u64 {
    function.get_with_cookies("/me", &[cookie]).status
}

#[test]
fn a_rotated_session_secret_signs_nobody_out_and_a_twice_rotated_one_all() {
    let Some(moto) = Moto::shared() else { return };
    let name = "sessions-rotated";
    moto.create(name, KEYS[0]);
    let function = Function::start(INDEX, &settings(name, moto.port())).never_says(&KEYS).ready();
    let [first, second, third] = KEYS.map(session);
    assert_eq!((status(&function, &first), status(&function, &second)), (200, 401));
    moto.put(name, KEYS[1]);
    // Known as soon as somebody brings it, but for the one in ten seconds that a forged one may cost.
    wait::until("the second secret", || status(&function, &second) == 200);
    assert_eq!(status(&function, &first), 200, "the version before");
    moto.put(name, KEYS[2]);
    wait::until("the third secret", || status(&function, &third) == 200);
    assert_eq!((status(&function, &first), status(&function, &second)), (401, 200));
}

#[test]
fn without_secrets_manager_whoever_is_known_stays_so_and_nobody_else_gets_in() {
    let Some(moto) = Moto::shared() else { return };
    let name = "sessions-lost";
    moto.create(name, KEYS[0]);
    let cookie = session(KEYS[0]);
    let silent = settings(name, port::free());
    let function =
        Function::start(INDEX, &silent).never_says_to_clients(&["sessions-lost"]).ready();
    let answer = function.get_with_cookies("/me", &[&cookie]);
    assert_eq!(answer.expect(503).header("retry-after"), "10");
    assert_eq!(function.get("/me").status, 401, "without a cookie nothing is looked up");
    assert_eq!(function.get("/health").status, 200);
    // A secret that is not there is the operator's to mend.
    let function = Function::start(INDEX, &settings("sessions-none", moto.port())).ready();
    function.get_with_cookies("/me", &[&cookie]).expect(500);
    function.logs("ResourceNotFound");
}

#[test]
fn forged_cookies_do_not_cost_a_call_each() {
    let Some(moto) = Moto::shared() else { return };
    let name = "sessions-forged";
    moto.create(name, KEYS[0]);
    let proxy = tests::proxy::Proxy::to(moto.port());
    let function = Function::start(INDEX, &settings(name, proxy.port())).ready();
    let (right, forged) = (session(KEYS[0]), session(KEYS[1]));
    assert_eq!(status(&function, &right), 200);
    let read = || proxy.heard("X-Amz-Target: secretsmanager.GetSecretValue");
    let before = read();
    for _ in 0..20 {
        assert_eq!(status(&function, &forged), 401);
    }
    // Both versions, once.
    assert!(read() <= before + 2, "{} more", read() - before);
}

/// A provider that describes itself and takes no code.
struct Provider {
    port: u16,
    /// What it calls itself.
    issuer: Arc<Mutex<String>>,
    /// What it has been asked with.
    asked: Arc<Mutex<Vec<String>>>,
}

fn provider() -> Provider {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let issuer = Arc::new(Mutex::new(format!("http://127.0.0.1:{port}")));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (kept, called) = (Arc::clone(&asked), Arc::clone(&issuer));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4_096];
            let Ok(length) = stream.read(&mut head) else { continue };
            let request = String::from_utf8_lossy(&head[..length]).into_owned();
            let (status, body) = if request.starts_with("POST /token") {
                ("400 Bad Request", json!({"error": "invalid_grant"}))
            } else {
                let own = called.lock().unwrap().clone();
                let at = |path: &str| format!("{own}{path}");
                (
                    "200 OK",
                    json!({"issuer": own, "authorization_endpoint": at("/authorize"),
                    "token_endpoint": at("/token"), "jwks_uri": at("/jwks")}),
                )
            };
            kept.lock().unwrap().push(request);
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // Whoever has gone is not waited for.
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    Provider { port, issuer, asked }
}

#[test]
fn the_provider_must_show_a_certificate_of_its_name_that_is_trusted() {
    let (Some(right), Some(other)) = (Certificates::of("localhost"), Certificates::of("localhost"))
    else {
        return;
    };
    let provider = provider();
    let listener = Listener::before(provider.port, &right);
    let issuer = format!("https://localhost:{}", listener.port());
    provider.issuer.lock().unwrap().clone_from(&issuer);
    let elsewhere = issuer.replace("localhost", "127.0.0.1");
    for (issuer, ca_file, status) in [
        (&issuer, right.authority(), 303),
        (&issuer, other.authority(), 503),
        (&elsewhere, right.authority(), 503),
        (&issuer, String::new(), 503),
        (&issuer, "/no/such/file.pem".to_owned(), 503),
    ] {
        let mut settings = settings("unused", 0);
        settings.retain(|(name, _)| *name != "OIDC_ISSUER" && *name != "SESSION_SECRET_ID");
        settings.extend([
            ("OIDC_ISSUER", issuer.clone()),
            ("OIDC_CA_FILE", ca_file.clone()),
            ("SESSION_KEY", KEYS[0].to_owned()),
        ]);
        let function = Function::start(SITE, &settings).ready();
        assert_eq!(function.get("/login").status, status, "{issuer} {ca_file}: {}", function.log());
    }
}

#[test]
fn the_clients_secret_is_read_where_it_is_needed_and_is_in_no_log() {
    let Some(moto) = Moto::shared() else { return };
    moto.create("sessions-site", KEYS[0]);
    moto.create("client-secret", "swordfish & marlin");
    let provider = provider();
    let issuer = provider.issuer.lock().unwrap().clone();
    let mut settings = settings("sessions-site", moto.port());
    settings.retain(|(name, _)| *name != "OIDC_ISSUER");
    settings.extend([
        ("OIDC_ISSUER", issuer),
        ("OIDC_CLIENT_SECRET_ID", "client-secret".to_owned()),
        ("LOG_LEVEL", "trace".to_owned()),
    ]);
    let function =
        Function::start(SITE, &settings).never_says(&["swordfish"]).never_says(&KEYS).ready();
    let begun = function.get("/login");
    assert_eq!(begun.status, 303);
    let state = begun.header("location").split("state=").nth(1).unwrap().split('&').next().unwrap();
    let [browser] = begun.cookies.as_slice() else { panic!("{:?}", begun.cookies) };
    let browser = browser.split(';').next().unwrap();
    let address = format!("/login/callback?code=the-code&state={state}");
    let refused = function.get_with_cookies(&address, &[browser]).expect(400);
    assert_eq!(refused.problem(), "sign-in-failed");
    let asked = provider.asked.lock().unwrap().join("\n");
    let pair = STANDARD.encode_to_string("tables:swordfish%20%26%20marlin");
    assert!(asked.contains(&format!("Basic {pair}")), "{asked}");
    let log = function.log();
    for secret in ["the-code", state, &pair] {
        assert!(!log.contains(secret), "{log}");
    }
}
