//! `/docs`: the API described for people. Made from `/openapi.json`'s document.

use serde::Serialize;

use super::{Link, TableHead};

/// `/docs`: the API, or one table's part of it.
#[derive(Debug, Serialize)]
pub struct DocsPage {
    /// What is said of the whole, in paragraphs.
    pub about: Vec<String>,
    /// The table that is described; nothing where the site is.
    pub table: Option<TableHead>,
    /// What can be asked for.
    pub operations: Vec<Operation>,
    /// The members of a row of the table, or the types of values.
    pub members: Vec<Member>,
    /// The published tables, where the site is described.
    pub tables: Vec<Link>,
    /// The same for programs.
    pub openapi_href: String,
}

/// What can be asked for at one address.
#[derive(Debug, Serialize)]
pub struct Operation {
    /// In a few words.
    pub summary: String,
    /// The path.
    pub path: String,
    /// Its parameters.
    pub parameters: Vec<Member>,
    /// Its answers.
    pub answers: Vec<Answer>,
}

/// A parameter, a member of a row, or a type.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What its values are, in a few words.
    pub values: String,
    /// It must be given.
    pub required: bool,
    /// What is said of it, or an empty text.
    pub description: String,
}

/// An answer that may come.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: String,
    /// When it comes.
    pub description: String,
    /// The media types it may have.
    pub media_types: Vec<String>,
}
