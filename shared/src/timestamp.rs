//! Dates, times of day and timestamps as clients write them.

/// Digits of the longest fraction of a second that is read.
pub const FRACTION_DIGITS: usize = 9;

/// A timestamp or a time of day in its parts: `2024-02-29 10:00:00` and `2024-02-29T10:00:00.000`
/// are the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// As it was given.
    pub given: String,
    /// The date; empty for a time of day.
    pub date: String,
    /// `HH:MM:SS`.
    pub time: String,
    /// Digits of the fraction, without zeros at the end.
    pub fraction: String,
    /// `Z` or an offset, as given.
    pub zone: String,
}

/// Reads a time of day.
pub fn time(text: &str) -> Option<Timestamp> {
    clock(text, "", text)
}

/// Reads a date with a time of day, or a date alone: its midnight.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let time = time.strip_prefix(['T', 't', ' ']).or(time.is_empty().then_some("00:00:00"));
    time.filter(|_| is_date(date)).and_then(|time| clock(text, date, time))
}

/// `YYYY-MM-DD`, and a day that exists in the Gregorian calendar.
pub fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return false;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    is_day(part(0, 4), part(5, 7), part(8, 10))
}

/// A day that exists.
pub fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A time of day, `HH:MM`, `HH:MM:SS` or with a fraction, and perhaps a zone; with its date, if
/// there is one.
pub fn clock(given: &str, date: &str, text: &str) -> Option<Timestamp> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    let below = |part: &str, limit: u32| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|number| number < limit)
    };
    let (hour, minute, second) = match parts[..] {
        [hour, minute] if fraction.is_empty() => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let right = below(hour, 24)
        && below(minute, 60)
        && below(second, 60)
        && fraction.len() <= FRACTION_DIGITS
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && !(text.contains('.') && fraction.is_empty())
        && is_zone(zone);
    if !right {
        return None;
    }
    Some(Timestamp {
        given: given.to_owned(),
        date: date.to_owned(),
        time: format!("{hour}:{minute}:{second}"),
        fraction: fraction.trim_end_matches('0').to_owned(),
        zone: zone.to_ascii_uppercase(),
    })
}

fn is_zone(zone: &str) -> bool {
    let Some(offset) = zone.strip_prefix(['+', '-']) else {
        return zone.is_empty() || zone.eq_ignore_ascii_case("z");
    };
    let digits = offset.replace(':', "");
    matches!(digits.len(), 2 | 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl Timestamp {
    /// As text, with this between date and time, and zeros after the fraction.
    pub fn text(&self, separator: char, zeros: &str) -> String {
        let mut text = self.date.clone();
        if !text.is_empty() {
            text.push(separator);
        }
        text.push_str(&self.time);
        if !(self.fraction.is_empty() && zeros.is_empty()) {
            text.push('.');
            text.push_str(&self.fraction);
            text.push_str(zeros);
        }
        text.push_str(&self.zone);
        text
    }

    /// Every usual way to write it: a space or a `T` between date and time, zeros after the
    /// fraction, no seconds where they are zero, and at midnight the date alone. At most 24.
    pub fn spellings(&self) -> Vec<String> {
        let separators: &[char] = if self.date.is_empty() { &[' '] } else { &[' ', 'T'] };
        let zeros: Vec<String> = (self.fraction.len()..=FRACTION_DIGITS)
            .map(|width| "0".repeat(width - self.fraction.len()))
            .collect();
        let mut spellings: Vec<String> = Vec::new();
        for separator in separators {
            spellings.extend(zeros.iter().map(|zeros| self.text(*separator, zeros)));
            if let Some(minutes) =
                self.time.strip_suffix(":00").filter(|_| self.fraction.is_empty())
            {
                let short = Self { time: minutes.to_owned(), ..self.clone() };
                spellings.push(short.text(*separator, ""));
            }
        }
        let midnight = self.time == "00:00:00" && self.fraction.is_empty() && self.zone.is_empty();
        if midnight && !self.date.is_empty() {
            spellings.push(self.date.clone());
        }
        if !spellings.contains(&self.given) {
            spellings.push(self.given.clone());
        }
        spellings
    }
}

/// Seconds since 1970 as ISO 8601 (the calendar by Howard Hinnant's algorithm).
pub fn utc(seconds: u64) -> String {
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
