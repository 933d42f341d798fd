//! Links to rows whose keys are what only SQLite can hold: any value in a column of any type. A
//! link leads to its row or is not there.

use serde_json::Value;

use crate::fixture::Fixture;
use crate::harness::{Site, json_walk};

/// Values that a key may have: of every type, close to each other, or shown alike.
const HOSTILE: &[&str] = &[
    "NULL",
    "0",
    "1",
    "-1",
    "7",
    "'7'",
    "'007'",
    "7.5",
    "0.1 + 0.2",
    "0.3",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808.0",
    "9e999",
    "-9e999",
    "1e300",
    "5e-324",
    "'true'",
    "'TRUE'",
    "'t'",
    "'false'",
    "'2024-02-29'",
    "'2024-02-29 00:00:00'",
    "'2024-02-29 10:00'",
    "'2024-02-29 10:00:00'",
    "'2024-02-29T10:00:00'",
    "'2024-02-29T10:00:00.000'",
    "'2024-02-29T10:00:00.1234567891'",
    "'2024-02-29T10:00:00z'",
    "'2024-02-30'",
    "'10:00'",
    "'10:00:00'",
    "'10:00:00.000000001'",
    "'9:00'",
    "'24:00:00'",
    "1700000000",
    "2460370.5",
    "'infinity'",
    "'10000-01-01'",
    "'0044-03-15 BC'",
    "''",
    "' '",
    "'a'",
    "'A'",
    "'a '",
    "'O''Brien'",
    "'ä'",
    "'long'",
    "'NULL'",
    "'␀'",
    "char(1)",
    "'a' || char(0) || 'b'",
    "CAST(x'61ff' AS TEXT)",
    "CAST(x'61fe' AS TEXT)",
    "x'00ff'",
    "x''",
    "x'61'",
    "'X''61'''",
    "'YQ=='",
    "replace(hex(zeroblob(4500)), '00', 'k')",
];

const DECLARED: &[&str] = &[
    "INT",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "DECIMAL(9,2)",
    "DECIMAL(19,2)",
    "DOUBLE",
    "FLOATING POINT",
    "TEXT",
    "TEXT COLLATE NOCASE",
    "JSON",
    "BLOB",
    "",
];

/// The number that identifies the row at an address.
fn number(site: &Site, address: &str, column: &str) -> i64 {
    site.json(address)["row"][column].as_i64().unwrap_or_else(|| panic!("{address}: no {column}"))
}

/// Follows every link of a table's page and of the page of each row. Gives the rows' numbers that
/// links led to.
fn follow(site: &Site, fixture: &Fixture, table: &str, declared: &str) -> Vec<i64> {
    let page = site.page(&fixture.address(table, "?_sort=N&_size=1000"));
    let rows = json_walk(site, &fixture.address(table, "?_sort=N&_size=1000"));
    let mut reached = Vec::new();
    for (shown, row) in page.rows.iter().zip(&rows) {
        let expected = row["N"].as_i64().unwrap();
        let Some(href) = &shown[0].href else { continue };
        assert_eq!(number(site, href, "N"), expected, "{table} {declared}: {row:?}");
        reached.push(expected);
        for link in site.page(href).links().iter().filter(|link| link.starts_with("/table/")) {
            site.get(link).expect(200);
        }
    }
    reached
}

#[test]
fn every_link_leads_to_its_row_whatever_the_key_holds() {
    let fixture = Fixture::sqlite();
    for (index, declared) in DECLARED.iter().enumerate() {
        for (table, end) in
            [(format!("Plain{index}"), ""), (format!("Rowless{index}"), " WITHOUT ROWID")]
        {
            fixture
                .run(&format!("CREATE TABLE {table} (N INTEGER, K {declared} PRIMARY KEY){end}"));
            fixture
                .run(&format!("CREATE TABLE Of{table} (N INTEGER PRIMARY KEY, P {declared} REFERENCES {table} (K))"));
            for (number, value) in HOSTILE.iter().enumerate() {
                // A value that is the same as another one to the key is left out.
                fixture.run(&format!("INSERT OR IGNORE INTO {table} VALUES ({number}, {value})"));
            }
            fixture.run(&format!("INSERT INTO Of{table} SELECT N, K FROM {table}"));
        }
    }
    let site = fixture.site_with(&[("MAX_PAGE_SIZE", "1000")]);
    for (index, declared) in DECLARED.iter().enumerate() {
        let (plain, rowless) = (format!("Plain{index}"), format!("Rowless{index}"));
        let all = fixture.numbers(&format!("SELECT N FROM {plain} ORDER BY N"), &[]);
        assert_eq!(
            follow(&site, &fixture, &plain, declared),
            all,
            "{declared}: not every row has a link"
        );
        // Without a row id some keys cannot be named, but the usual ones can.
        assert!(follow(&site, &fixture, &rowless, declared).len() > 1, "{declared}");
        for table in [plain, rowless] {
            let of = format!("Of{table}");
            let mut referred = 0;
            for row in site.page(&fixture.address(&of, "?_sort=N&_size=1000")).rows {
                let answer = site.json(row[0].href.as_ref().unwrap());
                let expected = answer["row"]["N"].as_i64().unwrap();
                let link = answer["links"]["references"][0]["href"].as_str();
                // Bytes lead to their own row, which has them; an empty text is no link.
                if let Some(href) =
                    row[1].href.as_ref().filter(|href| Some(*href) != row[0].href.as_ref())
                {
                    assert_eq!(link, Some(href.as_str()), "{declared}: {answer}");
                }
                let Some(href) = link else { continue };
                assert_eq!(number(&site, href, "N"), expected, "{declared}: {href}");
                referred += 1;
            }
            assert!(referred > 1, "{of} {declared}");
        }
    }
}

