//! OpenID Connect: the provider's addresses and keys, the exchange of a code, and who signed in.
//! For the site function alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64_simd::STANDARD as BASE64;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response};
use jsonwebtoken::jwk::JwkSet;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use crate::caller::Claim;
use crate::config::{Login, SecretSource};
use crate::error::Error;
use crate::https::Client;
use crate::record::Deadline;
use crate::secrets::TextSecret;

mod crypto;
mod id_token;

pub use id_token::Claims;

/// How long the discovery document and the keys are cached.
const DISCOVERY_MAX_AGE: Duration = Duration::from_secs(3_600);

/// How often the keys are fetched again at most because of a `kid` that is not among them.
const KEYS_REFETCH_INTERVAL: Duration = Duration::from_secs(60);

/// Where the provider sends people back to.
pub const CALLBACK: &str = "/login/callback";

/// What the provider says of itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Clone, Deserialize)]
pub struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// The provider's keys.
#[derive(Debug, Clone)]
struct Keys {
    set: JwkSet,
    read: Instant,
    /// When they were last fetched because of an unknown `kid`.
    refetched: Option<Instant>,
}

impl Keys {
    /// Whether they are to be fetched again for a token of this key.
    fn is_due(&self, kid: Option<&str>) -> bool {
        let may_refetch = || self.refetched.is_none_or(|at| at.elapsed() >= KEYS_REFETCH_INTERVAL);
        let is_old = self.read.elapsed() >= DISCOVERY_MAX_AGE;
        is_old || !id_token::has_key(&self.set, kid) && may_refetch()
    }
}

