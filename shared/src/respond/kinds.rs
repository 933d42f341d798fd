//! Statuses and errors, as a description of the API lists them.

use std::time::Duration;

use http::StatusCode;

use super::problem::{Problem, kind_urn};
use crate::error::{Error, Missing, Unavailable};
use crate::table::TableName;

/// The status of an answer with content.
pub const OK: StatusCode = StatusCode::OK;
/// The status of an answer without, because the client has it already.
pub const NOT_MODIFIED: StatusCode = StatusCode::NOT_MODIFIED;

/// The status where nobody is known to call.
pub const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;

/// The status where the caller lacks a claim.
pub const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

/// A kind of error.
#[derive(Debug)]
pub struct ProblemKind {
    /// The status.
    pub code: u16,
    /// What the document calls it.
    pub title: &'static str,
    /// [`Error::kind`].
    pub word: &'static str,
    /// The document's `type`.
    pub kind: String,
    /// The answer says when to try again.
    pub has_retry_after: bool,
}

/// All kinds of errors, each once.
pub fn problems() -> Vec<ProblemKind> {
    let log = String::new;
    let no_table = TableName { schema: String::new(), name: String::new() };
    [
        Error::parameter("", ""),
        Error::UnknownPath,
        Error::UnknownTable,
        Error::AmbiguousTable { tables: Vec::new() },
        Error::UnknownRow,
        Error::NoValue,
        Error::ReadOnly,
        Error::NoRepresentation { available: "" },
        Error::AddressTooLong { length: 0, limit: 0 },
        Error::Unavailable { why: Unavailable::Unreachable, log: log() },
        Error::UserCanWrite { table: None },
        Error::UserNotChecked { table: no_table, log: log() },
        Error::Lacking { missing: Missing::Table, detail: String::new(), again: None, log: log() },
        Error::Timeout { limit: Duration::ZERO, advice: None },
        Error::Changed { log: log() },
        Error::SignInNeeded { address: None },
        Error::ClaimMissing { claim: String::new(), why: "" },
        Error::AuditUnavailable { log: log() },
        Error::SignInFailed { reason: String::new(), log: log() },
        Error::ProviderUnavailable { log: log() },
        Error::Internal { log: log() },
    ]
    .iter()
    .map(|error| {
        let problem = Problem::of(error);
        ProblemKind {
            code: problem.status.as_u16(),
            title: problem.title,
            word: error.kind(),
            kind: kind_urn(error),
            has_retry_after: problem.retry_after.is_some(),
        }
    })
    .collect()
}
