//! `PUBLISHED_TABLES`: which tables may be read. What no pattern names is not published.

use crate::table::{DESCRIPTIONS, TableName};

#[cfg(test)]
mod tests;

/// Schemas of the databases' own, by how they begin: IRIS, its interoperability and health
/// products, PostgreSQL, SQLite.
const SYSTEM_SCHEMA_PREFIXES: [&str; 5] = ["%", "ens", "hs", "pg_", "sqlite_"];
/// The one that has the same name everywhere.
const SYSTEM_SCHEMA: &str = "information_schema";
/// Tables of SQLite's own.
const SYSTEM_TABLE_PREFIX: &str = "sqlite_";

/// Patterns for `schema.table`, separated by commas.
///
/// A `*` stands for any characters, in any place of a part. Upper and lower case are the same, in
/// all of Unicode. A part in double quotes is taken as it is, dots, commas, spaces and `*`
/// included; a double quote in it is doubled. Both parts are needed: `*.*` is everything,
/// `*.Account` that table in any schema. Tables of the database's own are matched only by a pattern
/// that names both parts in full.
#[derive(Debug, Clone, Default)]
pub struct Patterns(Vec<Pattern>);

/// What a part of a pattern matches, spelt as in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamePattern<'a> {
    /// This name.
    Name(&'a str),
    /// Names with these texts, anything between them; the first and the last may be empty.
    Wild(Vec<&'a str>),
}

#[derive(Debug, Clone)]
struct Pattern {
    schema: Part,
    table: Part,
}

/// One part of a pattern, in lower case but for what is written.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// As it stands in the settings, without quotes.
    pub written: String,
    /// Up to the first wildcard; all of it where there is none.
    beginning: String,
    /// What follows each wildcard.
    others: Vec<String>,
}

impl Patterns {
    /// Reads a list of patterns; empty elements are passed over.
    ///
    /// # Errors
    /// A sentence that names the pattern that is wrong, or can never match, and says what is right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let elements =
            split_unquoted(text, ',').map(str::trim).filter(|element| !element.is_empty());
        elements.map(Pattern::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The pattern that one table's name matches, in any case of its letters.
    pub fn naming(table: &TableName) -> String {
        let part = |name: &str| {
            let is_plain = !name.is_empty()
                && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
        };
        format!("{}.{}", part(&table.schema), part(&table.name))
    }

    /// True where the table is published.
    pub fn matches(&self, schema: &str, table: &str) -> bool {
        let (schema, table) = (lower_case(schema), lower_case(table));
        let full_names_only = is_of_the_system(&schema, &table);
        self.0.iter().any(|pattern| {
            (!full_names_only || pattern.is_full())
                && pattern.schema.matches(&schema)
                && pattern.table.matches(&table)
        })
    }

    /// True where a pattern matches, by `*` also for tables of the database's own: for what must
    /// not miss a table.
    pub fn covers(&self, table: &TableName) -> bool {
        let (schema, table) = (lower_case(&table.schema), lower_case(&table.name));
        self.0
            .iter()
            .any(|pattern| pattern.schema.matches(&schema) && pattern.table.matches(&table))
    }

    /// True where some table of the schema may be published: false means that no pattern reaches
    /// into it.
    pub fn reaches(&self, schema: &str) -> bool {
        let schema = lower_case(schema);
        let full_names_only = is_of_the_system(&schema, "");
        self.0.iter().any(|pattern| {
            (!full_names_only || pattern.is_full()) && pattern.schema.matches(&schema)
        })
    }

    /// What each pattern says of schema and table, to be asked of a database.
    pub fn parts(&self) -> impl Iterator<Item = (NamePattern<'_>, NamePattern<'_>)> {
        self.0.iter().map(|pattern| (pattern.schema.name_pattern(), pattern.table.name_pattern()))
    }

    /// The patterns that match none of these tables, as they are written.
    pub fn without(&self, tables: &[&TableName]) -> Vec<String> {
        let finds = |pattern: &&Pattern| {
            tables.iter().any(|table| {
                pattern.schema.matches(&lower_case(&table.schema))
                    && pattern.table.matches(&lower_case(&table.name))
            })
        };
        let written =
            |pattern: &Pattern| format!("{}.{}", pattern.schema.written, pattern.table.written);
        self.0.iter().filter(|pattern| !finds(pattern)).map(written).collect()
    }

    /// True where nothing is published.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = split_unquoted(text, '.').map(str::trim).collect();
        let [schema, table] = parts[..] else {
            return Err(match parts.len() {
                1 => format!(
                    "`{text}` names no schema: write `Schema.{text}`, or `*.{text}` for every schema"
                ),
                _ => format!(
                    "`{text}` has more than one dot: put a name that holds a dot in double quotes"
                ),
            });
        };
        let part = |part: &str| Part::parse(part).map_err(|what| format!("`{text}`: {what}"));
        let pattern = Self { schema: part(schema)?, table: part(table)? };
        if pattern.is_futile() {
            return Err(format!(
                "`{text}` matches nothing: tables of the database's own (schemas INFORMATION_SCHEMA, %…, Ens…, HS…, \
                 pg_…, sqlite_…; tables sqlite_…, {DESCRIPTIONS}) must each be named in full, without `*`"
            ));
        }
        Ok(pattern)
    }

