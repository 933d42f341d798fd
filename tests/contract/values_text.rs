//! Texts: whole, whatever their length and characters.

use serde_json::{Value, json};

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Shown, json_walk, query};
use crate::row;

fn texts(kind: Kind, texts: &[&str]) -> Table {
    let rows = texts.iter().enumerate().map(|(id, text)| row![id as i64, *text]);
    Table::new("Texts").column("ID", Kind::Integer).column("V", kind).key(&["ID"]).rows(rows)
}

/// Stores texts and reads them in every way there is.
fn check(stored: &[&str]) {
    let fixture = Fixture::with(&[texts(Kind::Text, stored)]);
    let site = fixture.site();
    let address = fixture.address("Texts", "");
    let (json, csv, page) = (json_walk(&site, &address), site.csv(&address), site.page(&address));
    for (id, text) in stored.iter().enumerate() {
        assert_eq!(json[id]["V"], *text);
        assert_eq!(csv[id + 1][1].as_deref(), Some(*text));
        let shown = if text.is_empty() { Shown::Empty } else { Shown::Text((*text).to_owned()) };
        assert_eq!(page.rows[id][1].shown, shown);
    }
}

#[test]
fn a_text_stays_the_text_it_is() {
    check(&[
        "007",
        "1e5",
        "-0.50",
        "true",
        "NULL",
        "null",
        "",
        " ",
        "  both ends  ",
        "two\nlines",
        "two\r\nlines",
        "\t",
        "a,b",
        "\"",
        "say \"hi\"",
        "\"\"",
        "'",
        "O'Brien",
        "\\",
        "%",
        "_",
        "X'41'",
        "x'",
        "<b>bold</b>",
        "a & b",
        "&amp;",
        "</td>",
        "{{ 7 * 7 }}",
        "${x}",
        "=1+1",
    ]);
}

#[test]
fn characters_of_all_scripts_are_unchanged() {
    check(&[
        "Müller",
        "Zoë",
        "山田太郎",
        "Ελληνικά",
        "עברית",
        "e\u{301} is not é",
        "\u{feff}mark",
        "\u{a0}",
        "\u{2028}",
        "\u{7f}",
        "\u{85}",
    ]);
}

#[test]
fn characters_beyond_the_first_plane_are_unchanged() {
    // InterSystems' driver shows each of them by `??`.
    check(&["😀", "👩‍👩‍👧", "𝔸", "\u{10ffff}", "??", "????", "Zoë??", "€??", "€ 😀??", "??😀"]);
}

