//! Labels: what the rows are called that others refer to, in JSON and on pages.

use serde_json::{Value, json};

use crate::fixture::{Cell, Fixture, Kind, Table};
use crate::harness::{Site, query};
use crate::row;

const LABELS: (&str, &str) =
    ("LABELS", "Test.Customer=Name; *.Branch=Title; Test.Account=IBAN; *.Nothing=Gone");

fn bank() -> Fixture {
    let customer = Table::new("Customer")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Varchar(300))
        .key(&["ID"])
        .rows([
            row![1, "Müller GmbH"],
            row![2, "<b>O'Brien</b>"],
            row![3, None::<&str>],
            row![4, "x".repeat(250).as_str()],
            row![5, "Ada"],
        ]);
    let branch = Table::new("Branch")
        .column("Code", Kind::Varchar(20))
        .column("Title", Kind::Varchar(40))
        .key(&["Code"])
        .rows([row!["A/1", "Bonn"], row!["b", "Berlin"]]);
    let account = Table::new("Account")
        .column("ID", Kind::Integer)
        .column("Owner", Kind::Integer)
        .column("Proxy", Kind::Integer)
        .column("Branch", Kind::Varchar(20))
        .column("IBAN", Kind::Varchar(40))
        .key(&["ID"])
        .reference(&["Owner"], "Customer", &["ID"])
        .reference(&["Proxy"], "Customer", &["ID"])
        .reference(&["Branch"], "Branch", &["Code"])
        .rows([
            row![1, 1, 2, "A/1", "CH01"],
            row![2, 1, None::<i64>, None::<&str>, "CH02"],
            row![3, 3, 4, "b", None::<&str>],
        ]);
    Fixture::with(&[customer, branch, account])
}

fn labels(site: &Site, fixture: &Fixture, rest: &[(&str, &str)]) -> Value {
    site.json(&fixture.address("Account", &query(rest)))["labels"].clone()
}

#[test]
fn a_program_asks_for_labels() {
    let fixture = bank();
    let site = fixture.site_with(&[LABELS]);
    let long = format!("{}…", "x".repeat(199));
    let owner = json!({"1": "Müller GmbH"});
    assert_eq!(labels(&site, &fixture, &[("_label", "Owner")]), json!({"Owner": owner}));
    let all = json!({
        "Owner": owner,
        "Proxy": {"2": "<b>O'Brien</b>", "4": long},
        "Branch": {"A/1": "Bonn", "b": "Berlin"},
    });
    assert_eq!(labels(&site, &fixture, &[("_label", "Owner,Proxy,Branch")]), all);
    let twice = [("_label", "Owner"), ("_label", "[\"Proxy\",\"Branch\"]")];
    assert_eq!(labels(&site, &fixture, &twice), all);
    // The labels are those of the page's rows, and the next page keeps the wish.
    let paged = site.json(&fixture.address("Account", "?_label=Branch&_size=2"));
    assert_eq!(paged["labels"], json!({"Branch": {"A/1": "Bonn"}}));
    let next = site.json(paged["next"].as_str().unwrap());
    assert_eq!(next["labels"], json!({"Branch": {"b": "Berlin"}}));
    let none = site.json(&fixture.address("Account", ""));
    assert!(none["labels"].is_null() && none["unlabelled"].is_null());
    let empty = site.json(&fixture.address("Account", "?_label=Owner&ID=7"));
    assert_eq!(empty["labels"], json!({"Owner": {}}));
    let row = site.json(&fixture.address("Account", "/row?ID=1&_label=Owner,Branch"));
    assert_eq!(row["labels"], json!({"Owner": owner, "Branch": {"A/1": "Bonn"}}));
}

