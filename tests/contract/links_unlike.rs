//! Foreign keys between columns that do not fit each other: a link that is there leads somewhere.

use std::collections::BTreeSet;

use crate::fixture::Fixture;
use crate::harness::Site;

/// Follows every link of every table, on pages and in JSON. None may answer with an error; gives
/// the addresses of single rows and of filtered rows that foreign keys led to.
fn follow(site: &Site, fixture: &Fixture, tables: &[&str]) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    for table in tables {
        let address = fixture.address(table, "");
        let page = site.page(&address);
        for cell in page.rows.iter().flatten() {
            let Some(href) = &cell.href else { continue };
            reached.insert(href.clone());
            site.get(href).expect(200);
        }
        site.page(&fixture.address(table, "/schema"));
        let rows = page.rows.iter().filter_map(|row| row.iter().find_map(|cell| cell.href.clone()));
        for row in rows.filter(|row| row.contains("/row?")) {
            let links = site.json(&row)["links"].clone();
            let all =
                links.as_object().unwrap().values().flat_map(|links| links.as_array().unwrap());
            for link in all {
                let href = link["href"].as_str().unwrap().to_owned();
                site.get(&href).expect(200);
                reached.insert(href);
            }
            for link in site.page(&row).links().iter().filter(|link| link.starts_with("/table/")) {
                site.get(link).expect(200);
            }
        }
    }
    for link in site.page("/").links().iter().filter(|link| link.starts_with("/table/")) {
        site.get(link).expect(200);
    }
    reached
}

#[test]
fn a_foreign_key_to_what_is_no_key_leads_to_all_its_rows_or_nowhere() {
    let fixture = Fixture::sqlite();
    for sql in [
        "CREATE TABLE Plain (N INTEGER PRIMARY KEY, V TEXT, W TEXT, U TEXT UNIQUE)",
        "INSERT INTO Plain VALUES (1, 'a', 'x', 'p'), (2, 'a', 'y', 'q')",
        "CREATE TABLE Pair (A INTEGER, B INTEGER, V TEXT, PRIMARY KEY (A, B))",
        "INSERT INTO Pair VALUES (1, 1, 'x'), (1, 2, 'y')",
        "CREATE UNIQUE INDEX Part ON Plain (W) WHERE W > 'x'",
        "CREATE TABLE Keyless (V TEXT)",
        "INSERT INTO Keyless VALUES ('a'), ('a')",
        "CREATE TABLE Gone (N INTEGER PRIMARY KEY, R INTEGER REFERENCES Plain (Nowhere))",
        "CREATE TABLE Rowid (N INTEGER PRIMARY KEY, R INTEGER REFERENCES Keyless (rowid))",
        "CREATE TABLE NoKey (N INTEGER PRIMARY KEY, R TEXT REFERENCES Keyless)",
        "CREATE TABLE Several (N INTEGER PRIMARY KEY, R TEXT REFERENCES Plain (V))",
        "CREATE TABLE Partly (N INTEGER PRIMARY KEY, R TEXT REFERENCES Plain (W))",
        "CREATE TABLE OfPart (N INTEGER PRIMARY KEY, R INTEGER REFERENCES Pair (A))",
        "CREATE TABLE Fewer (N INTEGER PRIMARY KEY, R INTEGER, FOREIGN KEY (R) REFERENCES Pair)",
        "CREATE TABLE ByUnique (N INTEGER PRIMARY KEY, R TEXT REFERENCES plain (u))",
        "CREATE TABLE ToNoTable (N INTEGER PRIMARY KEY, R TEXT REFERENCES Absent (X))",
    ] {
        fixture.run(sql);
    }
    let tables =
        ["Gone", "Rowid", "NoKey", "Several", "Partly", "OfPart", "Fewer", "ByUnique", "ToNoTable"];
    for table in tables {
        let value = match table {
            "ByUnique" => "'p'",
            "Partly" => "'x'",
            "Several" => "'a'",
            _ => "1",
        };
        fixture.run(&format!("INSERT INTO {table} VALUES (7, {value}), (8, NULL)"));
    }
    let site = fixture.site();
    let reached = follow(&site, &fixture, &[&tables[..], &["Plain", "Pair", "Keyless"]].concat());
    for address in [
        "/table/Test.Plain?V=a",
        "/table/Test.Plain?W=x",
        "/table/Test.Pair?A=1",
        "/table/Test.Plain/row?U=p",
        "/table/Test.ByUnique?R=p",
        "/table/Test.OfPart?R=1",
    ] {
        assert!(reached.contains(address), "{address} is not among {reached:#?}");
    }
    for table in ["Gone", "Rowid", "NoKey", "ToNoTable"] {
        let answer = site.json(&fixture.address(table, "/row?N=7"));
        assert_eq!(answer["links"]["references"].as_array().unwrap().len(), 0, "{table}");
        let columns = site.json(&fixture.address(table, "/schema"))["columns"].clone();
        assert!(columns[1]["references"].is_null(), "{table}: {columns}");
    }
    let template = &site.json(&fixture.address("OfPart", ""))["links"]["references"][0]["template"];
    assert_eq!(template, "/table/Test.Pair?A={R}");
}