#[test]
fn rows_are_found_by_characters_beyond_the_first_plane() {
    let stored = ["??", "a??b", "a😀b", "€😀", "😀"];
    let rows = stored.iter().map(|text| row![*text]);
    let fixture =
        Fixture::with(&[Table::new("Signs").column("V", Kind::Varchar(40)).key(&["V"]).rows(rows)]);
    let site = fixture.site();
    let found = |pairs: &[(&str, &str)]| -> Vec<String> {
        let rows = json_walk(&site, &fixture.address("Signs", &query(pairs)));
        let mut texts: Vec<_> =
            rows.iter().map(|row| row["V"].as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    };
    assert_eq!(found(&[("_size", "1")]), stored);
    for text in stored {
        assert_eq!(found(&[("V", text)]), [text]);
        assert_eq!(found(&[("V__exact", text)]), [text]);
        let row = site.json(&fixture.address("Signs", &format!("/row{}", query(&[("V", text)]))));
        assert_eq!(row["row"]["V"], text);
    }
    assert_eq!(found(&[("V__contains", "😀")]), stored[2..]);
    assert_eq!(found(&[("V__in", "😀,??")]), ["??", "😀"]);
    assert_eq!(found(&[("_q", "€😀")]), ["€😀"]);
    let page = site.page(&fixture.address("Signs", ""));
    for link in page.links().iter().filter(|link| link.contains("/row?")) {
        site.get(link).expect(200);
    }
    let groups = site.json(&fixture.address("Signs", "/groups?_by=V"));
    let groups: Vec<_> =
        groups["groups"].as_array().unwrap().iter().map(|group| &group["by"]["V"]).collect();
    assert!(stored.iter().all(|text| groups.contains(&&json!(text))), "{groups:?}");
}

#[test]
fn long_texts_keep_characters_beyond_the_first_plane() {
    let long = |letters: usize| "Zoë 😀 ".repeat(letters / 6);
    let stored = ["😀".to_owned(), "??".to_owned(), long(300), long(6_000), long(50_000)];
    let stored: Vec<&str> = stored.iter().map(String::as_str).collect();
    for kind in [Kind::Varchar(100_000), Kind::Text] {
        let fixture = Fixture::with(&[texts(kind, &stored)]);
        let site = fixture.site();
        // The second reading knows how long they are.
        for _ in 0..2 {
            let csv = site.csv(&fixture.address("Texts", ""));
            let seen = csv[1..].iter().map(|record| record[1].as_deref().unwrap());
            assert!(seen.eq(stored.iter().copied()), "a text is another one");
        }
    }
}

/// Of many messages of a server no row is lost, whichever hold such characters.
#[test]
fn no_row_is_lost_beside_characters_beyond_the_first_plane() {
    let text = |id: i64| match id % 10 {
        3 => format!("n😀{id}"),
        7 => format!("what??{id}"),
        _ => format!("n{id}"),
    };
    let note = "w".repeat(1_000);
    let rows = (0..300).map(|id| row![id, text(id).as_str(), note.as_str()]);
    let table = Table::new("Wide")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Varchar(80))
        .column("Note", Kind::Varchar(2_000));
    let fixture = Fixture::with(&[table.key(&["ID"]).rows(rows)]);
    let site = fixture.site();
    let all: Vec<String> = (0..300).map(text).collect();
    for pages in ["?_size=2000", "?_size=100", "?_size=100", "?_size=300", "?_size=37&_sort=-ID"] {
        let mut names: Vec<_> = json_walk(&site, &fixture.address("Wide", pages))
            .iter()
            .map(|row| row["Name"].as_str().unwrap().to_owned())
            .collect();
        if pages.contains("-ID") {
            names.reverse();
        }
        assert!(names == all, "{pages}: {} rows", names.len());
    }
}

/// Where nothing else stands in a row, or streams alone.
#[test]
fn a_column_alone_keeps_characters_beyond_the_first_plane() {
    let mut stored = ["😀", "a😀", "b??", "c", "d😀??", "ü😀"];
    stored.sort_unstable();
    let one = Table::new("One").column("Name", Kind::Varchar(80)).key(&["Name"]);
    // Two of them outgrow their buffers in turn.
    let grows = ["a".repeat(300), "b".repeat(3_000), "c".repeat(6_000)];
    let grown: Vec<&str> = grows.iter().map(String::as_str).chain(["d😀", "e", "f😀"]).collect();
    let growing = Table::new("Growing").column("Name", Kind::Varchar(10_000)).key(&["Name"]);
    let beside = Table::new("Beside")
        .column("Name", Kind::Varchar(80))
        .column("Free", Kind::Text)
        .column("Other", Kind::Text)
        .key(&["Name"]);
    let fixture = Fixture::with(&[
        growing.rows(grown.iter().map(|text| row![*text])),
        one.rows(stored.iter().map(|text| row![*text])),
        beside.rows(stored.iter().map(|text| row![*text, "plain", *text])),
    ]);
    for (table, stored) in [("One", &stored[..]), ("Beside", &stored[..]), ("Growing", &grown[..])]
    {
        for pages in ["", "?_sort=Name&_size=1", "?_sort=-Name&_size=2"] {
            // One that has learnt nothing, and one that has.
            let site = fixture.site();
            for _ in 0..2 {
                let rows = json_walk(&site, &fixture.address(table, pages));
                let mut names: Vec<_> =
                    rows.iter().map(|row| row["Name"].as_str().unwrap()).collect();
                names.sort_unstable();
                assert_eq!(names, stored, "{table}{pages}");
                let others = rows.iter().filter(|row| row["Other"] != row["Name"]);
                assert!(table != "Beside" || others.count() == 0, "{rows:?}");
            }
        }
    }
}

