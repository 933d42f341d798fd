use proptest::prelude::*;

use super::*;

fn published(patterns: &str, schema: &str, table: &str) -> bool {
    Patterns::parse(patterns).unwrap().matches(schema, table)
}

#[test]
fn nothing_is_published_unless_named() {
    for empty in ["", " ", ",", " , ,"] {
        assert!(Patterns::parse(empty).unwrap().is_empty(), "{empty}");
        assert!(!published(empty, "Bank", "Account"));
    }
    assert!(!published("Bank.Account", "Bank", "Accounts"));
    assert!(!published("Bank.Account", "Banks", "Account"));
    assert!(!published("Bank.Account", "Bank", "MyAccount"));
}

#[test]
fn names_and_wildcards() {
    for (patterns, schema, table) in [
        ("Bank.*", "Bank", "Account"),
        ("Sales.Order, bank.ACCOUNT ,", "Bank", "Account"),
        ("*.*", "Bank", "Account"),
        ("*.Account", "Bank", "Account"),
        ("B*k.A*c*t", "Bank", "Account"),
        ("*an*.*count*", "Bank", "Account"),
        ("Bank.Public*", "Bank", "Public"),
        ("Bank.a*a*", "Bank", "aa"),
        ("BÜRO.*", "büro", "x"),
        ("Bank.ΟΔΟΣ", "Bank", "οδοσ"),
        ("Bank.My Table", "Bank", "my table"),
        ("Bank . Account", "Bank", "Account"),
        (r#""my.schema"."a,b""#, "My.Schema", "A,B"),
        (r#"Bank."say ""hi""""#, "bank", r#"Say "Hi""#),
        (r#""a*b".*"#, "A*B", "x"),
    ] {
        assert!(published(patterns, schema, table), "{patterns} {schema}.{table}");
    }
    for (patterns, schema, table) in [
        ("B*k.A*c*t", "Bank", "Accounts"),
        ("Bank.a*a", "Bank", "a"),
        ("Bank.a*b*b", "Bank", "ab"),
        ("Bank.*_old", "Bank", "old"),
        (r#""a*b".*"#, "axb", "x"),
        (r#"Bank."*""#, "Bank", "x"),
    ] {
        assert!(!published(patterns, schema, table), "{patterns} {schema}.{table}");
    }
}

#[test]
fn tables_of_the_system_need_their_full_names() {
    let system = [
        ("INFORMATION_SCHEMA", "Tables"),
        ("%Dictionary", "ClassDefinition"),
        ("Ens", "MessageHeader"),
        ("EnsLib_HTTP", "Service"),
        ("HS_Local", "Patient"),
        ("pg_catalog", "pg_class"),
        ("Bank", "sqlite_sequence"),
        ("Bank", "_descriptions"),
    ];
    for (schema, table) in system {
        assert!(!published("*.*, I*.T*, B*.*, *n*.*", schema, table), "{schema}.{table}");
        assert!(
            published(&format!("{schema}.{table}").to_uppercase(), schema, table),
            "{schema}.{table}"
        );
    }
    // What must miss no table takes them by `*`, too.
    for (schema, name) in system {
        let table = TableName { schema: schema.to_owned(), name: name.to_owned() };
        assert!(Patterns::parse("*.*").unwrap().covers(&table), "{schema}.{name}");
    }
    assert!(published("*.*", "Enterprise", "x"));
    assert!(published("Bank.*", "Bank", "Ens"));
}

#[test]
fn what_is_wrong_is_named() {
    for (patterns, said) in [
        ("Bank.*, Account", "`Account` names no schema"),
        ("*", "`*` names no schema: write `Schema.*`, or `*.*`"),
        ("a.b.c", "`a.b.c` has more than one dot"),
        ("Bank.", "`Bank.`: a part is empty"),
        (".Account", "`.Account`: a part is empty"),
        ("Bank.\"x", "a part in double quotes ends with one"),
        ("Bank.\"", "a part in double quotes ends with one"),
        ("Bank.x\"y\"", "double quotes stand around"),
        ("Bank.\"x\"y", "a part in double quotes ends with one"),
        ("Bank.*, HSales.*", "`HSales.*` matches nothing"),
        ("%*.x", "`%*.x` matches nothing"),
        ("information_schema.*", "matches nothing"),
        ("*._descriptions", "matches nothing"),
        ("Bank.sqlite_*", "matches nothing"),
    ] {
        let message = Patterns::parse(patterns).unwrap_err();
        assert!(message.contains(said), "{patterns}: {message}");
    }
}

/// The plain reading of a wildcard, to hold the quick one to.
fn glob(pattern: &[char], name: &[char]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some(('*', rest)) => (0..=name.len()).any(|taken| glob(rest, &name[taken..])),
        Some((first, rest)) => name.first() == Some(first) && glob(rest, &name[1..]),
    }
}

proptest! {
    #[test]
    fn wildcards_match_as_they_read(pattern in "[ab*]{1,8}", name in "[ab]{0,8}") {
        let characters = |text: &str| text.chars().collect::<Vec<_>>();
        prop_assert_eq!(published(&format!("s.{pattern}"), "s", &name), glob(&characters(&pattern), &characters(&name)));
    }

    #[test]
    fn a_quoted_name_matches_itself_alone(schema in ".{1,8}", table in ".{1,8}", other in ".{1,8}") {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let patterns = format!("x.y, {}.{}", quoted(&schema), quoted(&table));
        prop_assert!(published(&patterns, &schema, &table));
        prop_assume!(lower_case(&other) != lower_case(&table));
        prop_assert!(!published(&patterns, &schema, &other));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ab.,*\" ]{0,16}") {
        let _ = Patterns::parse(&text);
    }
}

#[test]
fn a_schema_is_reached_by_patterns_that_match_some_table_of_it() {
    let patterns = |text: &str| Patterns::parse(text).unwrap();
    let some = patterns("Sales.*, hr*.Room, \"A.b\".T, pg_catalog.pg_class");
    for (schema, reached) in [
        ("Sales", true),
        ("SALES", true),
        ("HR_Zurich", true),
        ("a.B", true),
        ("pg_catalog", true),
        ("sale", false),
        ("Other", false),
        ("", false),
    ] {
        assert_eq!(some.reaches(schema), reached, "{schema}");
    }
    // Schemas of the system's own are reached by full names only.
    assert!(patterns("*.*").reaches("Any") && !patterns("*.*").reaches("sqlite_stuff"));
    assert!(!patterns("").reaches("Sales"));
}
