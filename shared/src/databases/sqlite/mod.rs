//! SQLite, compiled in: a folder of files, each of which is a schema.

mod attach;
mod authorizer;
mod catalog;
mod collations;
mod connection;
mod faults;
mod fold;
mod folder;
mod functions;
mod group_functions;
mod groups;
mod statements;
mod values;

use crate::config::{Patterns, Place};
use crate::database::{Connection, Fault, Kind, Options};
use crate::dialect::{Ask, Dialect, Limit, MayWrite, Nulls, Of, ServerForm};
use crate::error::Error;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::statement::{Condition, Fetch, Meaning, Output};
use crate::table::{Column, Table, TableEntry};

/// SQLite.
#[derive(Debug)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn names(&self) -> &'static [&'static str] {
        &["sqlite"]
    }

    fn server(&self) -> Option<&'static ServerForm> {
        None
    }

    fn default_schema(&self) -> Option<&'static str> {
        None
    }

    fn nulls(&self) -> Nulls {
        Nulls::First
    }

    fn limit(&self) -> Limit {
        Limit::Limit
    }

    fn output(&self, table: &str, column: &Column) -> Output {
        let quoted = self.column(&column.name);
        Output {
            origin: [table, ".", &quoted].concat(),
            expression: quoted,
            fetch: Fetch::Text,
            meaning: Meaning::Value(column.kind, column.scale),
            declared: None,
        }
    }

    /// Neither type nor length of a blob is read from its bytes.
    fn size_expression(&self, quoted: &str) -> Option<String> {
        Some(format!(
            "CASE typeof({quoted}) WHEN 'blob' THEN length({quoted}) ELSE length(CAST({quoted} AS BLOB)) END"
        ))
    }

    /// SQLite's LIKE ignores the case of ASCII letters only.
    fn matches(&self, column: &Column, operator: Operator) -> (String, usize) {
        let function = match operator {
            Operator::StartsWith => functions::STARTS,
            Operator::EndsWith => functions::ENDS,
            _ => functions::CONTAINS,
        };
        (format!("{function}({}, ?)", self.column(&column.name)), 1)
    }

    fn pattern(&self, text: &str, _operator: Operator) -> Param {
        Param::Text(text.to_owned())
    }

    fn exact(&self, quoted: &str, placeholder: &str) -> (String, usize) {
        (format!("{quoted} COLLATE BINARY = {placeholder}"), 1)
    }

    fn operand(&self, column: &Column) -> String {
        let quoted = self.column(&column.name);
        let is_foreign = column.placeholder == collations::BINARY_PLACEHOLDER;
        if is_foreign { format!("{quoted} COLLATE BINARY") } else { quoted }
    }

    fn compared(&self, column: &Column, operator: &str, operand: &Operand) -> Option<Condition> {
        let quoted = self.operand(column);
        match operand {
            Operand::Timestamp(timestamp) => Some(values::compared(timestamp, &quoted, operator)),
            Operand::Several(spellings) => values::compared_to_any(spellings, &quoted, operator),
            Operand::One(_) => None,
        }
    }

    /// `substr` makes NULL of no bytes.
    fn part(&self, column: &Column, from: u64, count: u64) -> Option<(String, Fetch)> {
        let blob = format!("CAST({} AS BLOB)", self.column(&column.name));
        Some((format!("coalesce(substr({blob},{from},{count}),{blob})"), Fetch::Binary))
    }

    fn keeps_any_type(&self) -> bool {
        true
    }

    fn read_value(&self, text: &str, column: &Column) -> Result<Operand, String> {
        values::read(text, column)
    }

    fn read_ordered(&self, text: &str, column: &Column) -> Result<Operand, String> {
        values::read_ordered(text, column)
    }

    fn asked_texts(&self) -> &'static str {
        "[\\u0000-\\uFFFF]*"
    }

    fn gives_whole_values(&self) -> bool {
        true
    }

    fn shown_decimals(&self) -> Option<&'static str> {
        None
    }

    /// So many digits of a decimal are kept, and more of some.
    fn asked_decimals(&self) -> &'static str {
        "-?[0-9]{1,10}(\\.[0-9]{1,5})?"
    }

    fn tables(
        &self,
        ask: &mut dyn Ask,
        published: &Patterns,
        details: bool,
    ) -> Result<Vec<TableEntry>, Error> {
        catalog::tables(ask, published, details)
    }

    fn describe(
        &self,
        ask: &mut dyn Ask,
        of: Of<'_>,
        entries: &[&TableEntry],
    ) -> Result<Vec<Table>, Error> {
        catalog::describe(ask, of, entries)
    }

    /// Not proven by a question: the files are opened read-only, `query_only` is set, and an
    /// authorizer refuses to prepare anything but reading, whoever owns the files.
    fn may_write(&self, _ask: &mut dyn Ask, _published: &[Table]) -> Result<MayWrite, Error> {
        Ok(MayWrite::No)
    }

    fn connect(&self, place: &Place, options: &Options) -> Result<Box<dyn Connection>, Fault> {
        let Place::Folder(folder) = place else {
            return Err(Fault::new(
                Kind::Unreachable,
                "SQLite reads a folder of files, not a host",
            ));
        };
        Ok(Box::new(connection::Folder::open(folder, &options.published)?))
    }
}
