//! What differs between databases.

use super::{Coding, Dialect, Fetch, Output, Param, literal};
use crate::table::{Column, TableName, Type};

/// The alias of the table that is read.
pub const ALIAS: &str = "t";

/// Where a sort puts NULL when ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

/// Where the limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `SELECT TOP n …`
    Top,
    /// `… LIMIT n`
    Limit,
}

impl Dialect {
    /// A name as a delimited identifier. All three double a `"` within.
    pub fn quote(self, name: &str) -> String {
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push('"');
        for letter in name.chars() {
            if letter == '"' {
                quoted.push('"');
            }
            quoted.push(letter);
        }
        quoted.push('"');
        quoted
    }

    /// A column of the table that is read, qualified by its alias: SQLite would take an unqualified `"Name"` that has
    /// gone from the table for the text 'Name'.
    pub fn column(self, name: &str) -> String {
        format!("{ALIAS}.{}", self.quote(name))
    }

    /// A table with its schema, quoted part by part.
    pub fn table(self, name: &TableName) -> String {
        format!("{}.{}", self.quote(&name.schema), self.quote(&name.name))
    }

    /// Where NULL sorts when ascending, with no word about it in the SQL.
    pub fn nulls(self) -> Nulls {
        match self {
            Self::Iris | Self::Sqlite => Nulls::First,
            Self::Postgres => Nulls::Last,
        }
    }

    /// The schemas that a table's name without a schema is looked up in; nothing means all, in their order.
    pub fn default_schema(self) -> Option<&'static str> {
        match self {
            Self::Iris => Some("SQLUser"),
            Self::Sqlite => None,
            Self::Postgres => Some("public"),
        }
    }

    /// How a result is limited. IRIS knows LIMIT since 2025.1 only, and TOP always.
    pub fn limit(self) -> Limit {
        match self {
            Self::Iris => Limit::Top,
            Self::Sqlite | Self::Postgres => Limit::Limit,
        }
    }

    /// The longest decimal that SQLite's own conversion to text gives whole: it prints 15 digits of a float.
    const SQLITE_TEXT_DIGITS: u32 = 15;

    /// Columns of PostgreSQL's whose cast to text would change them: the driver's own text of them is right.
    const UNCAST: [&str; 3] = ["CAST(? AS character varying)", "CAST(? AS bpchar)", "CAST(? AS inet)"];

    /// How a column is selected and read back without loss.
    pub fn output(self, table: &str, column: &Column) -> Output {
        let quoted = self.column(&column.name);
        let plain = Coding::Plain(column.kind, column.scale);
        let (expression, fetch, coding) = match (self, column.kind) {
            // A text in such a column that looks like a literal of bytes is taken for one by SQLite's driver.
            (Self::Sqlite, Type::Binary) => (format!("CAST({quoted} AS BLOB)"), Fetch::Binary, plain),
            (_, Type::Binary) => (quoted.clone(), Fetch::Binary, plain),
            (Self::Sqlite, Type::Dynamic) => (literal::of(&quoted), Fetch::Text, Coding::SqliteLiteral),
            (Self::Sqlite, Type::Double) => (Self::exact_float(&quoted), Fetch::Text, plain),
            (Self::Sqlite, Type::Decimal) => {
                let fits = column.precision.is_some_and(|digits| digits <= Self::SQLITE_TEXT_DIGITS);
                let expression = if fits { quoted.clone() } else { Self::exact_float(&quoted) };
                (expression, Fetch::Text, Coding::FloatDecimal(column.scale))
            }
            (Self::Sqlite, Type::Text) => (literal::whole_text(&quoted), Fetch::Text, Coding::SqliteText),
            (Self::Iris, Type::Double) => (quoted.clone(), Fetch::Double, plain),
            (Self::Iris, Type::Text) if !column.comparable => (quoted.clone(), Fetch::LongText, plain),
            // PostgreSQL's own text of a value is exact; its driver rewrites moments, and drops their zones.
            (Self::Postgres, Type::Integer) => (quoted.clone(), Fetch::Text, plain),
            (Self::Postgres, Type::Text) if Self::UNCAST.contains(&column.placeholder.as_str()) => {
                (quoted.clone(), Fetch::Text, plain)
            }
            (Self::Postgres, Type::Time | Type::Timestamp) => {
                (format!("CAST({quoted} AS text)"), Fetch::Text, Coding::PostgresMoment)
            }
            (Self::Postgres, _) => (format!("CAST({quoted} AS text)"), Fetch::Text, plain),
            _ => (quoted.clone(), Fetch::Text, plain),
        };
        let declared = match column.kind {
            Type::Text => column.precision.map(|length| length as usize),
            Type::Binary | Type::Dynamic => None,
            _ => Some(40),
        };
        Output { expression, origin: format!("{table}.{quoted}"), fetch, coding, declared }
    }

    /// SQLite's driver asks for a float's text, which SQLite prints with 15 digits. 17 would tell any two floats apart, but
    /// SQLite's 17th is off for some of the largest and smallest; with 18 they all read back the same.
    fn exact_float(quoted: &str) -> String {
        format!("CASE typeof({quoted}) WHEN 'real' THEN printf('%!.18g',{quoted}) ELSE {quoted} END")
    }

    /// A text match: contains, starts or ends with, ignoring case (SQLite: of ASCII letters only).
    /// The value is bound as [`Dialect::pattern`] makes it.
    pub fn matches(self, quoted: &str) -> String {
        match self {
            Self::Iris => format!("%SQLUPPER({quoted}) LIKE %SQLUPPER(?) ESCAPE '\\'"),
            Self::Sqlite => format!("{quoted} LIKE ? ESCAPE '\\'"),
            Self::Postgres => format!("CAST({quoted} AS text) ILIKE ? ESCAPE '\\'"),
        }
    }

    /// A LIKE pattern: the text's own wildcards escaped, `%` where more may stand before or after.
    pub fn pattern(self, text: &str, before: bool, after: bool) -> Param {
        let mut pattern = String::with_capacity(text.len() + 2);
        if before {
            pattern.push('%');
        }
        for letter in text.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        if after {
            pattern.push('%');
        }
        Param::Text(pattern)
    }

    /// Equality to the letter, where `=` follows the column's collation. IRIS finds rows by an index on the collated
    /// value first. Gives the condition, and how often the value is bound.
    pub fn exact(self, quoted: &str, placeholder: &str) -> (String, usize) {
        match self {
            Self::Iris => (format!("({quoted} = {placeholder} AND %EXACT({quoted}) = {placeholder})"), 2),
            Self::Sqlite => (format!("{quoted} COLLATE BINARY = {placeholder}"), 1),
            Self::Postgres => (format!("{quoted} = {placeholder}"), 1),
        }
    }
}