#[test]
fn what_has_no_labels_is_refused_by_name() {
    let fixture = bank();
    let site = fixture.site_with(&[LABELS]);
    for rest in [
        "?_label=ID",
        "?_label=Nothing",
        "?_label=Owner,Owner",
        "?_label=Owner&_col=ID",
        "?_label=Owner&_format=csv",
        "?_label=Owner&_format=ndjson",
        "?_label=Owner&_format=xlsx",
        "/row?ID=1&_label=IBAN",
        "/row?ID=1&_label=Owner&_format=csv",
    ] {
        site.refused(&fixture.address("Account", rest), "_label");
    }
    let problem = site.get(&fixture.address("Account", "?_label=ID")).expect(400).json();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("these have: `Owner`, `Proxy`, `Branch`"), "{detail}");
    // Without a rule nothing is guessed.
    fixture.site().refused(&fixture.address("Account", "?_label=Owner"), "_label");
    // A column that is not there, or bytes, label nothing; the rows come all the same.
    let site = fixture.site_with(&[("LABELS", "Test.Customer=Nothing")]);
    let answer = site.json(&fixture.address("Account", "?_label=Owner"));
    assert_eq!(answer["labels"], json!({"Owner": {}}));
    assert_eq!(answer["unlabelled"], json!({"Owner": "unreadable"}));
    assert_eq!(answer["rows"].as_array().unwrap().len(), 3);
    let page = site.page(&fixture.address("Account", ""));
    assert!(page.says("Labels are missing: <bdi>Owner: cannot be read"));
}

#[test]
fn a_table_that_is_not_published_labels_nothing() {
    let fixture = bank();
    let published = ("PUBLISHED_TABLES", "Test.Account, Test.Branch");
    let site = fixture.site_with(&[LABELS, published]);
    site.refused(&fixture.address("Account", "?_label=Owner"), "_label");
    let page = site.page(&fixture.address("Account", ""));
    assert!(!page.html.contains("Müller") && page.html.contains("Bonn"));
}

#[test]
fn pages_show_labels_without_being_asked() {
    let fixture = bank();
    let site = fixture.site_with(&[LABELS]);
    let page = site.page(&fixture.address("Account", "?_sort=ID"));
    let label = |text: &str| format!(" <bdi class=\"label\">{text}</bdi></a>");
    for text in ["Müller GmbH", "&lt;b&gt;O&#x27;Brien&lt;/b&gt;", "Bonn", "Berlin"] {
        assert!(page.html.contains(&label(text)), "{text}");
    }
    assert_eq!(page.html.matches(&label("Müller GmbH")).count(), 2);
    assert!(!page.says("Labels are missing"));
    // Links to representations without labels do not ask for them.
    let asked = site.page(&fixture.address("Account", "?_label=Owner"));
    for link in asked.links().iter().filter(|link| link.contains("_format=")) {
        site.get(link).expect(200);
        assert_eq!(link.contains("_label"), link.contains("_format=json"), "{link}");
    }
    // For the page's script the same.
    let parts = site.json(&fixture.address("Account", "?_view=page&_sort=ID"));
    assert_eq!(parts["rows"][0]["cells"][1]["label"], "Müller GmbH");
    assert_eq!(parts["lacks_labels"], json!([]));
    // A row is called by its own label, and so are those that it refers to.
    let row = site.page(&fixture.address("Account", "/row?ID=1"));
    assert!(row.html.contains("<h1><bdi>CH01</bdi> <small><bdi>ID 1</bdi></small></h1>"));
    assert!(row.html.contains("<title>CH01 – ID 1 – Test.Account"));
    assert!(row.html.contains(&label("Müller GmbH")) && row.html.contains(&label("Bonn")));
    let unnamed = site.page(&fixture.address("Account", "/row?ID=3"));
    assert!(unnamed.html.contains("<h1 dir=\"auto\">ID 3</h1>"));
}

