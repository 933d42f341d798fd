//! Who may call: `ACCESS`, and how people sign in.

use std::path::PathBuf;

use super::{
    ACCESS, ConfigError, OIDC_CA_FILE, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_ID,
    OIDC_ISSUER, OIDC_SCOPES, SESSION_CLAIMS, SESSION_KEY, SESSION_MINUTES, SESSION_SECRET_ID,
    SITE_ADDRESS, Secret, TOKEN_ADDRESS, number, process,
};

/// Minutes that a session may last: shorter, people would sign in all day; longer, a copied cookie
/// would be worth keeping.
const MINUTES: std::ops::RangeInclusive<usize> = 5..=720;

/// Characters of what sessions are sealed with, at least.
pub const MIN_SESSION_KEY_CHARS: usize = 32;

/// Who may call.
#[derive(Debug, Clone, Default)]
pub enum Access {
    /// Everybody.
    #[default]
    Public,
    /// Whoever has a token that the gateway has checked.
    Jwt,
    /// Whoever has signed as an AWS identity, as the gateway has checked.
    Iam,
    /// People who sign in, and programs with a token that the gateway has checked.
    Login(Box<Login>),
}

/// How people sign in.
#[derive(Debug, Clone)]
pub struct Login {
    /// `OIDC_ISSUER`: the provider, as its discovery document and its tokens write it.
    pub issuer: String,
    /// `OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET` or `OIDC_CLIENT_SECRET_ID`; none: PKCE alone.
    pub client_secret: Option<SecretSource>,
    /// `OIDC_CA_FILE`: CA certificates for TLS to the provider. Not checked to be there.
    pub ca_file: Option<PathBuf>,
    /// `OIDC_SCOPES`.
    pub scopes: String,
    /// `SITE_ADDRESS`: scheme and host of the site, without a `/` at the end.
    pub address: String,
    /// `SESSION_KEY` or `SESSION_SECRET_ID`: what sessions are sealed with.
    pub key: SecretSource,
    /// `SESSION_MINUTES`.
    pub minutes: usize,
    /// What of a caller a session remembers beside name and subject: `SESSION_CLAIMS`, and what
    /// `ROW_RULES` ask for.
    pub claims: Vec<String>,
    /// `TOKEN_ADDRESS`: where programs call with a token.
    pub token_address: Option<String>,
}

/// A secret, or where it is.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// The secret itself.
    Value(Secret),
    /// Name or ARN of a secret of Secrets Manager.
    Stored(String),
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads them.
pub fn read(lookup: Lookup) -> Result<Access, ConfigError> {
    match lookup(ACCESS).as_deref() {
        Some("public") => Ok(Access::Public),
        None if !process::is_on_lambda() => Ok(Access::Public),
        None => Err(ConfigError::new(
            ACCESS,
            "it is not set; on Lambda say who may call: public, jwt, iam or login",
        )),
        Some("jwt") => Ok(Access::Jwt),
        Some("iam") => Ok(Access::Iam),
        Some("login") => Ok(Access::Login(Box::new(login(lookup)?))),
        Some(other) => {
            Err(ConfigError::new(ACCESS, format!("`{other}` is not public, jwt, iam or login")))
        }
    }
}

fn login(lookup: Lookup) -> Result<Login, ConfigError> {
    let client_id = needed(lookup, OIDC_CLIENT_ID)?;
    if client_id.len() > 255 || !client_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        let reason = "it must have at most 255 printable ASCII characters, without spaces";
        return Err(ConfigError::new(OIDC_CLIENT_ID, reason));
    }
    let key =
        held(lookup, SESSION_KEY, SESSION_SECRET_ID)?.ok_or_else(|| needs(SESSION_SECRET_ID))?;
    if let SecretSource::Value(text) = &key
        && text.expose().len() < MIN_SESSION_KEY_CHARS
    {
        let reason = format!("it must have at least {MIN_SESSION_KEY_CHARS} characters");
        return Err(ConfigError::new(SESSION_KEY, reason));
    }
    let claims = lookup(SESSION_CLAIMS).unwrap_or_default();
    let claims = claims.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned);
    let minutes = number(&lookup, SESSION_MINUTES, 60, MINUTES)?;
    Ok(Login {
        issuer: site_of(OIDC_ISSUER, needed(lookup, OIDC_ISSUER)?)?,
        client_id,
        client_secret: held(lookup, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_ID)?,
        ca_file: lookup(OIDC_CA_FILE).map(PathBuf::from),
        scopes: scopes(lookup)?,
        address: site_of(SITE_ADDRESS, needed(lookup, SITE_ADDRESS)?)?
            .trim_end_matches('/')
            .to_owned(),
        key,
        minutes,
        claims: claims.collect(),
        token_address: lookup(TOKEN_ADDRESS),
    })
}

