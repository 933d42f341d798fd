//! Who sends a request, as far as the site asks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whoever sends a request. Identity is issuer and subject; the name is for show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caller {
    /// How it is known.
    pub source: Source,
    /// Who says so: the provider's address; empty where nobody is asked.
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

/// What is said of a caller: a text, a number, a truth, or a list of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Claim {
    /// `true` or `false`.
    Truth(bool),
    /// A number, with its digits.
    Number(serde_json::Number),
    /// A text.
    Text(String),
    /// Several of them.
    List(Vec<Claim>),
}

impl Claim {
    /// What it says, each value as a text. `None` for lists within a list.
    pub fn texts(&self) -> Option<Vec<String>> {
        let text = |claim: &Self| match claim {
            Self::Truth(truth) => Some(truth.to_string()),
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
    /// The caller that a token names.
    pub fn by_token(&self) -> Option<Caller> {
        let Self::Jwt(claims) = self else { return None };
        let text = |name: &str| claims.get(name).filter(|text| !text.is_empty()).cloned();
        let subject = text("sub").or_else(|| text("client_id"))?;
        let name = ["name", "preferred_username", "email", "client_id"].into_iter().find_map(text);
        // A list comes as the text `[a b]`, which `[a b]` as a text does too: it counts as missing.
        let is_plain = |text: &str| !(text.starts_with('[') && text.ends_with(']'));
        let claims = claims.iter().filter(|(_, text)| is_plain(text));
        Some(Caller {
            source: Source::Token,
            issuer: text("iss").unwrap_or_default(),
            name: name.unwrap_or_else(|| subject.clone()),
            subject,
            claims: claims.map(|(name, text)| (name.clone(), Claim::Text(text.clone()))).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokens_caller_is_its_subject_and_lists_are_not_taken_for_texts() {
        let claims = [("iss", "https://i"), ("sub", "s"), ("ward", "W1"), ("roles", "[a b]")];
        let claims = claims.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let caller = Authorizer::Jwt(claims.into()).by_token().unwrap();
        assert_eq!(
            (caller.source, caller.subject.as_str(), caller.name.as_str()),
            (Source::Token, "s", "s")
        );
        assert_eq!(caller.claims.get("ward"), Some(&Claim::Text("W1".into())));
        assert_eq!(caller.claims.get("roles"), None);
        assert_eq!(Authorizer::Jwt(BTreeMap::new()).by_token(), None);
        assert_eq!(Authorizer::Absent.by_token(), None);
        assert_eq!(Authorizer::Absent.by_signature(), None);
    }
}
