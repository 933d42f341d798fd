//! ID tokens of a hostile provider, or of somebody who would like to be one.

use base64_simd::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::json;

use super::*;

const EXPECTED: Expected<'_> =
    Expected { issuer: "https://id.example", client_id: "tables", nonce: "the nonce" };

/// A provider with one key.
struct Signer {
    key: EcdsaKeyPair,
    kid: &'static str,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self { key: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap(), kid }
    }

    fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let part = |bytes: &[u8]| BASE64.encode_to_string(bytes);
        json!({
            "kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig",
            "x": part(&point[1..33]), "y": part(&point[33..]),
        })
    }

    fn keys(&self) -> JwkSet {
        serde_json::from_value(json!({"keys": [self.jwk()]})).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = unsigned(header, claims);
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64.encode_to_string(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "kid": self.kid}), claims)
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64.encode_to_string(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example", "sub": "1", "aud": "tables", "nonce": "the nonce",
        "iat": now(), "exp": now() + 300, "name": "Ada", "wards": ["W1", 2], "deep": {"a": 1},
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn said(token: &str, keys: &JwkSet) -> String {
    match check(token, keys, &EXPECTED).unwrap_err() {
        Error::SignInFailed { log, .. } => log,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_of_the_provider_tells_who_signed_in() {
    let provider = Signer::new("a");
    let claims = check(&provider.token(&claims()), &provider.keys(), &EXPECTED).unwrap();
    assert_eq!((claims.subject.as_str(), claims.shown_name()), ("1", Some("Ada")));
    let wards = vec![Claim::Text("W1".into()), Claim::Number(2.into())];
    assert_eq!(claims.claims["wards"], Claim::List(wards));
    assert!(!claims.claims.contains_key("deep"), "no claim of ours has parts");
    for changes in [
        json!({"aud": ["tables"]}),
        json!({"aud": ["tables", "other"], "azp": "tables"}),
        json!({"exp": now() - 30}),
        json!({"iat": now() + 30}),
    ] {
        let token = provider.token(&with(&changes));
        assert!(check(&token, &provider.keys(), &EXPECTED).is_ok(), "{changes}");
    }
}

#[test]
fn a_token_with_a_wrong_claim_is_refused() {
    let provider = Signer::new("a");
    for changes in [
        json!({"iss": "https://evil.example"}),
        json!({"iss": "https://id.example/"}),
        json!({"iss": ["https://id.example", "https://evil.example"]}),
        json!({"iss": null}),
        json!({"aud": "other"}),
        json!({"aud": ["other"]}),
        json!({"aud": null}),
        json!({"aud": ["tables", "other"]}),
        json!({"azp": "other"}),
        json!({"azp": 1}),
        json!({"nonce": "another nonce"}),
        json!({"nonce": null}),
        json!({"nonce": ["the nonce"]}),
        json!({"exp": now() - 120}),
        json!({"exp": null}),
        json!({"iat": now() + 120}),
        json!({"iat": null}),
        json!({"nbf": now() + 120}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": 1}),
    ] {
        let log = said(&provider.token(&with(&changes)), &provider.keys());
        assert!(log.starts_with("ID token: "), "{changes}: {log}");
    }
}

#[test]
fn a_token_that_the_provider_has_not_signed_is_refused() {
    let (provider, other) = (Signer::new("a"), Signer::new("a"));
    let keys = provider.keys();
    let good = provider.token(&claims());
    let (text, _) = good.rsplit_once('.').unwrap();
    let none = unsigned(&json!({"alg": "none"}), &claims());
    // Signed with what everybody knows, as if it were a secret.
    let hmac_text = unsigned(&json!({"alg": "HS256", "kid": "a"}), &claims());
    let key = hmac::Key::new(hmac::HMAC_SHA256, provider.jwk().to_string().as_bytes());
    let tag = BASE64.encode_to_string(hmac::sign(&key, hmac_text.as_bytes()));
    let random = SystemRandom::new();
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let edwards = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let edwards_text = unsigned(&json!({"alg": "EdDSA", "kid": "a"}), &claims());
    let edwards = BASE64.encode_to_string(edwards.sign(edwards_text.as_bytes()));
    let changed = unsigned(&json!({"alg": "ES256", "kid": "a"}), &with(&json!({"sub": "2"})));
    let signature = good.rsplit_once('.').unwrap().1;
    for token in [
        other.token(&claims()),
        format!("{text}."),
        text.to_owned(),
        format!("{none}."),
        none,
        format!("{hmac_text}.{tag}"),
        format!("{edwards_text}.{edwards}"),
        format!("{changed}.{signature}"),
        provider.sign(&json!({"alg": "RS256", "kid": "a"}), &claims()),
        provider.sign(&json!({"alg": "ES384", "kid": "a"}), &claims()),
        provider.sign(&json!({"alg": "ES256", "kid": "b"}), &claims()),
        provider.sign(&json!({"alg": "ES256", "kid": "b", "jwk": other.jwk()}), &claims()),
        String::new(),
        "a.b.c".to_owned(),
        "..".to_owned(),
    ] {
        let log = said(&token, &keys);
        assert!(log.starts_with("ID token: "), "{token}: {log}");
        assert!(!log.contains("eyJ"), "a log shows no part of a token: {log}");
    }
}

#[test]
fn without_a_name_the_key_must_be_the_only_one() {
    let (provider, other) = (Signer::new("a"), Signer::new("b"));
    let token = provider.sign(&json!({"alg": "ES256"}), &claims());
    assert!(check(&token, &provider.keys(), &EXPECTED).is_ok());
    let both = json!({"keys": [provider.jwk(), other.jwk()]});
    let both: JwkSet = serde_json::from_value(both).unwrap();
    assert!(said(&token, &both).contains("more than one key"));
    assert!(check(&provider.token(&claims()), &both, &EXPECTED).is_ok());
    let mut encrypting = provider.jwk();
    encrypting["use"] = "enc".into();
    let encrypting: JwkSet = serde_json::from_value(json!({"keys": [encrypting]})).unwrap();
    assert!(said(&provider.token(&claims()), &encrypting).contains("no key"));
}
