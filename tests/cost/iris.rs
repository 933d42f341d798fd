//! Messages to IRIS for a request: each is a round trip.

use tests::function::Function;
use tests::iris::Iris;
use tests::proxy::Proxy;

use crate::alone;
use crate::statements::TABLE;

/// A function that reaches it by this port.
fn function(iris: &Iris, port: u16) -> Function {
    let settings = [
        ("DATABASE_URL", format!("iris://_SYSTEM:SYS@127.0.0.1:{port}/USER")),
        ("PUBLISHED_TABLES", "Test.*, Sales.*".to_owned()),
        ("ODBC_DRIVER", iris.driver().to_owned()),
    ];
    Function::start(TABLE, &settings).ready()
}

/// The messages of a login, and of each request.
fn messages(iris: &Iris, addresses: &[&str]) -> Vec<usize> {
    let function = function(iris, iris.port());
    let mut counts = vec![iris.messages().len()];
    for address in addresses {
        let before = iris.messages().len();
        function.get(address).expect(200);
        counts.push(iris.messages().len() - before);
    }
    counts
}

/// Six with the login, in a namespace as large as real ones are. Short descriptions and long ones.
#[test]
fn a_first_page_asks_iris_four_times_and_a_warm_one_once() {
    let _alone = alone();
    for table in ["Test.Person", "Test.Composite", "Test.NoKey", "Sales.Big", "Test.Long"] {
        let Some(iris) = Iris::exactly("", &["--system-tables", "1500"]) else { return };
        let first = format!("/table/{table}?_size=2");
        let counted = messages(&iris, &[&first, &first, &first]);
        let whole = counted[0] + counted[1];
        assert!(whole <= 6, "{table}: {counted:?}: {:?}", iris.messages());
        assert_eq!(counted[2..], [1, 1], "{table}: {:?}", iris.messages());
    }
}

#[test]
fn a_second_table_and_a_row_ask_iris_little_more() {
    let _alone = alone();
    let Some(iris) = Iris::exactly("", &["--system-tables", "1500"]) else { return };
    let addresses = [
        "/table/Test.Person?_size=2",
        "/table/Test.Composite?_size=2",
        "/table/Test.Person/row?ID=1",
        "/table/Test.Person/row?ID=2",
        "/table/Test.Person/schema",
    ];
    let counted = messages(&iris, &addresses);
    assert!(counted[2] <= 4, "{counted:?}");
    assert_eq!(counted[3..], [1, 1, 0], "{counted:?}");
}

/// A table of 3,000 rows of some 30 bytes.
fn crowd() -> Option<Iris> {
    let rows = "CREATE TABLE \"Test.Crowd\" (ID INTEGER PRIMARY KEY, Name VARCHAR(40), Amount NUMERIC(12,2)); \
                INSERT INTO \"Test.Crowd\" WITH RECURSIVE numbers(n) AS \
                (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000) \
                SELECT n, 'Customer ' || n, n * 1.25 FROM numbers;";
    Iris::exactly(rows, &["--user", "_SYSTEM", "--password", "SYS"])
}

/// What a warm page asks for is a statement by its number, and what comes is its rows.
#[test]
fn a_warm_page_is_few_bytes_on_the_wire() {
    let _alone = alone();
    let Some(iris) = crowd() else { return };
    let proxy = Proxy::to(iris.port());
    let function = function(&iris, proxy.port());
    let mut bytes = Vec::new();
    // The first reads the catalogue, the second learns nothing any more.
    for size in [100, 100, 100, 1_000] {
        let before = proxy.bytes();
        function.get(&format!("/table/Test.Crowd?_size={size}")).expect(200);
        let after = proxy.bytes();
        bytes.push((after.0 - before.0, after.1 - before.1));
    }
    let is_about = |(asked, came): (usize, usize), (most, most_came): (usize, usize)| {
        (most / 2..=most).contains(&asked) && (most_came / 2..=most_came).contains(&came)
    };
    assert!(is_about(bytes[2], OF_100_ROWS) && is_about(bytes[3], OF_1000_ROWS), "{bytes:?}");
}

/// Bytes in which a page of 100 rows is asked for at most, and bytes that come. The driver sends the
/// number of a statement that the server knows already, not its text.
const OF_100_ROWS: (usize, usize) = (40, 2_300);

/// The same of 1,000 rows.
const OF_1000_ROWS: (usize, usize) = (40, 25_000);

/// The server sends as many rows as fit a message; the driver asks for the next ones.
#[test]
fn rows_come_many_at_once() {
    let _alone = alone();
    let Some(iris) = crowd() else { return };
    let sizes = [100, 100, 1_000, 3_000, 3_000];
    let addresses = sizes.map(|size| format!("/table/Test.Crowd?_size={size}"));
    let counted = messages(&iris, &addresses.each_ref().map(String::as_str));
    let [_, _, hundred, thousand, _, three_thousand] = counted[..] else { panic!("{counted:?}") };
    assert_eq!(hundred, 1, "{counted:?}");
    assert!(thousand <= MOST_OF_1000, "{counted:?}");
    assert!(three_thousand <= 3 * MOST_OF_1000, "{counted:?}");
}

/// Messages for 1,000 rows of some 30 bytes, the first of which has the statement.
const MOST_OF_1000: usize = 1;
