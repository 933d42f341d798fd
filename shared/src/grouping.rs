//! What rows are grouped by and what is computed of each group, as data: the parser, the SQL, the
//! forms and the API's description are made of it.

use crate::decimal::Width;
use crate::table::{Column, Table, Type};

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// `2024`.
    Year,
    /// `2024-07`.
    Month,
    /// `2024-07-31`.
    Day,
    /// `2024-07-31T13`.
    Hour,
}

impl Unit {
    /// Each of them once, the longest first.
    pub const ALL: [Self; 4] = [Self::Year, Self::Month, Self::Day, Self::Hour];

    /// The name in a parameter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    /// Values of a column can be grouped so. A date has no hours, and is a day by itself.
    pub fn fits(self, column: &Column) -> bool {
        match column.kind {
            Type::Timestamp => true,
            Type::Date => self != Self::Hour,
            _ => false,
        }
    }
}

/// How far apart the values of two groups are.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Each value is a group.
    Value,
    /// All of a unit of time are one.
    Unit(Unit),
    /// Numbers from a multiple of the width up to the next are one.
    Width(Width),
}

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub struct By {
    /// The column's index in the table.
    pub column: usize,
    /// How.
    pub step: Step,
}

impl By {
    /// As `_by` has it and as answers name it: `Booked:month`.
    pub fn name(&self, table: &Table) -> String {
        let column = &table.columns[self.column].name;
        match &self.step {
            Step::Value => column.clone(),
            Step::Unit(unit) => format!("{column}:{}", unit.name()),
            Step::Width(width) => format!("{column}:{}", width.text),
        }
    }
}

/// What is computed of a group's values. NULL counts as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The sum, exact but for floats.
    Sum,
    /// The average.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

impl Function {
    /// Each of them once.
    pub const ALL: [Self; 4] = [Self::Sum, Self::Average, Self::Least, Self::Greatest];

    /// The name in an answer; `_` before it makes the parameter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Least => "min",
            Self::Greatest => "max",
        }
    }

    /// It can be computed of a column's values.
    pub fn fits(self, column: &Column) -> bool {
        match self {
            Self::Sum | Self::Average => column.kind.is_numeric() || column.kind == Type::Dynamic,
            Self::Least | Self::Greatest => column.takes_filters(),
        }
    }
}

/// A function of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What is computed.
    pub function: Function,
    /// The column's index in the table.
    pub column: usize,
}

impl Measure {
    /// As `_sort` and the heads of files have it: `sum(Amount)`.
    pub fn name(&self, table: &Table) -> String {
        format!("{}({})", self.function.name(), table.columns[self.column].name)
    }
}

/// Digits after the point of an average, where the column itself has no more.
pub const AVERAGE_SCALE: u32 = 6;

/// Digits after the point of an average of a column's values.
pub fn average_scale(column: &Column) -> usize {
    column.scale.unwrap_or_default().max(AVERAGE_SCALE) as usize
}

/// A unit of time as it is written, in its parts: year, month, day and hour as far as it has them.
/// The year 0 is 1 BC.
fn parts(unit: Unit, text: &str) -> Option<[i64; 4]> {
    let (text, is_before) = text.strip_suffix(" BC").map_or((text, false), |text| (text, true));
    let mut numbers = text.split(['-', 'T']).map(str::parse::<i64>);
    let year = numbers.next()?.ok()?;
    let mut parts = [if is_before { 1 - year } else { year }, 1, 1, 0];
    for part in parts.iter_mut().skip(1).take(unit as usize) {
        *part = numbers.next()?.ok()?;
    }
    Some(parts)
}

/// The days from 1970-01-01 to a day.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    // Years from March on, so that the leap day is a year's last.
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    years * 365 + leap + (months * 153 + 2) / 5 + day - 719_469
}

/// The number of a unit of time, one more than that of the unit before; `None` for what is none.
pub fn ordinal(unit: Unit, text: &str) -> Option<i64> {
    let [year, month, day, hour] = parts(unit, text)?;
    Some(match unit {
        Unit::Year => year,
        Unit::Month => year * 12 + month - 1,
        Unit::Day => day_number(year, month, day),
        Unit::Hour => day_number(year, month, day) * 24 + hour,
    })
}

/// The first instant of a unit of time and that of the next one, as filters take them: dates, and
/// timestamps for an hour.
pub fn bounds(unit: Unit, text: &str) -> Option<(String, String)> {
    let [year, month, day, hour] = parts(unit, text)?;
    let next = match unit {
        Unit::Year => [year + 1, 1, 1, 0],
        Unit::Month if month < 12 => [year, month + 1, 1, 0],
        Unit::Month => [year + 1, 1, 1, 0],
        Unit::Hour if hour < 23 => [year, month, day, hour + 1],
        Unit::Day | Unit::Hour => {
            let is_last = day_number(year, month, day + 1) == day_number(year, month + 1, 1);
            match (is_last, month) {
                (false, _) => [year, month, day + 1, 0],
                (true, 12) => [year + 1, 1, 1, 0],
                (true, _) => [year, month + 1, 1, 0],
            }
        }
    };
    let written = |[year, month, day, hour]: [i64; 4]| {
        let (year, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
        let time = if unit == Unit::Hour { format!("T{hour:02}:00:00") } else { String::new() };
        format!("{year:04}-{month:02}-{day:02}{time}{era}")
    };
    Some((written([year, month, day, hour]), written(next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_end_where_the_next_begins() {
        for (unit, text, from, to) in [
            (Unit::Year, "2024", "2024-01-01", "2025-01-01"),
            (Unit::Month, "2024-07", "2024-07-01", "2024-08-01"),
            (Unit::Month, "2024-12", "2024-12-01", "2025-01-01"),
            (Unit::Day, "2024-02-28", "2024-02-28", "2024-02-29"),
            (Unit::Day, "2023-02-28", "2023-02-28", "2023-03-01"),
            (Unit::Day, "2024-12-31", "2024-12-31", "2025-01-01"),
            (Unit::Hour, "2024-07-31T13", "2024-07-31T13:00:00", "2024-07-31T14:00:00"),
            (Unit::Hour, "2024-12-31T23", "2024-12-31T23:00:00", "2025-01-01T00:00:00"),
            (Unit::Month, "0044-03 BC", "0044-03-01 BC", "0044-04-01 BC"),
            (Unit::Year, "0001 BC", "0001-01-01 BC", "0001-01-01"),
            (Unit::Year, "9999", "9999-01-01", "10000-01-01"),
        ] {
            let expected = Some((from.to_owned(), to.to_owned()));
            assert_eq!(bounds(unit, text), expected, "{text}");
        }
        assert_eq!(bounds(Unit::Month, "n/a"), None);
        assert_eq!(bounds(Unit::Month, "2024"), None);
    }

    #[test]
    fn units_are_numbered_one_after_another() {
        for (unit, text, next) in [
            (Unit::Year, "2024", "2025"),
            (Unit::Month, "2024-12", "2025-01"),
            (Unit::Day, "2024-02-28", "2024-02-29"),
            (Unit::Day, "1999-12-31", "2000-01-01"),
            (Unit::Hour, "2024-12-31T23", "2025-01-01T00"),
        ] {
            assert_eq!(ordinal(unit, text).unwrap() + 1, ordinal(unit, next).unwrap(), "{text}");
        }
        assert_eq!(ordinal(Unit::Day, "1970-01-01"), Some(0));
    }
}
