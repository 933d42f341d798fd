//! `/me`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::caller::{Caller, Claim, Source};
use crate::config::{ColumnPatterns, Patterns, RowRule, RowRules};
use crate::timestamp::utc;

/// `/me`: who the caller is taken for.
#[derive(Debug, Clone, Serialize)]
pub struct MePage {
    /// How the caller is known: `none`, `token`, `iam` or `session`.
    pub source: &'static str,
    /// The issuer.
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
    /// Which rows the caller sees, where rules choose them.
    pub rules: Vec<MyRule>,
}

/// A rule as it holds for the caller: the rows of tables whose column is one of these values.
#[derive(Debug, Clone, Serialize)]
pub struct MyRule {
    /// The column, in tables of this pattern: as the settings write it.
    pub column: String,
    /// The claim that says so.
    pub claim: String,
    /// Its values; `None` where the caller lacks it, and sees no row.
    pub values: Option<Vec<String>>,
}

/// What the caller may know of what is known. A rule that names a table in full which is not
/// published, or columns all of which are hidden, names what nobody is to know of; one with a `*`
/// says what may be.
pub fn me_page(
    caller: &Caller,
    rules: &RowRules,
    published: &Patterns,
    hidden: &ColumnPatterns,
) -> MePage {
    let is_known = |rule: &&RowRule| {
        let table = rule.column.table();
        table.is_none_or(|table| published.matches(&table.schema, &table.name))
            && !hidden.cover(&rule.column)
    };
    let rule = |rule: &RowRule| MyRule {
        column: rule.column.written(),
        claim: rule.claim.clone(),
        values: caller.claim(&rule.claim).and_then(|claim| claim.texts()),
    };
    MePage {
        source: caller.source.word(),
        issuer: caller.issuer.clone(),
        subject: caller.subject.clone(),
        name: caller.name.clone(),
        claims: caller.claims.clone(),
        until: caller.until.filter(|_| caller.source != Source::Nobody).map(utc),
        rules: rules.iter().filter(is_known).map(rule).collect(),
    }
}
