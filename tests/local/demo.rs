//! The demo's data.

use std::collections::BTreeMap;
use std::fs;

use rusqlite::Connection;

use crate::server::Folder;

fn made(folder: &Folder) -> Connection {
    let file = local::demo::make(folder).unwrap().expect("it is not there yet");
    Connection::open(file).unwrap()
}

#[test]
fn every_table_has_its_rows_and_they_fit_together() {
    let folder = Folder::new();
    let bank = made(&folder);
    let count = |table: &str| -> i64 {
        bank.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let tables = ["Customer", "Branch", "Account", "Movement", "ExchangeRate", "Card", "Archive"];
    assert_eq!(tables.map(count), [500, 14, 160, 12_400, 1_080, 120, 0]);
    assert!(count("Audit") > count("(SELECT DISTINCT * FROM Audit)"), "no row is there twice");
    assert_eq!(count("AccountOverview"), 160);
    assert_eq!(count("pragma_foreign_key_check"), 0);
    // The words that rows are made of are not among them.
    assert_eq!(count("sqlite_master WHERE type = 'table'"), 9);
    // What no column of a table lacks, and what some rows of it have.
    for (wrong, right) in [
        (
            "Movement WHERE Booked NOT LIKE '____-__-__ __:__:__.___'",
            "Movement WHERE Kind = 'salary'",
        ),
        ("Movement WHERE Kind = 'card' AND Amount > 0", "Movement WHERE Counterparty IS NULL"),
        (
            "Account WHERE Closed < Opened OR Closed IS NULL AND NOT Active",
            "Account WHERE Closed IS NOT NULL",
        ),
        (
            "Customer WHERE Portrait <> x'' AND hex(Portrait) NOT LIKE '89504E47%'",
            "Customer WHERE length(Note) > 20000",
        ),
        (
            "Customer WHERE Birthday > Since OR Since > '2026-06-30'",
            "Customer WHERE Score = 5e-324",
        ),
        ("Card WHERE FeeDay > '2026-06-30'", "Card WHERE Branch IS NULL"),
    ] {
        assert_eq!(count(wrong), 0, "{wrong}");
        assert!(count(right) > 0, "{right}");
    }
}

#[test]
fn account_numbers_have_their_check_digits() {
    let folder = Folder::new();
    let bank = made(&folder);
    let mut accounts = bank.prepare("SELECT IBAN FROM Account").unwrap();
    let lengths = BTreeMap::from([("CH", 21), ("DE", 22), ("AT", 20)]);
    for iban in accounts.query_map([], |row| row.get::<_, String>(0)).unwrap() {
        let iban = iban.unwrap();
        assert_eq!(lengths.get(&iban[..2]), Some(&iban.len()), "{iban}");
        let turned = format!("{}{}", &iban[4..], &iban[..4]);
        let digits: String =
            turned.chars().map(|letter| letter.to_digit(36).unwrap().to_string()).collect();
        let rest = digits.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
        assert_eq!(rest, 1, "{iban}");
    }
}

#[test]
fn it_is_made_once_and_made_again_where_it_is_not_whole() {
    let (folder, other) = (Folder::new(), Folder::new());
    drop(made(&folder));
    assert!(local::demo::make(&folder).unwrap().is_none());
    let file = folder.join("Bank.db");
    let whole = fs::read(&file).unwrap();
    for broken in [&whole[..whole.len() / 2], b"no database", b""] {
        fs::write(&file, broken).unwrap();
        drop(made(&folder));
        assert!(fs::read(&file).unwrap() == whole, "other rows than the first time");
    }
    drop(made(&other));
    assert!(fs::read(other.join("Bank.db")).unwrap() == whole, "other rows elsewhere");
    let left: Vec<_> =
        fs::read_dir(&*folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["Bank.db"]);
}
