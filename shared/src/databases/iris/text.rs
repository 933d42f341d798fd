//! Descriptions are class comments, written in HTML for the class reference: their text.

/// Elements that stand apart from what is around them, so that a space takes their tags' place.
const BLOCKS: &[&str] = &[
    "address",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "example",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Elements within a line: HTML's, and those of the class reference.
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "b",
    "big",
    "center",
    "cite",
    "class",
    "code",
    "dfn",
    "em",
    "event",
    "font",
    "i",
    "img",
    "kbd",
    "method",
    "note",
    "parameter",
    "property",
    "q",
    "query",
    "routine",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "var",
];

/// The entities that people write by name.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("times", '×'),
    ("euro", '€'),
    ("sect", '§'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("agrave", 'à'),
    ("ccedil", 'ç'),
];

/// The longest entity that is looked for, in bytes, `&` and `;` included.
const LONGEST_ENTITY: usize = 10;

/// The text of a class comment: without tags and comments, entities decoded, each run of white
/// space one space. `None` where no text is left. What is no tag stays, such as `a < b`.
pub fn plain(comment: &str) -> Option<String> {
    let (mut text, mut rest) = (String::with_capacity(comment.len()), comment);
    while let Some(index) = rest.find(['<', '&']) {
        text.push_str(&rest[..index]);
        rest = &rest[index..];
        let read = if rest.starts_with('<') { markup(rest) } else { entity(rest) };
        let (stands_for, bytes) = read.unwrap_or_else(|| (rest.chars().next(), 1));
        text.extend(stands_for);
        rest = &rest[bytes..];
    }
    text.push_str(rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A tag or a comment at the beginning: what stands for it, and its bytes.
fn markup(text: &str) -> Option<(Option<char>, usize)> {
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| (None, end + "-->".len()));
    }
    let end = text.find('>')?;
    let tag = text[1..end].strip_prefix('/').unwrap_or(&text[1..end]);
    let name: String = tag
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let follows = tag[name.len()..].chars().next();
    if follows.is_some_and(|letter| letter != '/' && !letter.is_whitespace()) {
        return None;
    }
    if BLOCKS.contains(&name.as_str()) {
        return Some((Some(' '), end + 1));
    }
    INLINE.contains(&name.as_str()).then_some((None, end + 1))
}

/// An entity at the beginning: the character, and its bytes.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let code = match hexadecimal {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|letter| *letter != '\0')?
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((Some(letter), end + 1))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn comments_become_their_text() {
        for (comment, text) in [
            (
                "<p>People.\r\n\t<ul>\r\n\t<li>in <b>several</b> cases</ul>",
                "People. in several cases",
            ),
            ("a < b &lt; c &amp; d; see <method>Open</method>.", "a < b < c & d; see Open."),
            ("<p>One.</p><p>Two&nbsp;words &#8211; <a href=\"x\">x</a>", "One. Two words – x"),
            ("R&D, 100 % <br/> AT&amp;T &amp;lt; &#x41;", "R&D, 100 % AT&T &lt; A"),
            ("if x<y then z>w; List<String> <-> <>", "if x<y then z>w; List<String> <-> <>"),
            ("ends with < and & and &#; &ünknown; <b", "ends with < and & and &#; &ünknown; <b"),
        ] {
            assert_eq!(plain(comment).as_deref(), Some(text));
        }
        for nothing in ["", " \t", "<!-- of old --> <p> </p>"] {
            assert_eq!(plain(nothing), None, "{nothing}");
        }
    }
}
