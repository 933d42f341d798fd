//! What IRIS' errors mean: the native code is the absolute SQLCODE, and tells more than the
//! SQLSTATE, which is mostly HY000.

use crate::database::odbc::by_state;
use crate::database::{Fault, Kind};

/// What a message has where the server gave a statement up at its time limit, whatever the code.
const ALARM: &str = "<ALARM>";

/// What a refused login may be: servers do not say which.
const REFUSED: &str = "login refused (password, or no right to this namespace or service)";

/// What an error means.
pub fn classify(state: &str, native: i32, message: &str) -> Kind {
    match native.unsigned_abs() {
        _ if message.contains(ALARM) => Kind::TooLong,
        413 | 452 | 461 | 12_100..=12_116 => Kind::Lost,
        402 | 417 if says_namespace(message) => Kind::DatabaseRefused,
        402 | 417 => Kind::LoginRefused,
        410 => Kind::DatabaseRefused,
        98 => Kind::LimitReached,
        415 | 450 => Kind::TooLong,
        29 | 30 => Kind::Changed,
        // No privilege; a view that cannot be written to; a read-only table.
        35 | 99 | 115 => Kind::Denied,
        // Streams in a function or a comparison; any failure inside a query.
        37 | 313 | 400 => Kind::Failed,
        // No date, no time of day.
        146 | 147 => Kind::BadValue,
        478 => Kind::Recompiled,
        _ => by_state(state),
    }
}

/// Servers have one code for all of a login that they refuse, and words of their own.
fn says_namespace(message: &str) -> bool {
    message.to_ascii_lowercase().contains("namespace")
}

/// A failed login in words that say what to check.
pub fn of_login(fault: Fault) -> Fault {
    match fault.kind {
        Kind::LoginRefused | Kind::DatabaseRefused => {
            Fault { log: format!("{REFUSED}: {}", fault.log), ..fault }
        }
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_their_code_and_a_time_limit_by_its_words() {
        for (native, message, kind) in [
            (146, "", Kind::BadValue),
            (-147, "", Kind::BadValue),
            (400, "<VECTOR>", Kind::Failed),
            (400, "[%msg: < <ALARM>>]", Kind::TooLong),
            (415, "", Kind::TooLong),
            (99, "", Kind::Denied),
            (417, "Access Denied", Kind::LoginRefused),
            (417, "Namespace 'X' is not available", Kind::DatabaseRefused),
            (1, "", Kind::Other),
        ] {
            assert_eq!(classify("HY000", native, message), kind, "{native} {message}");
        }
    }
}
