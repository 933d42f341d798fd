//! `ROW_RULES`: which rows a caller may see.

use super::columns::ColumnPattern;
use super::patterns::split_unquoted;
use super::{Access, ConfigError, ROW_RULES};
use crate::table::TableName;

/// Letters of a claim's name at most: providers make addresses of them.
const MOST_LETTERS: usize = 255;

/// Rules, all of which hold that match a table.
#[derive(Debug, Clone, Default)]
pub struct RowRules(Vec<RowRule>);

/// The rows whose column equals the caller's claim.
#[derive(Debug, Clone)]
pub struct RowRule {
    /// The column, in tables of this pattern.
    pub column: ColumnPattern,
    /// The claim's exact name.
    pub claim: String,
}

impl RowRules {
    /// Reads `Schema.Table.Column=claim:name; …`; empty elements are passed over.
    ///
    /// # Errors
    /// A sentence that names the rule that is wrong, and says what is right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rules = split_unquoted(text, ';').map(str::trim).filter(|rule| !rule.is_empty());
        rules.map(RowRule::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The rules that match a table.
    pub fn of<'a>(&'a self, table: &'a TableName) -> impl Iterator<Item = &'a RowRule> {
        self.0.iter().filter(|rule| rule.column.is_of(table))
    }

    /// The claims that rules ask for, each once.
    pub fn claims(&self) -> Vec<&str> {
        let mut claims: Vec<&str> = self.0.iter().map(|rule| rule.claim.as_str()).collect();
        claims.sort_unstable();
        claims.dedup();
        claims
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &RowRule> {
        self.0.iter()
    }
}

impl RowRule {
    fn parse(text: &str) -> Result<Self, String> {
        let column = split_unquoted(text, '=').next().unwrap_or_default();
        let rest = text.get(column.len() + 1..).unwrap_or_default().trim();
        let is_name = |claim: &&str| {
            (1..=MOST_LETTERS).contains(&claim.len())
                && claim.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let claim = rest.strip_prefix("claim:").filter(is_name).ok_or_else(|| {
            format!("`{text}` is no rule: write `Schema.Table.Column=claim:name`")
        })?;
        let column = ColumnPattern::parse(column.trim())?;
        if column.column().is_none() {
            return Err(format!("`{text}` names no column: write its name in full, without `*`"));
        }
        Ok(Self { column, claim: claim.to_owned() })
    }
}

/// Reads them. Nobody has claims where everybody may call.
pub fn read(
    lookup: &impl Fn(&str) -> Option<String>,
    access: &Access,
) -> Result<RowRules, ConfigError> {
    let rules = RowRules::parse(&lookup(ROW_RULES).unwrap_or_default())
        .map_err(|reason| ConfigError::new(ROW_RULES, reason))?;
    match access {
        Access::Public if !rules.is_empty() => Err(ConfigError::new(
            ROW_RULES,
            "with ACCESS=public nobody has claims; set ACCESS to jwt, iam or login, or leave the rules out",
        )),
        _ => Ok(rules),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_name_one_column_and_one_claim() {
        let rules = RowRules::parse(
            "Clinic.*.Ward=claim:ward; \"a;b\".T.\"c=d\" = claim:https://x.example/y;",
        )
        .unwrap();
        assert_eq!(rules.claims(), ["https://x.example/y", "ward"]);
        let of = |schema: &str, name: &str| {
            let table = TableName { schema: schema.into(), name: name.into() };
            rules
                .of(&table)
                .map(|rule| rule.column.column().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("CLINIC", "Patient"), ["Ward"]);
        assert_eq!(of("A;b", "t"), ["c=d"]);
        assert!(of("Other", "T").is_empty());
        for (wrong, words) in [
            ("Clinic.Patient.Ward", "is no rule"),
            ("Clinic.Patient.Ward=ward", "is no rule"),
            ("Clinic.Patient.Ward=claim:", "is no rule"),
            ("Clinic.Patient.Ward=claim:a b", "is no rule"),
            ("Patient.Ward=claim:ward", "is not `Schema.Table.Column`"),
            ("Clinic.Patient.*=claim:ward", "without `*`"),
        ] {
            let said = RowRules::parse(wrong).unwrap_err();
            assert!(said.contains(words), "{wrong}: {said}");
        }
    }

    #[test]
    fn nobody_has_claims_where_everybody_may_call() {
        let lookup = |name: &str| (name == ROW_RULES).then(|| "A.B.C=claim:d".to_owned());
        assert!(read(&lookup, &Access::Public).is_err());
        assert!(!read(&lookup, &Access::Jwt).unwrap().is_empty());
        assert!(read(&|_: &str| None, &Access::Public).unwrap().is_empty());
    }
}
