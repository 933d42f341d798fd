//! Filters, sort terms and columns: as many as there may be, and one more.

use crate::fixture::Fixture;
use crate::harness::json_walk;

#[test]
fn as_many_filters_and_sort_terms_as_there_may_be_are_read_and_more_are_refused() {
    let fixture = Fixture::sqlite();
    let columns: Vec<String> = (0..1_200).map(|number| format!("C{number} TEXT")).collect();
    fixture.run(&format!("CREATE TABLE T (N INTEGER PRIMARY KEY, {})", columns.join(", ")));
    fixture.run("INSERT INTO T (N, C0, C1199) VALUES (1, 'a', NULL), (2, 'a', 'x'), (3, 'b', 'x')");
    let site = fixture.site();
    let filters = |count: usize| vec!["N=2"; count].join("&");
    let sort =
        |count: usize| (0..count).map(|number| format!("C{number}")).collect::<Vec<_>>().join(",");
    let numbers = |rest: &str| {
        let rows = json_walk(&site, &fixture.address("T", &format!("?_col=N&_size=1&{rest}")));
        rows.iter().map(|row| row["N"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&filters(100)), [2]);
    assert_eq!(numbers(&format!("_sort={}", sort(20))), [1, 2, 3]);
    assert_eq!(numbers(&format!("{}&_sort={}", vec!["N__gt=1"; 100].join("&"), sort(20))), [2, 3]);
    // A search looks into all of them.
    assert_eq!(numbers("_q=X"), [2, 3]);
    for count in [101, 1_200] {
        let refused = site.refused(&fixture.address("T", &format!("?{}", filters(count))), "N");
        assert!(refused.text().contains("100"), "{}", refused.text());
    }
    for count in [21, 900] {
        let refused =
            site.refused(&fixture.address("T", &format!("?_sort={}", sort(count))), "_sort");
        assert!(refused.text().contains("20"), "{}", refused.text());
    }
}

#[test]
fn a_key_of_many_columns_is_walked() {
    let fixture = Fixture::sqlite();
    let names: Vec<String> = (0..30).map(|number| format!("K{number}")).collect();
    let columns: Vec<String> =
        names.iter().map(|name| format!("{name} INTEGER NOT NULL")).collect();
    fixture.run(&format!(
        "CREATE TABLE T (N INTEGER, {}, PRIMARY KEY ({}))",
        columns.join(", "),
        names.join(", ")
    ));
    for number in 0..7_usize {
        // They differ in the last columns alone.
        let key: Vec<String> = (0..30).map(|index| (number * (index / 27)).to_string()).collect();
        fixture.run(&format!("INSERT INTO T VALUES ({number}, {})", key.join(", ")));
    }
    let site = fixture.site();
    for sort in ["", "&_sort=-K29,-K3", "&_sort=-N"] {
        let rows = json_walk(&site, &fixture.address("T", &format!("?_col=N&_size=2{sort}")));
        let mut numbers: Vec<i64> = rows.iter().map(|row| row["N"].as_i64().unwrap()).collect();
        if !sort.is_empty() {
            numbers.reverse();
        }
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6], "{sort}");
    }
}
