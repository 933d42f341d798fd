//! What IRIS' errors mean: the native code is the absolute SQLCODE, and tells more than the
//! SQLSTATE, which is mostly HY000.

use crate::database::Kind;
use crate::database::odbc::by_state;

/// What an error means.
pub fn classify(state: &str, native: i32, _message: &str) -> Kind {
    match native.unsigned_abs() {
        413 | 452 | 461 | 12_100..=12_116 => Kind::Lost,
        402 | 417 => Kind::LoginRefused,
        98 => Kind::LimitReached,
        450 => Kind::TooLong,
        29 | 30 => Kind::Changed,
        // No date, no time of day.
        146 | 147 => Kind::BadValue,
        478 => Kind::Recompiled,
        _ => by_state(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iris_cannot_read_as_a_date_or_time_is_the_clients() {
        assert_eq!(
            [146, 147, 400].map(|native| classify("HY000", native, "")),
            [Kind::BadValue, Kind::BadValue, Kind::Other]
        );
    }
}
