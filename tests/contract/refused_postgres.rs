//! Comparisons that PostgreSQL itself refuses.

use serde_json::json;

use crate::fixture::Fixture;
use crate::harness::{encoded, json_walk};

#[test]
fn probe() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE COLLATION nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    fixture.run("CREATE TABLE t (id int PRIMARY KEY, v text COLLATE nd, k varchar(9) COLLATE nd UNIQUE, d text)");
    fixture.run("INSERT INTO t VALUES (1, 'One', 'K', 'x'), (2, 'two', 'l', 'y')");
    fixture.run("CREATE TABLE p (v text COLLATE nd PRIMARY KEY)");
    fixture.run("INSERT INTO p VALUES ('One'), ('two')");
    fixture.run("CREATE VIEW w AS SELECT v, d FROM t");
    fixture.run("CREATE TYPE mood AS ENUM ('sad', 'ok')");
    fixture.run("CREATE TABLE many (e mood, u uuid, i inet, c cidr, m macaddr, j jsonb, x xml, js json, a int[], ta text[], iv interval, ch char(5), n name, b bit(3), vb varbit, tz timetz, mo money, p point, ts tsvector, r int4range, bp bpchar, oi oid, ic \"char\", bo box)");
    fixture.run("INSERT INTO many VALUES ('sad', '5b3b5ac4-3b9f-4bd5-8d30-38bd9c1a3e7b', '10.0.0.1', '10.0.0.0/8', '08:00:2b:01:02:03', '{\"a\": 1}', '<a/>', '{\"a\":  1}', '{1,2}', '{a,b}', '1 day', 'ab', 'nm', '101', '11', '10:00+01', 12.5, '(1,2)', 'a b', '[1,3)', 'bp ', 7, 'c', '(1,1),(0,0)')");
    let site = fixture.site();
    for table in ["t", "p", "w"] {
        for rest in ["", "?_q=o", "?v__contains=ON", "?v__startswith=on", "?v__endswith=NE", "?v=one", "?v__exact=one", "?v__in=one,TWO", "?v__not=one", "?v__gt=one", "?_sort=v&_size=1", "?_sort=-v&_size=1", "?_format=html&_q=o", "/row?v=one"] {
            let answer = site.get(&fixture.address(table, rest));
            let rows = if answer.status == 200 && !rest.contains("html") { answer.json()["rows"].clone() } else { json!(answer.text().chars().take(150).collect::<String>()) };
            println!("{table}{rest} {} {rows}", answer.status);
        }
        println!("{}", json_walk(&site, &fixture.address(table, "?_size=1")).len());
    }
    let all = site.json(&fixture.address("many", ""));
    println!("{all}");
    for (name, value) in all["rows"][0].as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for op in ["", "__exact", "__contains", "__startswith", "__endswith", "__in", "__gte", "__not"] {
            let value = if op == "__in" { json!([text]).to_string() } else { text.clone() };
            let answer = site.get(&fixture.address("many", &format!("?{name}{op}={}", encoded(&value))));
            let found = if answer.status == 200 { answer.json()["rows"].as_array().unwrap().len().to_string() } else { answer.json()["detail"].to_string() };
            if answer.status != 200 || found != if op == "__not" { "0" } else { "1" } {
                println!("{name}{op}={text} {} {found}", answer.status);
            }
        }
    }
}
#[test]
fn probe2() {
    for enc in ["LATIN1", "WIN1252", "SQL_ASCII", "EUC_JP"] {
    let Some(fixture) = Fixture::postgres_in(enc) else { return };
    fixture.run("CREATE TABLE t (id int PRIMARY KEY, v text, u uuid)");
    fixture.run("INSERT INTO t VALUES (1, 'One', '5b3b5ac4-3b9f-4bd5-8d30-38bd9c1a3e7b'), (2, 'two', null)");
    let site = fixture.site();
    let t = "t";
        for rest in ["", "?_q=€", "?v__contains=€", "?v__startswith=€", "?v=€", "?v__exact=€", "?v__in=One,€", "?v__not=€", "?v__notin=€,One", "?v__gt=€",  "?_format=html&_q=€", "/row?v=€", "?u=€", "?u=€&v=€", "/row?id=1&_cell=v"] {
            let answer = site.get(&fixture.address(t, rest));
            let rows = if answer.status == 200 && !rest.contains("html") { json!(answer.text()) } else { json!(answer.text().chars().take(250).collect::<String>()) };
            println!("{enc} {t}{rest} {} {rows}", answer.status);
        }
    }
}
