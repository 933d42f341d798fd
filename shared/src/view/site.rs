//! What every page shows beside its own view.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::guard::Guarded;

/// Values of a rule that a page names at most: `/me` has all of them.
const NAMED_VALUES: usize = 5;

/// One page's frame: what every template may use beside its own view.
#[derive(Debug, Clone, Serialize)]
pub struct Site {
    /// `SITE_TITLE`.
    pub title: String,
    /// Addresses of the pages' own files by their names, such as `style.css`.
    pub files: BTreeMap<&'static str, String>,
    /// Who has signed in, where people do.
    pub signed_in: Option<SignedIn>,
    /// Which rows of the page's table the caller sees; empty where no rule chooses them.
    pub own_rows: Vec<OwnRows>,
}

/// A person who has signed in.
#[derive(Debug, Clone, Serialize)]
pub struct SignedIn {
    /// The name, as the provider has it.
    pub name: String,
}

/// A rule as it holds for the caller: the rows whose column has one of these values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnRows {
    /// The column as a person writes it.
    pub title: String,
    /// The first of the values.
    pub values: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// Which rows of a table the caller sees.
pub fn own_rows(table: &Guarded) -> Vec<OwnRows> {
    let mut all: Vec<OwnRows> = Vec::new();
    for (limit, (_, values)) in table.limits().iter().zip(table.seen()) {
        // A rule may have hundreds of them, and this is done for every request.
        let mut seen = HashSet::new();
        let different: Vec<&String> = values.iter().filter(|value| seen.insert(*value)).collect();
        let rule = OwnRows {
            title: table.columns[limit.column].title.clone(),
            values: different.iter().take(NAMED_VALUES).map(|value| (*value).clone()).collect(),
            more: different.len().saturating_sub(NAMED_VALUES),
        };
        if !all.contains(&rule) {
            all.push(rule);
        }
    }
    all
}
