//! Decimal numbers of any size, exact: sums, averages, and steps of a width.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Decimal digits of a block of a sum.
const BLOCK: i32 = 9;
/// 10 to the power of that.
const BASE: i128 = 1_000_000_000;
/// Digits that are added at once: with the shift within a block they leave room for 10¹⁰ numbers.
const AT_ONCE: usize = 18;

/// A sum of decimal numbers.
#[derive(Debug, Default, Clone)]
pub struct Sum {
    /// By the power of [`BASE`], with no carry between them.
    blocks: BTreeMap<i32, i128>,
}

impl Sum {
    /// Adds a number by its digits and how many of them stand after the point.
    pub fn add_scaled(&mut self, number: i64, scale: u8) {
        let exponent = -i32::from(scale);
        let shift = 10_i128.pow(exponent.rem_euclid(BLOCK).unsigned_abs());
        *self.blocks.entry(exponent.div_euclid(BLOCK)).or_default() += i128::from(number) * shift;
    }

    /// Adds a number as it is written: digits with a sign, a point and an exponent where it has
    /// them. False for what is none, and then nothing is added.
    pub fn add(&mut self, text: &str) -> bool {
        let Some((is_negative, digits, exponent)) = parts(text) else { return false };
        let mut rest = digits.as_str();
        let mut exponent = exponent;
        while !rest.is_empty() {
            let (left, last) = rest.split_at(rest.len().saturating_sub(AT_ONCE));
            let number = last.parse::<i128>().unwrap_or_default();
            let shift = 10_i128.pow(exponent.rem_euclid(BLOCK).unsigned_abs());
            let signed = if is_negative { -number } else { number };
            if number != 0 {
                *self.blocks.entry(exponent.div_euclid(BLOCK)).or_default() += signed * shift;
            }
            rest = left;
            exponent += AT_ONCE as i32;
        }
        true
    }

    /// The sum in digits, with no zero at the end of a fraction.
    pub fn digits(&self) -> String {
        let (Some(first), Some(last)) = (self.blocks.keys().next(), self.blocks.keys().last())
        else {
            return "0".to_owned();
        };
        let (first, last) = ((*first).min(0), (*last).max(0));
        let (mut blocks, carry) = self.carried(first, last, 1);
        let is_negative = carry < 0;
        if is_negative {
            blocks = self.carried(first, last, -1).0;
        }
        let fractions = first.unsigned_abs() as usize * BLOCK as usize;
        let digits: String = blocks.iter().rev().map(|block| format!("{block:09}")).collect();
        let (whole, fraction) = digits.split_at(digits.len() - fractions);
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if is_negative { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// The blocks from the lowest on, each within its range, and what is left over: -1 where the
    /// number is negative.
    fn carried(&self, first: i32, last: i32, sign: i128) -> (Vec<i128>, i128) {
        let (mut blocks, mut carry) = (Vec::new(), 0);
        let mut index = first;
        while index <= last || (carry != 0 && carry != -1) {
            let block = sign * self.blocks.get(&index).copied().unwrap_or_default() + carry;
            blocks.push(block.rem_euclid(BASE));
            carry = block.div_euclid(BASE);
            index += 1;
        }
        (blocks, carry)
    }
}

/// Sign, digits, and the power of ten of the last one.
fn parts(text: &str) -> Option<(bool, String, i32)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let exponent: i32 = exponent.parse().ok().filter(|power: &i32| power.abs() < 10_000)?;
    let places = i32::try_from(fraction.len()).ok()?;
    is_number.then(|| (text.starts_with('-'), digits, exponent - places))
}

/// A number divided by a count, rounded to so many digits after the point, half away from zero.
/// `None` for what is no number, and for a count of none.
pub fn average(sum: &str, count: u64, scale: usize) -> Option<String> {
    let (is_negative, digits, exponent) = parts(sum).filter(|_| count > 0)?;
    let places = usize::try_from(-exponent).ok()?;
    // One digit more than are kept: it decides how the last one is rounded.
    let wanted = digits.len() - places.min(digits.len()) + scale + 1;
    let padded = digits.bytes().map(|byte| u128::from(byte - b'0'));
    let padded = std::iter::repeat_n(0, places.saturating_sub(digits.len())).chain(padded);
    let (mut quotient, mut rest) = (Vec::with_capacity(wanted), 0_u128);
    for digit in padded.chain(std::iter::repeat(0)).take(wanted) {
        rest = rest * 10 + digit;
        quotient.push(u8::try_from(rest / u128::from(count)).unwrap_or(9));
        rest %= u128::from(count);
    }
    let mut carry = quotient.pop().is_some_and(|digit| digit >= 5);
    for digit in quotient.iter_mut().rev() {
        *digit = if carry && *digit == 9 { 0 } else { *digit + u8::from(carry) };
        carry = carry && *digit == 0;
    }
    let digits: String = std::iter::once(u8::from(carry)).chain(quotient).map(letter).collect();
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if is_negative && !is_zero { "-" } else { "" };
    Some(format!("{sign}{whole}{}{fraction}", if scale == 0 { "" } else { "." }))
}

fn letter(digit: u8) -> char {
    char::from(b'0' + digit)
}

/// A width of steps: positive, and at most 15 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Width {
    /// As it was written.
    pub text: String,
    /// Its digits without the point.
    unscaled: i64,
    /// Digits after the point.
    pub scale: u32,
}