#[test]
fn values_that_the_other_end_cannot_have_are_no_links() {
    let fixture = Fixture::sqlite();
    for sql in [
        "CREATE TABLE Numbered (ID INTEGER PRIMARY KEY, V TEXT)",
        "INSERT INTO Numbered VALUES (7, 'x')",
        "CREATE TABLE Coded (Code TEXT PRIMARY KEY, V TEXT)",
        "INSERT INTO Coded VALUES ('A7', 'x'), ('7', 'y')",
        "CREATE TABLE Dated (D DATE PRIMARY KEY, V TEXT)",
        "INSERT INTO Dated VALUES ('2024-02-29', 'x')",
        "CREATE TABLE OfNumbered (N INTEGER PRIMARY KEY, R TEXT REFERENCES Numbered)",
        "INSERT INTO OfNumbered VALUES (1, 'A7'), (2, '7'), (3, '')",
        "CREATE TABLE OfCoded (N INTEGER PRIMARY KEY, R INTEGER REFERENCES Coded)",
        "INSERT INTO OfCoded VALUES (1, 'A7'), (2, 7)",
        "CREATE TABLE OfDated (N INTEGER PRIMARY KEY, R TIMESTAMP REFERENCES Dated)",
        "INSERT INTO OfDated VALUES (1, '2024-02-29 00:00:00'), (2, '2024-02-29 10:00:00')",
    ] {
        fixture.run(sql);
    }
    let site = fixture.site();
    let tables = ["Numbered", "Coded", "Dated", "OfNumbered", "OfCoded", "OfDated"];
    let reached = follow(&site, &fixture, &tables);
    for address in [
        "/table/Test.Numbered/row?ID=7",
        "/table/Test.Coded/row?Code=7",
        "/table/Test.Coded/row?Code=A7",
        "/table/Test.Dated/row?D=2024-02-29",
        "/table/Test.OfNumbered?R=7",
    ] {
        assert!(reached.contains(address), "{address} is not among {reached:#?}");
    }
    // A template does not know which values fit.
    let links = |table: &str| site.json(&fixture.address(table, ""))["links"].clone();
    assert_eq!(links("OfNumbered")["references"].as_array().unwrap().len(), 0);
    assert_eq!(links("Coded")["referrers"].as_array().unwrap().len(), 0);
    assert_eq!(links("OfCoded")["references"].as_array().unwrap().len(), 1);
}

