//! Values that PostgreSQL has besides the usual ones: a filter takes them as they are shown.

use crate::table::{Column, Type};
use crate::timestamp;

/// Digits of a second's fraction that PostgreSQL keeps; it would round more of them, and find
/// another timestamp.
const FRACTION_DIGITS: usize = 6;

/// A decimal that is no number.
pub fn is_no_number(text: &str) -> bool {
    matches!(text, "NaN" | "Infinity" | "-Infinity")
}

/// A date, a time of day or a timestamp for a column, as PostgreSQL reads it; else what would be
/// right.
pub fn timestamp(text: &str, column: &Column) -> Result<String, &'static str> {
    let zoned = column.placeholder.contains("with time zone");
    let wrong = match column.kind {
        Type::Date => "dates such as 2024-02-29",
        Type::Time if zoned => "times such as 13:14:15+01:00",
        Type::Time => "times without an offset such as 13:14:15",
        _ if zoned => "timestamps such as 2024-02-29T13:14:15Z",
        _ => "timestamps without an offset such as 2024-02-29T13:14:15",
    };
    if column.kind == Type::Time {
        return time("", text, zoned).ok_or(wrong);
    }
    if matches!(text, "infinity" | "-infinity") {
        return Ok(text.to_owned());
    }
    let (whole, era) = text.strip_suffix(" BC").map_or((text, ""), |whole| (whole, " BC"));
    let date_ends = whole.find(['T', 't', ' ']).filter(|_| column.kind == Type::Timestamp);
    let date_ends = date_ends.unwrap_or(whole.len());
    let (date, clock) = whole.split_at(date_ends);
    if !is_date(date, !era.is_empty()) {
        return Err(wrong);
    }
    if clock.is_empty() {
        return Ok(text.to_owned());
    }
    time(date, &clock[1..], zoned).map(|read| read + era).ok_or(wrong)
}

/// Years may have more than four digits, and may be before Christ.
fn is_date(text: &str, before_christ: bool) -> bool {
    let Some((year, rest)) = text.split_once('-') else { return false };
    let shaped = (4..=7).contains(&year.len())
        && (year.len() == 4 || !year.starts_with('0'))
        && timestamp::is_date(&format!("2000-{rest}"));
    let (Ok(year), Some((month, day))) = (year.parse::<u32>(), rest.split_once('-')) else {
        return false;
    };
    let (Ok(month), Ok(day)) = (month.parse(), day.parse()) else { return false };
    // Between the year 1 and the year 1 before Christ there is none; that one, and each fourth
    // before it, is a leap year.
    let counted = if before_christ { year.wrapping_sub(1) } else { year };
    shaped && year > 0 && timestamp::is_day(counted, month, day)
}

/// A time of day with its date, if there is one. By itself PostgreSQL knows the end of a day,
/// 24:00.
fn time(date: &str, text: &str, zoned: bool) -> Option<String> {
    let ends_day = date.is_empty() && text.starts_with("24:");
    let usual = if ends_day { text.replacen("24", "00", 1) } else { text.to_owned() };
    let read = timestamp::clock(text, date, &usual)?.text(' ', "");
    let clock = read.get(date.len()..)?.trim_start();
    let (clock, zone) = clock.split_at(clock.find(['Z', '+', '-']).unwrap_or(clock.len()));
    let fraction = clock.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    // `Z` is taken as the way in which programs write a timestamp; an offset would be ignored.
    if fraction > FRACTION_DIGITS
        || (!zoned && !matches!(zone, "" | "Z"))
        || (ends_day && clock != "00:00:00")
    {
        return None;
    }
    Some(if ends_day { format!("24:00:00{zone}") } else { read })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Type, cast: &str, text: &str) -> Option<String> {
        let column = Column {
            name: "c".into(),
            title: "C".into(),
            kind,
            source_type: cast.into(),
            placeholder: format!("CAST(? AS {cast})"),
            precision: None,
            scale: None,
            nullable: true,
            comparable: true,
            row_number: false,
            description: None,
        };
        timestamp(text, &column).ok()
    }

    #[test]
    fn dates_reach_as_far_as_postgresql_has_them() {
        for text in [
            "2024-02-29",
            "infinity",
            "-infinity",
            "10000-01-01",
            "5874897-12-31",
            "0044-03-15 BC",
            "0001-02-29 BC",
        ] {
            assert_eq!(read(Type::Date, "date", text).as_deref(), Some(text));
        }
        for text in [
            "",
            "today",
            "2023-02-29",
            "0000-01-01",
            "02024-01-01",
            "0002-02-29 BC",
            "0044-03-15 AD",
            "24-01-01",
        ] {
            assert_eq!(read(Type::Date, "date", text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_is_read_where_the_column_has_one_and_never_ignored() {
        let (plain, zoned) = ("timestamp without time zone", "timestamp with time zone");
        for (cast, text, expected) in [
            (plain, "2024-02-29T10:00:00", Some("2024-02-29 10:00:00")),
            (plain, "2024-02-29", Some("2024-02-29")),
            (plain, "2024-02-29T10:00:00Z", Some("2024-02-29 10:00:00Z")),
            (plain, "2024-02-29T10:00:00+01:00", None),
            (plain, "2024-02-29T10:00:00.1234567", None),
            (plain, "2024-02-29T10:00:00.123456000", Some("2024-02-29 10:00:00.123456")),
            (plain, "2024-02-29T24:00:00", None),
            (zoned, "2024-02-29T10:00:00+05:30", Some("2024-02-29 10:00:00+05:30")),
            (zoned, "0044-03-15T12:00:00+00:00 BC", Some("0044-03-15 12:00:00+00:00 BC")),
            (zoned, "10000-01-01 00:00:00+00", Some("10000-01-01 00:00:00+00")),
            (zoned, "-infinity", Some("-infinity")),
            (zoned, "now", None),
        ] {
            assert_eq!(read(Type::Timestamp, cast, text).as_deref(), expected, "{text}");
        }
        for (cast, text, expected) in [
            ("time without time zone", "24:00:00", Some("24:00:00")),
            ("time without time zone", "24:00:00.5", None),
            ("time without time zone", "00:00", Some("00:00:00")),
            ("time without time zone", "10:00:00+01", None),
            ("time with time zone", "24:00:00-03:00", Some("24:00:00-03:00")),
            ("time with time zone", "10:00:00+00:53:28", Some("10:00:00+00:53:28")),
            ("time with time zone", "infinity", None),
        ] {
            assert_eq!(read(Type::Time, cast, text).as_deref(), expected, "{text}");
        }
    }
}
