//! `/docs`: the API described for people. Made from `/openapi.json`'s document.

use serde::Serialize;

use super::{Link, TableHead};

/// `/docs`: the API, or one table's part of it.
#[derive(Debug, Serialize)]
pub struct DocsPage {
    /// What is said of the whole, in paragraphs.
    pub about: Vec<String>,
    /// The table that is described; `None` where the site is.
    pub table: Option<TableHead>,
    /// Commands to begin with.
    pub commands: Vec<Command>,
    /// The table's columns.
    pub columns: Vec<DocsColumn>,
    /// How its columns can be compared.
    pub operators: Vec<OperatorLine>,
    /// What every table takes, or the types of values, where the site is described.
    pub members: Vec<MemberList>,
    /// What can be asked for.
    pub operations: Vec<Operation>,
    /// What may go wrong.
    pub errors: Vec<Answer>,
    /// An error as JSON.
    pub error: String,
    /// The published tables, where the site is described.
    pub tables: Vec<Link>,
    /// The same for programs.
    pub openapi_href: String,
}

/// A command for a shell.
#[derive(Debug, Serialize)]
pub struct Command {
    /// What it asks for.
    pub about: String,
    /// The command.
    pub text: String,
}

/// A column of the table.
#[derive(Debug, Serialize)]
pub struct DocsColumn {
    /// Its name.
    pub name: String,
    /// Its type's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// It may be null.
    pub nullable: bool,
    /// A value as JSON has it, or an empty text.
    pub example: String,
    /// The operators it takes as `Column__operator`; `=` stands for none.
    pub operators: Vec<String>,
    /// Those it takes in `_where` alone, because its name would mean something else.
    pub where_only: Vec<String>,
    /// What is said of it, or an empty text.
    pub description: String,
}

/// An operator that a column of the table takes.
#[derive(Debug, Serialize)]
pub struct OperatorLine {
    /// Its name; `=` for none.
    pub name: String,
    /// What it means, in a few words.
    pub words: String,
    /// The end of an address that uses it.
    pub example: String,
    /// That address.
    pub href: String,
}

/// Members under a title.
#[derive(Debug, Serialize)]
pub struct MemberList {
    /// What they are.
    pub title: String,
    /// What one of them is.
    pub first: String,
    /// The members.
    pub members: Vec<Member>,
}

/// What can be asked for at one address.
#[derive(Debug, Serialize)]
pub struct Operation {
    /// In a few words.
    pub summary: String,
    /// The path.
    pub path: String,
    /// Its parameters, but for those that compare columns.
    pub parameters: Vec<Member>,
    /// The media types it answers with.
    pub media_types: Vec<String>,
    /// The answer as JSON, shortened; or an empty text.
    pub answer: String,
}

/// A parameter, or a type.
#[derive(Debug, Serialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What its values are, in a few words.
    pub values: String,
    /// It must be given.
    pub required: bool,
    /// A value as JSON has it, or an empty text.
    pub example: String,
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
}
