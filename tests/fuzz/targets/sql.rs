//! What must hold for any statement.

use iris_tables::statement::Statement;

/// As many placeholders as values; outside of quotes nothing that a value could have brought.
pub fn check(statement: &Statement) {
    let bare = outside_quotes(&statement.text);
    assert_eq!(bare.matches('?').count(), statement.params.len(), "{}", statement.text);
    let known = |letter: char| letter.is_ascii_alphanumeric() || " ?.,()=<>+-*/|!:%_\"'".contains(letter);
    assert!(bare.chars().all(known), "{}", statement.text);
    for sign in ["--", "/*", ";"] {
        assert!(!bare.contains(sign), "{}", statement.text);
    }
}

/// The text with nothing between its quotes. A doubled quote leaves them and enters them again.
fn outside_quotes(text: &str) -> String {
    let mut open = None;
    let mut bare = String::new();
    for letter in text.chars() {
        match open {
            Some(quote) if letter == quote => open = None,
            Some(_) => continue,
            None if matches!(letter, '"' | '\'') => open = Some(letter),
            None => {}
        }
        bare.push(letter);
    }
    assert_eq!(open, None, "a quote stays open: {text}");
    bare
}
