use minijinja::ErrorKind;

use super::*;
use crate::view::rows::whole_cell;
use crate::view::{IndexPage, RowPage, RowView, SchemaPage, Total};

mod documented;
mod sample;
mod sample_groups;
use sample::*;

/// Every page, with `text` wherever a text can stand.
fn all_pages(text: &str) -> [(&'static str, String); 7] {
    [
        ("index", index(&site(), &full_index(text)).unwrap()),
        ("table", table(&site(), &full_table(text)).unwrap()),
        ("row", row(&site(), &full_row(text)).unwrap()),
        ("schema", schema(&site(), &full_schema(text)).unwrap()),
        ("docs", docs(&site(), &full_docs(text)).unwrap()),
        ("groups", groups(&site(), &sample_groups::full_groups(text)).unwrap()),
        ("error", error(&site(), &full_error(503, text)).unwrap()),
    ]
}

/// Every page, with as little as possible.
fn bare_pages() -> [(&'static str, String); 6] {
    let head = || minimal_table().table;
    let (fields, referrers, formats) = (Vec::new(), Vec::new(), Vec::new());
    let row_page = RowPage {
        table: head(),
        label: None,
        lacks_labels: Vec::new(),
        key: "ID 7".into(),
        fields,
        referrers,
        lacks_referrers: false,
        count_href: None,
        formats,
    };
    let columns_page = SchemaPage {
        table: head(),
        columns: Vec::new(),
        key: "no key".into(),
        formats: Vec::new(),
    };
    let no_tables = IndexPage {
        schemas: Vec::new(),
        total: 0,
        found: 0,
        q: String::new(),
        formats: Vec::new(),
    };
    [
        ("index", index(&site(), &no_tables).unwrap()),
        ("table", table(&site(), &minimal_table()).unwrap()),
        ("row", row(&site(), &row_page).unwrap()),
        ("schema", schema(&site(), &columns_page).unwrap()),
        ("docs", docs(&site(), &bare_docs()).unwrap()),
        ("error", error(&site(), &full_error(404, "Not found")).unwrap()),
    ]
}

/// What a browser makes of the escapes; `&amp;` last, lest an escaped escape turn into a character.
fn unescaped(html: &str) -> String {
    let escapes = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
    escapes
        .iter()
        .fold(html.to_owned(), |html, (escape, character)| html.replace(escape, character))
}

/// A page without the lines that load our own files.
fn without_files(html: &str) -> String {
    let loads = |line: &&str| {
        let line = line.trim_end();
        let script =
            line.starts_with("<script src=\"/static/") && line.ends_with("\" defer></script>");
        script || line.starts_with("<link rel=\"stylesheet\" href=\"/static/")
    };
    html.split_inclusive('\n').filter(|line| !loads(line)).collect()
}

/// A page with one column of this type and one cell.
fn one_cell(kind: &'static str, cell: crate::view::CellView) -> String {
    let rows = vec![RowView { href: None, cells: vec![cell] }].into();
    table(&site(), &TablePage { columns: vec![column("C", kind)], rows, ..minimal_table() })
        .unwrap()
}

#[test]
fn a_template_of_ones_own_takes_rows_as_any_list() {
    let text = |text: &str| whole_cell(crate::view::Value::Text(text.into()));
    let row = |href: Option<&str>, texts: [&str; 2]| RowView {
        href: href.map(Into::into),
        cells: texts.map(text).into(),
    };
    let rows = vec![row(Some("/a?b=1&c"), ["<1>", "2"]), row(None, ["3", "4"])];
    let page = |rows: Vec<RowView>| page_of(&TablePage { rows: rows.into(), ..minimal_table() });
    let render = |source: &str, page: Value| {
        let names = context! { page };
        environment()
            .unwrap()
            .render_named_str("own.html", source, names)
            .map_err(|error| error.kind())
    };
    for (source, expected) in [
        (
            "{% for row in page.rows %}{{ loop.index }}/{{ loop.length }}{% for cell in row.cells %} {{ cell.text }}{% endfor %};{% endfor %}",
            "1/2 &lt;1&gt; 2;2/2 3 4;",
        ),
        (
            "{{ page.rows|length }} {{ page.rows[1].cells[0].text }} {{ page.rows[-1].cells[1].text }}",
            "2 3 4",
        ),
        ("{{ (page.rows|first).href }} {{ (page.rows|last).href is none }}", "/a?b=1&amp;c True"),
        ("{% for row in page.rows[1:] %}{{ row.cells|length }}{% endfor %}", "2"),
        ("{% for row in page.rows|reverse %}{{ row.cells[0].text }}{% endfor %}", "3&lt;1&gt;"),
        (
            "{% if page.rows %}some{% else %}none{% endif %} {{ page.table.href }}",
            "some /table/T?a=1&amp;b=2",
        ),
    ] {
        assert_eq!(render(source, page(rows.clone())).as_deref(), Ok(expected), "{source}");
    }
    let no_rows = "{% for row in page.rows %}{% else %}none{% endfor %}{% if not page.rows %} at all{% endif %}";
    assert_eq!(render(no_rows, page(Vec::new())).as_deref(), Ok("none at all"));
    assert_eq!(render("{{ page.row }}", page(rows)), Err(ErrorKind::UndefinedError));
}

#[test]
fn hostile_texts_come_out_escaped_and_whole() {
    for text in HOSTILE {
        for (name, html) in all_pages(text) {
            let html = without_files(&html);
            assert!(unescaped(&html).contains(text), "{name} has lost {text:?}");
            assert!(
                !html.contains("<script") && !html.contains("<b>") && !html.contains("49"),
                "{name}: {text:?}"
            );
            let quoted = text.contains(['\'', '"', '<']);
            assert!(!(quoted && html.contains(text)), "{name} holds {text:?} as it is");
        }
    }
}

#[test]
fn white_space_of_a_cell_stays_and_none_is_added() {
    let text = "  a\n\n b ";
    assert!(one_cell("text", cell("text", text)).contains("<td>  a\n\n b </td>"));
    let long = crate::view::CellView { rest: Some(" b ".into()), ..cell("text", "  a\n\n") };
    let html = one_cell("text", long);
    assert!(html.contains("<td>  a\n\n<details") && html.contains("</summary> b </details></td>"));
}

#[test]
fn null_and_empty_text_differ() {
    let null = one_cell("text", cell("null", ""));
    let empty = one_cell("text", cell("empty", ""));
    let word = one_cell("text", cell("text", "NULL"));
    assert!(null.contains("<td><span class=\"null\">NULL</span></td>"));
    let blank = one_cell("text", cell("text", " \n"));
    assert!(empty.contains("<td><span class=\"null\">empty</span></td>"));
    assert!(blank.contains("<td> \n<span class=\"null\">only spaces</span></td>"));
    assert!(word.contains("<td>NULL</td>"));
    for (text, dir) in
        [("שלום", " dir=\"auto\""), ("Zoë, Αθήνα, Київ", ""), ("x سلام", " dir=\"auto\"")]
    {
        let html = one_cell("text", cell("text", text));
        assert!(html.contains(&format!("<td{dir}>{text}</td>")), "{html}");
    }
}

#[test]
fn pages_obey_the_content_security_policy() {
    for (name, html) in all_pages("x").into_iter().chain(bare_pages()) {
        let html = without_files(&html);
        for forbidden in [" style=", "<style", "<script", " onclick=", "http:", "https:", "//"] {
            assert!(!html.contains(forbidden), "{name} holds {forbidden}");
        }
    }
}

#[test]
fn nothing_absent_is_written_as_a_word() {
    for (name, html) in all_pages("x").into_iter().chain(bare_pages()) {
        assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>"), "{name}");
        assert!(!html.contains("none") && !html.contains("undefined"), "{name}: {html}");
    }
}

#[test]
fn each_form_keeps_all_but_what_it_says_itself() {
    let html = unescaped(&table(&site(), &full_table("x")).unwrap());
    let forms: Vec<&str> =
        html.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()).collect();
    let said = ["_q", "_size", "", "_col"];
    assert_eq!(forms.len(), said.len());
    for (form, own) in forms.iter().zip(said) {
        let kept = if own.is_empty() { "all=1".to_owned() } else { format!("all=1&but={own}") };
        assert!(
            form.contains(&format!("<input type=\"hidden\" name=\"_form\" value=\"{kept}\" ")),
            "{own}: {form}"
        );
        assert_eq!(
            form.matches("type=\"hidden\"").count(),
            1,
            "a browser would change its line breaks: {form}"
        );
    }
    let fields = [(0, "_q"), (1, "_size"), (2, "_column"), (2, "_op"), (2, "_value"), (3, "_c")];
    assert!(fields.iter().all(|(form, name)| forms[*form].contains(&format!(" name=\"{name}\""))));
}

#[test]
fn headers_tell_the_sort_and_rows_lead_to_their_page() {
    let html = unescaped(&table(&site(), &full_table("x")).unwrap());
    assert_eq!(html.matches("aria-sort=\"ascending\"").count(), 1);
    assert_eq!(html.matches("aria-sort=\"descending\"").count(), 1);
    assert_eq!(html.matches("class=\"sort\"").count(), 3);
    // One way to each row, also where its first cell leads elsewhere or has nothing to show.
    assert_eq!(html.matches("<th scope=\"row\"").count(), 3);
    for id in [7, 8, 9] {
        let start = html.find(&format!("href=\"/table/T/row?ID={id}\"")).unwrap();
        assert!(
            html[start..].split("</th>").next().is_some_and(|rest| !rest.contains("<td")),
            "{id}"
        );
    }
}

#[test]
fn an_empty_page_says_why() {
    let nothing_matches = TablePage { filters: full_table("x").filters, ..minimal_table() };
    let past_the_end = TablePage { first_href: Some("/table/T".into()), ..minimal_table() };
    assert!(table(&site(), &nothing_matches).unwrap().contains("No row matches"));
    assert!(table(&site(), &past_the_end).unwrap().contains("There are no more rows"));
    assert!(table(&site(), &minimal_table()).unwrap().contains("This table has no rows"));
    assert!(bare_pages()[0].1.contains("PUBLISHED_TABLES"));
}

#[test]
fn totals_are_exact_or_at_least() {
    let text = |at_least| {
        let total = Some(Total { value: 10_001, at_least });
        unescaped(&table(&site(), &TablePage { total, ..full_table("x") }).unwrap())
    };
    assert!(text(true).contains("at least <strong>10,001</strong> in all"));
    assert!(text(false).contains("<span><strong>10,001</strong> in all"));
    assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
}

#[test]
fn a_failure_is_logged_without_values() {
    // A template that meets a value it cannot use: the engine's own words would quote it.
    let mut environment = environment().unwrap();
    environment.add_template("bad.html", "{{ page.secret + 1 }}").unwrap();
    let names = context! { page => context! { secret => "4711" } };
    let engine = environment.get_template("bad.html").unwrap().render(names).unwrap_err();
    let error = failure("bad.html", &engine);
    assert_eq!(
        error.log(),
        Some("page bad.html cannot be rendered: bad.html, line 1: invalid operation")
    );
    assert!(!error.to_string().contains("bad.html"));
}

#[test]
fn options_of_what_is_no_choice_fail() {
    let options = |choice| super::options(&Value::from(vec![choice])).map(|html| html.to_string());
    let html = options(context! { value => "<1>", label => "a & b", selected => true }).unwrap();
    assert_eq!(html, "<option value=\"&lt;1&gt;\" selected>a &amp; b</option>");
    assert!(options(context! { value => "1", title => "a" }).is_err());
}
