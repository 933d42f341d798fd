//! Tables of which IRIS' user may read a part or nothing, and tables without a row id.

use serde_json::{Value, json};
use tests::function::Function;

use crate::clinic::{logins, ready, rows, start, values, walk};
use crate::shop::TABLE;

/// The numbers and labels of `Test.Composite` and `Test.HiddenPart`.
fn nine() -> Vec<Vec<Value>> {
    let regions = ["N", "S", "n2"];
    let row = |region, number: &i32| vec![json!(number), json!(format!("{region} {number}"))];
    let rows = regions.iter().flat_map(|region| [1, 2, 10].iter().map(move |no| row(region, no)));
    let rows: Vec<Value> = rows.map(|row| json!({ "No": row[0], "Label": row[1] })).collect();
    values(&rows, &["No", "Label"])
}

/// A page, and the names of its columns.
fn columns(function: &Function, address: &str) -> (Value, Vec<String>) {
    let page = function.get(address).expect(200).json();
    let name = |column: &Value| column["name"].as_str().unwrap().to_owned();
    let names = page["columns"].as_array().unwrap().iter().map(name).collect();
    (page, names)
}

/// Rows can neither be named nor be asked for by themselves.
fn is_read_as_a_view(function: &Function, table: &str, row: &str) {
    let page = function.get(&format!("/table/{table}?_size=1")).expect(200).json();
    assert_eq!(page["links"]["row"], Value::Null, "{table}");
    function.get(&format!("/table/{table}/row?{row}")).expect(404);
}

#[test]
fn a_listed_table_that_is_denied_is_like_one_that_is_not_there() {
    for switch in ["--list-denied", "--hide-denied"] {
        let Some(iris) = start(&["--deny", "Test.Person", switch]) else { return };
        let function = ready(TABLE, &iris);
        let unknown = function.get("/table/Test.Nothing").expect(404);
        for address in ["/table/Test.Person", "/table/Test.Person?_count=exact"] {
            let denied = function.get(address).expect(404);
            assert_eq!(denied.problem(), "unknown-table", "{switch}");
            assert_eq!(denied.json()["detail"], unknown.json()["detail"], "{switch}");
        }
        function.get("/table/Test.Person/row?ID=1").expect(404);
        function.get("/table/Test.Composite").expect(200);
        // The refusal harms no connection.
        assert_eq!(logins(&iris), 1);
        if switch == "--list-denied" {
            function.logs("no SELECT privilege on Test.Person");
        }
    }
}

/// `COUNT(*)` and the row id want the whole table.
#[test]
fn of_granted_columns_rows_come_without_a_total() {
    let Some(iris) = start(&["--grant", "SELECT:Test.Person(ID,Name)"]) else { return };
    let function = ready(TABLE, &iris);
    let (_, names) = columns(&function, "/table/Test.Person?_size=5");
    assert_eq!(names, ["ID", "Name"]);
    assert_eq!(walk(&function, "/table/Test.Person?_size=7&_sort=-Name").len(), 32);
    assert_eq!(rows(function.get("/table/Test.Person?Name=o%27brien"))[0]["ID"], 15);
    function.get("/table/Test.Person/row?ID=15").expect(200);
    for address in ["/table/Test.Person?_count=exact", "/table/Test.Person?_count=exact&Name=a"] {
        let page = function.get(address).expect(200).json();
        assert_eq!((&page["total"], &page["uncounted"]), (&Value::Null, &json!("privilege")));
        for format in ["csv", "ndjson"] {
            let file = function.get(&format!("{address}&_format={format}")).expect(200);
            assert_eq!(file.header("page-uncounted"), "privilege", "{format}");
        }
    }
    let shown = function.get("/table/Test.Person?_count=exact&_view=page").expect(200).json();
    assert_eq!((&shown["total"], &shown["uncounted"]), (&Value::Null, &json!("privilege")));
    // What is not granted is unknown.
    function.get("/table/Test.Person?City=Paris").expect(400);
}

/// Whether the catalogue lists what is not granted or not.
#[test]
fn without_its_key_a_table_is_read_as_a_view() {
    for listing in ["--hide-denied", "--list-denied"] {
        let grant = "SELECT:Test.Composite(No,Label)";
        let Some(iris) = start(&["--grant", grant, listing]) else { return };
        let function = ready(TABLE, &iris);
        let (_, names) = columns(&function, "/table/Test.Composite");
        assert_eq!(names, ["No", "Label"], "{listing}");
        let all = walk(&function, "/table/Test.Composite?_size=2");
        assert_eq!(values(&all, &["No", "Label"]), nine(), "{listing}");
        is_read_as_a_view(&function, "Test.Composite", "No=1&Label=N%201");
    }
}

#[test]
fn without_key_and_row_id_a_table_is_read_as_a_view() {
    let Some(iris) = start(&["--grant", "SELECT:Test.NoKey(Word,Num)"]) else { return };
    let function = ready(TABLE, &iris);
    assert_eq!(walk(&function, "/table/Test.NoKey?_size=2").len(), 5);
    is_read_as_a_view(&function, "Test.NoKey", "Num=0");
}

/// The rest of a key does not tell rows apart: a walk by it would leave some out.
#[test]
fn of_a_key_with_a_hidden_part_the_row_id_takes_the_place() {
    let Some(iris) = start(&["--grant", "SELECT:Test.*"]) else { return };
    let function = ready(TABLE, &iris);
    for address in ["/table/Test.HiddenPart?_size=2", "/table/Test.HiddenPart?_size=2&_sort=-No"] {
        let all = walk(&function, address);
        assert_eq!(values(&all, &["No", "Label"]), nine(), "{address}");
    }
    let row = function.get("/table/Test.HiddenPart/row?_row=N%7C%7C10").expect(200).json();
    assert_eq!(row["row"]["Label"], "N 10");
}

#[test]
fn of_a_hidden_key_and_granted_columns_every_row_comes_once() {
    let Some(iris) = start(&["--grant", "SELECT:Test.HiddenPart(No,Label)"]) else { return };
    let function = ready(TABLE, &iris);
    let all = walk(&function, "/table/Test.HiddenPart?_size=4");
    assert_eq!(values(&all, &["No", "Label"]), nine());
    is_read_as_a_view(&function, "Test.HiddenPart", "No=10&Label=N%2010");
}

/// It has no row id, and declares no key.
#[test]
fn a_foreign_table_is_read_as_a_view() {
    let Some(iris) = start(&[]) else { return };
    let function = ready(TABLE, &iris);
    for address in ["/table/Test.Outside?_size=100", "/table/Test.Outside?_size=100&_sort=-Amount"]
    {
        let all = walk(&function, address);
        let codes: Vec<Value> = (1..=250).map(|number| json!(format!("F{number:03}"))).collect();
        assert_eq!(values(&all, &["Code"]).concat(), codes, "{address}");
    }
    assert_eq!(rows(function.get("/table/Test.Outside?Code=f007"))[0]["Amount"], "7.50");
    is_read_as_a_view(&function, "Test.Outside", "Code=F007");
}
