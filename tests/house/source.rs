//! A file of the project as the rules see it: Rust code apart from its comments, texts and tests.

/// A file.
#[derive(Debug)]
pub struct Source {
    /// From the project's root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Rust only: its code, line by line, with blanks in place of comments, texts and tests.
    pub code: Vec<String>,
    /// Rust only: what its texts hold outside tests, each with the number of its first line.
    pub texts: Vec<(usize, String)>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (code, texts) =
            if path.ends_with(".rs") { parts(text) } else { (String::new(), Vec::new()) };
        let all_tests =
            path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/");
        let code = if all_tests { String::new() } else { without_tests(&code) };
        let code: Vec<String> = code.lines().map(str::to_owned).collect();
        // Where a text of a test stood, no code is left.
        let is_code = |line: usize| code.get(line - 1).is_some_and(|code| !code.trim().is_empty());
        let texts = texts.into_iter().filter(|(line, _)| is_code(*line)).collect();
        Self { path: path.to_owned(), text: text.to_owned(), code, texts }
    }

    pub fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// A module of the library or of the local server: `name.rs`, or anything in the folder `name`.
    pub fn is_module(&self, name: &str) -> bool {
        let roots = ["shared/src/", "functions/local/src/", "functions/local/start/src/"];
        let path = roots.iter().find_map(|root| self.path.strip_prefix(root));
        let rest = path.and_then(|path| path.strip_prefix(name));
        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// Lines of code, by number, in which this holds.
    pub fn lines_where(&self, is_wrong: impl Fn(&str) -> bool) -> Vec<usize> {
        let lines = self.code.iter().enumerate().filter(|(_, line)| is_wrong(line));
        lines.map(|(place, _)| place + 1).collect()
    }
}

/// True where the word stands in the line by itself, not as a part of another.
pub fn mentions(line: &str, word: &str) -> bool {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(place, _)| {
        let (before, after) = (&line[..place], &line[place + word.len()..]);
        !before.ends_with(in_word) && !after.starts_with(in_word)
    })
}

/// Rust's code with blanks for comments and texts, its lines as they were; and the texts.
fn parts(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut texts, mut rest) = (String::with_capacity(text.len()), Vec::new(), text);
    while let Some(letter) = rest.chars().next() {
        let in_word = code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let (length, is_text) = match letter {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
            '/' if rest.starts_with("/*") => (comment_length(rest), false),
            'r' if !in_word || code.ends_with('b') => {
                raw_length(rest).map_or((0, false), |length| (length, true))
            }
            '"' => (quoted_length(rest, '"'), true),
            // A character such as '"', not a lifetime.
            '\'' if rest[1..].starts_with('\\') => (quoted_length(rest, '\''), false),
            '\'' if rest.chars().nth(2) == Some('\'') => {
                (1 + rest[1..].find('\'').unwrap_or(0) + 1, false)
            }
            _ => (0, false),
        };
        if length == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
            continue;
        }
        let (part, after) = rest.split_at(length.min(rest.len()));
        if is_text {
            texts.push((code.matches('\n').count() + 1, part.to_owned()));
        }
        // A text leaves its quotes, so that the line is not empty.
        code.extend(
            part.chars().map(|letter| {
                if letter == '\n' || (is_text && letter == '"') { letter } else { ' ' }
            }),
        );
        rest = after;
    }
    (code, texts)
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < text.len() {
        let rest = &text.as_bytes()[place..];
        if rest.starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            place += 2;
        } else {
            place += 1;
        }
        if depth == 0 {
            break;
        }
    }
    place
}

/// The length of `r"…"` or `r#"…"#`; nothing where an `r` begins something else.
fn raw_length(text: &str) -> Option<usize> {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let inner = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(1 + hashes + 1 + inner.find(&end)? + end.len())
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return place + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Code with blanks for what stands under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..start]);
        let item = &rest[start..];
        let (mut depth, mut end) = (0, item.len());
        for (place, letter) in item.char_indices() {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            if depth == 0 && matches!(letter, '}' | ';') {
                end = place + 1;
                break;
            }
        }
        kept.extend(item[..end].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        rest = &item[end..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_texts_comments_and_tests() {
        let text = r###"// "no text" a
let a = "x\"y // b"; /* c /* d */ "e" */ let b = br#"f"g"#;
let c: &'static str = '"'.into(); let d = '\''; let e = "two
lines";
#[cfg(test)]
mod tests {
    const F: &str = "in a test {";
}
let g = 1;
"###;
        let source = Source::new("shared/src/x.rs", text);
        let code: Vec<&str> = source.code.iter().map(|line| line.trim()).collect();
        assert_eq!(code.len(), 9);
        assert_eq!((code[0], code[4], code[6], code[8]), ("", "", "", "let g = 1;"));
        assert!(code[1].starts_with("let a = \"") && code[1].contains("let b = b"), "{code:?}");
        assert!(!code[1].contains(['x', 'c', 'f', 'g']), "{code:?}");
        assert!(code[2].contains("&'static str") && code[2].contains("let e ="), "{code:?}");
        let texts: Vec<&str> = source.texts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["\"x\\\"y // b\"", "r#\"f\"g\"#", "\"two\nlines\""]);
    }

    #[test]
    fn words_are_whole() {
        assert!(mentions("use odbc_api::X;", "odbc_api"));
        assert!(!mentions("let odbc_api_version = my_odbc_api;", "odbc_api"));
    }
}
