//! The fuzz targets without the fuzzer: their seeds, and mutations of them.
#![cfg(test)]

mod targets;

use std::fmt;
use std::path::Path;

use proptest::prelude::*;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/libfuzzer/seeds").join(target);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no seeds");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// An input that is shown as the text of its bytes.
#[derive(Clone)]
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A seed with some of its bytes replaced, left out, or followed by others.
fn mutated(target: &str) -> impl Strategy<Value = Input> + use<> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"\"'<>&%=_-,[]{}0;?#+\\\n".to_vec())];
    let change = (any::<prop::sample::Index>(), 0_usize..3, prop::collection::vec(byte, 0..4));
    (prop::sample::select(seeds(target)), prop::collection::vec(change, 1..6)).prop_map(
        |(mut seed, changes)| {
            for (at, removed, added) in changes {
                let start = at.index(seed.len() + 1);
                let end = (start + removed).min(seed.len());
                seed.splice(start..end, added);
            }
            Input(seed)
        },
    )
}

/// Every seed, then many mutated ones.
fn try_all(target: &str, cases: u32, check: fn(&[u8])) {
    seeds(target).iter().for_each(|seed| check(seed));
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(input in mutated(target))| check(&input.0));
}

#[test]
fn any_header_chooses_an_offered_format_or_none() {
    try_all("accept", 5_000, targets::accept::check);
}

#[test]
fn no_text_of_a_page_becomes_markup() {
    for (seed, page) in seeds("page")
        .iter()
        .flat_map(|seed| (0..targets::page::PAGES).map(move |page| (seed, page)))
    {
        targets::page::check(&[&[page], seed.as_slice()].concat());
    }
    try_all("page", 200, targets::page::check);
}

#[test]
fn markup_of_a_text_is_seen() {
    let harmless = "<p title=\"~~b~x\">~~b~x</p><a href=\"/x\">x</a>";
    targets::page::compare(
        "<p title=\"&quot;&lt;b&gt;x\">&quot;&lt;b&gt;x</p><a href=\"/y\">x</a>",
        harmless,
    );
    for page in [
        "<p title=\"&quot;&lt;b&gt;x\">\"<b>x</p><a href=\"/y\">x</a>",
        "<p title=\"\" b=\"x\">&quot;&lt;b&gt;x</p><a href=\"/y\">x</a>",
        "<p title=\"&quot;&lt;b&gt;x\">&quot;&lt;b&gt;</p><a href=\"/y\">x</a>",
        "<p title=\"&quot;&lt;b&gt;x\">&quot;&lt;b&gt;x</p><a href=\"//evil.example\">x</a>",
        "<p title=\"&quot;&lt;b&gt;x\">&quot;&lt;b&gt;x</p><a href=\"javascript:x\">x</a>",
        "<p title=\"&quot;&lt;b&gt;x\">&quot;&lt;b&gt;x<!-- --></p><a href=\"/y\">x</a>",
    ] {
        assert!(
            std::panic::catch_unwind(|| targets::page::compare(page, harmless)).is_err(),
            "{page}"
        );
    }
}

#[test]
fn any_query_is_refused_or_means_the_same_in_our_addresses_and_is_bound() {
    try_all("query", 3_000, targets::query::check);
}

#[test]
fn a_token_is_read_by_its_own_query_alone() {
    try_all("token", 3_000, targets::token::check);
}

#[test]
fn readers_of_json_and_csv_get_every_value() {
    try_all("values", 5_000, targets::values::check);
}
