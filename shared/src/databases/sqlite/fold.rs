//! Texts in letters of any case: `Ärzte` contains `ÄRZ`, and `Straße` contains `SS`.

/// Bytes of a text with letters beyond ASCII whose case is ignored. Of a longer one that of ASCII
/// letters alone is: to fold all of it takes 10 to 35 ms for each million bytes, in which nothing
/// stops the statement. (A million short names take 0.25 s, or 0.04 s where they are ASCII.)
const LONGEST_FOLDED: usize = 1_000_000;

/// Where in a text another one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// At its start.
    Start,
    /// At its end.
    End,
}

/// A text to look for, folded once.
#[derive(Debug)]
pub struct Folded(String);

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        Self(fold(text))
    }

    /// Whether it stands there in a text.
    pub fn is_in(&self, text: &[u8], place: Place) -> bool {
        let folded = self.like(text);
        match place {
            Place::Anywhere => folded.contains(&self.0),
            Place::Start => folded.starts_with(&self.0),
            Place::End => folded.ends_with(&self.0),
        }
    }

    /// A text folded as far as it takes to compare it with this one.
    fn like(&self, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text);
        if text.is_ascii() || text.len() > LONGEST_FOLDED {
            let mut text = text.into_owned();
            text.make_ascii_lowercase();
            return text;
        }
        fold(&text)
    }
}

/// A text in small letters, those that have no small ones of their own spelt out: `ß` is `ss`.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            folded.push(letter.to_ascii_lowercase());
        } else {
            folded.extend(letter.to_uppercase().flat_map(char::to_lowercase));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_are_found_in_any_case() {
        for (text, part) in [
            ("Ärzte", "ärz"),
            ("ärzte", "ÄRZ"),
            ("STRASSE", "straße"),
            ("Straße", "SS"),
            ("ΟΔΟΣ", "οδος"),
            ("Москва", "МОСК"),
            ("ſmall K", "small k"),
            ("a\0B", "\0b"),
            ("", ""),
        ] {
            assert!(Folded::new(part).is_in(text.as_bytes(), Place::Anywhere), "{text} {part}");
        }
        for (text, part, place, expected) in [
            ("Über", "ü", Place::Start, true),
            ("Über", "ü", Place::End, false),
            ("MENÜ", "ü", Place::End, true),
            ("plain", "PL", Place::Start, true),
            ("plain", "IN", Place::End, true),
            ("plain", "IN", Place::Start, false),
        ] {
            assert_eq!(Folded::new(part).is_in(text.as_bytes(), place), expected, "{text} {part}");
        }
    }

    #[test]
    fn a_very_long_text_is_searched_in_bounded_time() {
        let text = format!("ÄB{}", "x".repeat(LONGEST_FOLDED));
        for (part, expected) in [("Äb", true), ("äb", false), ("XX", true)] {
            assert_eq!(Folded::new(part).is_in(text.as_bytes(), Place::Anywhere), expected);
        }
    }
}
