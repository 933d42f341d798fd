//! What differs between databases.

use super::literal::{self, LONGEST};
use super::{Coding, Dialect, Fetch, Output, Param, packed};
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

    /// Columns of PostgreSQL's whose cast to text would change them: the driver's own text of them is right.
    const UNCAST: [&str; 3] = ["CAST(? AS character varying)", "CAST(? AS bpchar)", "CAST(? AS inet)"];

    /// How a column is selected and read back without loss.
    pub fn output(self, table: &str, column: &Column) -> Output {
        let quoted = self.column(&column.name);
        let plain = Coding::Plain(column.kind, column.scale);
        if self == Self::Sqlite && !column.row_number && column.kind != Type::Binary {
            return self.naming_output(table, column);
        }
        let (expression, fetch, coding) = match (self, column.kind) {
            // A text in such a column that looks like a literal of bytes is taken for one by SQLite's driver.
            (Self::Sqlite, Type::Binary) => {
                let part = |value: &str| literal::part_of_bytes(value, 1, LONGEST as u64);
                let (blob, other) = (part(&quoted), part(&format!("CAST({quoted} AS BLOB)")));
                (format!("CASE typeof({quoted}) WHEN 'blob' THEN {blob} ELSE {other} END"), Fetch::Binary, plain)
            }
            // The server sends no more than an answer could hold: the driver keeps the whole of a row.
            (Self::Postgres, Type::Binary) => (format!("substr({quoted},1,{LONGEST})"), Fetch::Binary, plain),
            (_, Type::Binary) => (quoted.clone(), Fetch::Binary, plain),
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
            (Self::Postgres, Type::Text) if column.precision.is_some() => (quoted.clone(), Fetch::Text, plain),
            (Self::Postgres, Type::Text) => (format!("substr(CAST({quoted} AS text),1,{LONGEST})"), Fetch::Text, plain),
            (Self::Postgres, _) => (format!("CAST({quoted} AS text)"), Fetch::Text, plain),
            _ => (quoted.clone(), Fetch::Text, plain),
        };
        let declared = match column.kind {
            Type::Text => column.precision.map(|length| length as usize),
            Type::Binary | Type::Dynamic => None,
            _ => Some(40),
        };
        Output { expression, origin: format!("{table}.{quoted}"), fetch, coding, declared, packed: None }
    }

    /// How a column is selected whose value is to name a row. SQLite keeps values of any type in any column, so it is
    /// asked for literals, which tell them apart; of the others' columns there is no more to know.
    pub fn naming_output(self, table: &str, column: &Column) -> Output {
        if self != Self::Sqlite || column.row_number {
            return self.output(table, column);
        }
        let quoted = self.column(&column.name);
        let coding = Coding::SqliteLiteral(column.kind, column.scale);
        let declared = (!matches!(column.kind, Type::Text | Type::Dynamic | Type::Binary)).then_some(40);
        let origin = format!("{table}.{quoted}.literal");
        let packed = Some(packed::column(&quoted, column));
        Output { expression: literal::of(&quoted), origin, fetch: Fetch::Text, coding, declared, packed }
    }

    /// How many bytes a binary column's value has, where that can be asked for without its bytes. Of IRIS' streams no way is
    /// known that every version has.
    pub fn size_output(self, table: &str, column: &Column) -> Option<Output> {
        let quoted = self.column(&column.name);
        let expression = match self {
            Self::Iris => return None,
            // SQLite reads neither type nor length of a blob from its bytes.
            Self::Sqlite => {
                format!(
                    "CASE typeof({quoted}) WHEN 'blob' THEN length({quoted}) ELSE length(CAST({quoted} AS BLOB)) END"
                )
            }
            Self::Postgres => format!("octet_length({quoted})"),
        };
        let origin = format!("{table}.{quoted}.size");
        Some(Output { expression, origin, fetch: Fetch::Text, coding: Coding::Size, declared: Some(40), packed: None })
    }

    /// A text match: contains, starts or ends with, ignoring case (SQLite: of ASCII letters only).
    /// The value is bound as [`Dialect::pattern`] makes it.
    pub fn matches(self, quoted: &str) -> String {
        match self {
            // Not %SQLUPPER: it takes blanks from the end of a text, and makes one of NULL.
            Self::Iris => format!("UPPER({quoted}) LIKE UPPER(?) ESCAPE '\\'"),
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
