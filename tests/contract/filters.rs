//! Filters: every operator on every type, against a reference computed here.

use std::cmp::Ordering;

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Site, csv_walk, json_walk, query};
use crate::row;

/// Whether a comparison holds for how a value compares.
type Holds = fn(Ordering) -> bool;

/// The operators that compare, and what they hold for.
const COMPARED: [(&str, Holds); 7] = [
    ("", Ordering::is_eq),
    ("__exact", Ordering::is_eq),
    ("__not", Ordering::is_ne),
    ("__gt", Ordering::is_gt),
    ("__gte", Ordering::is_ge),
    ("__lt", Ordering::is_lt),
    ("__lte", Ordering::is_le),
];

/// A table `T` of these values as column `V`, numbered from 0 in column `ID`.
pub fn numbered(kind: Kind, values: Vec<Cell>) -> Table {
    let rows = values.into_iter().enumerate().map(|(id, value)| row![id as i64, value]);
    Table::new("T").column("ID", Kind::Integer).column("V", kind).key(&["ID"]).rows(rows)
}

/// The numbers of the rows that a filter finds.
pub fn found(site: &Site, fixture: &Fixture, pairs: &[(&str, &str)]) -> Vec<usize> {
    let all = [pairs, &[("_col", "ID"), ("_size", "1000")]].concat();
    let rows = csv_walk(site, &fixture.address("T", &query(&all)));
    rows.iter().map(|row| row[0].as_deref().unwrap().parse().unwrap()).collect()
}

/// Checks every comparing operator with every value, each written as a client writes it. `order`
/// compares the values at two indices; NULL is at the last one, and no comparison finds it.
fn check(
    kind: Kind,
    values: Vec<Cell>,
    written: &[&str],
    order: impl Fn(usize, usize) -> Ordering,
) {
    let count = values.len();
    assert_eq!(count, written.len());
    let fixture = Fixture::with(&[numbered(kind, [values, vec![Cell::Null]].concat())]);
    let site = fixture.site();
    let matching = |holds: &dyn Fn(usize) -> bool| {
        (0..count).filter(|index| holds(*index)).collect::<Vec<_>>()
    };
    for (at, value) in written.iter().enumerate() {
        for (operator, holds) in COMPARED {
            let expected = matching(&|index| holds(order(index, at)));
            let name = format!("V{operator}");
            assert_eq!(found(&site, &fixture, &[(&name, value)]), expected, "{name}={value}");
        }
        let next = (at + 1) % count;
        let either = |index: usize| order(index, at).is_eq() || order(index, next).is_eq();
        for list in
            [format!("{value},{}", written[next]), format!("[\"{value}\",\"{}\"]", written[next])]
        {
            assert_eq!(
                found(&site, &fixture, &[("V__in", &list)]),
                matching(&either),
                "V__in={list}"
            );
            let neither = matching(&|index| !either(index));
            assert_eq!(found(&site, &fixture, &[("V__notin", &list)]), neither, "V__notin={list}");
        }
        let between = matching(&|index| order(index, at).is_ge() && order(index, next).is_le());
        assert_eq!(
            found(&site, &fixture, &[("V__gte", value), ("V__lte", written[next])]),
            between
        );
    }
    let all: Vec<usize> = (0..count).collect();
    for (pair, expected) in [
        (("V__isnull", ""), vec![count]),
        (("V__isnull", "true"), vec![count]),
        (("V__isnull", "1"), vec![count]),
        (("V__isnull", "false"), all.clone()),
        (("V__notnull", ""), all.clone()),
        (("V__notnull", "0"), vec![count]),
    ] {
        assert_eq!(found(&site, &fixture, &[pair]), expected, "{pair:?}");
    }
}

#[test]
fn integers() {
    let values = [0, -1, 7, 7, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1];
    let written: Vec<String> = values.iter().map(i64::to_string).collect();
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    check(Kind::Integer, values.map(Cell::from).to_vec(), &written, |one, other| {
        values[one].cmp(&values[other])
    });
}

#[test]
fn decimals() {
    let written = ["0.10", "-0.50", "9.99", "9.99", "1234567.00", "-7", "0"];
    let values: Vec<f64> = written.iter().map(|text| text.parse().unwrap()).collect();
    let cells = written.iter().map(|text| Cell::from(*text)).collect();
    check(Kind::Decimal(9, 2), cells, &written, |one, other| values[one].total_cmp(&values[other]));
}

#[test]
fn decimals_are_found_however_they_are_written() {
    let fixture = Fixture::with(&[numbered(
        Kind::Decimal(9, 2),
        vec!["0.10".into(), "-0.50".into(), "3".into()],
    )]);
    let site = fixture.site();
    for (written, expected) in
        [("0.1", 0), (".1", 0), ("+0.100", 0), ("-.5", 1), ("-00.50", 1), ("3.", 2), ("3.00", 2)]
    {
        assert_eq!(found(&site, &fixture, &[("V", written)]), [expected], "{written}");
    }
    for wrong in ["0x1", "1,5", ".", "-", "", "one", "nan"] {
        no_value(&site, &fixture, wrong);
    }
}

