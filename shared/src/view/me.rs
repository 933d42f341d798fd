//! `/me`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::caller::{Caller, Claim, Source};
use crate::timestamp::utc;

/// `/me`: who the caller is taken for.
#[derive(Debug, Clone, Serialize)]
pub struct MePage {
    /// How the caller is known: `none`, `token`, `iam` or `session`.
    pub source: &'static str,
    /// Who says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// The name that never changes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What else is known, by the claims' names.
    pub claims: BTreeMap<String, Claim>,
    /// When the session ends, as a timestamp of UTC.
    pub until: Option<String>,
}

/// What the caller may know of what is known.
pub fn me_page(caller: &Caller) -> MePage {
    MePage {
        source: caller.source.word(),
        issuer: caller.issuer.clone(),
        subject: caller.subject.clone(),
        name: caller.name.clone(),
        claims: caller.claims.clone(),
        until: caller.until.filter(|_| caller.source != Source::Nobody).map(utc),
    }
}
