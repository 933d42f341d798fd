//! Who sends a request, as far as the site asks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64_simd::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whoever sends a request. Identity is issuer and subject; the name is for show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caller {
    /// How it is known.
    pub source: Source,
    /// The issuer: the provider's address; empty where nobody signs in.
    pub issuer: String,
    /// The name that never changes: a token's `sub`, or an AWS ARN.
    pub subject: String,
    /// What a page shows.
    pub name: String,
    /// What else is said of the caller, by the claims' exact names.
    pub claims: BTreeMap<String, Claim>,
    /// When the session ends, in seconds since 1970.
    pub until: Option<u64>,
}

impl Caller {
    /// What is said of the caller under this name. `sub` is the subject, whatever a session
    /// remembers.
    pub fn claim(&self, name: &str) -> Option<Cow<'_, Claim>> {
        match self.claims.get(name) {
            Some(claim) => Some(Cow::Borrowed(claim)),
            None if name == "sub" && self.source == Source::Session => {
                Some(Cow::Owned(Claim::Text(self.subject.clone())))
            }
            None => None,
        }
    }
}

/// How a caller is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// Not at all: everybody may call.
    #[default]
    Nobody,
    /// The gateway has checked a token.
    Token,
    /// The gateway has checked an AWS signature.
    Iam,
    /// Somebody has signed in.
    Session,
}

impl Source {
    /// The word for it, in answers and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nobody => "none",
            Self::Token => "token",
            Self::Iam => "iam",
            Self::Session => "session",
        }
    }
}

/// What is said of a caller: a text, a number, a boolean, or a list of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
// Each request with a session reads its claims: trying one variant after the other makes an error for
// each that does not fit.
#[serde(untagged, try_from = "Value")]
pub enum Claim {
    /// `true` or `false`.
    Boolean(bool),
    /// A number, with its digits.
    Number(serde_json::Number),
    /// A text.
    Text(String),
    /// Several of them.
    List(Vec<Claim>),
}

impl TryFrom<Value> for Claim {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Bool(boolean) => Ok(Self::Boolean(boolean)),
            Value::Number(number) => Ok(Self::Number(number)),
            Value::String(text) => Ok(Self::Text(text)),
            Value::Array(items) => {
                items.into_iter().map(Self::try_from).collect::<Result<_, _>>().map(Self::List)
            }
            Value::Null | Value::Object(_) => {
                Err("a claim is a text, a number, a boolean or a list of these")
            }
        }
    }
}

impl Claim {
    /// What it says, each value as a text. `None` for lists within a list.
    pub fn texts(&self) -> Option<Vec<String>> {
        let text = |claim: &Self| match claim {
            Self::Boolean(boolean) => Some(boolean.to_string()),
            // Of a larger one digits are lost, and two people could share a value.
            Self::Number(number)
                if number.as_f64().is_some_and(|float| {
                    number.is_f64() && float.abs() >= 9_007_199_254_740_992.0
                }) =>
            {
                None
            }
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::List(_) => None,
        };
        match self {
            Self::List(claims) => claims.iter().map(text).collect(),
            one => text(one).map(|text| vec![text]),
        }
    }
}

/// What the gateway has found out before the function was called. Nothing that a client sends can
/// take its part: it is no header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Authorizer {
    /// It has not been asked to.
    #[default]
    Absent,
    /// The claims of a token, all as texts.
    Jwt(BTreeMap<String, String>),
    /// The AWS identity that signed the request.
    Iam {
        /// Its ARN.
        user_arn: String,
        /// Its id.
        user_id: String,
        /// Its account.
        account_id: String,
    },
}

impl Authorizer {
    /// The caller that a token names, which the header `Authorization` has brought.
    pub fn by_token(&self, authorization: Option<&str>) -> Option<Caller> {
        let Self::Jwt(claims) = self else { return None };
        let text = |name: &str| claims.get(name).filter(|text| !text.is_empty()).cloned();
        let subject = text("sub").or_else(|| text("client_id"))?;
        let name = ["name", "preferred_username", "email", "client_id"].into_iter().find_map(text);
        // A list comes as the text `[a b]`, which `[a b]` as a text does too: the token itself tells.
        let is_plain = |text: &str| !(text.starts_with('[') && text.ends_with(']'));
        let token = authorization.and_then(|header| checked_token(header, claims));
        let claim = |(name, text): (&String, &String)| {
            let claim = if is_plain(text) {
                Some(Claim::Text(text.clone()))
            } else {
                let claim = token.as_ref().and_then(|token| token.get(name)).cloned();
                claim.and_then(|claim| serde_json::from_value(claim).ok())
            };
            Some((name.clone(), claim?))
        };
        let known = claims.iter().filter_map(claim).collect();
        Some(Caller {
            source: Source::Token,
            issuer: text("iss").unwrap_or_default(),
            name: name.unwrap_or_else(|| subject.clone()),
            subject,
            claims: known,
            until: text("exp").and_then(|seconds| seconds.parse().ok()),
        })
    }

