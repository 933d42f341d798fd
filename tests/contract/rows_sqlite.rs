//! Rows and links that only SQLite makes possible.

use crate::fixture::Fixture;
use crate::harness::json_walk;

#[test]
fn a_row_whose_key_is_null_is_named_by_its_row_id() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (Code TEXT PRIMARY KEY, N INTEGER)");
    fixture.run("INSERT INTO T VALUES (NULL, 1), (NULL, 2), ('x', 3)");
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "?_sort=N"));
    for (row, expected) in page.rows.iter().zip(1..) {
        let href = row[0].href.clone().unwrap();
        assert_eq!(site.json(&href)["row"]["N"], expected, "{href}");
    }
}

#[test]
fn a_key_that_no_address_can_name_leads_to_its_row_by_the_row_id() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (K PRIMARY KEY, N INTEGER)");
    fixture.run("INSERT INTO T VALUES (9e999, 0), ('a' || char(0) || 'b', 1), (x'00ff', 2), ('7', 3), (7, 4)");
    fixture.run(&format!("INSERT INTO T VALUES ('{}', 5)", "k".repeat(9_000)));
    let site = fixture.site();
    let page = site.page(&fixture.address("T", "?_sort=N"));
    assert_eq!(page.rows.len(), 6);
    for (row, expected) in page.rows.iter().zip(0..) {
        let href = row[0].href.clone().unwrap();
        assert_eq!(site.json(&href)["row"]["N"], expected, "{href}");
    }
}

#[test]
fn columns_named_like_our_parameters_name_rows_too() {
    let fixture = Fixture::sqlite();
    for name in ["_row", "_format", "_size", "_next", "a__gt", "row id", "?", "&", "="] {
        fixture.run(&format!(
            "CREATE TABLE \"of {name}\" (N INTEGER, \"{name}\" TEXT NOT NULL PRIMARY KEY)"
        ));
        fixture.run(&format!("INSERT INTO \"of {name}\" VALUES (1, '2'), (2, '1'), (3, 'json')"));
        let site = fixture.site();
        let table = format!("of {name}");
        let page = site.page(&fixture.address(&table, "?_sort=N"));
        for (row, expected) in page.rows.iter().zip(1..) {
            let href = row[0].href.clone().unwrap();
            assert_eq!(site.json(&href)["row"]["N"], expected, "{href}");
        }
    }
    // Without a key, and with a column that is named as the row id is.
    fixture.run("CREATE TABLE Loose (N INTEGER, _row TEXT)");
    fixture.run("INSERT INTO Loose VALUES (1, '2'), (2, '1')");
    let page = fixture.site().page(&fixture.address("Loose", "?_sort=N"));
    let href = page.rows[0][0].href.clone().unwrap();
    assert_eq!(fixture.site().json(&href)["row"]["N"], 1, "{href}");
}

#[test]
fn a_table_whose_columns_have_the_names_of_the_row_id_can_still_be_paged() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE T (rowid TEXT, N INTEGER)");
    fixture.run("CREATE TABLE U (rowid TEXT, _rowid_ TEXT, oid TEXT, N INTEGER)");
    for table in ["T", "U"] {
        let columns = if table == "T" { "'x'" } else { "'x', 'y', 'z'" };
        for number in 0..5 {
            fixture.run(&format!("INSERT INTO {table} VALUES ({columns}, {number})"));
        }
        let site = fixture.site();
        let rows = json_walk(&site, &fixture.address(table, "?_size=2"));
        assert_eq!(rows.len(), 5);
        site.page(&fixture.address(table, ""));
    }
}

#[test]
fn a_foreign_key_in_another_case_or_to_no_table_is_harmless() {
    let fixture = Fixture::sqlite();
    fixture.run("CREATE TABLE Customer (ID INTEGER PRIMARY KEY, Name TEXT)");
    fixture.run("CREATE TABLE Account (N INTEGER PRIMARY KEY, owner INTEGER REFERENCES CUSTOMER, Gone INTEGER REFERENCES Nowhere (ID))");
    fixture.run("INSERT INTO Customer VALUES (1, 'Ada')");
    fixture.run("INSERT INTO Account VALUES (1, 1, 5)");
    let site = fixture.site();
    let page = site.page(&fixture.address("Account", ""));
    assert_eq!(site.json(&page.rows[0][1].href.clone().unwrap())["row"]["Name"], "Ada");
    let customer = site.json(&fixture.address("Customer", "/row?ID=1"));
    assert_eq!(
        json_walk(&site, customer["links"]["referrers"][0]["href"].as_str().unwrap()).len(),
        1
    );
    for link in site.page(&fixture.address("Account", "/row?N=1")).links() {
        assert!(!link.contains("Nowhere"), "a link that leads nowhere: {link}");
    }
    assert_eq!(page.rows[0][2].href, None);
}
