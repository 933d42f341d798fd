//! Texts of IRIS, whatever the environment says of languages, come whole and as they are.

use std::os::unix::fs::symlink;
use std::process::Command;

use tests::function::Function;
use tests::iris::Iris;
use tests::postgres::done;

use crate::clinic::{function, rows, settings, start, walk, without_source};
use crate::shop::{INDEX, TABLE, encoded, with};

/// Functions under what a machine may say of its language. `LANG=en_US.UTF-8`, which Lambda has not
/// got, is there always.
fn functions(iris: &Iris, program: &str) -> Vec<Function> {
    let languages: [&[(&str, &str)]; 4] =
        [&[], &[("LC_ALL", "C")], &[("LC_ALL", "POSIX")], &[("LANG", "C")]];
    let start = |language: &&[(&'static str, &str)]| {
        let language = language.iter().map(|(name, value)| (*name, (*value).to_owned()));
        function(
            program,
            &settings(iris, iris.port()).into_iter().chain(language).collect::<Vec<_>>(),
        )
    };
    languages.iter().map(start).map(Function::ready).collect()
}

#[test]
fn characters_of_all_languages_are_unchanged() {
    for version in ["2023.1", "2025.1"] {
        let Some(iris) = start(&["--iris-version", version]) else { return };
        for function in functions(&iris, TABLE) {
            let texts: Vec<_> = rows(function.get("/table/Test.Types?_sort=ID"))
                .iter()
                .map(|row| row["V"].clone())
                .collect();
            assert_eq!((texts[1].as_str(), texts[2].as_str()), (Some("Müller"), Some("山田")));
            // As values that are bound, and as names in the statement.
            for text in ["Müller", "山田"] {
                let found = rows(function.get(&format!("/table/Test.Types?V={}", encoded(text))));
                assert_eq!(
                    found.iter().map(|row| row["V"].as_str().unwrap()).collect::<Vec<_>>(),
                    [text]
                );
            }
            let address = "/table/Odd_Schema.Order%20Lines?Gr%C3%B6%C3%9Fe=gro%C3%9F";
            assert_eq!(rows(function.get(address))[0]["Größe"], "groß");
        }
        for function in functions(&iris, INDEX) {
            let tables = function.get("/").expect(200).body;
            assert!(tables.contains("Order Lines"), "{tables}");
        }
    }
}

/// As in a layer, for a system that has no locale that knows UTF-8.
#[test]
fn a_locale_that_the_system_lacks_is_found_beside_the_driver() {
    let Some(iris) = start(&[]) else { return };
    let driver = iris.folder().join("driver.so");
    symlink(iris.driver(), &driver).unwrap();
    std::fs::create_dir(iris.folder().join("locale")).unwrap();
    done(
        Command::new("cp")
            .args(["-r", "/usr/lib/locale/C.utf8"])
            .arg(iris.folder().join("locale/xx_XX.utf8")),
    );
    let settings = with(&settings(&iris, iris.port()), "ODBC_DRIVER", driver.to_str().unwrap());
    let function = function(TABLE, &with(&settings, "IRISODBCLOCALE", "xx_XX.UTF-8")).ready();
    for text in ["Müller", "山田"] {
        let found = rows(function.get(&format!("/table/Test.Types?V={}", encoded(text))));
        assert_eq!(found.iter().map(|row| row["V"].as_str().unwrap()).collect::<Vec<_>>(), [text]);
    }
}

#[test]
fn a_parameter_keeps_characters_beyond_the_first_plane() {
    let Some(iris) = start(&[]) else { return };
    let function = function(TABLE, &settings(&iris, iris.port())).ready();
    for parameter in
        ["V=%F0%9F%98%80", "V__contains=%F0%9F%98%80", "_q=%F0%9F%98%80", "V__in=a,%F0%9F%98%80"]
    {
        function.get(&format!("/table/Test.Types?{parameter}")).expect(200);
    }
    // As a usual text the driver would make U+F600 of it.
    let log = iris.log();
    assert!(log.contains('😀') && !log.contains('\u{F600}'), "{log}");
}

#[test]
fn a_text_that_the_driver_would_cut_is_400() {
    let short = "CREATE TABLE \"Test.Short\" (ID INTEGER PRIMARY KEY, C VARCHAR(10)); \
                INSERT INTO \"Test.Short\" VALUES (1, 'zoë longer'), (2, 'short'), \
                (3, 'zoë longer €'), (4, 'zoë longe😀😀'), (5, 'zoë longer €€');";
    let Some(iris) = Iris::exactly(short, &["--user", "_SYSTEM", "--password", "SYS"]) else {
        return;
    };
    let url = format!("iris://_SYSTEM:SYS@127.0.0.1:{}/USER", iris.port());
    let mut settings = without_source(&iris);
    settings.push(("DATABASE_URL", url));
    let function = function(TABLE, &settings).ready();
    let address =
        |(name, text): (&str, &str)| format!("/table/Test.Short?{name}={}", encoded(text));
    let found = |name, text| rows(function.get(&address((name, text)))).len();
    // Twice: the second time the driver knows the statement.
    for _ in 0..2 {
        for cut in
            [("C", "zoë longer €"), ("C__in", "zoë longer €,short"), ("C__not", "zoë longer €")]
        {
            function.get(&address(cut)).expect(400);
        }
        // What it does not cut is asked for.
        assert_eq!(found("C", "zoë longer than ten"), 0);
        assert_eq!(found("C__contains", "zoë longer €"), 2);
        assert_eq!(found("C", "zoë longer"), 1);
        assert_eq!(found("C__not", "zoë long €"), 5);
        // Nor does a page begin behind the beginning of such a text.
        for sort in ["C", "-C"] {
            let all = walk(&function, &format!("/table/Test.Short?_sort={sort}&_size=1"));
            let mut ids: Vec<_> = all.iter().map(|row| row["ID"].as_u64().unwrap()).collect();
            ids.sort_unstable();
            assert_eq!(ids, [1, 2, 3, 4, 5], "{sort}");
        }
    }
}

#[test]
fn no_page_begins_after_a_key_that_the_driver_would_cut() {
    let keys = ["a", "zoë longer", "zoë longer €", "zoë longer €€", "ω"];
    let values = keys.map(|key| format!("('{key}')")).join(", ");
    let table = format!(
        "CREATE TABLE \"Test.Keys\" (K VARCHAR(10) PRIMARY KEY NOT NULL); \
         INSERT INTO \"Test.Keys\" VALUES {values};"
    );
    let Some(iris) = Iris::exactly(&table, &["--user", "_SYSTEM", "--password", "SYS"]) else {
        return;
    };
    let url = format!("iris://_SYSTEM:SYS@127.0.0.1:{}/USER", iris.port());
    let mut settings = without_source(&iris);
    settings.push(("DATABASE_URL", url));
    let function = function(TABLE, &settings).ready();
    for (address, rows) in [
        ("/table/Test.Keys?_size=1", "rows"),
        ("/table/Test.Keys/groups?_by=K&_sort=K&_size=1", "groups"),
    ] {
        for _ in 0..2 {
            let (mut next, mut seen) = (Some(address.to_owned()), Vec::new());
            while let Some(at) = next {
                let answer = function.get(&at);
                if answer.status == 400 {
                    let detail = answer.json()["detail"].to_string();
                    assert!(detail.contains("a value of K that is longer"), "{detail}");
                    break;
                }
                let page = answer.expect(200).json();
                let row = &page[rows][0];
                let key = row["K"].as_str().or_else(|| row["by"]["K"].as_str());
                seen.push(key.unwrap_or_else(|| panic!("{page}")).to_owned());
                next = page["next"].as_str().map(str::to_owned);
                assert!(next.is_some(), "it ended: {page}");
            }
            assert_eq!(seen, keys[..3], "{address}");
        }
    }
}

#[test]
fn long_texts_come_whole() {
    for version in ["2023.1", "2025.1"] {
        let Some(iris) = start(&["--iris-version", version]) else { return };
        let function = function(TABLE, &settings(&iris, iris.port())).ready();
        // Twice: the second time their lengths are known.
        for _ in 0..2 {
            let long = rows(function.get("/table/Test.Long?_sort=ID"));
            assert!(long[0]["Free"] == "ü".repeat(9_000) && long[0]["Short"] == "x".repeat(5_000));
            assert_eq!(
                (long[1]["Free"].as_str(), long[2]["Free"].as_str()),
                (Some("free"), Some(""))
            );
            let streams = rows(function.get("/table/Test.Types?_sort=ID"));
            assert!(streams[4]["LV"] == "x".repeat(100_000));
            assert!(streams[3]["LV"].is_null() && streams[5]["LV"] == "");
        }
    }
}