impl Discovery {
    /// Where a browser signs out, and the parameter with the address that it comes back to. Cognito
    /// has its own, beside the authorization endpoint.
    fn sign_out(self) -> Option<(String, &'static str)> {
        if self.issuer.starts_with("https://cognito-idp.") {
            let domain = self.authorization_endpoint.strip_suffix("/oauth2/authorize");
            return domain.map(|domain| (format!("{domain}/logout"), "logout_uri"));
        }
        Some((self.end_session_endpoint?, "post_logout_redirect_uri"))
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// The parts of an authentication request that its answer must fit.
#[derive(Debug)]
pub struct AuthRequest<'a> {
    /// Comes back as it went.
    pub state: &'a str,
    /// Stands in the ID token.
    pub nonce: &'a str,
    /// What only we know until the code is exchanged (RFC 7636).
    pub verifier: &'a str,
}

/// The provider.
#[derive(Debug)]
pub struct Provider {
    login: Login,
    client: OnceCell<Client>,
    stored: TextSecret,
    known: Mutex<Option<(Instant, Discovery)>>,
    keys: Mutex<Option<Keys>>,
}

impl Provider {
    /// Asked when it is needed.
    pub fn new(login: Login) -> Self {
        Self {
            login,
            client: OnceCell::new(),
            stored: TextSecret::default(),
            known: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// Where the browser is sent to sign in.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] where the provider's addresses are not known.
    pub async fn sign_in_address(&self, auth: &AuthRequest<'_>) -> Result<String, Error> {
        let discovery = self.discovery().await?;
        let redirect = self.redirect();
        let challenge = crypto::challenge(auth.verifier);
        Ok(with_query(
            &discovery.authorization_endpoint,
            &[
                ("response_type", "code"),
                ("client_id", &self.login.client_id),
                ("redirect_uri", &redirect),
                ("scope", &self.login.scopes),
                ("state", auth.state),
                ("nonce", auth.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
        ))
    }

    /// Where the browser is sent to sign out; none where the provider has no such address.
    pub async fn sign_out_address(&self) -> Option<String> {
        let discovery = self.discovery().await.ok()?;
        let back = format!("{}/", self.login.address);
        let (address, parameter) = discovery.sign_out()?;
        Some(with_query(&address, &[("client_id", &self.login.client_id), (parameter, &back)]))
    }

    /// Who signed in, for a code that the browser brought.
    ///
    /// # Errors
    /// [`Error::SignInFailed`] where code or ID token does not fit,
    /// [`Error::ProviderUnavailable`] where the provider does not answer.
    pub async fn identify(
        &self,
        code: &str,
        auth: &AuthRequest<'_>,
        needed: &[String],
        deadline: Deadline,
    ) -> Result<Claims, Error> {
        let discovery = self.discovery().await?;
        let tokens = self.exchange(&discovery, code, auth.verifier, deadline).await?;
        let claims = self.checked(&discovery, &tokens.id_token, auth.nonce).await?;
        let lacks = needed.iter().any(|name| !claims.claims.contains_key(name));
        match (tokens.access_token, &discovery.userinfo_endpoint) {
            (Some(token), Some(address)) if lacks || claims.shown_name().is_none() => {
                self.completed(claims, address, &token).await
            }
            _ => Ok(claims),
        }
    }

    async fn exchange(
        &self,
        discovery: &Discovery,
        code: &str,
        verifier: &str,
        deadline: Deadline,
    ) -> Result<Tokens, Error> {
        let (id, redirect) = (&self.login.client_id, self.redirect());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", verifier),
        ];
        let mut request = Request::post(&discovery.token_endpoint)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        let secret = self.client_secret(deadline).await?;
        let methods = &discovery.token_endpoint_auth_methods_supported;
        let supports = |wanted: &str| methods.iter().any(|method| method == wanted);
        match &secret {
            // Without a list it is this (RFC 8414).
            Some(secret) if methods.is_empty() || supports("client_secret_basic") => {
                let pair = format!("{}:{}", encoded(id), encoded(secret));
                let pair = BASE64.encode_to_string(pair);
                request = request.header(AUTHORIZATION, format!("Basic {pair}"));
            }
            Some(secret) => form.extend([("client_id", id.as_str()), ("client_secret", secret)]),
            None => form.push(("client_id", id)),
        }
        let body = form_of(&form);
        let request = request.body(body).map_err(|error| unavailable(&error.to_string()))?;
        let answer = self.send(request).await?;
        if answer.status().is_client_error() {
            // `error` is one of the words of RFC 6749; nothing else of the answer is repeated.
            let word = serde_json::from_slice::<Map<String, Value>>(answer.body());
            let word = word.ok().and_then(|body| body.get("error")?.as_str().map(str::to_owned));
            let word = word.filter(|word| word.len() < 40 && word.is_ascii()).unwrap_or_default();
            return Err(Error::SignInFailed {
                reason: "The provider does not take its code back.".to_owned(),
                log: format!("the token endpoint answers {} {word}", answer.status()),
            });
        }
        read(&answer, "the token endpoint")
    }

    async fn client_secret(&self, deadline: Deadline) -> Result<Option<String>, Error> {
        match &self.login.client_secret {
            None => Ok(None),
            Some(SecretSource::Value(secret)) => Ok(Some(secret.expose().to_owned())),
            Some(SecretSource::Stored(id)) => {
                let versions = self.stored.versions(id, deadline).await?;
                Ok(versions.first().map(|secret| secret.expose().trim().to_owned()))
            }
        }
    }

    /// The claims of an ID token that is the provider's, for us and for this auth.
    async fn checked(
        &self,
        discovery: &Discovery,
        token: &str,
        nonce: &str,
    ) -> Result<Claims, Error> {
        let expected = id_token::Expected {
            issuer: &self.login.issuer,
            client_id: &self.login.client_id,
            nonce,
        };
        let kid = id_token::kid(token)?;
        let known = self.keys().clone();
        // A key that is not known may be a new one, or anything that somebody has sent.
        let keys = match known {
            Some(keys) if !keys.is_due(kid.as_deref()) => keys.set,
            known => {
                let set: JwkSet = self.get(&discovery.jwks_uri, None).await?;
                let is_old =
                    known.as_ref().is_none_or(|keys| id_token::has_key(&keys.set, kid.as_deref()));
                let refetched = if is_old { None } else { Some(Instant::now()) };
                *self.keys() = Some(Keys { set: set.clone(), read: Instant::now(), refetched });
                set
            }
        };
        id_token::check(token, &keys, &expected)
    }

    /// The claims with those that only the userinfo endpoint says.
    async fn completed(&self, claims: Claims, address: &str, token: &str) -> Result<Claims, Error> {
        let more: BTreeMap<String, Value> = self.get(address, Some(token)).await?;
        // The same person, or nobody.
        if more.get("sub").and_then(Value::as_str) != Some(&claims.subject) {
            return Err(Error::SignInFailed {
                reason: "The provider says two things about who you are.".to_owned(),
                log: "userinfo has another sub than the ID token".to_owned(),
            });
        }
        let mut claims = claims;
        for (name, value) in more {
            if let Ok(claim) = serde_json::from_value::<Claim>(value) {
                claims.claims.entry(name).or_insert(claim);
            }
        }
        Ok(claims)
    }

    async fn discovery(&self) -> Result<Discovery, Error> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read, discovery)) = &known
            && read.elapsed() < DISCOVERY_MAX_AGE
        {
            return Ok(discovery.clone());
        }
        let issuer = &self.login.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovery: Discovery = self.get(&address, None).await?;
        if &discovery.issuer != issuer {
            let log = "the discovery document is of another issuer than OIDC_ISSUER";
            return Err(unavailable(&format!("{log}: {}", discovery.issuer)));
        }
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Instant::now(), discovery.clone()));
        Ok(discovery)
    }

    async fn get<T: for<'a> Deserialize<'a>>(
        &self,
        address: &str,
        token: Option<&str>,
    ) -> Result<T, Error> {
        let mut request = Request::get(address).header(ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request =
            request.body(String::new()).map_err(|error| unavailable(&error.to_string()))?;
        read(&self.send(request).await?, address)
    }

    async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, Error> {
        let ca_file = self.login.ca_file.as_deref();
        let client = self.client.get_or_try_init(async || Client::new(ca_file)).await;
        let client = client.map_err(|error| unavailable(&error))?;
        client.send(request).await.map_err(|error| unavailable(&error))
    }

    fn redirect(&self) -> String {
        format!("{}{CALLBACK}", self.login.address)
    }

    fn keys(&self) -> MutexGuard<'_, Option<Keys>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(log: &str) -> Error {
    Error::ProviderUnavailable { log: log.to_owned() }
}

