//! What differs between databases, as one trait. Each implementation is a folder of
//! [`databases`](crate::databases); nothing else asks which database it talks to.

mod ask;
mod groups;

use std::fmt::Debug;
use std::time::Instant;

pub use ask::*;
pub use groups::*;

use crate::config::{Patterns, Place};
use crate::database::{Connection, Fault, Options};
use crate::error::Error;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::statement::{ALIAS, Condition, Fetch, Output};
use crate::table::{Column, ForeignKey, Table, TableEntry, TableName, Type};

/// Where a sort puts NULL when ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

/// Where the limit of a result stands in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `SELECT TOP n …`
    Top,
    /// `… LIMIT n`
    Limit,
}

/// How a database behind a network is named in the settings.
#[derive(Debug)]
pub struct ServerForm {
    /// The TCP port where it listens unless told otherwise.
    pub port: u16,
    /// The member of a secret that names the database: `namespace` or `dbname`.
    pub database: &'static str,
    /// `sslmode=…` may stand after the `?` of a URL, beside `tls=…`.
    pub sslmode: bool,
}

/// One of the databases that tables are published from.
pub trait Dialect: Groups + Debug + Sync {
    // What it is called.

    /// Its names as the scheme of `DATABASE_URL` and as a secret's `engine`, the usual one first.
    fn names(&self) -> &'static [&'static str];

    /// How a server of it is named in the settings; `None` where it lies in files.
    fn server(&self) -> Option<&'static ServerForm>;

    // SQL.

    /// The schema that a table's name without a schema is looked up in; `None` means all, in their
    /// order.
    fn default_schema(&self) -> Option<&'static str>;

    /// Where NULL sorts when ascending, with no word about it in the SQL.
    fn nulls(&self) -> Nulls;

    /// How a result is limited.
    fn limit(&self) -> Limit;

    /// How a column is selected and read back without loss.
    fn output(&self, table: &str, column: &Column) -> Output;

    /// A column where it is compared or sorted by.
    fn operand(&self, column: &Column) -> String {
        self.column(&column.name)
    }

    /// How many bytes a binary column's value has, where that can be asked for without its bytes.
    fn size_expression(&self, quoted: &str) -> Option<String>;

    /// A text match, ignoring case: contains, starts or ends with, as the value is shown. Gives the
    /// condition, and how often the value is bound, which [`Dialect::pattern`] makes.
    fn matches(&self, column: &Column, operator: Operator) -> (String, usize);

    /// Equality that is case-sensitive, where `=` follows the column's collation. Gives the
    /// condition, and how often the value is bound.
    fn exact(&self, quoted: &str, placeholder: &str) -> (String, usize);

    /// The order of a column by itself tells rows apart: it may stand last in a sort.
    fn sorts(&self, column: &Column) -> bool {
        column.comparable
    }

    /// Columns of a view that it is sorted by at most, so that its rows have one order.
    fn most_sort_terms(&self, _table: &Table) -> usize {
        usize::MAX
    }

    /// An expression that tells rows of a view apart which these columns, that it is sorted by, call
    /// equal; its values are texts.
    fn last_sort_term(&self, _table: &Table, _sorted: &[usize]) -> Option<String> {
        None
    }

    /// A row id may hold this column's value.
    fn row_id_tells(&self, _table: &Table, column: &Column) -> bool {
        column.row_number
    }

    /// A comparison with an operand that is more than one value, where the usual one will not do;
    /// the operator is one of SQL's, and `=` and `<>` ask for one operand of a list.
    fn compared(&self, _column: &Column, _operator: &str, _operand: &Operand) -> Option<Condition> {
        None
    }

    /// Values of one `IN (…)` at most; more are split into several, joined by OR.
    fn list_limit(&self) -> usize {
        usize::MAX
    }

    /// How many values the list of an `IN (…)` is filled up to, its last one repeated, so that lists
    /// of all lengths are few texts.
    fn list_length(&self, values: usize) -> usize {
        values
    }

    /// A statement's text that fails where a value cannot be read as what one of these placeholders
    /// makes of it. `None` where the database says so only when it meets a row.
    fn readable(&self, _placeholders: &[&str]) -> Option<String> {
        None
    }

    /// Whether parts of a text are counted in characters; else in bytes.
    fn counts_characters(&self) -> bool {
        false
    }

    /// The expression for `count` bytes or characters of a value from position `from` (1), and how it
    /// is fetched. `None` where parts of such a column cannot be had.
    fn part(&self, column: &Column, from: u64, count: u64) -> Option<(String, Fetch)>;

    // Values.

    /// Values of any type may stand in a column of any type, as in SQLite.
    fn keeps_any_type(&self) -> bool {
        false
    }

    /// A value comes whole, however long it is; else no more of it than an answer could hold.
    fn gives_whole_values(&self) -> bool {
        false
    }

    /// Reads a filter's value for a column.
    ///
    /// # Errors
    /// A sentence for the client that says what would be right.
    fn read_value(&self, text: &str, column: &Column) -> Result<Operand, String>;

    /// The same for what others are to be greater or less than.
    ///
    /// # Errors
    /// As [`Dialect::read_value`].
    fn read_ordered(&self, text: &str, column: &Column) -> Result<Operand, String> {
        self.read_value(text, column)
    }

    /// Refuses a text that the driver would change on its way, so that it would find something
    /// else.
    ///
    /// # Errors
    /// A sentence for the client.
    fn carries(&self, _text: &str) -> Result<(), String> {
        Ok(())
    }

    /// False for a shown text that may stand for another one, because the driver cannot carry that.
    fn is_faithful(&self, _shown: &str) -> bool {
        true
    }

    /// A column's value as it equals those of columns of other types.
    fn linked(&self, text: String, _column: &Column) -> String {
        text
    }

    /// Columns of this type as the database names it always fit 32 bits.
    fn is_int32(&self, _column: &Column) -> bool {
        false
    }

    /// A regular expression of all decimals as they are shown, where there is one.
    fn shown_decimals(&self) -> Option<&'static str>;

    /// A regular expression of decimals that every decimal column takes, without `^` and `$`.
    fn asked_decimals(&self) -> &'static str {
        "-?[0-9]+(\\.[0-9]+)?"
    }

    /// A regular expression of texts that can be asked for, without `^` and `$`.
    fn asked_texts(&self) -> &'static str {
        "[^\\u0000]*"
    }

    // The catalogue.

    /// Every table and view that may be published. `details`: with column counts.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn tables(
        &self,
        ask: &mut dyn Ask,
        published: &Patterns,
        details: bool,
    ) -> Result<Vec<TableEntry>, Error>;

    /// Tables with their columns and keys; all are of one schema.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn describe(
        &self,
        ask: &mut dyn Ask,
        of: Of<'_>,
        entries: &[&TableEntry],
    ) -> Result<Vec<Table>, Error>;

    /// Published or not, the tables of these names in a schema, described, where that takes fewer
    /// messages than to list tables first. `None` where it does not.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn find(
        &self,
        _ask: &mut dyn Ask,
        _schema: &str,
        _names: &[&str],
    ) -> Result<Option<Vec<(TableEntry, Table)>>, Error> {
        Ok(None)
    }

    /// The foreign keys of published schemas that lead to tables, where [`Dialect::describe`] does
    /// not tell them because that may take long. `None` where it does.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn referrers(
        &self,
        _ask: &mut dyn Ask,
        _of: Of<'_>,
        _published: &Patterns,
    ) -> Result<Option<Vec<ForeignKey>>, Error> {
        Ok(None)
    }

    /// What is left of a table of which a statement was refused, found out by asking for its parts:
    /// without columns where none of it may be read. `None` where nothing was found out.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn narrowed(
        &self,
        _ask: &mut dyn Ask,
        _table: &Table,
        _refusal: Refusal,
    ) -> Result<Option<Table>, Error> {
        Ok(None)
    }

    /// Whether the database's user could write to these tables, found out without writing.
    ///
    /// # Errors
    /// As [`Ask::rows`].
    fn may_write(&self, ask: &mut dyn Ask, published: &[Table]) -> Result<MayWrite, Error>;

    // Connecting.

    /// Opens a connection that only reads.
    ///
    /// # Errors
    /// Why there is none.
    fn connect(&self, place: &Place, options: &Options) -> Result<Box<dyn Connection>, Fault>;

    // The same for all.

    /// A name as a delimited identifier, a `"` within it doubled.
    fn quote(&self, name: &str) -> String {
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push('"');
        for (index, part) in name.split('"').enumerate() {
            quoted.push_str(if index > 0 { "\"\"" } else { "" });
            quoted.push_str(part);
        }
        quoted.push('"');
        quoted
    }

    /// A column of the table that is read, qualified by its alias: SQLite would take an unqualified
    /// `"Name"` that has gone from the table for the text 'Name'.
    fn column(&self, name: &str) -> String {
        [ALIAS, ".", &self.quote(name)].concat()
    }

    /// A table with its schema, quoted part by part.
    fn table(&self, name: &TableName) -> String {
        [&self.quote(&name.schema), ".", &self.quote(&name.name)].concat()
    }

    /// What is bound for a text match. A LIKE pattern: the text's own wildcards escaped, `%` where more may stand before or after.
    fn pattern(&self, text: &str, operator: Operator) -> Param {
        let mut pattern = String::with_capacity(text.len() + 2);
        if operator != Operator::StartsWith {
            pattern.push('%');
        }
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        if operator != Operator::EndsWith {
            pattern.push('%');
        }
        Param::Text(pattern)
    }

    /// The longest value in characters that a column declares, to size buffers.
    fn declared_length(&self, column: &Column) -> Option<usize> {
        match column.kind {
            Type::Text => column.precision.map(|length| length as usize),
            Type::Binary | Type::Dynamic => None,
            _ => Some(40),
        }
    }
}

/// The seconds until a deadline, for a driver that hands them to its server: at least one.
pub fn seconds_until(until: Instant) -> usize {
    let left = until.saturating_duration_since(Instant::now());
    usize::try_from(left.as_secs().max(1)).unwrap_or(1)
}
