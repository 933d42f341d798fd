//! Walks through what only SQLite can hold: values of any type in one column, keys that are NULL,
//! floats as decimals.

use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::{Cell, Fixture};
use crate::paging::{ordered, sort_parameter, text, walked};

/// The columns that are sorted by, with the type each is declared with; `N` tells the rows apart
/// for the test.
const COLUMNS: &str = "N INTEGER NOT NULL, Any, Name TEXT COLLATE NOCASE, Price DECIMAL(12,2), Ratio DOUBLE, \
                       Rank INTEGER, Flag BOOLEAN";

/// A table's name, what is declared of its key, and what the rows are ordered by after the sort.
const SHAPES: [(&str, &str, &[&str]); 7] = [
    ("Plain", "", &["rowid"]),
    ("TextKey", ", Code TEXT PRIMARY KEY", &["rowid"]),
    ("StrictKey", ", Code TEXT NOT NULL PRIMARY KEY", &["\"Code\""]),
    ("AnyKey", ", Code PRIMARY KEY", &["rowid"]),
    ("Rowless", ", Code, PRIMARY KEY (Code, N)) WITHOUT ROWID --", &["\"Code\"", "\"N\""]),
    ("RealKey", ", Code REAL, PRIMARY KEY (Code, N)) WITHOUT ROWID --", &["\"Code\"", "\"N\""]),
    (
        "NocaseKey",
        ", Code TEXT COLLATE NOCASE, PRIMARY KEY (Code, N)) WITHOUT ROWID --",
        &["\"Code\"", "\"N\""],
    ),
];

