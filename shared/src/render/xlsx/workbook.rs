//! A workbook of two sheets: the rows, and what is to be said of them.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, IgnoreError, Url, Workbook, Worksheet, XlsxError,
};

use super::cell::{Look, SheetCell, Zone};
use crate::error::Error;
use crate::view::about::{About, AboutValue};

/// Characters of a sheet's name at most.
const LONGEST_NAME: usize = 31;

/// Bytes of an address that Excel still follows.
const LONGEST_LINK: usize = 2_000;

/// Rows by whose texts a column's width is chosen.
const MEASURED_ROWS: usize = 200;

/// Characters of a column at least and at most.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=60;

/// What zlib is asked for: of 10,000 rows with 12 columns, 2 leaves a tenth more bytes than 6 for
/// half of the time.
const COMPRESSION_LEVEL: u8 = 2;

/// The second sheet.
const ABOUT: &str = "About";

/// Writes the workbook: columns' names, rows, and the sheet about them.
///
/// # Errors
/// [`Error::Internal`] for more rows or columns than a sheet has.
pub fn workbook(
    table: &str,
    columns: &[&str],
    rows: &[Vec<SheetCell>],
    about: &About,
) -> Result<Vec<u8>, Error> {
    write(table, columns, rows, about).map_err(|error| Error::internal(format!("XLSX: {error}")))
}

fn write(
    table: &str,
    columns: &[&str],
    rows: &[Vec<SheetCell>],
    about: &About,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(COMPRESSION_LEVEL);
    fill(workbook.add_worksheet().set_name(sheet_name(table))?, columns, rows)?;
    describe(workbook.add_worksheet().set_name(ABOUT)?, about)?;
    workbook.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, columns: &[&str], rows: &[Vec<SheetCell>]) -> Result<(), XlsxError> {
    let (text, head) = (text_format(), text_format().set_bold());
    let mut formats: BTreeMap<Look, Format> = BTreeMap::new();
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &head)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                SheetCell::Empty => continue,
                SheetCell::Boolean(truth) => sheet.write_boolean(row, column, *truth)?,
                SheetCell::Number(number, look) => {
                    let format = formats.entry(*look).or_insert_with(|| number_format(*look));
                    sheet.write_number_with_format(row, column, *number, format)?
                }
                SheetCell::Text(value) => {
                    sheet.write_string_with_format(row, column, value, &text)?
                }
            };
        }
    }
    for (index, name) in columns.iter().enumerate() {
        let measured = rows.iter().take(MEASURED_ROWS).filter_map(|cells| cells.get(index));
        // The button of the filter stands beside the name.
        let longest = measured.map(SheetCell::width).max().unwrap_or(0);
        let width = (name.chars().count() + 3).max(longest + 1);
        let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
        sheet.set_column_width(u16::try_from(index).unwrap_or(u16::MAX), width as f64)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let last_row = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last_row, last_column)?;
    // Digits that are text are meant to be.
    sheet.ignore_error_range(
        1,
        0,
        last_row.max(1),
        last_column,
        IgnoreError::NumberStoredAsText,
    )?;
    Ok(())
}

fn describe(sheet: &mut Worksheet, about: &About) -> Result<(), XlsxError> {
    let (text, head) = (text_format().set_text_wrap(), text_format().set_bold());
    let time =
        Format::new().set_num_format(r#"yyyy-mm-dd hh:mm:ss" UTC""#).set_align(FormatAlign::Left);
    sheet.set_column_width(0, 16)?.set_column_width(1, 100)?;
    for (row, line) in (0..).zip(&about.lines) {
        sheet.write_string_with_format(row, 0, &line.label, &head)?;
        match &line.value {
            AboutValue::Text(value) => sheet.write_string_with_format(row, 1, value, &text)?,
            AboutValue::Address(address)
                if address.starts_with("http") && address.len() <= LONGEST_LINK =>
            {
                sheet.write_url(row, 1, Url::new(address))?
            }
            AboutValue::Address(address) => {
                // No cell holds more than the longest address that we write.
                sheet.write_string_with_format(row, 1, address, &text)?
            }
            AboutValue::Number(number) => {
                sheet.write_number_with_format(row, 1, *number as f64, &left())?
            }
            AboutValue::Time(seconds) => {
                let seconds = i64::try_from(*seconds).unwrap_or_default();
                sheet.write_datetime_with_format(
                    row,
                    1,
                    ExcelDateTime::from_timestamp(seconds)?,
                    &time,
                )?
            }
        };
    }
    Ok(())
}

/// Text also after somebody has edited it.
fn text_format() -> Format {
    Format::new().set_num_format("@")
}

fn left() -> Format {
    Format::new().set_num_format("#,##0").set_align(FormatAlign::Left)
}

fn number_format(look: Look) -> Format {
    let decimals = |count: usize| match count {
        0 => String::new(),
        count => format!(".{}", "0".repeat(count)),
    };
    let format = match look {
        Look::General => return Format::new(),
        Look::Fixed(count) => format!("0{}", decimals(count)),
        Look::Date => "yyyy-mm-dd".to_owned(),
        Look::Time(count) => format!("hh:mm:ss{}", decimals(count)),
        Look::Timestamp(count, zone) => {
            let zone = match zone {
                Zone::None => "",
                Zone::Z => "\"Z\"",
                Zone::Utc => "\"+00:00\"",
            };
            format!("yyyy-mm-dd hh:mm:ss{}{zone}", decimals(count))
        }
    };
    Format::new().set_num_format(format)
}

/// A table's name as Excel lets a sheet be called: some characters may not be in it, it has 31 at
/// most, no apostrophe at its ends, and no other sheet's name.
fn sheet_name(table: &str) -> String {
    let allowed = |letter: char| {
        let is_odd = "[]:*?/\\".contains(letter)
            || letter.is_control()
            || ['\u{FFFE}', '\u{FFFF}'].contains(&letter);
        if is_odd { '_' } else { letter }
    };
    let (mut name, mut length) = (String::new(), 0);
    for letter in table.chars().map(allowed) {
        length += letter.len_utf16();
        if length > LONGEST_NAME {
            break;
        }
        name.push(letter);
    }
    let name = name.trim_matches('\'');
    let is_taken = [ABOUT, "History", ""].iter().any(|taken| name.eq_ignore_ascii_case(taken));
    if is_taken { format!("Rows {name}").trim_end().to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_called_as_excel_allows() {
        for (table, expected) in [
            ("Bank.Account", "Bank.Account"),
            ("Bank.A/b:c[d]*e?\\", "Bank.A_b_c_d__e__"),
            ("'Bank.O'Brien'", "Bank.O'Brien"),
            ("Bank.\u{1F600}", "Bank.\u{1F600}"),
            ("about", "Rows about"),
            ("History", "Rows History"),
            ("''", "Rows"),
            (&"\u{1F600}".repeat(20), &"\u{1F600}".repeat(15)),
            (&"x".repeat(40), &"x".repeat(31)),
            ("a\tb", "a_b"),
        ] {
            assert_eq!(sheet_name(table), expected);
        }
    }
}
