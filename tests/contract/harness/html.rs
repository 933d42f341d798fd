//! A page as a person sees it: as much of HTML as our pages have.

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The word NULL, in its own style.
    Null,
    /// The word for an empty text, in the style of NULL.
    Empty,
    /// A text, with all that is folded away.
    Text(String),
}

/// A cell.
#[derive(Debug, Clone)]
pub struct PageCell {
    pub shown: Shown,
    /// Where it leads.
    pub href: Option<String>,
    /// It is said to be cut.
    pub cut: bool,
}

/// A page.
#[derive(Debug)]
pub struct Page {
    pub html: String,
    /// The cells of the table's body.
    pub rows: Vec<Vec<PageCell>>,
}

impl Page {
    /// Reads a page.
    pub fn read(html: &str) -> Self {
        let body = between(html, "<tbody>", "</tbody>").unwrap_or("");
        let rows = body.split("<tr>").skip(1).map(cells).collect();
        Self { html: html.to_owned(), rows }
    }

    /// What a row shows.
    pub fn shown(&self, row: usize) -> Vec<Shown> {
        self.rows[row].iter().map(|cell| cell.shown.clone()).collect()
    }

    /// True if a paragraph that begins so can be seen.
    pub fn says(&self, words: &str) -> bool {
        self.html.split("<p").any(|rest| {
            rest.split_once('>')
                .is_some_and(|(tag, text)| text.starts_with(words) && !tag.contains(" hidden"))
        })
    }

    /// Every address that the page leads to.
    pub fn links(&self) -> Vec<String> {
        self.html.split("<a ").skip(1).filter_map(href).collect()
    }

    /// The address of the link with this `rel`.
    pub fn related(&self, relation: &str) -> Option<String> {
        let rel = format!("rel=\"{relation}\"");
        self.html
            .split("<a ")
            .skip(1)
            .find(|tag| tag.split('>').next().unwrap().contains(&rel))
            .and_then(href)
    }
}

/// Where the first link in this piece of a page leads.
pub fn first_link(html: &str) -> String {
    html.split("<a ").skip(1).find_map(href).unwrap_or_else(|| panic!("no link in {html}"))
}

fn cells(row: &str) -> Vec<PageCell> {
    let mut cells = Vec::new();
    let mut rest = row;
    while let Some(start) = ["<td", "<th"].iter().filter_map(|tag| rest.find(tag)).min() {
        let end = if rest[start..].starts_with("<td") { "</td>" } else { "</th>" };
        let cell = &rest[start..start + rest[start..].find(end).unwrap()];
        rest = &rest[start + cell.len() + end.len()..];
        cells.push(read_cell(&cell[cell.find('>').unwrap() + 1..]));
    }
    cells
}

fn read_cell(html: &str) -> PageCell {
    let cut = html.contains("class=\"cut\"");
    let href = html.split("<a ").nth(1).and_then(href);
    let shown = if html.contains("<span class=\"null\">NULL</span>") {
        Shown::Null
    } else if html.contains("<span class=\"null\">empty</span>") {
        Shown::Empty
    } else {
        Shown::Text(text_of(html))
    };
    PageCell { shown, href, cut }
}

/// The text without the page's additions: the words around a fold, the note about a cut, and the
/// word for a text of spaces, and labels.
fn text_of(html: &str) -> String {
    let mut html = html.to_owned();
    for (start, end) in [
        ("<summary>", "</summary>"),
        (" <span class=\"cut\">", "</span>"),
        (" <bdi class=\"label\">", "</bdi>"),
        ("<span class=\"null\">", "</span>"),
    ] {
        while let Some(from) = html.find(start) {
            let to = from + html[from..].find(end).unwrap() + end.len();
            html.replace_range(from..to, "");
        }
    }
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    unescaped(&text)
}

fn href(tag: &str) -> Option<String> {
    between(tag.split('>').next()?, "href=\"", "\"").map(unescaped)
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}
