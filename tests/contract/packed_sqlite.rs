//! Rows of SQLite come out the same whether they come packed or not.

use crate::fixture::Fixture;

/// Values of every kind but floats and bytes.
const VALUES: [&str; 26] = [
    "0",
    "-1",
    "9007199254740993",
    "-9223372036854775808",
    "9223372036854775807",
    "''",
    "' '",
    "'7'",
    "'1e3'",
    "'0x10'",
    "'O''Brien \"q\" \\ \\u0041 \\n'",
    "char(9,10,13,27,127,133,8232,8233,65279,128512)",
    "char(1,8,12,31)",
    "'null'",
    "'true'",
    "'[1,2]'",
    "'{\"a\":[1]}'",
    "'long'",
    "'''long'",
    "'X''41'''",
    "'TX''41'''",
    "'Inf'",
    "hex(zeroblob(1000))",
    "hex(zeroblob(2500))",
    "replace(hex(zeroblob(9000)),'0','ü')",
    "replace(hex(zeroblob(20000)),'0',char(1))",
];

/// Floats: only in columns for numbers, and in those of no type, they can be packed.
const FLOATS: [&str; 38] = [
    "0.1 + 0.2",
    "-0.0",
    "5.0",
    "5e-324",
    "1.7976931348623157e308",
    "1e15",
    "123456789012345678.0",
    "9e999",
    "-9e999",
    // What a decimal's scale is enough for, nearly is, or is not.
    "0.29",
    "-0.29",
    "0.005",
    "-0.01",
    "1.005",
    "4.35",
    "0.30000000000000004",
    "1234567.891",
    "-1.23456789",
    "9999999999999.99",
    "-9999999999999.98",
    "99999999999.9999",
    "10000000000000.25",
    "10000000000000",
    "-10000000000001",
    "99999999999999",
    "100000000000",
    "4611686018427387904",
    "9007199254740993",
    // What 2⁵² times a float holds, and what not.
    "1.0000000000000002",
    "0.9999999999999999",
    "66.9730401440221",
    "-1234.5678",
    "2046.9999999999998",
    "2047.0",
    "-2047.5",
    "2048.25",
    "1e-7",
    "2.220446049250313e-16",
];

const TYPES: [&str; 13] = [
    "INTEGER",
    "TEXT",
    "VARCHAR(20)",
    "JSON",
    "DECIMAL(12,2)",
    "DECIMAL(18,4)",
    "NUMERIC(9,1)",
    "NUMERIC(20,6)",
    "DOUBLE",
    "BOOLEAN",
    "DATE",
    "TIMESTAMP",
    "",
];

const SHAPES: [&str; 2] = [
    "ID INTEGER PRIMARY KEY, V #, A DEFAULT 1, B DEFAULT 'b')",
    "ID INTEGER, V #, A DEFAULT 1, B DEFAULT 'b', PRIMARY KEY (V, ID)) WITHOUT ROWID",
];

/// What is asked of each table.
const ASKED: [&str; 5] =
    ["?_size=3&_format=json", "?_sort=V&_size=4", "?_sort=-V&_size=5&_format=ndjson", "?_format=csv", "?_format=html"];

#[test]
fn values_are_the_same_packed_and_not() {
    let fixture = Fixture::sqlite();
    let mut tables = Vec::new();
    for (declared, shape) in TYPES.iter().flat_map(|declared| SHAPES.map(|shape| (declared, shape))) {
        for values in [&VALUES[..], &FLOATS[..]] {
            let table = format!("T{}", tables.len());
            fixture.run(&format!("CREATE TABLE {table} ({}", shape.replace('#', declared)));
            fixture.run(&format!("CREATE VIEW V{table} AS SELECT * FROM {table}"));
            let values: Vec<_> = values.iter().enumerate().map(|(id, value)| format!("({id}, {value})")).collect();
            fixture.run(&format!("INSERT INTO {table} (ID, V) VALUES (-1, x'00'), {}", values.join(", ")));
            tables.push((table, declared));
        }
    }
    let [packed, not] = [fixture.site(), fixture.site()];
    for (table, declared) in tables {
        let view = format!("V{table}");
        // It meets bytes, and reads the table unpacked from now on.
        for table in [&table, &view] {
            not.get(&fixture.address(table, "")).expect(200);
        }
        fixture.run(&format!("DELETE FROM {table} WHERE ID = -1"));
        for (table, asked) in [&table, &view].into_iter().flat_map(|table| ASKED.map(|asked| (table, asked))) {
            let mut address = Some(fixture.address(table, asked));
            while let Some(page) = address {
                let [packed, not] = [&packed, &not].map(|site| site.get(&page).expect(200));
                assert_eq!(packed.text(), not.text(), "{declared} {page}");
                address = packed.link("next");
            }
        }
    }
}
