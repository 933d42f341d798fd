//! `/openapi.json`: what is published, described for programs.

use std::time::Duration;

use iris_tables::payload::MAX_PAYLOAD_BYTES;
use serde_json::{Value, json};

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::{Site, query};

/// More tables than are described one by one.
fn fixture() -> Fixture {
    let place = Table::new("Place").column("Code", Kind::Varchar(8)).key(&["Code"]);
    let stay = Table::new("Stay")
        .column("A", Kind::Integer)
        .column("B", Kind::Varchar(8))
        .column("Price", Kind::Decimal(8, 2))
        .column("Picture", Kind::Binary)
        .key(&["A", "B"])
        .reference(&["B"], "Place", &["Code"]);
    let bare = Table::new("Bare").column("Moment", Kind::Timestamp).column("Day", Kind::Date);
    let others =
        ["X", "Y", "Z"].map(|name| Table::new(name).column("ID", Kind::Integer).key(&["ID"]));
    let fixture = Fixture::with(&[vec![place, stay, bare], others.to_vec()].concat());
    fixture.view("Seen", "Stay");
    fixture
}

#[test]
fn the_page_for_programs_lists_parameters_and_types() {
    let text = fixture().site().page("/docs").html;
    for words in ["_sort", "_where", "decimal", "timestamp"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

fn described(site: &Site, selection: &str) -> Value {
    let selection =
        if selection.is_empty() { String::new() } else { query(&[("_table", selection)]) };
    site.json(&format!("/openapi.json{selection}"))
}

/// The names of a path's parameters, of its own or among the components.
fn parameters(description: &Value, path: &str) -> Vec<String> {
    let parameters = description["paths"][path]["get"]["parameters"].as_array().unwrap();
    let resolved = parameters.iter().map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => description.pointer(&reference[1..]).unwrap(),
        None => parameter,
    });
    resolved.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tables_are_described_the_same_all_at_once_and_one_by_one() {
    let fixture = fixture();
    let at_once = fixture.site();
    let all = described(&at_once, "");
    let one_by_one = fixture.site();
    let index = one_by_one.json("/");
    for table in index["tables"].as_array().unwrap() {
        let href = table["href"].as_str().unwrap();
        let schema = |site: &Site| site.json(&format!("{href}/schema"));
        assert_eq!(schema(&one_by_one), schema(&at_once), "{href}");
        let names: Vec<&str> =
            all["components"]["schemas"][table["table"].as_str().unwrap()]["properties"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
        let columns: Vec<Value> = schema(&at_once)["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["name"].clone())
            .collect();
        assert_eq!(json!(names), json!(columns), "{href}");
    }
    assert_eq!(described(&one_by_one, ""), all);
}

#[test]
fn each_column_has_the_filters_that_its_type_takes() {
    let fixture = fixture();
    let site = fixture.site();
    let description = described(&site, "Test.Stay");
    let names = parameters(&description, "/table/Test.Stay");
    for name in [
        "_size",
        "_next",
        "_sort",
        "_col",
        "_q",
        "A",
        "A__gt",
        "A__in",
        "B__contains",
        "Price__lte",
        "Picture__isnull",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    for name in ["A__contains", "Picture", "Picture__gt"] {
        assert!(!names.contains(&name.to_owned()), "{name} in {names:?}");
        site.refused(&format!("/table/Test.Stay?{name}=1"), name);
    }
    let key = parameters(&description, "/table/Test.Stay/row");
    assert_eq!(key[..2], ["A", "B"]);
    let bare = described(&site, "Test.Bare");
    assert!(!parameters(&bare, "/table/Test.Bare").contains(&"_q".to_owned()), "nothing to search");
    let has_rows = bare["paths"]["/table/Test.Bare/row"].is_object();
    assert_eq!(has_rows, site.get("/table/Test.Bare/row").status == 400, "a row without a name");
    assert!(
        described(&site, "Test.Seen")["paths"]["/table/Test.Seen/row"].is_null()
            || fixture_has_row_ids()
    );
}

/// `_where` as a table's description has it, ready to judge values.
fn described_filters(description: &Value, path: &str) -> jsonschema::Validator {
    let parameters = description["paths"][path]["get"]["parameters"].as_array().unwrap();
    let resolved = parameters.iter().map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => description.pointer(&reference[1..]).unwrap(),
        None => parameter,
    });
    let parameter = resolved
        .into_iter()
        .find(|parameter| parameter["name"] == "_where")
        .expect("`_where` is described");
    let mut schema = parameter["content"]["application/json"]["schema"].clone();
    schema["components"] = description["components"].clone();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn filters_of_columns_of_any_name_are_described_and_taken() {
    let table = Table::new("Odd").column("a", Kind::Varchar(9)).column("a__gt", Kind::Varchar(9));
    let table = table
        .column("_size", Kind::Integer)
        .column("Price", Kind::Decimal(8, 2))
        .column("At", Kind::Date);
    let fixture = Fixture::with(&[table.column("Photo", Kind::Binary).key(&["_size"])]);
    let site = fixture.site();
    let description = described(&site, "");
    let schema = described_filters(&description, "/table/Test.Odd");
    for value in [
        json!(["a", "gt", "x"]),
        json!(["a__gt", "contains", "x, \"y\""]),
        json!(["a", "in", ["x,y", "[z"]]),
        json!(["a", "notin", "x,y"]),
        json!(["a__gt", "z"]),
        json!(["_size", "", "-7"]),
        json!(["_size", "in", "1,2"]),
        json!(["_size", "in", ["1", "2"]]),
        json!(["Price", "lte", "12.50"]),
        json!(["At", "notin", "2024-02-29,2023-01-01"]),
        json!(["Photo", "isnull", "true"]),
        json!(["Photo", "notnull", ""]),
        json!(["a", "eq", "x"]),
        json!(["any", ["a", "eq", "x"], ["Photo", "isnull"], ["_size", "in", ["1", "2"]]]),
    ] {
        assert!(schema.is_valid(&value), "{value} is not described");
        site.get(&fixture.address("Odd", &query(&[("_where", &value.to_string())]))).expect(200);
    }
    for value in [
        json!(["b", "gt", "x"]),
        json!(["a", "like", "x"]),
        json!(["a", "gt", ["x"]]),
        json!(["a", "gt", 1]),
        json!(["_size", "gt", "x"]),
        json!(["_size", "contains", "1"]),
        json!(["_size", "in", "1,x"]),
        json!(["_size", "in", []]),
        json!(["Photo", "", "AAEC"]),
        json!(["Photo", "isnull", "maybe"]),
        json!(["any", ["a", "x"]]),
        json!(["any", ["b", "isnull"]]),
        json!(["any", ["a", "eq", "x"], "y"]),
        json!(["any"]),
        json!(["a"]),
        json!({"a": "x"}),
        json!("a"),
    ] {
        assert!(!schema.is_valid(&value), "{value} is described");
        // More than is described is taken where any value may stand in any column.
        if fixture.keeps_any_type() && value.to_string().contains("x") && value[0] == "_size" {
            continue;
        }
        site.refused(&fixture.address("Odd", &query(&[("_where", &value.to_string())])), "_where");
    }
    let about = description["info"]["description"].as_str().unwrap();
    assert!(
        about.contains("`_form`") && about.contains("`_view=page`"),
        "what is left out is named: {about}"
    );
    assert!(site.page("/docs?_table=Test.Odd").html.contains("_where"));
}

/// The addresses in the elements of a page that begin so, up to a character.
fn addresses(html: &str, before: &str, end: char) -> Vec<String> {
    let parts = html.split(before).skip(1).filter_map(|part| part.split(end).next());
    let unescaped =
        |part: &str| part.replace("&amp;", "&").replace("&#x2f;", "/").replace("&quot;", "\"");
    parts.map(unescaped).collect()
}

#[test]
fn the_docs_page_has_a_line_for_each_column_and_its_examples_work() {
    let columns = (0..30).map(|number| format!("Number{number}"));
    let wide = columns.fold(Table::new("Wide"), |table, name| table.column(&name, Kind::Integer));
    let odd = Table::new("It's").column("a", Kind::Varchar(9)).column("a__gt", Kind::Varchar(9));
    // IRIS has no name with a comma.
    let odd_name = if crate::fixture::is_iris() { "At \"then\"" } else { "At, \"then\"" };
    let odd = odd
        .column("_size", Kind::Integer)
        .column(odd_name, Kind::Date)
        .column("Photo", Kind::Binary);
    let fixture = Fixture::with(&[wide.key(&["Number0"]), odd.key(&["_size"])]);
    let site = fixture.site();
    for (name, selection, count) in [("Wide", "Test.Wide", 30), ("It's", "Test.%22It%27s%22", 5)] {
        let address = format!("/docs?_table={selection}");
        for page in ["", "/schema"] {
            let links = addresses(&site.page(&fixture.address(name, page)).html, "<a href=\"", '"');
            assert!(links.contains(&address), "{name}{page} has no link: {links:?}");
        }
        let html = site.page(&address).html;
        let lines = html.split("id=\"columns\"").nth(1).unwrap().split("</table>").next().unwrap();
        assert_eq!(lines.matches("<th scope=\"row\">").count(), count);
        let section =
            html.split("id=\"operators\"").nth(1).unwrap().split("</table>").next().unwrap();
        let examples = addresses(section, "<a href=\"", '"');
        assert!(examples.len() >= 11, "{examples:?}");
        let commands = addresses(&html, "<dd><code dir=\"ltr\">", '<');
        assert!(
            commands.len() >= 4
                && ["curl ", "a=&#x27;", "python3 "]
                    .iter()
                    .all(|program| { commands.iter().any(|command| command.starts_with(program)) }),
            "{commands:?}"
        );
        let asked = commands.iter().map(|command| {
            let quoted = command.replace("&#x27;", "'");
            // The address is the only text in quotes, or the first.
            let path = quoted.split('\'').find(|part| part.contains("/table")).unwrap().to_owned();
            path.find("/table").map_or_else(|| panic!("{path}"), |start| path[start..].to_owned())
        });
        for address in examples.iter().cloned().chain(asked) {
            let status = if address.contains("/row?") { 404 } else { 200 };
            site.get(&address).expect(status);
        }
    }
    let html = site.page("/docs?_table=Test.%22It's%22").html;
    let line = |name: &str| {
        let start = html.find(&format!("<code dir=\"auto\">{name}</code></th>")).unwrap();
        html[start..].split("</tr>").next().unwrap().to_owned()
    };
    let alone = line("a");
    assert!(
        alone.split("alone").nth(1).is_some_and(|rest| rest.contains("<code>gt</code>")),
        "{alone}"
    );
    assert!(
        line("_size").split("alone").nth(1).is_some_and(|rest| rest.contains("<code>=</code>"))
    );
    let photo = line("Photo");
    assert!(photo.contains("<code>isnull</code>") && !photo.contains("<code>gt</code>"), "{photo}");
}

/// IRIS may give rows of views an id; the others do not.
fn fixture_has_row_ids() -> bool {
    crate::fixture::is_iris()
}

#[test]
fn a_selection_names_published_tables() {
    let fixture = fixture();
    let site = fixture.site();
    let paths = |selection: &str| described(&site, selection)["paths"].as_object().unwrap().len();
    let shared = paths("Test.X") - 4;
    assert_eq!(paths("test.x, TEST.Y"), shared + 8);
    assert!(paths("*.*") > paths("Test.S*"));
    for wrong in ["Test", "a.b.c", "\"Test"] {
        site.refused(&format!("/openapi.json{}", query(&[("_table", wrong)])), "_table");
    }
    for unknown in ["Test.Nothing", "sqlite_schema.x", "information_schema.tables", ""] {
        site.get(&format!("/openapi.json{}", query(&[("_table", unknown)]))).expect(404);
        site.get(&format!("/docs{}", query(&[("_table", unknown)]))).expect(404);
    }
    site.refused("/openapi.json?_table=Test.X&_table=Test.X", "_table");
    site.refused("/openapi.json?_table=Test.X&size=1", "size");
}

#[test]
fn a_table_that_is_made_is_described_after_a_while() {
    let fixture = fixture();
    let site = fixture.site_that_doubts_after(Duration::ZERO);
    described(&site, "");
    fixture.create(&Table::new("New").column("ID", Kind::Integer).key(&["ID"]));
    site.get("/table/Test.New").expect(200);
    assert!(described(&site, "")["paths"]["/table/Test.New"].is_object());
    // Whoever names it need not have opened it before.
    fixture.create(&Table::new("Newer").column("ID", Kind::Integer).key(&["ID"]));
    assert!(described(&site, "Test.Newer")["paths"]["/table/Test.Newer"].is_object());
}

#[test]
fn a_view_of_what_is_gone_is_not_described() {
    let fixture = Fixture::sqlite();
    for name in ["Gone", "A", "B", "C", "D"] {
        fixture.run(&format!("CREATE TABLE {name} (ID INTEGER PRIMARY KEY)"));
    }
    fixture.run("CREATE VIEW Broken AS SELECT * FROM Gone");
    fixture.run("DROP TABLE Gone");
    let paths = described(&fixture.site(), "");
    assert!(paths["paths"]["/table/Test.Broken"].is_null());
    assert!(paths["paths"]["/table/Test.A"].is_object());
}

#[test]
fn columns_that_may_not_be_read_are_not_described() {
    let Some(fixture) = Fixture::postgres() else { return };
    for name in ["a", "b", "c", "d", "e"] {
        fixture.run(&format!("CREATE TABLE {name} (id int PRIMARY KEY, open text, secret text)"));
    }
    let grants = ["GRANT SELECT (id, open) ON a TO reader", "GRANT SELECT ON b, c, d TO reader"];
    let description = described(&fixture.site_of_reader(&grants), "");
    assert!(description["paths"]["/table/Test.e"].is_null());
    let row = &description["components"]["schemas"]["Test.a"]["properties"];
    assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "open"]);
    assert!(!parameters(&description, "/table/Test.a").iter().any(|name| name.contains("secret")));
}

#[test]
fn hundreds_of_wide_tables_are_described_without_their_filters() {
    let fixture = Fixture::sqlite();
    let columns: Vec<String> =
        (1..60).map(|number| format!("SomeColumn{number} DECIMAL(10,2)")).collect();
    for table in 0..500 {
        fixture.run(&format!(
            "CREATE TABLE WideTable{table} (ID INTEGER PRIMARY KEY, {})",
            columns.join(", ")
        ));
    }
    let site = fixture.site();
    let answer = site.get("/openapi.json").expect(200);
    assert!(answer.body.len() < MAX_PAYLOAD_BYTES, "{} bytes", answer.body.len());
    let description = answer.json();
    assert!(description["info"]["description"].as_str().unwrap().contains("_table=Schema.Table"));
    assert_eq!(
        description["components"]["schemas"]["Test.WideTable7"]["properties"]
            .as_object()
            .unwrap()
            .len(),
        60
    );
    let names = |description: &Value| parameters(description, "/table/Test.WideTable7");
    assert!(!names(&description).contains(&"SomeColumn1__gt".to_owned()));
    let filters = described_filters(&description, "/table/Test.WideTable7");
    assert!(
        filters.is_valid(&json!(["SomeColumn1", "gt", "1"]))
            && !filters.is_valid(&json!(["SomeColumn1", "g", "1"]))
    );
    assert!(names(&described(&site, "Test.WideTable7")).contains(&"SomeColumn1__gt".to_owned()));
}
