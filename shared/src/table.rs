//! A table as the catalogue describes it, in the product's own terms.

use std::collections::HashMap;
use std::fmt;

use crate::param::Param;

/// A table's name as the catalogue spells it. SQL only ever copies names from here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The schema.
    pub schema: String,
    /// The table or view.
    pub name: String,
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.schema, self.name)
    }
}

/// The table of descriptions that an SQLite file may hold, since SQLite has no comments on tables:
/// `table_name`, `column_name` (NULL for the table itself), `description`. Published only when
/// named.
pub const DESCRIPTIONS: &str = "_descriptions";

/// What holds the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// A base table.
    Table,
    /// A table whose rows lie outside of the database, in files for example: it has no row id.
    Foreign,
    /// A view.
    View,
}

impl TableKind {
    /// `table` or `view`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table | Self::Foreign => "table",
            Self::View => "view",
        }
    }
}

/// A line of the list of published tables.
#[derive(Debug, Clone)]
pub struct TableEntry {
    /// Its name.
    pub table: TableName,
    /// Table or view.
    pub kind: TableKind,
    /// How many columns it has; `None` where they were not counted, or could not be: it is a view
    /// of what is gone.
    pub columns: Option<usize>,
    /// What the catalogue says of it.
    pub description: Option<String>,
    /// Why it cannot be read, where the list showed that: a sentence for the operator.
    pub unreadable: Option<String>,
}

/// A table with all that is needed to read it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Table or view.
    pub kind: TableKind,
    /// What the catalogue says of it.
    pub description: Option<String>,
    /// Its columns in their order; at least one.
    pub columns: Vec<Column>,
    /// The primary key: indices into `columns`, in the key's order. Empty where none is declared.
    pub key: Vec<usize>,
    /// An SQL expression that identifies a row and is no visible column: SQLite's `rowid`, IRIS'
    /// `%ID`.
    pub row_id: Option<RowId>,
    /// Its rows may be counted: IRIS wants a privilege on the whole table for that.
    pub is_countable: bool,
    /// Foreign keys of this table.
    pub references: Vec<ForeignKey>,
    /// Foreign keys of other tables to this one.
    pub referrers: Vec<ForeignKey>,
    /// They were not told in time.
    pub lacks_referrers: bool,
    /// Names of columns that the catalogue lists, and that the user may not read.
    pub denied: Vec<String>,
    /// Names of columns that the settings hide.
    pub hidden: Vec<String>,
    /// Why nobody may read it, by the settings: a sentence for the operator.
    pub closed: Option<String>,
}

/// A row id that is no visible column.
#[derive(Debug, Clone)]
pub struct RowId {
    /// As it stands in SQL.
    pub expression: String,
    /// What a value is bound to when it is compared with it.
    pub placeholder: String,
    /// Integer, text, or [`Type::Dynamic`] where it may be either.
    pub kind: Type,
}

impl RowId {
    /// A row id as it stands in an address; `None` if it cannot be one.
    pub fn read(&self, text: &str) -> Option<Param> {
        match self.kind {
            Type::Integer => text.parse().ok().map(Param::Integer),
            // PostgreSQL's `ctid`: block and place within it.
            Type::Text => {
                let numbers = text.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
                let is_number =
                    |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
                (is_number(numbers.0) && is_number(numbers.1)).then(|| Param::Text(text.to_owned()))
            }
            _ => Some(text.parse().map_or_else(|_| Param::Text(text.to_owned()), Param::Integer)),
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name as the catalogue spells it.
    pub name: String,
    /// The name as a person writes it.
    pub title: String,
    /// What its values are.
    pub kind: Type,
    /// The type as the database names it.
    pub source_type: String,
    /// What a value is bound to when it is compared with the column: `?`, or a cast where the
    /// database wants one.
    pub placeholder: String,
    /// Characters of a text, or digits of a number, where declared.
    pub precision: Option<u32>,
    /// Digits after the point, where declared.
    pub scale: Option<u32>,
    /// May be NULL. True where unknown.
    pub nullable: bool,
    /// It can be compared and sorted by. IRIS' streams cannot.
    pub comparable: bool,
    /// Always a 64-bit integer and never NULL, whatever SQLite's dynamic types allow: its value
    /// needs no further look.
    pub row_number: bool,
    /// What the catalogue says of it.
    pub description: Option<String>,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A whole number of at most 64 bits.
    Integer,
    /// An exact decimal number.
    Decimal,
    /// A binary floating point number.
    Double,
    /// True or false.
    Boolean,
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A date with a time of day.
    Timestamp,
    /// Text, and every type that has no better place (UUID, JSON, arrays, …).
    Text,
    /// Bytes.
    Binary,
    /// SQLite only: no declared type, each value has its own.
    Dynamic,
}

impl Type {
    /// Each of them once, in the order in which they are described.
    pub const ALL: [Self; 10] = [
        Self::Integer,
        Self::Decimal,
        Self::Double,
        Self::Boolean,
        Self::Date,
        Self::Time,
        Self::Timestamp,
        Self::Text,
        Self::Binary,
        Self::Dynamic,
    ];

    /// The name that clients see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Dynamic => "any",
        }
    }

    /// Numbers are aligned to the right.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Double)
    }

    /// Text search looks into it.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Dynamic)
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The table that refers.
    pub from: TableName,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub to: TableName,
    /// The columns there, one for each.
    pub to_columns: Vec<String>,
    /// What the columns hold, where the catalogue tells.
    pub kinds: Vec<Option<Type>>,
    /// What the columns there hold.
    pub to_kinds: Vec<Option<Type>>,
    /// The columns there name one row; else perhaps several, as a part of a key does.
    pub names_one: bool,
}

