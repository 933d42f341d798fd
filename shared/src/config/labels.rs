//! `LABELS`: which column of a table says to people what a row is.

use super::patterns::split_unquoted;
use super::{ConfigError, LABELS, Patterns};
use crate::table::TableName;

/// The columns that label rows, by table. Nothing is guessed: a table without a rule has none.
#[derive(Debug, Clone, Default)]
pub struct Labels(Vec<(Patterns, String)>);

impl Labels {
    /// Reads the rules `Schema.Table=Column`, separated by semicolons.
    pub fn read(lookup: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = lookup(LABELS).unwrap_or_default();
        let rules = split_unquoted(&text, ';').map(str::trim).filter(|rule| !rule.is_empty());
        let rules: Result<_, _> = rules.map(rule).collect();
        rules.map(Self).map_err(|reason| ConfigError::new(LABELS, reason))
    }

    /// The name of the column that labels a table's rows, as the settings spell it: that of the
    /// first rule which matches.
    pub fn of(&self, table: &TableName) -> Option<&str> {
        self.0
            .iter()
            .find(|(patterns, _)| patterns.matches(&table.schema, &table.name))
            .map(|(_, column)| column.as_str())
    }
}

/// `Schema.Table=Column`; several patterns are separated by commas, as in `PUBLISHED_TABLES`.
fn rule(rule: &str) -> Result<(Patterns, String), String> {
    let patterns = split_unquoted(rule, '=').next().unwrap_or_default();
    let wrong = || {
        format!("`{rule}` is no rule: write `Schema.Table=Column`, such as `Sales.Customer=Name`")
    };
    let column = rule.get(patterns.len() + 1..).map(str::trim).ok_or_else(wrong)?;
    let column = match column.strip_prefix('"') {
        Some(quoted) => {
            quoted.strip_suffix('"').map(|name| name.replace("\"\"", "\"")).ok_or_else(wrong)?
        }
        None => column.to_owned(),
    };
    let patterns = Patterns::parse(patterns)?;
    if patterns.is_empty() || column.is_empty() {
        return Err(wrong());
    }
    Ok((patterns, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Labels, String> {
        let lookup = |_: &str| Some(text.to_owned());
        Labels::read(&lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let text = "Sales.Customer=Name; sales.*=Title ;\"a;b\".\"c=d\",X.Y=\"e;\"\"f\";";
        let labels = read(text).unwrap();
        for (schema, table, column) in [
            ("Sales", "Customer", Some("Name")),
            ("Sales", "Order", Some("Title")),
            ("a;b", "c=d", Some("e;\"f")),
            ("x", "y", Some("e;\"f")),
            ("HR", "Person", None),
        ] {
            let name = TableName { schema: schema.to_owned(), name: table.to_owned() };
            assert_eq!(labels.of(&name), column, "{name}");
        }
        assert!(read("").unwrap().0.is_empty());
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in ["Sales.Customer", "Sales.Customer=", "=Name", "Customer=Name", "A.B=\"x"] {
            let reason = read(wrong).unwrap_err();
            assert!(reason.starts_with("LABELS: "), "{reason}");
        }
    }
}