#[test]
fn doubles() {
    let values = [0.1, 0.1 + 0.2, 0.3, -2.5, 1e300, 5e-324, 0.0];
    let written: Vec<String> = values.iter().map(f64::to_string).collect();
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    check(Kind::Double, values.map(Cell::from).to_vec(), &written, |one, other| {
        values[one].total_cmp(&values[other])
    });
    let fixture = Fixture::with(&[numbered(Kind::Double, vec![1e300.into(), 0.5.into()])]);
    let site = fixture.site();
    assert_eq!(found(&site, &fixture, &[("V", "1e+300")]), [0]);
    assert_eq!(found(&site, &fixture, &[("V", "5E-1")]), [1]);
    for wrong in ["inf", "NaN", "infinity", "0x1p3", "", "1_000", " 1"] {
        no_value(&site, &fixture, wrong);
    }
}

#[test]
fn booleans() {
    let values = [true, false, true];
    check(Kind::Boolean, values.map(Cell::from).to_vec(), &["true", "false", "1"], |one, other| {
        values[one].cmp(&values[other])
    });
}

/// What no value of the column can be is refused. Where any value may stand in any column it is
/// compared as it stands, and finds none.
fn no_value(site: &Site, fixture: &Fixture, wrong: &str) {
    let address = fixture.address("T", &query(&[("V", wrong)]));
    if fixture.keeps_any_type() && site.get(&address).status == 200 {
        assert_eq!(json_walk(site, &address).len(), 0, "{wrong}");
    } else {
        site.refused(&address, "V");
    }
}

#[test]
fn dates() {
    let written =
        ["2024-02-29", "1999-12-31", "2024-03-01", "0001-01-01", "9999-12-31", "2024-02-29"];
    let cells = written.iter().map(|text| Cell::from(*text)).collect();
    check(Kind::Date, cells, &written, |one, other| written[one].cmp(written[other]));
    let fixture = Fixture::with(&[numbered(Kind::Date, vec![])]);
    let site = fixture.site();
    for wrong in [
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-1-1",
        "24-01-01",
        "2024/01/01",
        "today",
    ] {
        no_value(&site, &fixture, wrong);
    }
}

#[test]
fn times_of_day() {
    let written = ["00:00:00", "23:59:59", "12:30:00", "12:30:01"];
    let cells = written.iter().map(|text| Cell::from(*text)).collect();
    check(Kind::Time, cells, &written, |one, other| written[one].cmp(written[other]));
    let fixture = Fixture::with(&[numbered(Kind::Time, vec!["12:30:00".into()])]);
    let site = fixture.site();
    assert_eq!(found(&site, &fixture, &[("V", "12:30")]), [0]);
    for wrong in ["24:00:01", "25:00:00", "12:60", "12", "1:00", "12:30:00.", "noon"] {
        no_value(&site, &fixture, wrong);
    }
}

#[test]
fn timestamps() {
    let stored = [
        "2024-02-29 10:00:00",
        "2024-02-29 10:00:00.5",
        "2024-02-29 23:59:59",
        "1999-12-31 00:00:00",
    ];
    let written =
        ["2024-02-29T10:00:00", "2024-02-29 10:00:00.500", "2024-02-29T23:59:59.000", "1999-12-31"];
    let cells = stored.iter().map(|text| Cell::from(*text)).collect();
    check(Kind::Timestamp, cells, &written, |one, other| stored[one].cmp(stored[other]));
    let fixture = Fixture::with(&[numbered(Kind::Timestamp, vec![])]);
    let site = fixture.site();
    for wrong in [
        "2024-02-30T10:00:00",
        "2024-02-29T24:00:00",
        "2024-02-29X10:00:00",
        "10:00:00",
        "yesterday",
        "",
    ] {
        no_value(&site, &fixture, wrong);
    }
}

#[test]
fn filters_on_several_columns_must_all_hold() {
    let table = Table::new("T")
        .column("ID", Kind::Integer)
        .column("A", Kind::Integer)
        .column("B", Kind::Text)
        .key(&["ID"]);
    let rows = (0..12).map(|id| row![id, id % 3, if id % 2 == 0 { "even" } else { "odd" }]);
    let fixture = Fixture::with(&[table.rows(rows)]);
    let site = fixture.site();
    assert_eq!(found(&site, &fixture, &[("A", "1"), ("B", "even")]), [4, 10]);
    assert_eq!(
        found(
            &site,
            &fixture,
            &[("A__gt", "0"), ("A__lt", "2"), ("B__not", "even"), ("ID__lt", "6")]
        ),
        [1]
    );
    assert_eq!(found(&site, &fixture, &[("A", "1"), ("A", "2")]), [0_usize; 0]);
    assert_eq!(found(&site, &fixture, &[("a", "2"), ("_q", "ODD")]), [5, 11]);
}
