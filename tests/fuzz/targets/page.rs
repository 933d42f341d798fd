//! Pages with hostile texts everywhere.

use std::sync::Arc;

use super::table::postgres;
use html5gum::{Error, Token, Tokenizer};
use iris_tables::cell::{Cell, CellBuf};
use iris_tables::database::Sink;
use iris_tables::query::{self, Sizes};
use iris_tables::render::html;
use iris_tables::sql::plan;
use iris_tables::sql::select::Shows;
use iris_tables::statement::Meaning;
use iris_tables::table::{Table, TableEntry};
use iris_tables::view::address::{Address, table_path};
use iris_tables::view::layout::PageLayout;
use iris_tables::view::row::RowData;
use iris_tables::view::rows::PageRows;
use iris_tables::view::{self, ErrorPage, OwnRows, SignedIn, Site, TablePage};

/// The longest text in characters. Addresses contain it several times as a name, and too long ones
/// are omitted.
const MOST: usize = 80;

/// How often a long cell repeats a text, so that its end is folded.
const LONG: usize = 4;

/// Whatever texts a page holds, it has the elements and attributes that it has for harmless ones,
/// its texts are whole, and its addresses stay on this site. The input's first byte chooses the
/// page, the rest is such a text: of names, descriptions, cells, a search, an error.
pub fn check(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, data));
    let input = String::from_utf8_lossy(rest);
    let text: String =
        input.chars().filter(|character| is_kept_by_html(*character)).take(MOST).collect();
    compare(&page(*first, &text), &page(*first, &tamed(&text)));
}

/// Browsers turn a carriage return into a line feed, and drop NUL.
fn is_kept_by_html(character: char) -> bool {
    !matches!(character, '\0' | '\r')
}

/// The text with a `~` for each character that has a meaning in HTML.
fn tamed(text: &str) -> String {
    text.replace(['<', '>', '&', '"', '\'', '/', '=', '`', '#', ';', '!', '?'], "~")
}

/// Fails where a page differs from a harmless one in more than its texts.
pub fn compare(page: &str, harmless: &str) {
    let (page, harmless) = (tokens(page), tokens(harmless));
    assert_eq!(page.len(), harmless.len(), "elements differ");
    for (ours, harmless) in page.iter().zip(&harmless) {
        match (ours, harmless) {
            (Part::Text(ours), Part::Text(harmless)) => assert_eq!(&tamed(ours), &tamed(harmless)),
            (Part::Tag(name, attributes), Part::Tag(harmless, harmless_attributes)) => {
                assert_eq!(name, harmless);
                let names = |attributes: &[(String, String)]| -> Vec<String> {
                    attributes.iter().map(|(name, _)| name.clone()).collect()
                };
                assert_eq!(names(attributes), names(harmless_attributes), "<{name}>");
                for ((name, value), (_, harmless)) in attributes.iter().zip(harmless_attributes) {
                    compare_attribute(name, value, harmless);
                }
            }
            _ => panic!("{ours:?} instead of {harmless:?}"),
        }
    }
}

fn compare_attribute(name: &str, value: &str, harmless: &str) {
    match name {
        // The icon that there is none, and the way past what stands at the head.
        "href" if ["data:,", "#content"].contains(&value) => {}
        "href" | "action" | "src" | "data-next" | "data-values" if !value.is_empty() => {
            assert!(value.starts_with('/') && !value.starts_with("//"), "{name}={value}");
            assert!(
                value.is_ascii() && !value.contains(['<', '>', '"', '\'', '\\', ' ']),
                "{name}={value}"
            );
        }
        // A query string, in which characters are percent-encoded or not.
        "value" if harmless.contains(['=', '%']) || value.contains(['=', '%']) => {}
        _ => assert_eq!(tamed(value), tamed(harmless), "{name}"),
    }
}

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Tag(String, Vec<(String, String)>),
}

/// A page as a browser reads it.
fn tokens(page: &str) -> Vec<Part> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut parts = Vec::new();
    for Ok(token) in Tokenizer::new(page) {
        match token {
            Token::StartTag(tag) => {
                let attributes =
                    tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                parts.push(Part::Tag(text(&tag.name), attributes));
            }
            Token::EndTag(tag) => {
                parts.push(Part::Tag(format!("/{}", text(&tag.name)), Vec::new()))
            }
            Token::String(string) => match parts.last_mut() {
                Some(Part::Text(before)) => before.push_str(&text(&string)),
                _ => parts.push(Part::Text(text(&string))),
            },
            Token::Doctype(_) => {}
            Token::Comment(comment) => panic!("a comment: {comment:?}"),
            // Letters that HTML does not like, such as U+0001, but keeps.
            Token::Error(error) => match error.value {
                Error::ControlCharacterInInputStream | Error::NoncharacterInInputStream => {}
                error => panic!("{error}"),
            },
        }
    }
    parts
}

