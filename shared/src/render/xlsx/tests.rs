use super::cell::{LONGEST_TEXT, Look, SheetCell, Zone};
use crate::table::{Column, Type};
use crate::view::Value;

fn column(kind: Type) -> Column {
    Column {
        name: "A".to_owned(),
        title: "A".to_owned(),
        kind,
        source_type: String::new(),
        placeholder: "?".to_owned(),
        precision: None,
        scale: None,
        nullable: true,
        comparable: true,
        row_number: false,
        description: None,
    }
}

fn text(text: &str, kind: Type) -> SheetCell {
    SheetCell::of(&Value::Text(text.into()), &column(kind)).0
}

fn number(text: &str, kind: Type) -> SheetCell {
    SheetCell::of(&Value::Number(text.into()), &column(kind)).0
}

fn fixed(number: f64, decimals: usize) -> SheetCell {
    SheetCell::Number(number, Look::Fixed(decimals))
}

fn as_text(value: &str) -> SheetCell {
    SheetCell::Text(value.to_owned())
}

#[test]
fn numbers_are_numbers_where_15_digits_hold_them() {
    assert_eq!(number("7", Type::Integer), fixed(7.0, 0));
    assert_eq!(number("-999999999999999", Type::Integer), fixed(-999_999_999_999_999.0, 0));
    assert_eq!(number("1234567890123456", Type::Integer), as_text("1234567890123456"));
    assert_eq!(number("1234567890123450", Type::Integer), as_text("1234567890123450"));
    assert_eq!(text("9007199254740993", Type::Integer), as_text("9007199254740993"));
    assert_eq!(text("0.10", Type::Decimal), fixed(0.1, 2));
    assert_eq!(text("1234567890123.45", Type::Decimal), fixed(1_234_567_890_123.45, 2));
    for more in ["12345678901234.56", "0.1234567890123456", "1e5", "NaN", "007.10", "1.", ".5", ""]
    {
        assert_eq!(text(more, Type::Decimal), as_text(more), "{more}");
    }
    // A float is the same number there; Excel has no denormalised ones.
    let float = |number: f64| SheetCell::Number(number, Look::General);
    assert_eq!(number("0.30000000000000004", Type::Double), float(0.300_000_000_000_000_04));
    assert_eq!(number("1e+300", Type::Double), float(1e300));
    assert_eq!(number("5e-324", Type::Double), as_text("5e-324"));
}

#[test]
fn a_text_is_never_read_as_anything_else() {
    for value in ["007", "=1+1", "+49 30", "-1", "@SUM(A1)", "2024-02-29", "TRUE", "1e5", "0.10"] {
        assert_eq!(text(value, Type::Text), as_text(value));
    }
    assert_eq!(text("007", Type::Integer), as_text("007"));
    assert_eq!(SheetCell::of(&Value::Null, &column(Type::Text)).0, SheetCell::Empty);
    assert_eq!(
        SheetCell::of(&Value::Boolean(true), &column(Type::Boolean)).0,
        SheetCell::Boolean(true)
    );
}

#[test]
fn dates_and_times_are_such_where_excel_has_them() {
    let shown = |value: &str, kind, number, look| {
        assert_eq!(text(value, kind), SheetCell::Number(number, look), "{value}");
    };
    // The days that Excel itself gives these numbers.
    shown("1900-01-01", Type::Date, 1.0, Look::Date);
    shown("1900-02-28", Type::Date, 59.0, Look::Date);
    shown("1900-03-01", Type::Date, 61.0, Look::Date);
    shown("2024-02-29", Type::Date, 45_351.0, Look::Date);
    shown("9999-12-31", Type::Date, 2_958_465.0, Look::Date);
    shown("12:00:00", Type::Time, 0.5, Look::Time(0));
    shown("18:00:00.250", Type::Time, 64_800_250.0 / 86_400_000.0, Look::Time(2));
    shown("2024-02-29T06:00:00", Type::Timestamp, 45_351.25, Look::Timestamp(0, Zone::None));
    shown("2024-02-29T06:00:00+00:00", Type::Timestamp, 45_351.25, Look::Timestamp(0, Zone::Utc));
    shown("2024-02-29T06:00:00.000Z", Type::Timestamp, 45_351.25, Look::Timestamp(0, Zone::Z));
    shown("2024-02-29", Type::Timestamp, 45_351.0, Look::Date);
    for (value, kind) in [
        ("1899-12-31", Type::Date),
        ("10000-01-01", Type::Date),
        ("0044-03-15 BC", Type::Date),
        ("infinity", Type::Date),
        ("2023-02-29", Type::Date),
        ("0000-00-00", Type::Date),
        ("n/a", Type::Date),
        ("24:00:00", Type::Time),
        ("10:00:00+02:00", Type::Time),
        ("2024-02-29T06:00:00+02:00", Type::Timestamp),
        ("2024-02-29T06:00:00.000001", Type::Timestamp),
        ("1899-12-31T06:00:00", Type::Timestamp),
    ] {
        assert_eq!(text(value, kind), as_text(value), "{value}");
    }
}

#[test]
fn a_text_that_no_cell_holds_is_cut_visibly() {
    let of = |text: String| SheetCell::of(&Value::Text(text.into()), &column(Type::Text));
    let most = "x".repeat(LONGEST_TEXT);
    assert_eq!(of(most.clone()), (SheetCell::Text(most.clone()), false));
    let (cut, is_cut) = of(format!("{most}x"));
    let SheetCell::Text(cut) = cut else { panic!("text") };
    assert!(is_cut && cut.ends_with("x… [cut]") && cut.encode_utf16().count() == LONGEST_TEXT);
    // An emoji is two of what Excel counts.
    let (cut, is_cut) = of("\u{1F600}".repeat(LONGEST_TEXT / 2 + 1));
    let SheetCell::Text(cut) = cut else { panic!("text") };
    assert!(is_cut && cut.ends_with("\u{1F600}… [cut]"));
    assert!(cut.encode_utf16().count() <= LONGEST_TEXT);
}
