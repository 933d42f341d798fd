//! `/login` and `/login/callback`: to the provider and back.

use std::collections::BTreeMap;

use iris_tables::caller::{Claim, Source};
use iris_tables::config::Login;
use iris_tables::error::Error;
use iris_tables::frame::{Ask, LOGIN, MAX_TO_BYTES, Reply};
use iris_tables::oidc::{AuthRequest, CALLBACK};
use iris_tables::respond::AuthRedirect;
use iris_tables::session::{
    MAX_SESSION_BYTES, Purpose, SESSION_COOKIE, Session, cookie, cookies, now, random,
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::Site;
use crate::logout::{LOGOUT, SIGNED_OUT};

/// Ties a sign-in to the browser that began it.
pub const BROWSER_COOKIE: &str = "__Host-iris-browser";

/// Seconds that a sign-in may take.
const SIGN_IN_SECONDS: u64 = 600;

/// Characters of the browser cookie: 128 bits.
const BROWSER_ID_CHARS: usize = 22;

/// Characters of a name that are kept.
const MAX_NAME_CHARS: usize = 100;

/// A sign-in under way, as it goes sealed through the provider.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    to: String,
    nonce: String,
    verifier: String,
    until: u64,
}

/// A `Set-Cookie` header; a `max_age` of 0 removes the cookie.
pub fn set_cookie(name: &str, value: &str, max_age: u64) -> String {
    format!("{name}={value}; Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=Lax")
}

/// Sends the browser to the provider, or on where somebody is signed in.
pub async fn begin(site: &Site, ask: &Ask<'_>) -> Result<Reply, Error> {
    let login = site.login()?;
    let to = target(ask);
    if ask.caller.source == Source::Session {
        return Ok(Reply::AuthRedirect(AuthRedirect { location: to, ..AuthRedirect::default() }));
    }
    let header = cookies(ask.request);
    let browser = match cookie(&header, BROWSER_COOKIE).filter(|value| is_browser(value)) {
        // Used again, so that several tabs can be on their way at once.
        Some(known) => known.to_owned(),
        None => random::<16>()?,
    };
    let (nonce, verifier) = (random::<16>()?, random::<32>()?);
    let state = State { to, nonce, verifier, until: now() + SIGN_IN_SECONDS };
    let sealer = login.sessions.sealer(None, ask.record.deadline).await?;
    let sealed = sealer.seal(Purpose::State, &json(&state)?, &browser)?;
    let auth = AuthRequest { state: &sealed, nonce: &state.nonce, verifier: &state.verifier };
    let location = login.provider.sign_in_address(&auth).await?;
    let cookie = set_cookie(BROWSER_COOKIE, &browser, SIGN_IN_SECONDS);
    Ok(Reply::AuthRedirect(AuthRedirect {
        location,
        cookies: vec![cookie],
        ..AuthRedirect::default()
    }))
}

/// Takes the provider's answer, and begins the session.
pub async fn complete(site: &Site, ask: &Ask<'_>) -> Result<Reply, Error> {
    let login = site.login()?;
    let header = cookies(ask.request);
    let browser = cookie(&header, BROWSER_COOKIE).filter(|value| is_browser(value));
    let browser = browser.ok_or_else(|| {
        failed(
            "Your browser sends no cookie of this sign-in: allow cookies, and begin again.",
            "no cookie",
        )
    })?;
    let sealed = once(ask, "state")?;
    let sealer = login.sessions.sealer(Some(sealed), ask.record.deadline).await?;
    let opened = sealer.open(Purpose::State, sealed, browser);
    let state: Option<State> = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
    let state = state.filter(|state| now() < state.until).ok_or_else(|| {
        failed(
            "It was begun in another browser or too long ago.",
            "state does not open or has ended",
        )
    })?;
    if ask.pairs.iter().any(|(name, _)| name == "error") {
        return Err(failed("The sign-in service has refused it.", "the provider answers an error"));
    }
    // RFC 9207: an answer of another provider.
    let issuer = ask.pairs.iter().find(|(name, _)| name == "iss").map(|(_, value)| value);
    if issuer.is_some_and(|issuer| *issuer != login.config.issuer) {
        return Err(failed("Another service has answered it.", "iss is another"));
    }
    let code = once(ask, "code")?;
    let auth = AuthRequest { state: sealed, nonce: &state.nonce, verifier: &state.verifier };
    let claims =
        login.provider.identify(code, &auth, &login.config.claims, ask.record.deadline).await?;
    let name =
        claims.shown_name().unwrap_or(&claims.subject).chars().take(MAX_NAME_CHARS).collect();
    let issued = now();
    let session = Session {
        sub: claims.subject,
        name,
        claims: kept(login.config, claims.claims),
        issued,
        until: issued + login.seconds(),
    };
    let sealed = sealer.seal(Purpose::Session, &json(&session)?, "")?;
    if sealed.len() > MAX_SESSION_BYTES {
        return Err(too_large(&session));
    }
    // The browser's own cookie stays for its ten minutes: other tabs may be on their way.
    let cookies = vec![set_cookie(SESSION_COOKIE, &sealed, login.seconds())];
    Ok(Reply::AuthRedirect(AuthRedirect { location: state.to, cookies, ..AuthRedirect::default() }))
}

