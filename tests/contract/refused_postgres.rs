//! Comparisons that PostgreSQL refuses, or that would not find what is shown.

use serde_json::json;

use crate::fixture::Fixture;
use crate::harness::{Site, encoded, json_walk};

/// How many rows an address finds.
fn found(site: &Site, address: &str) -> usize {
    json_walk(site, address).len()
}

#[test]
fn a_collation_without_an_order_of_letters_is_searched_by_the_databases_own() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    fixture.run("CREATE TABLE t (v text COLLATE loose PRIMARY KEY, w varchar(9) COLLATE loose)");
    fixture.run("INSERT INTO t VALUES ('One', 'x'), ('two', 'Y')");
    fixture.run("CREATE VIEW seen AS SELECT * FROM t");
    let site = fixture.site();
    for table in ["t", "seen"] {
        for (rest, count) in [
            ("?_q=o", 2),
            ("?_q=y", 1),
            ("?v__contains=NE", 1),
            ("?v__startswith=on", 1),
            ("?v__endswith=O", 1),
            ("?w__contains=y", 1),
            ("?v=one", 1),
            ("?v__exact=one", 0),
            ("?v__exact=One", 1),
            ("?v__in=one,TWO", 2),
            ("?_sort=-v&_size=1", 2),
        ] {
            assert_eq!(found(&site, &fixture.address(table, rest)), count, "{table}{rest}");
        }
        // As one types on the page.
        site.page(&fixture.address(table, "?_q=o"));
        site.json(&fixture.address(table, "?_q=o&_view=page"));
    }
    site.get(&fixture.address("t", "/row?v=one")).expect(200);
}

#[test]
fn letters_that_the_database_has_not_are_in_no_row() {
    for encoding in ["LATIN1", "EUC_JP"] {
        let Some(fixture) = Fixture::postgres_in(encoding) else { return };
        fixture.run("CREATE TABLE t (id int PRIMARY KEY, v text, u uuid, c char(9))");
        fixture.run("INSERT INTO t VALUES (1, 'One', NULL, 'x'), (2, 'two', NULL, 'y'), (3, NULL, NULL, NULL)");
        let site = fixture.site();
        for (rest, count) in [
            ("?_q=€", 0),
            ("?v__contains=€", 0),
            ("?v__startswith=€", 0),
            ("?v__endswith=€", 0),
            ("?c__endswith=€", 0),
            ("?v=€", 0),
            ("?v__exact=€", 0),
            ("?v__in=One,€", 1),
            ("?v__not=€", 2),
            ("?v__notin=€,One", 1),
            ("?c=€", 0),
            ("?_q=€&_count=exact", 0),
            ("?_where=[\"v\",\"not\",\"€\"]", 2),
        ] {
            assert_eq!(found(&site, &fixture.address("t", rest)), count, "{encoding} {rest}");
        }
        assert_eq!(json_walk(&site, &fixture.address("t", "?v__not=€&_size=1")).len(), 2);
        site.get(&fixture.address("t", "/row?v=€")).expect(404);
        site.page(&fixture.address("t", "?_q=€"));
        // None is greater or less.
        for operator in ["gt", "gte", "lt", "lte"] {
            let refused = site.refused(
                &fixture.address("t", &format!("?c__contains=€&v__{operator}=€")),
                &format!("v__{operator}"),
            );
            assert!(refused.text().contains("letter"), "{}", refused.text());
        }
        site.refused(&fixture.address("t", "?v=€&u=€"), "u");
    }
}

#[test]
fn each_operator_finds_what_is_shown() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TYPE mood AS ENUM ('sad', 'ok')");
    fixture.run("CREATE DOMAIN code AS char(5)");
    fixture.run("CREATE DOMAIN host AS inet");
    fixture.run(
        "CREATE TABLE t (e mood, u uuid, i inet, i6 inet, net inet, c cidr, m macaddr, j jsonb, a int[], \
         ta text[], iv interval, ch char(5), dc code, dh host, n name, b bit(3), vb varbit, mo money, \
         ts tsvector, r int4range, bp bpchar, ic \"char\", vc varchar(9))",
    );
    fixture.run(
        "INSERT INTO t VALUES ('sad', '5b3b5ac4-3b9f-4bd5-8d30-38bd9c1a3e7b', '10.0.0.1', '::1', \
         '10.0.0.0/8', '10.0.0.0/8', '08:00:2b:01:02:03', '{\"a\": 1}', '{1,2}', '{a,b}', '1 day', 'ab', \
         'ab', '10.0.0.1', 'nm', '101', '11', 12.5, 'a b', '[1,3)', 'bp ', 'c', 'v ')",
    );
    fixture.run("INSERT INTO t (vc) VALUES (NULL)");
    let site = fixture.site();
    let all = site.json(&fixture.address("t", ""));
    let shown = all["rows"].as_array().unwrap().iter().find(|row| !row["e"].is_null()).unwrap();
    for (name, value) in shown.as_object().unwrap() {
        let text = value.as_str().unwrap();
        for operator in
            ["", "__exact", "__contains", "__startswith", "__endswith", "__in", "__gte", "__lte"]
        {
            let listed = json!([text]).to_string();
            let asked = encoded(if operator == "__in" { &listed } else { text });
            let rest = format!("?{name}{operator}={asked}");
            assert_eq!(found(&site, &fixture.address("t", &rest)), 1, "{name}{operator}={text}");
        }
        assert!(found(&site, &fixture.address("t", &format!("?_q={}", encoded(text)))) > 0);
    }
    // Without the spaces, too. Of a NULL nothing is part.
    for rest in ["?ch__endswith=b", "?ch__contains=ab", "?ch=ab", "?i__contains=", "?ch__contains="]
    {
        assert_eq!(found(&site, &fixture.address("t", rest)), 1, "{rest}");
    }
}
