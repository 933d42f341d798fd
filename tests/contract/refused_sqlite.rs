//! Columns whose collation only another application has.

use crate::fixture::{Fixture, Schema};
use crate::harness::json_walk;

/// Makes a table, and gives its columns under NOCASE a collation that is not here.
fn localized(schema: &Schema, name: &str, columns: &str, more: &str) {
    schema.run(&format!("CREATE TABLE {name} ({columns}) {more}"));
    schema.run(&format!("CREATE INDEX by_{name} ON {name} (name, n)"));
    schema.run(&format!(
        "INSERT INTO {name} (name, n) VALUES ('b', 1), ('A', 2), ('a''', 3), ('C', 4), ('d', 5), ('B1', 6)"
    ));
    schema.run("PRAGMA writable_schema = ON");
    schema.run("UPDATE sqlite_master SET sql = replace(sql, 'NOCASE', 'LOCALIZED')");
    schema.run("PRAGMA writable_schema = OFF");
}

#[test]
fn a_collation_of_another_application_is_not_needed_to_read() {
    for (columns, more) in [
        ("name TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER", ""),
        ("name TEXT COLLATE NOCASE NOT NULL PRIMARY KEY, n INTEGER", ""),
        ("name TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER", "WITHOUT ROWID"),
        ("n INTEGER, name TEXT COLLATE NOCASE, PRIMARY KEY (name, n)", "WITHOUT ROWID"),
        ("name COLLATE NOCASE, n INTEGER UNIQUE", ""),
        ("name TIMESTAMP COLLATE NOCASE, n INTEGER", ""),
    ] {
        let fixture = Fixture::sqlite();
        localized(&fixture, "t", columns, more);
        fixture.run("CREATE VIEW seen AS SELECT * FROM t");
        let site = fixture.site();
        let found = |table: &str, rest: &str| -> Vec<i64> {
            let walked = json_walk(&site, &fixture.address(table, rest));
            walked.iter().map(|row| row["n"].as_i64().unwrap()).collect()
        };
        for rest in ["?_size=2", "?_size=1&_col=n"] {
            let mut all = found("t", rest);
            all.sort_unstable();
            assert_eq!(all, [1, 2, 3, 4, 5, 6], "{columns} {rest}");
        }
        for (rest, rows) in [
            ("?_sort=name&_size=2", vec![2, 6, 4, 3, 1, 5]),
            ("?_sort=-name&_size=1", vec![5, 1, 3, 4, 6, 2]),
            ("?name=b", vec![1]),
            ("?name__exact=b", vec![1]),
            ("?name__in=b,A,x&_sort=n", vec![1, 2]),
            ("?name__notin=b,A&_sort=n", vec![3, 4, 5, 6]),
            ("?name__not=b&_sort=n", vec![2, 3, 4, 5, 6]),
            ("?name__gt=a&_sort=n", vec![1, 3, 5]),
            ("?name__lte=C&_sort=n", vec![2, 4, 6]),
            ("?_q=B&_sort=n", vec![1, 6]),
            ("?name__startswith=b&_sort=n", vec![1, 6]),
        ] {
            // What is a timestamp is compared as one.
            let is_text = !columns.contains("TIMESTAMP");
            if is_text || rest.starts_with("?_sort") {
                assert_eq!(found("t", rest), rows, "{columns} {rest}");
            }
        }
        if columns.contains("PRIMARY KEY") {
            let row = site.json(&fixture.address("t", "/row?name=b"));
            assert_eq!(row["row"]["n"], 1);
        }
        site.page(&fixture.address("t", "?_sort=name"));
        assert_eq!(site.json(&fixture.address("t", "?_count=exact"))["total"]["value"], 6);
        // A view is read, and never compared by an order that is not that of its table.
        assert_eq!(json_walk(&site, &fixture.address("seen", "")).len(), 6);
        if !columns.contains("TIMESTAMP") {
            let answer = site.get(&fixture.address("seen", "?name=b")).expect(500);
            assert!(answer.text().contains("collation"), "{}", answer.text());
        }
        assert_eq!(found("t", "?n=1"), [1]);
    }
}