#[test]
fn a_large_decimal_key_is_no_other_row() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (K DECIMAL(19,2) PRIMARY KEY, N INTEGER) WITHOUT ROWID");
    fixture.run("INSERT INTO T VALUES (9007199254740992, 2), (9007199254740993, 3), (0.1, 4)");
    let site = fixture.site();
    for (key, expected) in [
        ("9007199254740992.00", 2),
        ("9007199254740993.00", 3),
        ("9007199254740993.", 3),
        ("0.10", 4),
    ] {
        assert_eq!(
            number(&site, &fixture.address("T", &format!("/row?K={key}")), "N"),
            expected,
            "{key}"
        );
        let found = json_walk(&site, &fixture.address("T", &format!("?K={key}")));
        assert_eq!(
            found.iter().map(|row| row["N"].clone()).collect::<Vec<_>>(),
            [Value::from(expected)],
            "{key}"
        );
    }
    // A float cannot hold all of these digits: rounded, they would be another row's.
    for filter in ["K", "K__gte", "K__in"] {
        let refused =
            site.refused(&fixture.address("T", &format!("?{filter}=9007199254740992.5")), filter);
        assert!(refused.text().contains("9007199254740992.5"), "{}", refused.text());
    }
    // Nor in a list, where JSON has it as a number.
    site.refused(&fixture.address("T", "?K__in=[9007199254740992.5]"), "K__in");
    assert_eq!(json_walk(&site, &fixture.address("T", "?K__in=[9007199254740993,0.10]")).len(), 2);
    site.refused(&fixture.address("T", "/row?K=9007199254740992.5"), "K");
}

#[test]
fn a_foreign_key_in_another_case_finds_its_row() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE Country (Code TEXT COLLATE NOCASE PRIMARY KEY, N INTEGER)");
    fixture.run("INSERT INTO Country VALUES ('de', 1), ('FR', 2)");
    fixture.run("CREATE TABLE City (N INTEGER PRIMARY KEY, Country TEXT REFERENCES Country)");
    fixture.run("INSERT INTO City VALUES (1, 'DE'), (2, 'Fr')");
    let site = fixture.site();
    for row in site.page(&fixture.address("City", "")).rows {
        let expected = number(&site, row[0].href.as_ref().unwrap(), "N");
        assert_eq!(number(&site, row[1].href.as_ref().unwrap(), "N"), expected);
    }
    // Where the column is case-insensitive but the key is not, the exact text decides.
    fixture
        .run("CREATE TABLE T (K TEXT COLLATE NOCASE, N INTEGER, PRIMARY KEY (K COLLATE BINARY))");
    fixture.run("INSERT INTO T VALUES ('ab', 1), ('AB', 2), ('c', 3)");
    let site = fixture.site();
    for (key, expected) in [("ab", 1), ("AB", 2), ("C", 3)] {
        assert_eq!(
            number(&site, &fixture.address("T", &format!("/row?K={key}")), "N"),
            expected,
            "{key}"
        );
    }
    site.get(&fixture.address("T", "/row?K=aB")).expect(404);
}

#[test]
fn a_count_that_fails_does_not_affect_the_row() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (K TEXT PRIMARY KEY)");
    fixture.run("INSERT INTO T VALUES ('a'), ('b')");
    // Of another type than what it refers to, which SQLite allows: it has no row that refers to `a`.
    fixture.run("CREATE TABLE Other (N INTEGER PRIMARY KEY, P DATE REFERENCES T (K))");
    fixture.run("CREATE TABLE Same (N INTEGER PRIMARY KEY, P TEXT REFERENCES T (K))");
    fixture.run("INSERT INTO Same VALUES (1, 'a'), (2, 'a'), (3, 'b')");
    let site = fixture.site_with(&[("QUERY_TIMEOUT_SECONDS", "1")]);
    let totals = || -> Vec<Value> {
        let answer = site.json(&fixture.address("T", "/row?K=a&_count=exact"));
        assert_eq!(answer["row"]["K"], "a");
        answer["links"]["referrers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link["total"]["value"].clone())
            .collect()
    };
    assert_eq!(totals(), [Value::from(2)]);
    site.page(&fixture.address("T", "/row?K=a&_count=exact"));
    // Each row that is looked at takes its time: a column that is computed, and refers. It comes after
    // the rows, or each would be computed when it is written; and it depends on its row, for SQLite
    // computes a constant once.
    let slow = "substr('a', 1, length(hex(zeroblob(20000000 + N))))";
    fixture.run("CREATE TABLE Slow (N INTEGER PRIMARY KEY)");
    fixture.run(&format!("INSERT INTO Slow (N) VALUES {}", vec!["(NULL)"; 5_000].join(", ")));
    fixture.run(&format!("ALTER TABLE Slow ADD COLUMN P TEXT AS ({slow}) REFERENCES T (K)"));
    let site = fixture.site_with(&[("QUERY_TIMEOUT_SECONDS", "1")]);
    let answer = site.json(&fixture.address("T", "/row?K=a&_count=exact"));
    assert_eq!(answer["links"]["referrers"].as_array().unwrap().len(), 2, "{answer}");
    site.get(&fixture.address("Slow", "?P=a")).expect(504);
    site.get(&fixture.address("T", "/row?K=a")).expect(200);
}