fn needs(variable: &'static str) -> ConfigError {
    ConfigError::new(variable, "it is not set, but ACCESS=login needs it")
}

fn needed(lookup: Lookup, variable: &'static str) -> Result<String, ConfigError> {
    lookup(variable).ok_or_else(|| needs(variable))
}

fn held(
    lookup: Lookup,
    here: &'static str,
    stored: &'static str,
) -> Result<Option<SecretSource>, ConfigError> {
    match (lookup(here), lookup(stored)) {
        (Some(_), Some(_)) => {
            Err(ConfigError::new(here, format!("{stored} is set too; set one of the two")))
        }
        (Some(text), None) => Ok(Some(SecretSource::Value(text.into()))),
        (None, stored) => Ok(stored.map(SecretSource::Stored)),
    }
}

fn scopes(lookup: Lookup) -> Result<String, ConfigError> {
    let scopes = lookup(OIDC_SCOPES).unwrap_or_else(|| "openid profile email".to_owned());
    if scopes.split_ascii_whitespace().any(|scope| scope == "openid") {
        Ok(scopes)
    } else {
        Err(ConfigError::new(OIDC_SCOPES, format!("`{scopes}` lacks openid")))
    }
}

/// An `https` address; `http` for this machine alone, where nobody listens in between.
fn site_of(variable: &'static str, text: String) -> Result<String, ConfigError> {
    let plain = text.strip_prefix("http://").map(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        ["localhost", "127.0.0.1", "[::1]"].contains(&host)
    });
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_clean = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic())
            && !rest.contains(['?', '#', '@'])
    };
    if plain != Some(false) && rest.is_some_and(is_clean) {
        Ok(text)
    } else {
        let reason = format!("`{text}` is no address that begins with https://");
        Err(ConfigError::new(variable, reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: [(&str, &str); 5] = [
        (ACCESS, "login"),
        (OIDC_ISSUER, "https://id.example/realms/x"),
        (OIDC_CLIENT_ID, "tables"),
        (SITE_ADDRESS, "https://tables.example/"),
        (SESSION_KEY, "0123456789abcdef0123456789abcdef"),
    ];

    fn read_with(changes: &[(&str, &str)]) -> Result<Access, String> {
        let find = |list: &[(&str, &str)], name: &str| {
            list.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        read(&|name| {
            find(changes, name).or_else(|| find(&LOGIN, name)).filter(|value| !value.is_empty())
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_login_needs_is_named() {
        let Ok(Access::Login(login)) = read_with(&[]) else { panic!("it is complete") };
        assert_eq!((login.address.as_str(), login.minutes), ("https://tables.example", 60));
        assert!(login.client_secret.is_none());
        assert!(!format!("{login:?}").contains("0123456789"), "a key is never shown");
        for (name, value, words) in [
            (OIDC_ISSUER, "", "ACCESS=login needs it"),
            (OIDC_CLIENT_ID, "", "ACCESS=login needs it"),
            (SITE_ADDRESS, "", "ACCESS=login needs it"),
            (SESSION_KEY, "", "ACCESS=login needs it"),
            (SESSION_KEY, "short", "at least 32"),
            (OIDC_ISSUER, "http://id.example", "begins with https://"),
            (OIDC_ISSUER, "http://127.0.0.1.evil.example", "begins with https://"),
            (OIDC_ISSUER, "id.example", "begins with https://"),
            (SITE_ADDRESS, "https://u@x", "begins with https://"),
            (OIDC_CLIENT_ID, "a b", "without spaces"),
            (OIDC_SCOPES, "profile", "lacks openid"),
            (SESSION_MINUTES, "4", "from 5 to 720"),
            (SESSION_SECRET_ID, "arn", "set one of the two"),
            (ACCESS, "everybody", "is not public"),
        ] {
            let said = read_with(&[(name, value)]).unwrap_err();
            assert!(said.contains(words), "{name}={value}: {said}");
        }
        read_with(&[
            (OIDC_ISSUER, "http://localhost:9001"),
            (SITE_ADDRESS, "http://127.0.0.1:9000"),
        ])
        .unwrap();
    }
}