/// A value of any type.
fn any_cell() -> impl Strategy<Value = Cell> {
    let bits =
        any::<u64>().prop_map(f64::from_bits).prop_filter("a number", |number| !number.is_nan());
    prop_oneof![
        2 => Just(Cell::Null),
        3 => (-3_i64..3).prop_map(Cell::Integer),
        1 => select(vec![i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1]).prop_map(Cell::Integer),
        2 => select(vec![0.1, 0.1 + 0.2, 0.3, 2.5, -0.5, f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_993.0])
            .prop_map(Cell::Double),
        2 => bits.prop_map(Cell::Double),
        4 => text().prop_map(|text| text.map_or(Cell::Null, Cell::Text)),
        1 => select(vec!["a\0b", "a\0c", "a", "\0", "X'41'", "NULL", "long"]).prop_map(Cell::from),
        1 => select(vec![vec![], vec![0_u8], vec![0, 1], vec![255; 300], b"a".to_vec()]).prop_map(Cell::Binary),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Vec<Cell>>> {
    let cells =
        (any_cell(), any_cell(), any_cell(), any_cell(), any_cell(), any_cell(), any_cell());
    let row = cells.prop_map(|(any, name, price, ratio, rank, flag, code)| {
        vec![any, name, price, ratio, rank, flag, code]
    });
    prop::collection::vec(row, 0..20).prop_map(|rows| {
        let number = |index: usize| Cell::Integer((index as i64 * 7 + 3) % 20);
        rows.into_iter()
            .enumerate()
            .map(|(index, row)| std::iter::once(number(index)).chain(row).collect())
            .collect()
    })
}

fn sort() -> impl Strategy<Value = Vec<(&'static str, bool)>> {
    let sortable = vec!["N", "Any", "Name", "Price", "Ratio", "Rank", "Flag", "Code"];
    let names = prop::sample::subsequence(sortable, 0..=3).prop_shuffle();
    (names, prop::collection::vec(any::<bool>(), 3))
        .prop_map(|(names, down)| names.into_iter().zip(down).collect())
}

#[test]
fn every_row_comes_once_whatever_its_values_are() {
    let fixture = Fixture::sqlite();
    for (name, key, _) in SHAPES.iter().skip(1) {
        fixture.run(&format!("CREATE TABLE {name} ({COLUMNS}{key}\n)").replace("--\n)", ""));
    }
    fixture.run(&format!("CREATE TABLE Plain ({COLUMNS}, Code)"));
    let site = fixture.site();
    let ask = (rows(), 0..SHAPES.len(), sort(), 1_usize..8);
    crate::property(250, ask, |(rows, shape, sort, size)| {
        let (name, _, then) = SHAPES[shape];
        fixture.run(&format!("DELETE FROM {name}"));
        for row in &rows {
            // Rows that the table does not take, such as a key twice, are left out.
            let placeholders = vec!["?"; row.len()].join(", ");
            fixture.run_with(&format!("INSERT OR IGNORE INTO {name} VALUES ({placeholders})"), row);
        }
        let then: Vec<String> = then.iter().map(|term| (*term).to_owned()).collect();
        let address = fixture.address(name, &format!("?_size={size}{}", sort_parameter(&sort)));
        assert_eq!(
            walked(&site, &address),
            ordered(&fixture, name, &sort, &then),
            "{name} {sort:?}"
        );
    });
}

/// Rows that come packed: floats only where numbers are declared or nothing is, no bytes, no NUL
/// character.
fn packable_rows() -> impl Strategy<Value = Vec<Vec<Cell>>> {
    let bits =
        any::<u64>().prop_map(f64::from_bits).prop_filter("a number", |number| !number.is_nan());
    let words = prop_oneof![
        any::<String>(),
        select(vec!["", "'", "X'41'", "7", "[1,\"a\\u0000\"]", "null"]).prop_map(str::to_owned)
    ];
    let words = words.prop_map(|text| Cell::Text(text.replace('\0', "\u{1f}"))).boxed();
    let whole = prop_oneof![Just(Cell::Null), any::<i64>().prop_map(Cell::Integer)].boxed();
    let decimal = (any::<i64>(), 0..8_i32, 0..12_u32).prop_map(|(digits, scale, shorter)| {
        (digits / 10_i64.pow(shorter)) as f64 / 10_f64.powi(scale)
    });
    let number = prop_oneof![
        2 => bits.prop_map(Cell::Double),
        2 => decimal.prop_map(Cell::Double),
        1 => whole.clone(),
        1 => words.clone()
    ]
    .boxed();
    let row = (number.clone(), words.clone(), number.clone(), number, whole.clone(), whole, words);
    let row = row.prop_map(|(any, name, price, ratio, rank, flag, code)| {
        vec![any, name, price, ratio, rank, flag, code]
    });
    prop::collection::vec(row, 0..20).prop_map(|rows| {
        let numbered = |(index, row)| {
            std::iter::once(Cell::Integer(index as i64)).chain::<Vec<Cell>>(row).collect()
        };
        rows.into_iter().enumerate().map(numbered).collect()
    })
}

#[test]
fn packed_rows_have_every_value_as_it_is_kept() {
    let fixture = Fixture::sqlite();
    fixture.run(&format!("CREATE TABLE T ({COLUMNS}, Code)"));
    let site = fixture.site();
    crate::property(250, (packable_rows(), sort()), |(rows, sort)| {
        fixture.run("DELETE FROM T");
        rows.iter()
            .for_each(|row| fixture.run_with("INSERT INTO T VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row));
        let then = vec!["rowid".to_owned()];
        let address = fixture.address("T", &format!("?_size=7{}", sort_parameter(&sort)));
        assert_eq!(walked(&site, &address), ordered(&fixture, "T", &sort, &then), "{sort:?}");
    });
}

#[test]
fn a_text_that_ends_at_no_nul_and_one_that_is_no_utf_8_are_passed() {
    let fixture = Fixture::sqlite();
    for (table, key) in [
        ("Sorted", "N INTEGER PRIMARY KEY, V TEXT"),
        ("Keyed", "V TEXT NOT NULL PRIMARY KEY, N INTEGER"),
    ] {
        fixture.run(&format!("CREATE TABLE {table} ({key})"));
        let odd = [
            "'a'",
            "'a' || char(0)",
            "'a' || char(0) || 'b'",
            "CAST(x'61ff' AS TEXT)",
            "CAST(x'ff' AS TEXT)",
            "'z'",
        ];
        for (number, text) in odd.iter().enumerate() {
            fixture.run(&format!("INSERT INTO {table} (N, V) VALUES ({number}, {text})"));
        }
    }
    let site = fixture.site();
    for table in ["Sorted", "Keyed"] {
        for down in [false, true] {
            let sort = [("V", down)];
            let address = fixture.address(table, &format!("?_size=1{}", sort_parameter(&sort)));
            assert_eq!(walked(&site, &address), ordered(&fixture, table, &sort, &[]), "{table}");
        }
    }
}

#[test]
fn keys_too_long_for_an_address_are_walked_too() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (N INTEGER, Code TEXT NOT NULL PRIMARY KEY)");
    for number in 0..9_i64 {
        fixture.run_with(
            "INSERT INTO T VALUES (?, ?)",
            &[number.into(), "k".repeat(2_000 + 700 * number as usize).into()],
        );
    }
    let address = fixture.address("T", "?_size=2");
    assert_eq!(walked(&fixture.site(), &address), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn rows_of_a_view_that_differ_in_their_bytes_alone_come_once_each() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (N INTEGER, V BLOB)");
    for number in 0..40_u8 {
        fixture.run_with(
            "INSERT INTO T VALUES (1, ?)",
            &[vec![(u32::from(number) * 7 % 40) as u8].into()],
        );
    }
    fixture.run("CREATE VIEW Seen AS SELECT * FROM T");
    let site = fixture.site();
    for size in [1, 3, 7] {
        let rows =
            crate::harness::json_walk(&site, &fixture.address("Seen", &format!("?_size={size}")));
        let mut values: Vec<_> =
            rows.iter().map(|row| row["V"].as_str().unwrap().to_owned()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 40, "pages of {size}");
    }
}

#[test]
fn an_integer_key_that_is_not_the_row_id_may_hold_anything() {
    let fixture = Fixture::sqlite();
    // By an old mistake of SQLite's that it keeps, DESC makes this a column like any other.
    fixture.run("CREATE TABLE T (N INTEGER, ID INTEGER PRIMARY KEY DESC)");
    fixture
        .run("INSERT INTO T VALUES (1, NULL), (2, NULL), (3, 'text'), (4, 4), (5, NULL), (6, -1)");
    let address = fixture.address("T", "?_size=1");
    let mut numbers = walked(&fixture.site(), &address);
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}
