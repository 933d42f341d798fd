//! Patterns of columns: `HIDDEN_COLUMNS`, and the left side of `ROW_RULES`.

use super::patterns::{Part, lower_case, split_unquoted};
use crate::table::TableName;

/// Patterns for `schema.table.column`, separated by commas.
///
/// Each part is written as in [`Patterns`](super::Patterns). A `*` stands for tables of the
/// database's own as well: what is hidden is hidden everywhere.
#[derive(Debug, Clone, Default)]
pub struct ColumnPatterns(Vec<ColumnPattern>);

/// One of them.
#[derive(Debug, Clone)]
pub struct ColumnPattern {
    schema: Part,
    table: Part,
    column: Part,
}

impl ColumnPatterns {
    /// Reads a list of patterns; empty elements are passed over.
    ///
    /// # Errors
    /// A sentence that names the pattern that is wrong, and says what is right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let elements =
            split_unquoted(text, ',').map(str::trim).filter(|element| !element.is_empty());
        elements.map(ColumnPattern::parse).collect::<Result<_, _>>().map(Self)
    }

    /// True where a pattern matches the column.
    pub fn matches(&self, table: &TableName, column: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_of(table) && pattern.names(column))
    }

    /// True where a pattern may match a column of the table.
    pub fn reaches(&self, table: &TableName) -> bool {
        self.0.iter().any(|pattern| pattern.is_of(table))
    }

    /// True where one pattern matches every column that the other does.
    pub fn cover(&self, other: &ColumnPattern) -> bool {
        self.0.iter().any(|pattern| pattern.covers(other))
    }

    /// The patterns that match none of these tables' columns, as they are written.
    pub fn without(&self, columns: &[(&TableName, &[String])]) -> Vec<String> {
        let finds = |pattern: &&ColumnPattern| {
            columns.iter().any(|(table, names)| {
                pattern.is_of(table) && names.iter().any(|column| pattern.names(column))
            })
        };
        self.0.iter().filter(|pattern| !finds(pattern)).map(ColumnPattern::written).collect()
    }
}

impl ColumnPattern {
    /// Reads one pattern.
    ///
    /// # Errors
    /// As [`ColumnPatterns::parse`].
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = split_unquoted(text, '.').map(str::trim).collect();
        let [schema, table, column] = parts[..] else {
            return Err(format!(
                "`{text}` is not `Schema.Table.Column`: write `*` for any name, and put a name that holds a dot in double quotes"
            ));
        };
        let part = |part: &str| Part::parse(part).map_err(|what| format!("`{text}`: {what}"));
        Ok(Self { schema: part(schema)?, table: part(table)?, column: part(column)? })
    }

    /// It is for this table, among others perhaps.
    pub fn is_of(&self, table: &TableName) -> bool {
        self.schema.matches(&lower_case(&table.schema))
            && self.table.matches(&lower_case(&table.name))
    }

    /// It names a column of this name, in any case of its letters.
    pub fn names(&self, column: &str) -> bool {
        self.column.matches(&lower_case(column))
    }

    /// It matches every column that the other matches: also what stands for any characters there.
    fn covers(&self, other: &Self) -> bool {
        let parts = [
            (&self.schema, &other.schema),
            (&self.table, &other.table),
            (&self.column, &other.column),
        ];
        parts.iter().all(|(own, other)| own.matches(&lower_case(&other.written)))
    }

    /// The one table that it is for, where its name is written in full.
    pub fn table(&self) -> Option<TableName> {
        let is_full = self.schema.is_full() && self.table.is_full();
        is_full.then(|| TableName {
            schema: self.schema.written.clone(),
            name: self.table.written.clone(),
        })
    }

    /// The column's name, where it is written in full.
    pub fn column(&self) -> Option<&str> {
        self.column.is_full().then_some(self.column.written.as_str())
    }

    /// As it stands in the settings, without quotes.
    pub fn written(&self) -> String {
        let parts = [&self.schema, &self.table, &self.column];
        parts.map(|part| part.written.as_str()).join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_matches_no_other_columns() {
        let hidden = ColumnPatterns::parse("*.*.Pin, HR.P*.Salary, a*c.T.x").unwrap();
        for (other, is_covered) in [
            ("Test.T.pin", true),
            ("T*.*.PIN", true),
            ("HR.Person.Salary", true),
            ("HR.P*n.Salary", true),
            ("HR.*.Salary", false),
            ("H*.Person.Salary", false),
            ("aXc.T.x", true),
            ("a*.T.x", false),
            ("ac.*.x", false),
        ] {
            assert_eq!(hidden.cover(&ColumnPattern::parse(other).unwrap()), is_covered, "{other}");
        }
    }

    #[test]
    fn columns_match_in_any_case_and_by_all_three_parts() {
        let patterns =
            ColumnPatterns::parse(r#"HR.*.Salary, *.*.Password, "a.b".T."c,""d""", "#).unwrap();
        let hides = |schema: &str, name: &str, column: &str| {
            patterns.matches(&TableName { schema: schema.into(), name: name.into() }, column)
        };
        assert!(hides("hr", "Person", "SALARY") && hides("X", "Y", "password"));
        assert!(hides("a.b", "t", "C,\"D\"") && hides("INFORMATION_SCHEMA", "T", "Password"));
        assert!(!hides("HRX", "Person", "Salary") && !hides("HR", "Person", "Salary2"));
        assert!(ColumnPatterns::parse(" , ").unwrap().0.is_empty());
        for wrong in ["Salary", "HR.Salary", "A.B.C.D", "A..B", "A.B.", "A.\"B.C"] {
            let said = ColumnPatterns::parse(wrong).unwrap_err();
            assert!(said.contains(wrong), "{said}");
        }
    }
}
