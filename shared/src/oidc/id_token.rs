//! ID tokens (OpenID Connect Core 1.0, section 3.1.3.7).

use std::collections::BTreeMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::crypto;
use crate::caller::Claim;
use crate::error::Error;
use crate::session::now;

/// Seconds by which clocks may differ.
const LEEWAY_SECONDS: u64 = 60;

/// Who signed in.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// `sub`.
    pub subject: String,
    /// All claims that are texts, numbers, booleans or lists of these.
    pub claims: BTreeMap<String, Claim>,
}

impl Claims {
    /// What a page shows of the person.
    pub fn shown_name(&self) -> Option<&str> {
        let text = |name: &&str| match self.claims.get(*name) {
            Some(Claim::Text(text)) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        };
        ["name", "preferred_username", "email"].iter().find_map(text)
    }
}

/// What an ID token must say.
#[derive(Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
}

fn refused(log: impl Into<String>) -> Error {
    let reason = "What the provider says of you does not fit this sign-in.".to_owned();
    Error::SignInFailed { reason, log: format!("ID token: {}", log.into()) }
}

fn header(token: &str) -> Result<Header, Error> {
    // The library's words may hold parts of the token.
    decode_header(token)
        .map_err(|_| refused("its header cannot be read or has an unknown algorithm"))
}

/// The name of the key that it is signed with.
///
/// # Errors
/// [`Error::SignInFailed`] for what is no token.
pub fn kid(token: &str) -> Result<Option<String>, Error> {
    Ok(header(token)?.kid)
}

/// Whether the keys have one of this name; without a name, any.
pub fn has_key(keys: &JwkSet, kid: Option<&str>) -> bool {
    kid.is_none_or(|kid| keys.find(kid).is_some())
}

/// The key for an algorithm. Without a `kid` there must be one alone that can be meant.
fn key<'a>(keys: &'a JwkSet, header: &Header) -> Result<&'a Jwk, Error> {
    let fits = |key: &&Jwk| {
        let is_for_signatures = key
            .common
            .public_key_use
            .as_ref()
            .is_none_or(|usage| *usage == PublicKeyUse::Signature);
        let is_kind = match (&key.algorithm, header.alg) {
            (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
            (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => {
                curve.curve == EllipticCurve::P256
            }
            (AlgorithmParameters::OctetKeyPair(curve), Algorithm::EdDSA) => {
                curve.curve == EllipticCurve::Ed25519
            }
            _ => false,
        };
        let is_named = header.kid.is_none() || key.common.key_id == header.kid;
        is_for_signatures && is_kind && is_named
    };
    let mut found = keys.keys.iter().filter(fits);
    let first = found.next().ok_or_else(|| refused("no key of the provider fits it"))?;
    if found.next().is_some() {
        return Err(refused("more than one key of the provider fits it"));
    }
    Ok(first)
}

/// Its claims, if it is the provider's, for this client and this request, and not expired.
///
/// # Errors
/// [`Error::SignInFailed`]; the log names what does not fit.
pub fn check(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<Claims, Error> {
    crypto::install();
    let header = header(token)?;
    if !crypto::ALGORITHMS.contains(&header.alg) {
        return Err(refused(format!("it is signed with {:?}", header.alg)));
    }
    let key = key(keys, &header)?;
    let key = DecodingKey::from_jwk(key).map_err(|_| refused("the provider's key is none"))?;
    let mut validation = Validation::new(header.alg);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.leeway = LEEWAY_SECONDS;
    validation.validate_nbf = true;
    let claims = decode::<Map<String, Value>>(token, &key, &validation)
        .map_err(|error| refused(format!("{:?}", error.kind())))?
        .claims;
    check_more(&claims, expected)?;
    let subject = claims.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty());
    Ok(Claims {
        subject: subject.ok_or_else(|| refused("it has no sub"))?.to_owned(),
        claims: claims
            .into_iter()
            .filter_map(|(name, value)| Some((name, serde_json::from_value(value).ok()?)))
            .collect(),
    })
}

/// What the library does not look at.
fn check_more(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Error> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // One text: the library takes a list of issuers, too.
    if text("iss") != Some(expected.issuer) {
        return Err(refused("it has another iss"));
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(refused("it has another nonce"));
    }
    let is_for_several = claims["aud"].as_array().is_some_and(|audiences| audiences.len() > 1);
    match claims.get("azp") {
        Some(party) if party.as_str() != Some(expected.client_id) => {
            return Err(refused("it has another azp"));
        }
        None if is_for_several => return Err(refused("it is for several and has no azp")),
        _ => {}
    }
    match claims.get("iat").and_then(Value::as_f64) {
        Some(issued) if issued <= (now() + LEEWAY_SECONDS) as f64 => Ok(()),
        Some(_) => Err(refused("its iat is yet to come")),
        None => Err(refused("it has no iat")),
    }
}

#[cfg(test)]
mod tests;