#[test]
fn five_hundred_values_have_labels_and_the_answer_says_that_there_are_more() {
    let customer =
        Table::new("Customer").column("ID", Kind::Integer).column("Name", Kind::Varchar(20));
    let customer =
        customer.key(&["ID"]).rows((1..=600).map(|id| row![id, format!("Customer {id}").as_str()]));
    let account = Table::new("Account").column("ID", Kind::Integer).column("Owner", Kind::Integer);
    let account = account
        .key(&["ID"])
        .reference(&["Owner"], "Customer", &["ID"])
        .rows((1..=600).map(|id| row![id, id]));
    let fixture = Fixture::with(&[customer, account]);
    let site = fixture.site_with(&[("LABELS", "*.Customer=Name")]);
    for (size, count, unlabelled) in
        [(500, 500, Value::Null), (501, 500, json!({"Owner": "limit"}))]
    {
        let asked = format!("?_label=Owner&_sort=ID&_size={size}");
        let answer = site.json(&fixture.address("Account", &asked));
        let owners = answer["labels"]["Owner"].as_object().unwrap();
        assert_eq!((owners.len(), &owners["500"]), (count, &json!("Customer 500")));
        assert_eq!(answer["unlabelled"], unlabelled, "{size}");
    }
    let page = site.page(&fixture.address("Account", "?_size=501"));
    assert!(page.says("Labels are missing: <bdi>Owner: only of the first 500"));
}

#[test]
fn labels_of_five_tables_at_most() {
    let names: Vec<String> = (1..=6).map(|number| format!("To{number}")).collect();
    let mut tables: Vec<Table> = names
        .iter()
        .map(|name| {
            let table =
                Table::new(name).column("ID", Kind::Integer).column("Name", Kind::Varchar(9));
            table.key(&["ID"]).rows([row![1, name.as_str()]])
        })
        .collect();
    let from = Table::new("From").column("ID", Kind::Integer).key(&["ID"]);
    let from = names.iter().fold(from, |table, name| table.column(name, Kind::Integer));
    let from = names.iter().fold(from, |table, name| table.reference(&[name], name, &["ID"]));
    let row = std::iter::repeat_with(|| Cell::from(1_i64)).take(7).collect();
    tables.push(from.rows([row]));
    let fixture = Fixture::with(&tables);
    let site = fixture.site_with(&[("LABELS", "*.To*=Name")]);
    let asked = |columns: &[String]| {
        fixture.address("From", &query(&[("_label", columns.join(",").as_str())]))
    };
    site.refused(&asked(&names), "_label");
    let answer = site.json(&asked(&names[1..]));
    assert_eq!(answer["labels"]["To6"], json!({"1": "To6"}));
    // A page has those of the first five, and of those that are asked for before.
    let page = site.page(&fixture.address("From", ""));
    assert!(
        page.html.contains("class=\"label\">To5<") && !page.html.contains("class=\"label\">To6<")
    );
    assert!(page.says("Labels are missing: <bdi>To6: only of"));
    let page = site.page(&fixture.address("From", "?_label=To6"));
    assert!(page.html.contains("class=\"label\">To6<"));
}

#[test]
fn what_another_table_tells_is_kept_no_longer_than_that_allows() {
    let fixture = bank();
    let rules = ("CACHE_CONTROL_TABLES", "Test.Customer=no-store; Test.*=public, max-age=60");
    let site = fixture.site_with(&[LABELS, rules]);
    let caching = |rest: &str| {
        let answer = site.get(&fixture.address("Account", rest)).expect(200);
        answer.header(http::header::CACHE_CONTROL).unwrap().to_owned()
    };
    assert_eq!(caching(""), "public, max-age=60");
    assert_eq!(caching("?_label=Branch"), "public, max-age=60");
    assert_eq!(caching("?_label=Owner"), "no-store");
    assert_eq!(caching("/row?ID=1&_label=Owner"), "no-store");
    assert_eq!(caching("?_format=html"), "no-store");
}

#[test]
fn the_description_offers_the_columns_that_have_labels() {
    let fixture = bank();
    let site = fixture.site_with(&[LABELS]);
    let description = site.json("/openapi.json");
    let labelled = |path: &str| {
        let parameters = description["paths"][path]["get"]["parameters"].as_array().unwrap();
        let found = parameters.iter().find(|parameter| parameter["name"] == "_label");
        found.map(|parameter| parameter["schema"]["items"]["enum"].clone())
    };
    let columns = json!(["Owner", "Proxy", "Branch"]);
    assert_eq!(labelled("/table/Test.Account"), Some(columns.clone()));
    assert_eq!(labelled("/table/Test.Account/row"), Some(columns));
    assert_eq!(labelled("/table/Test.Customer"), None);
    assert!(site.page("/docs?_table=Test.Account").html.contains("_label"));
}
