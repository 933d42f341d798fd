//! `/me`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::caller::{Caller, Claim, Source};

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

/// Seconds since 1970 as ISO 8601 (the calendar by Howard Hinnant's algorithm).
fn utc(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_timestamps() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(seconds), text);
        }
    }
}