#[test]
fn an_empty_text_is_not_null() {
    let mut table = texts(Kind::Text, &["", "x"]);
    table.rows.push(row![2, Cell::Null]);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    let address = fixture.address("Texts", "");
    let values: Vec<Value> =
        json_walk(&site, &address).into_iter().map(|row| row["V"].clone()).collect();
    assert_eq!(values, [json!(""), json!("x"), Value::Null]);
    let csv = site.csv(&address);
    assert_eq!(
        [&csv[1][1], &csv[2][1], &csv[3][1]],
        [&Some(String::new()), &Some("x".to_owned()), &None]
    );
    let page = site.page(&address);
    assert_eq!([&page.rows[0][1].shown, &page.rows[2][1].shown], [&Shown::Empty, &Shown::Null]);
}

#[test]
fn a_text_longer_than_declared_comes_whole() {
    // Nine characters are not what the driver fetches at once: a page must not depend on where its
    // buffers end.
    let long: String = "123456789".chars().cycle().take(100_000).collect();
    let wide: String = "äöü€😀".chars().cycle().take(300).collect();
    let at_the_buffer: Vec<String> =
        [254, 255, 256, 1_023, 1_024, 4_095, 4_096, 4_097].map(|n| "y".repeat(n)).into();
    let mut stored = vec!["short", long.as_str(), wide.as_str(), "", "short"];
    stored.extend(at_the_buffer.iter().map(String::as_str));
    // PostgreSQL refuses to store what is longer than declared.
    let fixture = Fixture::sqlite();
    fixture.create(&texts(Kind::Varchar(10), &stored));
    let site = fixture.site();
    // Twice: what the first reading learnt of lengths must not change the second.
    for _ in 0..2 {
        let csv = site.csv(&fixture.address("Texts", ""));
        let json = json_walk(&site, &fixture.address("Texts", "?_size=3"));
        for (id, text) in stored.iter().enumerate() {
            assert_eq!(csv[id + 1][1].as_deref(), Some(*text));
            assert_eq!(json[id]["V"], *text);
        }
    }
}

#[test]
fn a_text_of_a_megabyte_comes_whole() {
    let text: String =
        (0..1_000_000_u32).map(|index| char::from(b'a' + (index % 23) as u8)).collect();
    let fixture = Fixture::with(&[texts(Kind::Text, &["before", &text, "after"])]);
    let site = fixture.site();
    let address = fixture.address("Texts", "");
    assert_eq!(site.csv(&address)[2][1].as_deref(), Some(text.as_str()));
    assert_eq!(json_walk(&site, &address)[1]["V"], text);
    assert_eq!(site.json(&fixture.address("Texts", "/row?ID=1"))["row"]["V"], text);
    // A page of rows has its beginning, the row's page has more and a link to all of it.
    let page = site.page(&address);
    let cell = &page.rows[1][1];
    assert!(cell.cut);
    assert!(
        matches!(&cell.shown, Shown::Text(shown) if text.starts_with(shown) && shown.len() == 4_000)
    );
    let row = site.page(&page.rows[1][0].href.clone().unwrap());
    let (shown, rest) = row.html.split_once("<details class=\"fold\">").unwrap();
    assert!(shown.ends_with(&text[..2_000]) && rest.contains(&text[2_000..50_000]));
    let links = row.links();
    let alone =
        links.iter().find(|href| href.contains("_cell=V")).expect("a link to the text alone");
    assert!(site.get(alone).expect(200).text() == text);
}

#[test]
fn many_columns_of_a_wide_table_come_whole() {
    let names: Vec<String> = (0..400).map(|number| format!("C{number}")).collect();
    let table = names.iter().fold(Table::new("Wide"), |table, name| table.column(name, Kind::Text));
    let cells = names.iter().map(|name| Cell::from(name.as_str())).collect();
    let fixture = Fixture::with(&[table.rows([cells])]);
    let rows = json_walk(&fixture.site(), &fixture.address("Wide", ""));
    assert!(names.iter().all(|name| rows[0][name] == name.as_str()));
}
