//! Rows come and go while a client walks: those that stay come once each.

use proptest::prelude::*;

use crate::fixture::{Fixture, Kind, Table};
use crate::row;

/// Equal for more characters than a token holds of a value, so it looks them up in the row.
fn long(end: i64) -> String {
    format!("{}{end}", "long ".repeat(60))
}

fn table(rows: i64) -> Table {
    Table::new("T")
        .column("N", Kind::Integer)
        .column("V", Kind::Varchar(400))
        .key(&["N"])
        .rows((0..rows).map(|number| row![number * 10, long(number % 3)]))
}

/// What happens between two pages.
#[derive(Debug, Clone)]
enum Change {
    Delete(i64),
    Insert(i64),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let delete = (0_i64..12).prop_map(|number| Change::Delete(number * 10));
    let insert = (0_i64..120).prop_map(|number| Change::Insert(number * 10 + 5));
    prop::collection::vec(prop_oneof![delete, insert], 0..10)
}

#[test]
fn rows_that_stay_come_once_whatever_is_inserted_or_deleted() {
    let fixture = Fixture::with(&[table(0)]);
    let site = fixture.site();
    let sorts = ["", "&_sort=-N", "&_sort=V,-N", "&_sort=-V"];
    crate::property(40, (changes(), 1_usize..5, 0..sorts.len()), |(changes, size, sort)| {
        fixture.run(&format!("DELETE FROM {}", fixture.in_sql("T")));
        fixture.insert("T", &table(12).rows);
        let mut stayed: Vec<i64> = (0..12).map(|number| number * 10).collect();
        let mut changes = changes.into_iter();
        let mut next = Some(fixture.address("T", &format!("?_size={size}{}", sorts[sort])));
        let mut seen = Vec::new();
        while let Some(address) = next {
            let page = site.json(&address);
            let numbers: Vec<i64> = page["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["N"].as_i64().unwrap())
                .collect();
            next = page["next"].as_str().map(str::to_owned);
            // The row at which the next page begins is needed where its value is looked up; another
            // test deletes it.
            let last = numbers.last().copied();
            seen.extend(numbers);
            match changes.next() {
                Some(Change::Delete(number)) if Some(number) != last => {
                    fixture.run(&format!(
                        "DELETE FROM {} WHERE \"N\" = {number}",
                        fixture.in_sql("T")
                    ));
                    stayed.retain(|known| *known != number);
                }
                Some(Change::Insert(number)) => {
                    fixture.run(&format!(
                        "DELETE FROM {} WHERE \"N\" = {number}",
                        fixture.in_sql("T")
                    ));
                    fixture.insert("T", &[row![number, long(number % 3)]]);
                }
                _ => {}
            }
        }
        for number in stayed {
            assert_eq!(
                seen.iter().filter(|seen| **seen == number).count(),
                1,
                "row {number} of {seen:?}"
            );
        }
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "a row came twice: {seen:?}");
    });
}

#[test]
fn a_row_whose_other_values_change_comes_once_with_those_of_its_page() {
    let fixture = Fixture::with(&[table(6)]);
    let site = fixture.site();
    let first = site.json(&fixture.address("T", "?_size=3"));
    fixture.run(&format!("UPDATE {} SET \"V\" = 'new'", fixture.in_sql("T")));
    let second = site.json(first["next"].as_str().unwrap());
    let rows = [&first, &second].map(|page| page["rows"].as_array().unwrap().clone()).concat();
    let numbers: Vec<i64> = rows.iter().map(|row| row["N"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [0, 10, 20, 30, 40, 50]);
    let is_new: Vec<bool> = rows.iter().map(|row| row["V"] == "new").collect();
    assert_eq!(is_new, [false, false, false, true, true, true]);
    assert!(second["next"].is_null());
}

#[test]
fn the_row_before_a_page_may_be_deleted_where_its_values_are_known() {
    let fixture = Fixture::with(&[table(6)]);
    let site = fixture.site();
    let next = site.json(&fixture.address("T", "?_size=3"))["next"].as_str().unwrap().to_owned();
    fixture.run(&format!("DELETE FROM {} WHERE \"N\" = 20", fixture.in_sql("T")));
    let page = site.json(&next);
    let numbers: Vec<_> =
        page["rows"].as_array().unwrap().iter().map(|row| row["N"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [30, 40, 50]);
}

#[test]
fn a_page_after_a_deleted_row_is_refused_not_empty() {
    let fixture = Fixture::with(&[table(6)]);
    let site = fixture.site();
    let first = site.json(&fixture.address("T", "?_size=3&_sort=V"));
    let next = first["next"].as_str().unwrap();
    assert_eq!(site.json(next)["rows"].as_array().unwrap().len(), 3);
    let last = first["rows"][2]["N"].as_i64().unwrap();
    fixture.run(&format!("DELETE FROM {} WHERE \"N\" = {last}", fixture.in_sql("T")));
    let refused = site.refused(next, "_next");
    assert!(refused.text().contains("gone"), "{}", refused.text());
}
