//! What must hold for any statement.

use iris_tables::statement::Statement;

/// As many placeholders as values; outside of quotes only what the product wrote.
pub fn check(statement: &Statement) {
    let bare = outside_quotes(&statement.text);
    assert_eq!(bare.matches('?').count(), statement.params.len(), "{}", statement.text);
    let known = |character: char| {
        character.is_ascii_alphanumeric() || " ?.,()=<>+-*/|!:%_\"'".contains(character)
    };
    assert!(bare.chars().all(known), "{}", statement.text);
    for sign in ["--", "/*", ";"] {
        assert!(!bare.contains(sign), "{}", statement.text);
    }
}

/// The text with nothing between its quotes. A doubled quote leaves them and enters them again.
fn outside_quotes(text: &str) -> String {
    let mut open = None;
    let mut bare = String::new();
    for character in text.chars() {
        match open {
            Some(quote) if character == quote => open = None,
            Some(_) => continue,
            None if matches!(character, '"' | '\'') => open = Some(character),
            None => {}
        }
        bare.push(character);
    }
    assert_eq!(open, None, "a quote stays open: {text}");
    bare
}
