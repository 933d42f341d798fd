//! PostgreSQL 14 or newer.

mod catalog;
mod connect;
mod faults;
mod groups;
mod statements;
mod values;

use crate::config::{Patterns, Place};
use crate::database::{Connection, Fault, Kind, Options};
use crate::databases::values::{self as usual, expected};
use crate::dialect::{Ask, Dialect, Limit, MayWrite, Nulls, Of, ServerForm};
use crate::error::Error;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::payload::LONGEST_VALUE;
use crate::statement::{Fetch, Meaning, Output};
use crate::table::{Column, Table, TableEntry, Type};

/// PostgreSQL.
#[derive(Debug)]
pub struct Postgres;

static SERVER: ServerForm = ServerForm { port: 5432, database: "dbname", sslmode: true };

/// Columns whose cast to text would change them: the driver's own text of them is right.
const UNCAST: [&str; 3] = ["CAST(? AS character varying)", BPCHAR, INET];

const BPCHAR: &str = "CAST(? AS bpchar)";
const ZONED: &str = "CAST(? AS timestamp with time zone)";
const INET: &str = "CAST(? AS inet)";

/// A collation that can match a part of a text: one that takes different letters for equal cannot.
const BY_LETTERS: &str = "COLLATE pg_catalog.\"default\"";

/// The encoding in which a text is sent: UTF-8, but for bytes of a database that knows no encoding.
const SENT: &str =
    "CASE current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END";

/// Columns that a view's statement selects and sorts by at most, but for the last term of the order:
/// PostgreSQL's limit for both together is 1,664, and each is counted by itself.
const MOST_ENTRIES: usize = 1_663;

