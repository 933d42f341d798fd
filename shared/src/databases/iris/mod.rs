//! InterSystems IRIS, every version.

mod catalog;
mod connect;
mod faults;
mod groups;
mod narrow;
mod reach;
mod statements;
mod text;
mod writes;

use crate::config::{Patterns, Place};
use crate::database::{Connection, Fault, Kind, Options};
use crate::databases::values::{self, expected};
use crate::dialect::{Ask, Dialect, Limit, MayWrite, Nulls, Of, Refusal, ServerForm};
use crate::error::Error;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::statement::{Fetch, Meaning, Output};
use crate::table::{Column, ForeignKey, Table, TableEntry, Type};
use crate::timestamp;

/// Values of one `IN` at most: with more than 499, servers are said to find nothing, without an
/// error.
const LONGEST_LIST: usize = 400;

/// InterSystems IRIS.
#[derive(Debug)]
pub struct Iris;

static SERVER: ServerForm = ServerForm { port: 1972, database: "namespace", sslmode: false };

impl Dialect for Iris {
    fn names(&self) -> &'static [&'static str] {
        &["iris"]
    }

    fn server(&self) -> Option<&'static ServerForm> {
        Some(&SERVER)
    }

    fn default_schema(&self) -> Option<&'static str> {
        Some("SQLUser")
    }

    fn nulls(&self) -> Nulls {
        Nulls::First
    }

    /// LIMIT is known since 2025.1 only, TOP always.
    fn limit(&self) -> Limit {
        Limit::Top
    }

    fn output(&self, table: &str, column: &Column) -> Output {
        let quoted = self.column(&column.name);
        let fetch = match column.kind {
            Type::Integer => Fetch::Integer,
            Type::Double => Fetch::Double,
            Type::Binary => Fetch::Binary,
            Type::Text if !column.comparable => Fetch::LongText,
            _ => Fetch::Text,
        };
        Output {
            origin: [table, ".", &quoted].concat(),
            expression: quoted,
            fetch,
            meaning: Meaning::Value(column.kind, column.scale),
            declared: self.declared_length(column),
        }
    }

    /// Of streams no way is known that every version has.
    fn size_expression(&self, _quoted: &str) -> Option<String> {
        None
    }

    /// Not %SQLUPPER: it takes spaces from the end of a text, and makes a space of NULL.
    fn matches(&self, column: &Column, _operator: Operator) -> (String, usize) {
        (format!("UPPER({}) LIKE UPPER(?) ESCAPE '\\'", self.column(&column.name)), 1)
    }

    /// An index on the collated value finds the rows first.
    fn exact(&self, quoted: &str, placeholder: &str) -> (String, usize) {
        (format!("({quoted} = {placeholder} AND %EXACT({quoted}) = {placeholder})"), 2)
    }

    fn list_limit(&self) -> usize {
        LONGEST_LIST
    }

    /// Each text of a statement is a cached query of the server.
    fn list_length(&self, values: usize) -> usize {
        values.next_power_of_two().min(LONGEST_LIST)
    }

    /// Whether IRIS sorts by bytes is not known.
    fn sorts(&self, column: &Column) -> bool {
        column.comparable && column.kind != Type::Binary
    }

    /// `%ID` is made of the columns of the index that identifies objects, if there is one. The
    /// catalogue does not say which they are, but none of them is ever NULL.
    fn row_id_tells(&self, _table: &Table, column: &Column) -> bool {
        !column.nullable || column.name.eq_ignore_ascii_case("ID")
    }

    fn counts_characters(&self) -> bool {
        true
    }

    /// Of bytes no way is known that every version has.
    fn part(&self, column: &Column, from: u64, count: u64) -> Option<(String, Fetch)> {
        let quoted = self.column(&column.name);
        (column.kind != Type::Binary)
            .then(|| (format!("SUBSTRING({quoted},{from},{count})"), Fetch::Text))
    }

    fn read_value(&self, text: &str, column: &Column) -> Result<Operand, String> {
        self.carries(text)?;
        let of =
            |timestamp: timestamp::Timestamp| Operand::One(Param::Text(timestamp.text(' ', "")));
        match column.kind {
            Type::Decimal if values::is_decimal(text) => {
                Ok(Operand::One(Param::Decimal(text.to_owned())))
            }
            Type::Decimal => Err(expected(text, values::DECIMALS)),
            Type::Boolean => values::truth(text)
                .map(|truth| Operand::One(Param::Integer(i64::from(truth))))
                .ok_or_else(|| expected(text, values::TRUTHS)),
            Type::Time => {
                timestamp::time(text).map(of).ok_or_else(|| expected(text, values::TIMES))
            }
            Type::Timestamp => {
                timestamp::timestamp(text).map(of).ok_or_else(|| expected(text, values::TIMESTAMPS))
            }
            // What its driver would compare with is the beginning: other rows.
            Type::Text if column.is_outgrown_by(text) => Err(format!(
                "The column holds texts of {} characters at most; this one is longer.",
                column.precision.unwrap_or_default()
            )),
            _ => values::usual(text, column),
        }
    }

    fn carries(&self, text: &str) -> Result<(), String> {
        values::without_nul(text)
    }

    /// The driver hides characters by `??`, and these could not be read again.
    fn is_faithful(&self, shown: &str) -> bool {
        !shown.contains("??")
    }

    fn shown_decimals(&self) -> Option<&'static str> {
        Some("^-?[0-9]+(\\.[0-9]+)?$")
    }

    fn tables(
        &self,
        ask: &mut dyn Ask,
        published: &Patterns,
        details: bool,
    ) -> Result<Vec<TableEntry>, Error> {
        let mut tables = catalog::tables(ask, published)?;
        tables.retain(|entry| published.matches(&entry.table.schema, &entry.table.name));
        if details {
            catalog::count_columns(ask, &mut tables)?;
        }
        Ok(tables)
    }

    fn describe(
        &self,
        ask: &mut dyn Ask,
        of: Of<'_>,
        entries: &[&TableEntry],
    ) -> Result<Vec<Table>, Error> {
        catalog::describe(ask, of, entries)
    }

    fn find(
        &self,
        ask: &mut dyn Ask,
        schema: &str,
        names: &[&str],
    ) -> Result<Option<Vec<(TableEntry, Table)>>, Error> {
        catalog::find(ask, schema, names).map(Some)
    }

    fn referrers(
        &self,
        ask: &mut dyn Ask,
        of: Of<'_>,
        published: &Patterns,
    ) -> Result<Option<Vec<ForeignKey>>, Error> {
        catalog::referrers(ask, of, published).map(Some)
    }

    fn narrowed(
        &self,
        ask: &mut dyn Ask,
        table: &Table,
        refusal: Refusal,
    ) -> Result<Option<Table>, Error> {
        match refusal {
            Refusal::Privilege => narrow::to_what_is_granted(ask, table, self),
            Refusal::Comparison => narrow::to_what_compares(ask, table, self),
        }
    }

    fn may_write(&self, ask: &mut dyn Ask, published: &[Table]) -> Result<MayWrite, Error> {
        writes::may_write(ask, published, self)
    }

    fn connect(&self, place: &Place, options: &Options) -> Result<Box<dyn Connection>, Fault> {
        let Place::Server(server) = place else {
            return Err(Fault::new(
                Kind::Unreachable,
                "IRIS is reached at a host, not in a folder",
            ));
        };
        Ok(Box::new(connect::connect(server, options)?))
    }
}