/// Digits of a width at most: what a float holds.
const WIDTH_DIGITS: usize = 15;

impl Width {
    /// Reads a width.
    pub fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}");
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        let shaped = !whole.is_empty() && (fraction.is_empty() != text.contains('.'));
        let fits = (1..=WIDTH_DIGITS).contains(&digits.len());
        let unscaled = digits.parse().ok().filter(|number| *number > 0)?;
        let scale = u32::try_from(fraction.len()).ok()?;
        (are_digits && shaped && fits).then(|| Self { text: text.to_owned(), unscaled, scale })
    }

    /// The lower end of a step: the step's number times the width. `None` where that has more
    /// digits than can be computed.
    pub fn times(&self, step: i128) -> Option<String> {
        let unscaled = step.checked_mul(i128::from(self.unscaled))?;
        let places = self.scale as usize;
        let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if unscaled < 0 { "-" } else { "" };
        Some(format!("{sign}{whole}{}{fraction}", if places == 0 { "" } else { "." }))
    }

    /// The number of the step that a number as it is written belongs to: rounded down. `None`
    /// where it has more digits than can be computed.
    pub fn step_of(&self, text: &str) -> Option<i128> {
        let (is_negative, digits, exponent) = parts(text)?;
        let digits = digits.trim_start_matches('0');
        let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let number = if is_negative { -number } else { number };
        // Both are brought to the same power of ten.
        let power = exponent.checked_add(i32::try_from(self.scale).ok()?)?;
        let factor = 10_i128.checked_pow(power.unsigned_abs());
        let width = i128::from(self.unscaled);
        match power.cmp(&0) {
            Ordering::Less => match factor.and_then(|factor| width.checked_mul(factor)) {
                Some(width) => Some(number.div_euclid(width)),
                // It is nearer to zero than any step is wide.
                None => Some(-i128::from(number < 0)),
            },
            _ => Some(number.checked_mul(factor?)?.div_euclid(width)),
        }
    }
}