impl ForeignKey {
    /// A foreign key without columns so far.
    pub fn new(from: TableName, to: TableName) -> Self {
        let (columns, to_columns, kinds, to_kinds) = (vec![], vec![], vec![], vec![]);
        Self { from, columns, to, to_columns, kinds, to_kinds, names_one: true }
    }
}

impl Column {
    /// Its values can be compared with others and sorted by, from outside.
    pub fn takes_filters(&self) -> bool {
        self.comparable && self.kind != Type::Binary
    }

    /// A text has characters beyond Latin-1, and more 16-bit units than the column declares: IRIS'
    /// driver (2023.1) compares with its beginning only, once the server has told it the length.
    pub fn is_outgrown_by(&self, text: &str) -> bool {
        let units = || text.encode_utf16().count();
        text.contains(|letter| letter > '\u{FF}')
            && self.precision.is_some_and(|length| units() > length as usize)
    }
}

impl Table {
    /// The index of a column by name: the exact spelling first, else the only one that differs in
    /// case alone.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name).or_else(|| {
            let columns = self.columns.iter().enumerate();
            let mut same = columns.filter(|(_, column)| is_same_name(&column.name, name));
            match (same.next(), same.next()) {
                (Some((index, _)), None) => Some(index),
                _ => None,
            }
        })
    }

    /// The key can stand alone as a tie-breaker: it is declared and none of its columns may be
    /// NULL. (SQLite lets a primary key hold NULL, more than once, unless it is declared NOT
    /// NULL.)
    pub fn has_strict_key(&self) -> bool {
        !self.key.is_empty() && self.key.iter().all(|index| !self.columns[*index].nullable)
    }

    /// A column's value names a row: one of this table, or one at the other end of a foreign key.
    pub fn names_rows(&self, index: usize) -> bool {
        let name = &self.columns[index].name;
        let among =
            |columns: &[String]| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
        self.key.contains(&index)
            || self.references.iter().any(|key| among(&key.columns))
            || self.referrers.iter().any(|key| among(&key.to_columns))
    }

    /// Takes columns away. A key counts only whole, for the rest of it does not tell rows apart.
    pub fn retain(&mut self, keeps: impl Fn(&Column) -> bool) {
        let mut new_places = Vec::with_capacity(self.columns.len());
        let mut index = 0;
        for column in &self.columns {
            let kept = keeps(column);
            new_places.push(kept.then_some(index));
            index += usize::from(kept);
        }
        let key = self.key.iter().map(|index| new_places[*index]);
        self.key = key.collect::<Option<_>>().unwrap_or_default();
        self.columns.retain(|column| keeps(column));
        let columns = &self.columns;
        let has =
            |name: &String| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        self.references.retain(|key| key.columns.iter().all(has));
        self.referrers.retain(|key| key.to_columns.iter().all(has));
    }

    /// Takes those of these foreign keys that lead to this table.
    pub fn set_referrers(&mut self, keys: &[ForeignKey]) {
        let has = |name: &String| {
            self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))
        };
        let leads_here = |key: &&ForeignKey| {
            key.to.schema.eq_ignore_ascii_case(&self.name.schema)
                && key.to.name.eq_ignore_ascii_case(&self.name.name)
                && key.to_columns.iter().all(has)
        };
        self.referrers = keys.iter().filter(leads_here).cloned().collect();
    }

    /// A row can be asked for by itself.
    pub fn has_rows_of_their_own(&self) -> bool {
        !self.key.is_empty() || self.row_id.is_some()
    }
}

/// Whether two names are the same but for case. Most are ASCII, and need no copy in lower case.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

/// A column's name as a person writes it: `first_name` and `FirstName` become `First name`, `IBAN`
/// stays.
pub fn title(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    let mut previous = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
        if letter == '_' {
            if !title.is_empty() && letters.peek().is_some() && !title.ends_with(' ') {
                title.push(' ');
            }
        } else if title.is_empty() {
            title.extend(letter.to_uppercase());
        } else if letter.is_uppercase()
            && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower))
        {
            title.push(' ');
            if next_is_lower { title.extend(letter.to_lowercase()) } else { title.push(letter) }
        } else {
            title.push(letter);
        }
        previous = letter;
    }
    if title.is_empty() { name.to_owned() } else { title }
}

/// The columns with titles that differ: where two have the same, as `id` and `_id`, their names
/// stand in place of it.
pub fn distinctly_titled(mut columns: Vec<Column>) -> Vec<Column> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for column in &columns {
        *times.entry(column.title.clone()).or_default() += 1;
    }
    for column in columns.iter_mut().filter(|column| times.get(&column.title) > Some(&1)) {
        column.title.clone_from(&column.name);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_read_as_words() {
        for (name, expected) in [
            ("first_name", "First name"),
            ("FirstName", "First name"),
            ("IBAN", "IBAN"),
            ("AccountID", "Account ID"),
            ("HTTPServer", "HTTP server"),
            ("balance", "Balance"),
            ("größe", "Größe"),
            ("_x", "X"),
            ("__", "__"),
            ("a b", "A b"),
            ("名前", "名前"),
        ] {
            assert_eq!(title(name), expected);
        }
    }
}
