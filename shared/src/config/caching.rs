//! `CACHE_CONTROL` and `CACHE_CONTROL_TABLES`: how long answers may be kept.

use http::HeaderValue;

use super::patterns::split_unquoted;
use super::{CACHE_CONTROL, CACHE_CONTROL_TABLES, ConfigError, Patterns};
use crate::table::TableName;

/// Directives of an answer, as IANA's registry has them, and whether each has a number of seconds.
/// What is misspelt every cache would pass over without a word.
const DIRECTIVES: [(&str, bool); 13] = [
    ("immutable", false),
    ("max-age", true),
    ("must-revalidate", false),
    ("must-understand", false),
    ("no-cache", false),
    ("no-store", false),
    ("no-transform", false),
    ("private", false),
    ("proxy-revalidate", false),
    ("public", false),
    ("s-maxage", true),
    ("stale-if-error", true),
    ("stale-while-revalidate", true),
];

/// Directives of which only one can hold.
const OPPOSITES: [(&str, &str); 3] =
    [("private", "public"), ("private", "s-maxage"), ("no-store", "public")];

/// The `Cache-Control` header of answers that are no errors.
#[derive(Debug, Clone)]
pub struct CacheControl {
    /// `CACHE_CONTROL`: where no table's own applies; `private, no-cache` by default.
    pub default: HeaderValue,
    tables: Vec<(Patterns, HeaderValue)>,
}

impl Default for CacheControl {
    fn default() -> Self {
        Self { default: HeaderValue::from_static("private, no-cache"), tables: Vec::new() }
    }
}

impl CacheControl {
    /// Reads both settings.
    pub fn read(lookup: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut caching = Self::default();
        if let Some(value) = lookup(CACHE_CONTROL) {
            caching.default =
                header(&value).map_err(|reason| ConfigError::new(CACHE_CONTROL, reason))?;
        }
        for rule in lookup(CACHE_CONTROL_TABLES).iter().flat_map(|rules| split_unquoted(rules, ';'))
        {
            if !rule.trim().is_empty() {
                let rule = of_tables(rule.trim())
                    .map_err(|reason| ConfigError::new(CACHE_CONTROL_TABLES, reason))?;
                caching.tables.push(rule);
            }
        }
        Ok(caching)
    }

    /// All that may apply.
    pub fn all(&self) -> impl Iterator<Item = &HeaderValue> {
        std::iter::once(&self.default).chain(self.tables.iter().map(|(_, header)| header))
    }

    /// Of answers about a table: that of the first rule which matches its name.
    pub fn of(&self, table: &TableName) -> &HeaderValue {
        let rule =
            self.tables.iter().find(|(patterns, _)| patterns.matches(&table.schema, &table.name));
        rule.map_or(&self.default, |(_, header)| header)
    }
}

/// `Schema.Table=directives`; several patterns are separated by commas, as in `PUBLISHED_TABLES`.
fn of_tables(rule: &str) -> Result<(Patterns, HeaderValue), String> {
    let patterns = split_unquoted(rule, '=').next().unwrap_or_default();
    let value = rule.get(patterns.len() + 1..).map(str::trim).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| {
        format!("`{rule}` is no rule: write `Schema.Table=directives`, such as `Ref.*=public, max-age=3600`")
    })?;
    let patterns = Patterns::parse(patterns)?;
    if patterns.is_empty() {
        return Err(format!("`{rule}` names no table"));
    }
    Ok((patterns, header(value)?))
}

