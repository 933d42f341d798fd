//! What every page shows beside its own view.

use std::collections::BTreeMap;

use serde::Serialize;

/// One page's frame: what every template may use beside its own view.
#[derive(Debug, Clone, Serialize)]
pub struct Site {
    /// `SITE_TITLE`.
    pub title: String,
    /// Addresses of the pages' own files by their names, such as `style.css`.
    pub files: BTreeMap<&'static str, String>,
    /// Who has signed in, where people do.
    pub signed_in: Option<SignedIn>,
}

/// A person who has signed in.
#[derive(Debug, Clone, Serialize)]
pub struct SignedIn {
    /// The name, as the provider has it.
    pub name: String,
}
