//! What of a catalogue is asked for: the schemas that `PUBLISHED_TABLES` reaches. A namespace lists
//! more than a thousand tables of the system.

use crate::config::{NamePattern, Patterns};
use crate::databases::rows::bound;
use crate::param::Param;

/// Conditions of one statement at most: with more, all tables are asked for.
const MOST: usize = 100;

/// Where the name of a schema of the system begins, as a pattern with its wildcard: those are
/// published by their full names alone.
const SYSTEM: [&str; 4] = ["\\%%", "INFORMATION\\_SCHEMA", "Ens%", "HS%"];

/// The schemas that patterns reach, and the tables of schemas that may be any.
#[derive(Debug, Default)]
pub struct Reach {
    names: Vec<String>,
    others: Vec<(String, Option<Matched>)>,
}

#[derive(Debug, PartialEq)]
enum Matched {
    Name(String),
    Like(String),
}

impl Reach {
    /// What these patterns reach.
    pub fn of(published: &Patterns) -> Self {
        let mut reach = Self::default();
        for (schema, table) in published.parts() {
            match schema {
                NamePattern::Name(name) => {
                    let is_known = reach.names.iter().any(|known| known.eq_ignore_ascii_case(name));
                    if !is_known {
                        reach.names.push(name.to_owned());
                    }
                }
                NamePattern::Wild(parts) => {
                    let like = like(&parts);
                    let table = match table {
                        NamePattern::Name(name) => Some(Matched::Name(name.to_owned())),
                        NamePattern::Wild(parts) if parts.iter().all(|part| part.is_empty()) => {
                            None
                        }
                        NamePattern::Wild(parts) => Some(Matched::Like(self::like(&parts))),
                    };
                    if !reach.others.contains(&(like.clone(), None)) {
                        reach.others.push((like, table));
                    }
                }
            }
        }
        reach
    }

    /// A condition on the columns that hold a schema and, where given, a table, and what is bound
    /// for it. `None` where everything is asked for.
    pub fn condition(&self, schema: &str, table: Option<&str>) -> (Option<String>, Vec<Param>) {
        if self.names.len() + self.others.len() > MOST {
            return (None, Vec::new());
        }
        let (mut conditions, mut params) = (Vec::new(), Vec::new());
        // With `=` the server need not look at other schemas.
        match self.names.as_slice() {
            [] => {}
            [name] => {
                conditions.push(format!("{schema} = ?"));
                params.push(bound(name));
            }
            names => {
                conditions.push(format!("{schema} IN ({})", vec!["?"; names.len()].join(", ")));
                params.extend(names.iter().map(|name| bound(name)));
            }
        }
        for (like, matched) in &self.others {
            let mut condition = matches(schema);
            params.push(bound(like));
            if like.starts_with('%') {
                for system in SYSTEM {
                    condition.push_str(&format!(" AND NOT {}", matches(schema)));
                    params.push(bound(system));
                }
            }
            match (table, matched) {
                (Some(table), Some(Matched::Name(name))) => {
                    condition.push_str(&format!(" AND {table} = ?"));
                    params.push(bound(name));
                }
                (Some(table), Some(Matched::Like(like))) => {
                    condition.push_str(&format!(" AND {}", matches(table)));
                    params.push(bound(like));
                }
                _ => {}
            }
            conditions.push(format!("({condition})"));
        }
        let condition = match conditions.as_slice() {
            [] => "1 = 0".to_owned(),
            [only] => only.clone(),
            _ => format!("({})", conditions.join(" OR ")),
        };
        (Some(condition), params)
    }
}

/// In any case of its letters, whatever the collation.
fn matches(column: &str) -> String {
    format!("UPPER({column}) LIKE UPPER(?) ESCAPE '\\'")
}

/// Texts with a wildcard between them, as LIKE has it.
fn like(parts: &[&str]) -> String {
    let escaped = |part: &&str| {
        let mut text = String::with_capacity(part.len());
        for letter in part.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
        text
    };
    parts.iter().map(escaped).collect::<Vec<_>>().join("%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(patterns: &str) -> (String, Vec<Param>) {
        let reach = Reach::of(&Patterns::parse(patterns).unwrap());
        let (condition, params) = reach.condition("s", Some("t"));
        (condition.unwrap(), params)
    }

    #[test]
    fn patterns_are_asked_of_the_server() {
        let like = "UPPER(s) LIKE UPPER(?) ESCAPE '\\'";
        for (patterns, expected, bound_to) in [
            ("Sales.Order, sales.*", "s = ?".to_owned(), vec!["Sales"]),
            ("A.*, B.x", "s IN (?, ?)".to_owned(), vec!["A", "B"]),
            ("A_b*.*", format!("({like})"), vec!["A\\_b%"]),
            ("", "1 = 0".to_owned(), vec![]),
        ] {
            let bound_to: Vec<Param> = bound_to.into_iter().map(bound).collect();
            assert_eq!(condition(patterns), (expected, bound_to), "{patterns}");
        }
        let (text, params) = condition("*.Customer");
        assert!(text.ends_with(" AND t = ?)") && text.matches(" AND NOT ").count() == 4, "{text}");
        assert_eq!(params.len(), 6);
    }
}