fn failed(reason: &str, log: &str) -> Error {
    Error::SignInFailed { reason: reason.to_owned(), log: log.to_owned() }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|_| Error::internal("a session cannot be written"))
}

fn kept(login: &Login, claims: BTreeMap<String, Claim>) -> BTreeMap<String, Claim> {
    claims.into_iter().filter(|(name, _)| login.claims.contains(name)).collect()
}

/// None is dropped: a session that lacks one could see other rows than it should.
fn too_large(session: &Session) -> Error {
    let size = |claim: &Claim| serde_json::to_vec(claim).map_or(0, |json| json.len());
    let largest = session.claims.iter().max_by_key(|(_, claim)| size(claim));
    let name = largest.map_or("name", |(name, _)| name);
    failed(
        &format!(
            "What is known of you does not fit into a session: ask for fewer values in the claim `{name}`."
        ),
        "the session is too large",
    )
}

/// A parameter that must be there once.
fn once<'a>(ask: &'a Ask<'_>, parameter: &str) -> Result<&'a str, Error> {
    let mut values = ask.pairs.iter().filter(|(name, _)| name == parameter).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(failed(
            "The answer of the sign-in service is incomplete.",
            "a parameter is missing or doubled",
        )),
    }
}

fn is_browser(value: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    value.len() == BROWSER_ID_CHARS && value.bytes().all(is_base64)
}

/// Where a sign-in leads in the end.
fn target(ask: &Ask<'_>) -> String {
    let to = ask.pairs.iter().find(|(name, _)| name == "to").map_or("/", |(_, to)| to);
    if is_target(to) { to.to_owned() } else { "/".to_owned() }
}

/// Whether an address is a path of this site, and not one of the sign-in itself. A browser takes
/// `//host` and `/\host` for another site, and drops tabs and line ends before it looks.
fn is_target(to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    to.len() <= MAX_TO_BYTES
        && to.starts_with('/')
        && !to.starts_with("//")
        && !to.contains('\\')
        && !to.chars().any(char::is_control)
        && !is_of_sign_in(path)
}

/// Whether a browser may take a path for one of the sign-in itself: it decodes letters, and goes up
/// where a segment says so.
fn is_of_sign_in(path: &str) -> bool {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let is_step = |segment: &str| segment == "." || segment == "..";
    let decoded = decoded.trim_end_matches('/');
    [LOGIN, CALLBACK, LOGOUT, SIGNED_OUT].contains(&decoded) || decoded.split('/').any(is_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_to_no_other_site() {
        for to in [
            "//evil.example",
            "/x/../logout",
            "/./login",
            "/%6cogout",
            "/x/%2e%2e/logout",
            "/logout/done",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\r\nSet-Cookie: a=b",
            "/\n/evil.example",
            "",
            "evil",
            "/login",
            "/login?to=/login",
            "/login/",
            "/login/callback?code=x",
            "/logout",
            "/logout/",
        ] {
            assert!(!is_target(to), "{to:?}");
        }
        for to in ["/", "/table/Bank.Account?_sort=-ID&_q=a%20b", "/%2F%2Fevil.example", "/loginx"]
        {
            assert!(is_target(to), "{to:?}");
        }
        assert!(!is_target(&format!("/{}", "x".repeat(1_000))));
    }
}
