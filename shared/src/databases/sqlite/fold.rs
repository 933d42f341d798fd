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

/// A text to look for, folded once: whole, and its ASCII letters alone, for very long texts.
#[derive(Debug)]
pub struct Folded {
    whole: String,
    ascii: String,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        Self { whole: fold(text), ascii: text.to_ascii_lowercase() }
    }

    /// Whether it stands there in a text.
    pub fn is_in(&self, text: &[u8], place: Place) -> bool {
        let text = String::from_utf8_lossy(text);
        let (text, part) = if text.is_ascii() {
            (text.to_ascii_lowercase(), &self.whole)
        } else if text.len() > LONGEST_FOLDED {
            (text.to_ascii_lowercase(), &self.ascii)
        } else {
            (fold(&text), &self.whole)
        };
        match place {
            Place::Anywhere => text.contains(part.as_str()),
            Place::Start => text.starts_with(part.as_str()),
            Place::End => text.ends_with(part.as_str()),
        }
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
    fn of_a_very_long_text_the_case_of_ascii_letters_alone_is_ignored() {
        let text = format!("ÄB{}", "x".repeat(LONGEST_FOLDED));
        for (part, expected) in [("Äb", true), ("ÄB", true), ("äb", false), ("XX", true)] {
            assert_eq!(Folded::new(part).is_in(text.as_bytes(), Place::Anywhere), expected);
        }
    }
}
