//! What opens and what does not.

use http::HeaderValue;

use super::*;
use crate::config::{self, Access};

fn login(issuer: &str) -> Login {
    let setting = |name: &str| {
        let value = match name {
            "ACCESS" => "login",
            "OIDC_ISSUER" => issuer,
            "OIDC_CLIENT_ID" => "tables",
            "SITE_ADDRESS" => "https://tables.example",
            "SESSION_KEY" => "0123456789abcdef0123456789abcdef",
            _ => return None,
        };
        Some(value.to_owned())
    };
    match config::read_site(setting).unwrap().access {
        Access::Login(login) => *login,
        other => panic!("{other:?}"),
    }
}

fn sealer(secret: &str, issuer: &str) -> Sealer {
    Sealer::new(&[Secret::from(secret.to_owned())], &login(issuer))
}

#[test]
fn only_what_was_sealed_so_opens() {
    let ours = sealer("one secret", "https://id.example");
    let sealed = ours.seal(Purpose::Session, b"plain", "bound").unwrap();
    assert_eq!(ours.open(Purpose::Session, &sealed, "bound").as_deref(), Some(&b"plain"[..]));
    assert_ne!(sealed, ours.seal(Purpose::Session, b"plain", "bound").unwrap());
    assert_eq!(ours.open(Purpose::State, &sealed, "bound"), None, "another purpose");
    assert_eq!(ours.open(Purpose::Session, &sealed, "other"), None, "another browser");
    let others =
        [sealer("another", "https://id.example"), sealer("one secret", "https://x.example")];
    for other in others {
        assert_eq!(other.open(Purpose::Session, &sealed, "bound"), None, "another key or provider");
    }
    for place in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last letter has bits that stand for nothing.
        let is_same = ours.open(Purpose::Session, &changed, "bound").is_some();
        assert!(!is_same || place == sealed.len() - 1, "{place}");
    }
    for text in ["", "1", "1.", "1.x", "1.x.y", "2.x.y", "....", "1..", &sealed[..sealed.len() / 2]]
    {
        assert_eq!(ours.open(Purpose::Session, text, "bound"), None, "{text}");
    }
}

#[test]
fn after_a_rotation_sessions_of_the_version_before_still_open() {
    let login = login("https://id.example");
    let secret = |text: &str| Secret::from(text.to_owned());
    let before = Sealer::new(&[secret("first")], &login);
    let sealed = before.seal(Purpose::Session, b"x", "").unwrap();
    let after = Sealer::new(&[secret("second"), secret("first")], &login);
    assert!(after.open(Purpose::Session, &sealed, "").is_some());
    let fresh = after.seal(Purpose::Session, b"x", "").unwrap();
    assert!(before.open(Purpose::Session, &fresh, "").is_none());
    let later = Sealer::new(&[secret("third"), secret("second")], &login);
    assert!(later.open(Purpose::Session, &sealed, "").is_none(), "written twice, it signs all out");
}

#[test]
fn two_cookies_of_a_name_are_none() {
    assert_eq!(cookie("a=1; b=2", "b"), Some("2"));
    assert_eq!(cookie("b=1; b=2", "b"), None);
    assert_eq!(cookie("xb=1", "b"), None);
    assert_eq!(cookie("", "b"), None);
}

#[test]
fn other_applications_cookies_hide_none() {
    let mut request = Request::default();
    for bytes in [&b"other=\xe4\xf6; b=2"[..], b"\xff=1"] {
        request.headers.append(http::header::COOKIE, http::HeaderValue::from_bytes(bytes).unwrap());
    }
    assert_eq!(cookie(&cookies(&request), "b"), Some("2"));
}

#[tokio::test]
async fn a_session_is_its_caller_until_it_ends() {
    let login = login("https://id.example");
    let sessions = Sessions::new(login);
    let deadline = Deadline::after(Duration::from_secs(5));
    let sealer = sessions.sealer(None, deadline).await.unwrap();
    let request = |until: u64, copies: usize| {
        let session = Session {
            sub: "1".into(),
            name: "Ada".into(),
            claims: BTreeMap::from([("ward".into(), Claim::Text("W1".into()))]),
            issued: 0,
            until,
        };
        let sealed = sealer.seal(Purpose::Session, &serde_json::to_vec(&session).unwrap(), "");
        let cookie = format!("{SESSION_COOKIE}={}", sealed.unwrap());
        let mut request = Request::default();
        for _ in 0..copies {
            request.headers.append(COOKIE, HeaderValue::try_from(&cookie).unwrap());
        }
        request
    };
    let caller = sessions.caller(&request(now() + 60, 1), deadline).await.unwrap().unwrap();
    assert_eq!(
        (caller.source, caller.subject.as_str(), caller.name.as_str()),
        (Source::Session, "1", "Ada")
    );
    assert_eq!(caller.claims["ward"], Claim::Text("W1".into()));
    for (request, why) in [
        (request(now(), 1), "it has ended"),
        (request(now() + 60, 2), "two of them"),
        (request(now() + 60, 0), "none"),
    ] {
        assert_eq!(sessions.caller(&request, deadline).await.unwrap(), None, "{why}");
    }
}