    /// Without wildcards.
    fn is_full(&self) -> bool {
        self.schema.is_full() && self.table.is_full()
    }

    /// True where a wildcard stands beside what only full names open: whoever wrote that would wait
    /// for tables in vain.
    fn is_futile(&self) -> bool {
        let names = |part: &Part, name: &str| part.is_full() && part.beginning == name;
        !self.is_full()
            && (has_system_prefix(&self.schema.beginning)
                || names(&self.schema, SYSTEM_SCHEMA)
                || self.table.beginning.starts_with(SYSTEM_TABLE_PREFIX)
                || names(&self.table, DESCRIPTIONS))
    }
}

impl Part {
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(quoted) = text.strip_prefix('"') {
            let name =
                quoted.strip_suffix('"').filter(|name| !name.replace("\"\"", "").contains('"'));
            let name =
                name.ok_or("a part in double quotes ends with one, and those in it are doubled")?;
            let written = name.replace("\"\"", "\"");
            return Ok(Self { beginning: lower_case(&written), written, others: Vec::new() });
        }
        match text {
            "" => Err("a part is empty; `*` stands for any name"),
            _ if text.contains('"') => Err("double quotes stand around a whole part"),
            _ => {
                let mut texts = text.split('*').map(lower_case);
                let beginning = texts.next().unwrap_or_default();
                Ok(Self { written: text.to_owned(), beginning, others: texts.collect() })
            }
        }
    }

    /// Without wildcards.
    pub fn is_full(&self) -> bool {
        self.others.is_empty()
    }

    fn name_pattern(&self) -> NamePattern<'_> {
        if self.is_full() {
            NamePattern::Name(&self.written)
        } else {
            NamePattern::Wild(self.written.split('*').collect())
        }
    }

    /// Whether a name matches, which is in lower case.
    pub fn matches(&self, name: &str) -> bool {
        let Some((last, between)) = self.others.split_last() else { return name == self.beginning };
        let Some(mut rest) = name.strip_prefix(&self.beginning) else { return false };
        for text in between {
            let Some(place) = rest.find(text) else { return false };
            rest = &rest[place + text.len()..];
        }
        rest.ends_with(last)
    }
}

/// Splits where the separator stands outside double quotes. A doubled quote leaves them and enters
/// them again.
pub(super) fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
}

/// Letter by letter: `str::to_lowercase` looks at what follows a Greek sigma, which within a
/// pattern is not known.
pub(super) fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn has_system_prefix(schema: &str) -> bool {
    SYSTEM_SCHEMA_PREFIXES.iter().any(|prefix| schema.starts_with(prefix))
}

fn is_of_the_system(schema: &str, table: &str) -> bool {
    schema == SYSTEM_SCHEMA
        || has_system_prefix(schema)
        || table.starts_with(SYSTEM_TABLE_PREFIX)
        || table == DESCRIPTIONS
}