#[test]
fn foreign_keys_between_unlike_types_of_postgresql_lead_to_their_rows() {
    let Some(fixture) = Fixture::postgres() else { return };
    for sql in [
        "CREATE TABLE small (id smallint PRIMARY KEY)",
        "CREATE TABLE exact (id numeric(9,2) PRIMARY KEY)",
        "CREATE TABLE floating (id double precision PRIMARY KEY)",
        "CREATE TABLE dated (id date PRIMARY KEY)",
        "CREATE TABLE stamped (id timestamp PRIMARY KEY)",
        "CREATE TABLE zoned (id timestamptz PRIMARY KEY)",
        "CREATE TABLE texts (id text PRIMARY KEY)",
        "CREATE TABLE padded (id char(5) PRIMARY KEY)",
        "CREATE TABLE nothing ()",
        "INSERT INTO nothing DEFAULT VALUES",
        "CREATE DOMAIN code AS char(5)",
    ] {
        fixture.run(sql);
    }
    let mut tables =
        vec!["small", "exact", "floating", "dated", "stamped", "zoned", "texts", "padded"];
    for (target, value) in [
        ("small", "7"),
        ("exact", "7"),
        ("floating", "7"),
        ("dated", "'2024-02-29'"),
        ("stamped", "'2024-02-29'"),
        ("zoned", "'2024-02-29'"),
        ("texts", "'ab'"),
        ("padded", "'ab'"),
    ] {
        fixture.run(&format!("INSERT INTO {target} VALUES ({value})"));
    }
    let pairs = [
        ("bigint", "small", "7"),
        ("int", "exact", "7"),
        ("int", "floating", "7"),
        ("real", "floating", "7"),
        ("timestamp", "dated", "'2024-02-29'"),
        ("timestamptz", "dated", "'2024-02-29'"),
        ("date", "stamped", "'2024-02-29'"),
        ("date", "zoned", "'2024-02-29'"),
        ("timestamp", "zoned", "'2024-02-29'"),
        ("char(5)", "texts", "'ab'"),
        ("varchar(9)", "texts", "'ab'"),
        ("code", "texts", "'ab'"),
        ("char(9)", "padded", "'ab'"),
    ];
    let names: Vec<String> = (0..pairs.len()).map(|number| format!("of{number}")).collect();
    for ((kind, target, value), name) in pairs.iter().zip(&names) {
        fixture
            .run(&format!("CREATE TABLE {name} (n int PRIMARY KEY, r {kind} REFERENCES {target})"));
        fixture.run(&format!("INSERT INTO {name} VALUES (1, {value})"));
    }
    tables.extend(names.iter().map(String::as_str));
    let site = fixture.site();
    follow(&site, &fixture, &tables);
    for ((kind, target, _), name) in pairs.iter().zip(&names) {
        let cell = &site.page(&fixture.address(name, "")).rows[0][1];
        assert!(cell.href.is_some(), "{kind} leads to {target}");
    }
    // A table without columns has nothing to show.
    assert!(!site.get("/").text().contains("nothing"));
    site.get(&fixture.address("nothing", "")).expect(404);
}

#[test]
fn columns_named_like_parameters_of_ours_are_told_apart() {
    let fixture = Fixture::sqlite();
    for sql in [
        "CREATE TABLE Own (\"_cell\" TEXT, \"_cell__exact\" TEXT, V TEXT, PRIMARY KEY (\"_cell\", \"_cell__exact\"))",
        "INSERT INTO Own VALUES ('a', 'b', 'x'), ('b', 'a', 'y')",
        "CREATE TABLE P (ID INTEGER PRIMARY KEY)",
        "INSERT INTO P VALUES (1), (2)",
        "CREATE TABLE C (N INTEGER PRIMARY KEY, \"_size\" INTEGER REFERENCES P, \"_size__exact\" INTEGER REFERENCES P)",
        "INSERT INTO C VALUES (10, 1, 2), (11, 1, 1), (12, 2, 1)",
    ] {
        fixture.run(sql);
    }
    let site = fixture.site();
    follow(&site, &fixture, &["Own", "P", "C"]);
    for (row, value) in site.page(&fixture.address("Own", "?_sort=V")).rows.iter().zip(["x", "y"]) {
        assert_eq!(site.json(row[0].href.as_ref().unwrap())["row"]["V"], value);
    }
    let links = site.json(&fixture.address("P", "/row?ID=1"))["links"]["referrers"].clone();
    for link in links.as_array().unwrap() {
        let rows = site.json(link["href"].as_str().unwrap())["rows"].clone();
        let numbers: Vec<i64> =
            rows.as_array().unwrap().iter().map(|row| row["N"].as_i64().unwrap()).collect();
        let expected = if link["columns"][0] == "_size" { [10, 11] } else { [11, 12] };
        assert_eq!(numbers, expected, "{link}");
    }
    // A template that would be taken for another column's is none.
    let referrers = site.json(&fixture.address("P", ""))["links"]["referrers"].clone();
    assert_eq!(referrers.as_array().unwrap().len(), 1, "{referrers}");
    assert_eq!(referrers[0]["columns"][0], "_size__exact");
}