/// An answer's JSON. Nothing of what it holds gets into a log.
fn read<T: for<'a> Deserialize<'a>>(answer: &Response<Vec<u8>>, from: &str) -> Result<T, Error> {
    if !answer.status().is_success() {
        return Err(unavailable(&format!("{from} answers {}", answer.status())));
    }
    let wrong = |_| unavailable(&format!("{from} answers something else than expected"));
    serde_json::from_slice(answer.body()).map_err(wrong)
}

/// As a form or `Basic` wants it.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn form_of(form: &[(&str, &str)]) -> String {
    let pairs = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// An address of the provider's, which may have a query already.
fn with_query(address: &str, form: &[(&str, &str)]) -> String {
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{}", form_of(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cognito_signs_out_at_its_own_address() {
        let discovery = |issuer: &str, end_session: Option<&str>| Discovery {
            issuer: issuer.to_owned(),
            authorization_endpoint: "https://d.example/oauth2/authorize".to_owned(),
            token_endpoint: String::new(),
            jwks_uri: String::new(),
            userinfo_endpoint: None,
            end_session_endpoint: end_session.map(str::to_owned),
            token_endpoint_auth_methods_supported: Vec::new(),
        };
        let cognito = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
        for (issuer, end_session, expected) in [
            (cognito, None, Some(("https://d.example/logout", "logout_uri"))),
            ("https://id.example", None, None),
            (
                "https://id.example",
                Some("https://id.example/end"),
                Some(("https://id.example/end", "post_logout_redirect_uri")),
            ),
        ] {
            let found = discovery(issuer, end_session).sign_out();
            let expected = expected.map(|(address, name)| (address.to_owned(), name));
            assert_eq!(found, expected, "{issuer}");
        }
    }
}