impl Dialect for Postgres {
    fn names(&self) -> &'static [&'static str] {
        &["postgres", "postgresql"]
    }

    fn server(&self) -> Option<&'static ServerForm> {
        Some(&SERVER)
    }

    fn default_schema(&self) -> Option<&'static str> {
        Some("public")
    }

    fn nulls(&self) -> Nulls {
        Nulls::Last
    }

    fn limit(&self) -> Limit {
        Limit::Limit
    }

    /// The server sends no more of a value than an answer could hold, for the driver keeps the
    /// whole of a row. The server's own text of a value is exact; the driver rewrites
    /// timestamps, and drops their zones.
    fn output(&self, table: &str, column: &Column) -> Output {
        let quoted = self.column(&column.name);
        let plain = Meaning::Value(column.kind, column.scale);
        let as_text = format!("CAST({quoted} AS text)");
        let (expression, fetch, meaning) = match column.kind {
            Type::Binary => (format!("substr({quoted},1,{LONGEST_VALUE})"), Fetch::Binary, plain),
            Type::Integer => (quoted.clone(), Fetch::Integer, plain),
            Type::Double => (quoted.clone(), Fetch::Double, plain),
            Type::Time | Type::Timestamp => (as_text, Fetch::Text, Meaning::ShortOffset),
            Type::Text
                if UNCAST.contains(&column.placeholder.as_str()) || column.precision.is_some() =>
            {
                (quoted.clone(), Fetch::Text, plain)
            }
            Type::Text => (format!("substr({as_text},1,{LONGEST_VALUE})"), Fetch::Text, plain),
            _ => (as_text, Fetch::Text, plain),
        };
        let declared = self.declared_length(column);
        Output { expression, origin: [table, ".", &quoted].concat(), fetch, meaning, declared }
    }

    fn size_expression(&self, quoted: &str) -> Option<String> {
        Some(format!("octet_length({quoted})"))
    }

    /// A cast to text takes the spaces from the end of a `char(5)`, and adds `/32` to an address.
    fn matches(&self, column: &Column, _operator: Operator) -> (String, usize) {
        let quoted = self.column(&column.name);
        let is_like = |text: String| format!("{text} {BY_LETTERS} ILIKE ? ESCAPE '\\'");
        let as_cast = is_like(format!("CAST({quoted} AS text)"));
        // Of NULL it makes an empty text.
        let as_shown =
            format!("({quoted} IS NOT NULL AND {})", is_like(format!("concat({quoted})")));
        match column.placeholder.as_str() {
            BPCHAR => (format!("({as_cast} OR {as_shown})"), 2),
            INET => (as_shown, 1),
            _ => (as_cast, 1),
        }
    }

    /// An index on the column finds the rows first.
    fn exact(&self, quoted: &str, placeholder: &str) -> (String, usize) {
        let text = |value: &str| format!("CAST({value} AS text)");
        let is_same = format!("{} COLLATE \"C\" = {}", text(quoted), text(placeholder));
        (format!("({quoted} = {placeholder} AND {is_same})"), 2)
    }

    fn most_sort_terms(&self, table: &Table) -> usize {
        MOST_ENTRIES.saturating_sub(table.columns.len())
    }

    /// Values that PostgreSQL takes for equal may look different (1.0 and 1.00), and some it cannot
    /// compare: their texts decide. One term for all, because it sorts by so many only.
    fn last_sort_term(&self, table: &Table, sorted: &[usize]) -> Option<String> {
        let is_what_it_looks = |kind| {
            matches!(
                kind,
                Type::Integer | Type::Boolean | Type::Date | Type::Timestamp | Type::Binary
            )
        };
        let columns =
            table.columns.iter().enumerate().filter(|(index, column)| {
                !(is_what_it_looks(column.kind) && sorted.contains(index))
            });
        let names: Vec<String> = columns.map(|(_, column)| self.column(&column.name)).collect();
        (!names.is_empty())
            .then(|| format!("CAST(ROW({}) AS text) COLLATE \"C\"", names.join(", ")))
    }

    fn readable(&self, placeholders: &[&str]) -> Option<String> {
        let tests: Vec<String> =
            placeholders.iter().map(|placeholder| format!("{placeholder} IS NULL")).collect();
        Some(format!("SELECT 1 WHERE {}", tests.join(" OR ")))
    }

    fn part(&self, column: &Column, from: u64, count: u64) -> Option<(String, Fetch)> {
        let quoted = self.column(&column.name);
        let bytes = match column.kind {
            Type::Binary => quoted,
            _ => format!("convert_to(CAST({quoted} AS text),{SENT})"),
        };
        Some((format!("substr({bytes},{from},{count})"), Fetch::Binary))
    }

    fn read_value(&self, text: &str, column: &Column) -> Result<Operand, String> {
        self.carries(text)?;
        let one = |param| Ok(Operand::One(param));
        match column.kind {
            Type::Decimal if usual::is_decimal(text) || values::is_no_number(text) => {
                one(Param::Decimal(text.to_owned()))
            }
            Type::Decimal => Err(expected(text, usual::DECIMALS)),
            Type::Boolean => match usual::truth(text) {
                Some(truth) => one(Param::Text(truth.to_string())),
                None => Err(expected(text, usual::TRUTHS)),
            },
            Type::Date | Type::Time | Type::Timestamp => match values::timestamp(text, column) {
                Ok(text) => one(Param::Text(text)),
                Err(wrong) => Err(expected(text, wrong)),
            },
            _ => usual::usual(text, column),
        }
    }

    fn carries(&self, text: &str) -> Result<(), String> {
        usual::without_nul(text)
    }

    /// The spaces at the end of a `char(5)` are no part of its value; and without an offset a
    /// timestamp is in UTC, as the session is.
    fn linked(&self, text: String, column: &Column) -> String {
        match column.placeholder.as_str() {
            BPCHAR => text.trim_end_matches(' ').to_owned(),
            ZONED => text.strip_suffix("+00:00").map_or(text.clone(), str::to_owned),
            _ => text,
        }
    }

    fn is_int32(&self, column: &Column) -> bool {
        matches!(column.source_type.as_str(), "smallint" | "integer")
    }

    fn shown_decimals(&self) -> Option<&'static str> {
        Some("^(-?[0-9]+(\\.[0-9]+)?|NaN|-?Infinity)$")
    }

    fn tables(
        &self,
        ask: &mut dyn Ask,
        published: &Patterns,
        _details: bool,
    ) -> Result<Vec<TableEntry>, Error> {
        let mut tables = catalog::tables(ask)?;
        tables.retain(|entry| published.matches(&entry.table.schema, &entry.table.name));
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

    fn may_write(&self, ask: &mut dyn Ask, _published: &[Table]) -> Result<MayWrite, Error> {
        let grants = ask.rows(&statements::may_write())?.into_iter().flatten().flatten().next();
        Ok(if grants.as_deref() == Some("0") { MayWrite::No } else { MayWrite::Yes(None) })
    }

    fn connect(&self, place: &Place, options: &Options) -> Result<Box<dyn Connection>, Fault> {
        let Place::Server(server) = place else {
            return Err(Fault::new(
                Kind::Unreachable,
                "PostgreSQL is reached at a host, not in a folder",
            ));
        };
        Ok(Box::new(connect::connect(server, options)?))
    }
}
