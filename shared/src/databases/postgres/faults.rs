//! What PostgreSQL's errors mean.

use crate::database::Kind;
use crate::database::odbc::by_state;

/// What an error means. Of a failed login the driver tells only the server's words, not the
/// SQLSTATE that came with them. What is fatal and nothing else that we know, which a server in
/// another language may have said, is taken as a refusal: to read a secret again does no harm, and
/// to wait ten seconds little.
pub fn classify(state: &str, _native: i32, message: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    match state {
        "08001"
            if says(&[
                "too many clients",
                "too many connections",
                "connection slots are reserved",
            ]) =>
        {
            Kind::LimitReached
        }
        "08001" if says(&["FATAL:"]) && !says(&["the database system is"]) => Kind::LoginRefused,
        _ => match LACKS.iter().find(|(begins, _)| state.starts_with(begins)) {
            Some((_, reason)) => Kind::Unreadable(reason),
            None => by_state(state),
        },
    }
}

/// Why a table or view cannot be read, by the beginnings of SQLSTATEs. None of our own statements
/// has such an error by itself.
const LACKS: [(&str, &str); 6] = [
    ("55000", "it is made of a materialized view that has not been filled yet"),
    ("42501", "the database user may not read something that it is made of"),
    ("58P01", FOREIGN),
    ("HV", FOREIGN),
    ("P0001", "a function that it is made with refuses"),
    ("2F", "a function that it is made with refuses"),
];

const FOREIGN: &str = "it is a foreign table whose source cannot be read";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_says_at_a_login() {
        let failed = "connection to server at \"10.0.0.1\", port 5432 failed: ";
        for (words, expected) in [
            ("Connection refused\n\tIs the server running on that host?", Kind::Lost),
            ("FATAL:  the database system is starting up", Kind::Lost),
            ("FATAL:  password authentication failed for user \"u\"", Kind::LoginRefused),
            (
                "FATAL:  Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen",
                Kind::LoginRefused,
            ),
            ("FATAL:  role \"u\" is not permitted to log in", Kind::LoginRefused),
            ("FATAL:  sorry, too many clients already", Kind::LimitReached),
            ("FATAL:  too many connections for role \"u\"", Kind::LimitReached),
            (
                "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
                Kind::LimitReached,
            ),
        ] {
            assert_eq!(classify("08001", 0, &format!("{failed}{words}\n")), expected, "{words}");
        }
        assert_eq!(
            classify("57014", 0, "ERROR:  canceling statement due to statement timeout"),
            Kind::TooLong
        );
    }
}