/// A text that sorts among others as its number does.
pub fn sortable(number: &str) -> Option<String> {
    let (is_negative, _, _) = parts(number).filter(|(_, _, exponent)| *exponent <= 0)?;
    let unsigned = number.trim_start_matches(['-', '+']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0');
    let key = format!("{:04}{whole}.{}", whole.len(), fraction.trim_end_matches('0'));
    // Of negative numbers the greater is the lesser, and one with more digits comes before.
    let turned = |letter: char| {
        letter
            .to_digit(10)
            .map_or(letter, |digit| char::from_digit(9 - digit, 10).unwrap_or(letter))
    };
    Some(match is_negative {
        true => format!("0{}~", key.chars().map(turned).collect::<String>()),
        false => format!("1{key}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(numbers: &[&str]) -> String {
        let mut sum = Sum::default();
        numbers.iter().for_each(|number| assert!(sum.add(number), "{number}"));
        sum.digits()
    }

    #[test]
    fn sums_keep_every_digit() {
        for (numbers, expected) in [
            (&["0.1", "0.2"][..], "0.3"),
            (&["-0.1", "0.1"], "0"),
            (&["9223372036854775807", "9223372036854775807"], "18446744073709551614"),
            (&["-9223372036854775808", "-1"], "-9223372036854775809"),
            (&["1e300", "-1e300", "1.5e-10"], "0.00000000015"),
            (&["-1e-5", "-.00001"], "-0.00002"),
            (&["123456789012345678901234567890.12", "0.08"], "123456789012345678901234567890.2"),
            (&[], "0"),
            (&["1000000000", "-1"], "999999999"),
            (&["-1000000000", "1"], "-999999999"),
            (&["-999999999999999999999"], "-999999999999999999999"),
        ] {
            assert_eq!(sum(numbers), expected, "{numbers:?}");
        }
        for text in ["", "-", ".", "n/a", "1e", "NaN", "inf", "0x1", "1 2"] {
            assert!(!Sum::default().add(text), "{text}");
        }
    }

    #[test]
    fn averages_are_rounded_half_away_from_zero() {
        for (sum, count, scale, expected) in [
            ("10", 4, 2, "2.50"),
            ("1", 3, 6, "0.333333"),
            ("2", 3, 6, "0.666667"),
            ("-2", 3, 6, "-0.666667"),
            ("0.005", 1, 2, "0.01"),
            ("-0.005", 1, 2, "-0.01"),
            ("0.00499", 1, 2, "0.00"),
            ("-0.001", 1, 2, "0.00"),
            ("99.999", 1, 2, "100.00"),
            ("7", 2, 0, "4"),
            ("0.000001", 1_000_000, 6, "0.000000"),
            ("18446744073709551614", 2, 1, "9223372036854775807.0"),
        ] {
            let average = average(sum, count, scale);
            assert_eq!(average.as_deref(), Some(expected), "{sum} / {count}");
        }
        assert_eq!(average("1", 0, 2), None);
    }

    #[test]
    fn steps_are_rounded_down() {
        let width = |text| Width::read(text).unwrap();
        for (text, by, step, low) in [
            ("-2000", "1000", -2, "-2000"),
            ("-1999.99", "1000", -2, "-2000"),
            ("-0.01", "1000", -1, "-1000"),
            ("0", "1000", 0, "0"),
            ("999.99", "1000", 0, "0"),
            ("0.3", "0.1", 3, "0.3"),
            ("0.29999999999999999", "0.1", 2, "0.2"),
            ("-0.3", "0.1", -3, "-0.3"),
            ("1e3", "0.25", 4_000, "1000.00"),
            ("1e-300", "1", 0, "0"),
            ("-1e-300", "1", -1, "-1"),
            ("-9223372036854775808", "1000", -9_223_372_036_854_776, "-9223372036854776000"),
        ] {
            assert_eq!(width(by).step_of(text), Some(step), "{text} by {by}");
            assert_eq!(width(by).times(step).as_deref(), Some(low), "{text} by {by}");
        }
        for text in ["", "0", "0.0", "-1", "+1", "1.", ".5", "1e3", "1234567890123456", "x"] {
            assert_eq!(Width::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn sums_are_those_of_whole_numbers(numbers in prop::collection::vec(any::<i64>(), 0..20), scale in 0_usize..12) {
            let mut sum = Sum::default();
            for number in &numbers {
                let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let sign = if *number < 0 { "-" } else { "" };
                sum.add(&format!("{sign}{whole}.{fraction}"));
            }
            let total: i128 = numbers.iter().map(|number| i128::from(*number)).sum();
            let mut shifted = Sum::default();
            shifted.add(&format!("{total}e-{scale}"));
            prop_assert_eq!(sum.digits(), shifted.digits());
        }

        #[test]
        fn texts_sort_as_their_numbers(one in any::<i32>(), other in any::<i32>(), scale in 0_i32..6) {
            let text = |number: i32| {
                let mut sum = Sum::default();
                sum.add(&format!("{number}e-{scale}"));
                sortable(&sum.digits()).unwrap()
            };
            prop_assert_eq!(text(one).cmp(&text(other)), one.cmp(&other));
        }
    }
}