    /// The caller that has signed the request.
    pub fn by_signature(&self) -> Option<Caller> {
        let Self::Iam { user_arn, user_id, account_id } = self else { return None };
        let claims = [("userArn", user_arn), ("userId", user_id), ("accountId", account_id)];
        let claims = claims.map(|(name, text)| (name.to_owned(), Claim::Text(text.clone())));
        Some(Caller {
            source: Source::Iam,
            issuer: "aws".to_owned(),
            subject: user_arn.clone(),
            name: user_arn.clone(),
            claims: claims.into(),
            until: None,
        })
        .filter(|caller| !caller.subject.is_empty())
    }
}

/// What the token says that the gateway has checked: if the header brings that one, which has the
/// same issuer, subject and end as the gateway's claims. Nothing else is believed of it than what
/// the gateway has signed off and cannot pass on.
fn checked_token(header: &str, claims: &BTreeMap<String, String>) -> Option<Map<String, Value>> {
    let (scheme, token) = header.split_once(' ')?;
    // Of several headers in one nobody knows which one the gateway has checked.
    if token.contains([',', ' ']) {
        return None;
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts[..] else { return None };
    let payload = URL_SAFE_NO_PAD.decode_to_vec(payload).ok()?;
    let token: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    let said = |name: &str| match token.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(Value::Number(number)) => Some(Some(number.to_string())),
        Some(_) => None,
    };
    let is_same = |name: &&str| said(name) == Some(claims.get(*name).cloned());
    let is_known = claims.contains_key("iss") && claims.contains_key("exp");
    (scheme.eq_ignore_ascii_case("bearer") && is_known && ["iss", "sub", "exp"].iter().all(is_same))
        .then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokens_caller_is_its_subject_and_lists_are_not_taken_for_texts() {
        let claims = [("iss", "https://i"), ("sub", "s"), ("ward", "W1"), ("roles", "[a b]")];
        let claims = claims.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let caller = Authorizer::Jwt(claims.into()).by_token(None).unwrap();
        assert_eq!(
            (caller.source, caller.subject.as_str(), caller.name.as_str()),
            (Source::Token, "s", "s")
        );
        assert_eq!(caller.claims.get("ward"), Some(&Claim::Text("W1".into())));
        assert_eq!(caller.claims.get("roles"), None);
        assert_eq!(Authorizer::Jwt(BTreeMap::new()).by_token(None), None);
        assert_eq!(Authorizer::Absent.by_token(None), None);
        assert_eq!(Authorizer::Absent.by_signature(), None);
    }

    #[test]
    fn a_list_is_read_from_the_token_that_the_gateway_has_checked() {
        let claims = [("iss", "https://i"), ("sub", "s"), ("exp", "7"), ("roles", "[a b]")];
        let claims: BTreeMap<_, _> =
            claims.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let roles = |header: &str| {
            let caller = Authorizer::Jwt(claims.clone()).by_token(Some(header)).unwrap();
            caller.claims.get("roles").cloned()
        };
        let token = |payload: &str| {
            format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode_to_string(payload.as_bytes()))
        };
        let right = token(r#"{"iss":"https://i","sub":"s","exp":7,"roles":["a b","c"],"x":["d"]}"#);
        let list = ["a b", "c"].map(|text| Claim::Text(text.to_owned())).to_vec();
        assert_eq!(roles(&format!("Bearer {right}")), Some(Claim::List(list.clone())));
        assert_eq!(roles(&format!("bearer {right}")), Some(Claim::List(list)));
        for other in [
            format!("Basic {right}"),
            right.clone(),
            format!("Bearer {right}, Bearer {right}"),
            format!("Bearer {}", token(r#"{"iss":"https://i","sub":"t","exp":7,"roles":["a"]}"#)),
            format!("Bearer {}", token(r#"{"iss":"https://i","sub":"s","exp":8,"roles":["a"]}"#)),
            format!("Bearer {}", token(r#"{"iss":"https://j","sub":"s","exp":7,"roles":["a"]}"#)),
            format!("Bearer {}", token(r#"{"iss":"https://i","exp":7,"roles":["a"]}"#)),
            format!("Bearer {}", token(r#"{"iss":"https://i","sub":"s","exp":7}"#)),
            "Bearer a.b.c".to_owned(),
        ] {
            assert_eq!(roles(&other), None, "{other}");
        }
    }
}