/// How many pages there are.
pub const PAGES: u8 = 5;

/// One of the pages, with this text wherever there is a text.
fn page(number: u8, text: &str) -> String {
    let table = Arc::new(super::table::named(text));
    let own = OwnRows { title: text.to_owned(), values: vec![text.to_owned()], more: 1 };
    let site = Site {
        title: text.to_owned(),
        files: iris_tables::assets::addresses(),
        signed_in: Some(SignedIn { name: text.to_owned() }),
        own_rows: vec![own],
    };
    let link = || view::Link { label: text.to_owned(), href: "/table/T".to_owned() };
    let texts = || text.to_owned();
    let page = match number % PAGES {
        0 => {
            let (name, description) = (table.name.clone(), table.description.clone());
            let entry = TableEntry {
                table: name,
                kind: table.kind,
                columns: Some(1),
                description,
                unreadable: None,
            };
            html::index(&site, &view::index_page(&[&entry], 2, text, vec![link()]))
        }
        1 => html::schema(&site, &view::schema_page(&table, vec![link()], |_| true)),
        2 => {
            let (title, detail, request_id) = (texts(), texts(), texts());
            html::error(
                &site,
                &ErrorPage { status: 400, title, detail, request_id, ways: vec![link()] },
            )
        }
        3 => html::row(&site, &row_page(&table, text)),
        _ => html::table(&site, &table_page(&table, text)),
    };
    page.unwrap()
}

/// The cells of a row: the key's is a number, the last one long, and the others are this text.
fn cells(text: &str, count: usize) -> Vec<CellBuf> {
    let cell = |index| match index {
        0 => b"7".to_vec(),
        _ if index + 1 == count => text.repeat(LONG).into_bytes(),
        _ => text.as_bytes().to_vec(),
    };
    (0..count).map(|index| CellBuf::Text(cell(index))).collect()
}

fn row_page(table: &Arc<Table>, text: &str) -> view::RowPage {
    let name =
        query::row_name(&[(table.columns[0].name.clone(), "7".to_owned())], table, postgres())
            .unwrap();
    let meanings: Vec<Meaning> =
        table.columns.iter().map(|column| Meaning::Value(column.kind, column.scale)).collect();
    let cells = cells(text, table.columns.len());
    RowData::new(Arc::clone(table), postgres(), cells, meanings, |_| true).page(
        &name,
        "/table/row?ID=1",
        Vec::new(),
        (String::new(), false),
        Some(1),
    )
}

fn table_page(table: &Arc<Table>, text: &str) -> TablePage {
    let dialect = postgres();
    let sizes = Sizes { default: 100, maximum: 1_000 };
    let filter = format!("{}__contains", table.columns[1].name);
    let pairs = [
        (query::SEARCH, text),
        (&*filter, text),
        (query::SORT, &*query::sort_value(table, 2, true)),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let asked = query::table_query(&pairs, table, dialect, sizes).unwrap();
    let seen = super::table::seen(Table::clone(table), false, dialect);
    let plan = plan::page(&seen, &asked, 100, Shows::Links, dialect).unwrap();
    let layout = Arc::new(PageLayout::new(Arc::clone(table), dialect, &plan, Vec::new(), |_| true));
    let mut rows = PageRows::new(layout);
    let cells = cells(text, plan.statement.outputs.len());
    let cells: Vec<Cell<'_>> = cells.iter().map(CellBuf::as_cell).collect();
    let _ = rows.row(&cells);
    let address = Address::new(table_path(&table.name), &pairs);
    TablePage {
        table: view::table_head(table),
        columns: view::column_heads(table, &plan.cells.shown, Some((&asked, &address))),
        rows: rows.rows,
        next_href: Some(address.with(&[], &[(query::NEXT, "token")])),
        first_href: None,
        truncated: false,
        total: None,
        uncounted: None,
        downloads: Vec::new(),
        download_rows: 1,
        count_href: Some(address.with(&[], &[(query::COUNT, "exact")])),
        lacks_labels: Vec::new(),
        filters: view::filter_views(table, &asked, &address),
        form: view::form(table, &asked, &plan.cells.shown, sizes, &address),
        formats: Vec::new(),
    }
}
