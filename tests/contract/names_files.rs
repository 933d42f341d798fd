//! What a browser calls the file that it saves an answer as; and names that several tables or
//! columns have.

use http::{Method, header};
use percent_encoding::percent_decode_str;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Answer, BROWSER};
use crate::row;

/// The name in the header, and the one for programs that know its old form alone.
fn file_of(answer: &Answer) -> (String, String) {
    let header = answer.header(header::CONTENT_DISPOSITION).unwrap();
    let rest = header.strip_prefix("inline; filename=\"").unwrap();
    let (plain, coded) = rest.split_once("\"; filename*=UTF-8''").unwrap();
    (percent_decode_str(coded).decode_utf8().unwrap().into_owned(), plain.to_owned())
}

#[test]
fn every_answer_has_the_name_of_a_file() {
    let long = "x".repeat(100);
    for (name, file, plain) in [
        ("Plain", "Test.Plain", "Test.Plain"),
        ("a.b", "Test.a.b", "Test.a.b"),
        ("a/b\\c", "Test.a_b_c", "Test.a_b_c"),
        ("say \"hi\"", "Test.say \"hi\"", "Test.say _hi_"),
        ("Größe 100%", "Test.Größe 100%", "Test.Gr__e 100_"),
        (long.as_str(), &format!("Test.{long}"), &format!("Test.{long}")),
    ] {
        let table = Table::new(name)
            .column("ID", Kind::Integer)
            .column("V", Kind::Text)
            .key(&["ID"])
            .rows([row![1, "x"]]);
        let fixture = Fixture::with(&[table]);
        let site = fixture.site();
        for (rest, kind) in [("", ""), ("/row?ID=1", ".row"), ("/schema", ".schema")] {
            for (accept, ending) in [
                (BROWSER, "html"),
                ("application/json", "json"),
                ("text/csv", "csv"),
                ("application/x-ndjson", "ndjson"),
            ] {
                if rest == "/schema" && !matches!(ending, "html" | "json") {
                    continue;
                }
                let address = fixture.address(name, rest);
                let answer =
                    site.ask(Method::GET, &address, &[(header::ACCEPT, accept)]).expect(200);
                assert_eq!(
                    file_of(&answer),
                    (format!("{file}{kind}.{ending}"), format!("{plain}{kind}.{ending}"))
                );
                let head = site.ask(Method::HEAD, &address, &[(header::ACCEPT, accept)]);
                assert_eq!(file_of(&head), file_of(&answer));
            }
        }
        assert_eq!(file_of(&site.get("/")).0, "tables.json");
        assert_eq!(file_of(&site.get("/openapi.json")).0, "openapi.json");
        assert_eq!(file_of(&site.ask(Method::GET, "/docs", &[])).0, "docs.html");
    }
}

#[test]
fn the_link_to_csv_says_how_many_rows_it_gives() {
    let rows = (0..7).map(|number| row![number, "x"]);
    let table =
        Table::new("T").column("ID", Kind::Integer).column("V", Kind::Text).key(&["ID"]).rows(rows);
    let fixture = Fixture::with(&[table]);
    let site = fixture.site();
    for (rest, words, count) in [
        ("", "CSV (7 rows)", 7),
        ("?_size=3", "CSV (3 rows)", 3),
        ("?ID=1", "CSV (1 row)", 1),
        ("?ID=99", "CSV (0 rows)", 0),
    ] {
        let page = site.page(&fixture.address("T", rest));
        let before = page.html.split(words).next().unwrap();
        assert!(before.len() < page.html.len(), "{rest}: no {words}");
        let link = crate::harness::first_link(&before[before.rfind("<a ").unwrap()..]);
        assert_eq!(site.csv(&link).len(), count + 1);
        let parts = site.json(&fixture.address(
            "T",
            &format!("{}{}_view=page", rest, if rest.is_empty() { "?" } else { "&" }),
        ));
        assert_eq!(parts["formats"][1]["label"], words);
    }
}

#[test]
fn a_name_that_several_schemas_have_is_not_guessed() {
    let fixture = Fixture::sqlite();
    for schema in [&*fixture, &fixture.another("More"), &fixture.another("Most")] {
        schema.run("CREATE TABLE T (ID INTEGER PRIMARY KEY)");
        schema.run(&format!("CREATE TABLE Only{} (ID INTEGER PRIMARY KEY)", schema.name));
    }
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "*.*")]);
    for rest in ["", "/row?ID=1", "/schema", "?_format=csv"] {
        for name in ["T", "t"] {
            let problem = site.get(&format!("/table/{name}{rest}")).expect(400).json();
            assert_eq!(problem["type"], "urn:iris-tables:problem:ambiguous-table");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("`More.T`, `Most.T`, `Test.T`"), "{detail}");
        }
    }
    let page = site.ask(Method::GET, "/table/T", &[(header::ACCEPT, BROWSER)]).expect(400).page();
    for table in ["/table/More.T", "/table/Most.T", "/table/Test.T"] {
        assert!(page.links().contains(&table.to_owned()), "{table}");
        site.get(table).expect(200);
    }
    site.get("/table/OnlyMore").expect(200);
    site.get("/table/onlytest").expect(200);
    // What is not published is no choice.
    let site = fixture.site_with(&[("PUBLISHED_TABLES", "More.*")]);
    site.get("/table/T").expect(200);
}

#[test]
fn columns_whose_names_read_alike_have_headings_that_differ() {
    let table = Table::new("T")
        .column("id", Kind::Integer)
        .column("_id", Kind::Integer)
        .column("first_name", Kind::Text)
        .key(&["id"]);
    let fixture = Fixture::with(&[table]);
    let columns = fixture.site().json(&fixture.address("T", "/schema"))["columns"].clone();
    let titles: Vec<&str> = columns
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["id", "_id", "First name"]);
}
