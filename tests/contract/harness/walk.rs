//! Walks through all pages, as a client does.

use http::{Method, header};
use serde_json::{Map, Value};

use super::{Site, read_csv};

/// Pages of a walk at most: one that goes round in circles must end too.
const MOST_PAGES: usize = 1_000;

/// All rows, by following `next` in JSON.
pub fn json_walk(site: &Site, address: &str) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    let mut next = Some(address.to_owned());
    for _ in 0..MOST_PAGES {
        let Some(address) = next else { return rows };
        let answer = site.get(&address).expect(200);
        let page = answer.json();
        next = page["next"].as_str().map(str::to_owned);
        assert_eq!(answer.link("next"), next, "{address}: header and document differ");
        let Value::Array(more) = page["rows"].clone() else { panic!("{address}: no rows") };
        assert!(!more.is_empty() || next.is_none(), "{address}: no row, yet more pages");
        rows.extend(more.into_iter().map(|row| row.as_object().unwrap().clone()));
    }
    panic!("{address}: the walk does not end; {} rows so far", rows.len());
}

/// All rows, by following the `Link` header of CSV.
pub fn csv_walk(site: &Site, address: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    let mut next = Some(address.to_owned());
    for _ in 0..MOST_PAGES {
        let Some(address) = next else { return rows };
        let answer = site.ask(Method::GET, &address, &[(header::ACCEPT, "text/csv")]).expect(200);
        next = answer.link("next");
        rows.extend(read_csv(&answer.text()).into_iter().skip(1));
    }
    panic!("{address}: the walk does not end; {} rows so far", rows.len());
}

/// All rows as lines, by following the `Link` header of NDJSON.
pub fn ndjson_walk(site: &Site, address: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut next = Some(address.to_owned());
    for _ in 0..MOST_PAGES {
        let Some(address) = next else { return rows };
        let answer = site
            .ask(Method::GET, &address, &[(header::ACCEPT, "application/x-ndjson")])
            .expect(200);
        next = answer.link("next");
        rows.extend(answer.text().lines().map(str::to_owned));
    }
    panic!("{address}: the walk does not end; {} rows so far", rows.len());
}