/// A list of directives (RFC 9111 section 5.2.2).
fn header(value: &str) -> Result<HeaderValue, String> {
    let directives: Vec<&str> = value.split(',').map(str::trim).collect();
    let name =
        |directive: &str| directive.split('=').next().unwrap_or_default().to_ascii_lowercase();
    for directive in &directives {
        let known = DIRECTIVES.iter().find(|(known, _)| *known == name(directive));
        let Some((known, has_seconds)) = known else {
            let names: Vec<&str> = DIRECTIVES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "`{directive}` is no directive for answers; there are {}",
                names.join(", ")
            ));
        };
        let seconds = directive.split_once('=').map(|(_, seconds)| seconds);
        let is_number = |text: &str| {
            !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if seconds.is_some() != *has_seconds || !seconds.is_none_or(is_number) {
            let right = if *has_seconds {
                format!("`{known}=60`, in seconds")
            } else {
                format!("`{known}` alone")
            };
            return Err(format!("`{directive}`: write {right}"));
        }
    }
    for (one, other) in OPPOSITES {
        let has = |wanted: &str| directives.iter().any(|directive| name(directive) == wanted);
        if has(one) && has(other) {
            return Err(format!("`{value}`: {one} and {other} exclude each other"));
        }
    }
    HeaderValue::from_str(value).map_err(|_| format!("`{value}` is no header's value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(default: &str, tables: &str) -> Result<CacheControl, String> {
        let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        CacheControl::read(&|name| given(if name == CACHE_CONTROL { default } else { tables }))
            .map_err(|error| error.to_string())
    }

    fn of(caching: &CacheControl, schema: &str, name: &str) -> String {
        let table = TableName { schema: schema.into(), name: name.into() };
        caching.of(&table).to_str().unwrap().to_owned()
    }

    #[test]
    fn the_first_rule_that_matches_applies() {
        let rules = "Bank.Account=private, max-age=60; Ref.*, *.Currency = Public,max-age=3600;; bank.*=no-store;";
        let caching = read("private, max-age=5", rules).unwrap();
        for (schema, name, expected) in [
            ("Bank", "Account", "private, max-age=60"),
            ("BANK", "ACCOUNT", "private, max-age=60"),
            ("Bank", "Movement", "no-store"),
            ("Bank", "Currency", "Public,max-age=3600"),
            ("Ref", "Country", "Public,max-age=3600"),
            ("Reference", "Country", "private, max-age=5"),
        ] {
            assert_eq!(of(&caching, schema, name), expected, "{schema}.{name}");
        }
        assert_eq!(of(&read("", "A.*=no-store").unwrap(), "B", "C"), "private, no-cache");
        let quoted = read("", "\"a=b;c\".\"d, e\"=no-store").unwrap();
        assert_eq!(
            [of(&quoted, "a=b;c", "d, e"), of(&quoted, "a", "d")],
            ["no-store", "private, no-cache"]
        );
    }

    #[test]
    fn what_a_cache_would_pass_over_is_refused() {
        for (value, reason) in [
            ("no-chache", "`no-chache` is no directive"),
            ("max-age", "`max-age`: write `max-age=60`"),
            ("max-age=1h", "`max-age=1h`: write `max-age=60`"),
            ("max-age=", "write `max-age=60`"),
            ("max-age=-1", "write `max-age=60`"),
            ("max-age=99999999999", "write `max-age=60`"),
            ("no-store=1", "write `no-store` alone"),
            ("public; max-age=60", "`public; max-age=60` is no directive"),
            ("public max-age=60", "is no directive"),
            ("public,", "`` is no directive"),
            ("public, private", "exclude each other"),
            ("no-store, public", "exclude each other"),
            ("no\u{7}cache", "is no directive"),
            ("privé", "is no directive"),
        ] {
            let of_all = read(value, "").unwrap_err();
            assert!(
                of_all.starts_with("CACHE_CONTROL: ") && of_all.contains(reason),
                "{value}: {of_all}"
            );
        }
        for (rules, reason) in [
            ("Bank.Account", "is no rule"),
            ("Bank.Account=", "is no rule"),
            ("Bank.Account: no-store", "is no rule"),
            ("private, max-age=60", "`private` names no schema"),
            ("=no-store", "names no table"),
            ("Account=no-store", "names no schema"),
            ("Bank.*=no-chache", "`no-chache` is no directive"),
            ("pg_*.T=no-store", "matches nothing"),
        ] {
            let of_tables = read("", rules).unwrap_err();
            let named = of_tables.starts_with("CACHE_CONTROL_TABLES: ");
            assert!(named && of_tables.contains(reason), "{rules}: {of_tables}");
        }
    }
}
