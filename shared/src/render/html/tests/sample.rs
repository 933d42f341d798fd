//! Views to render: the least that a view can hold, and views with something in every place.

use std::sync::Arc;

use crate::view::*;

/// Texts that must come out as they are.
pub const HOSTILE: [&str; 8] = [
    "</script><script>alert(1)</script>",
    "<b>bold</b> & <!-- not a comment",
    "O'Brien said \"no\"",
    "{{ 7*7 }} {% raw %} {# c #}",
    "first line\n  second line\r\n\tthird",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}reversed\u{202c} \u{6f22}\u{5b57}",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
];

pub fn site() -> Site {
    Site {
        title: "Tables & <more>".into(),
        files: crate::assets::addresses(),
        signed_in: None,
        own_rows: Vec::new(),
    }
}

pub fn link(label: &str, href: &str) -> Link {
    Link { label: label.into(), href: href.into() }
}

/// A table whose every text is `text`.
pub fn head(text: &str) -> TableHead {
    TableHead {
        table: text.into(),
        schema: text.into(),
        name: text.into(),
        kind: "table",
        description: Some(text.into()),
        href: "/table/T?a=1&b=2".into(),
        schema_href: "/table/T/schema".into(),
        groups_href: "/table/T/groups".into(),
        docs_href: "/docs?_table=T".into(),
    }
}

pub fn column(title: &str, kind: &'static str) -> ColumnHead {
    ColumnHead {
        name: title.into(),
        title: title.into(),
        kind,
        numeric: matches!(kind, "integer" | "decimal" | "double"),
        key: false,
        description: None,
        sort: None,
        sort_href: None,
        values_href: None,
        plain: true,
        index: 0,
    }
}

pub fn cell(kind: &'static str, text: &str) -> CellView {
    CellView {
        kind,
        text: text.into(),
        rest: None,
        cut: false,
        alone: None,
        href: None,
        label: None,
        link: None,
        picture: None,
    }
}

/// A page without rows, filters, descriptions or choices.
pub fn minimal_table() -> TablePage {
    TablePage {
        table: TableHead { description: None, ..head("T") },
        columns: vec![column("ID", "integer")],
        rows: Arc::default(),
        next_href: None,
        first_href: None,
        truncated: false,
        total: None,
        uncounted: None,
        count_href: None,
        lacks_labels: Vec::new(),
        filters: Vec::new(),
        form: Form {
            action: "/table/T".into(),
            keep: Kept::default(),
            searchable: false,
            q: String::new(),
            columns: Vec::new(),
            operators: Vec::new(),
            alternatives: Vec::new(),
            sizes: Vec::new(),
            shown: Vec::new(),
        },
        formats: Vec::new(),
        downloads: Vec::new(),
        download_rows: 10_000,
    }
}

/// A page with something in every place, each text being `text`.
pub fn full_table(text: &str) -> TablePage {
    let described = |column: ColumnHead| ColumnHead { description: Some(text.into()), ..column };
    let choice = || vec![Choice { value: text.into(), label: text.into(), selected: true }];
    let long = CellView { rest: Some(text.into()), ..cell("text", text) };
    let to = |cell| CellView {
        href: Some("/table/U/row?ID=1&x=2".into()),
        label: Some(text.into()),
        ..cell
    };
    let cut = CellView { cut: true, ..cell("text", text) };
    let row = |href: Option<&str>, first| RowView {
        href: href.map(Into::into),
        cells: vec![
            first,
            long.clone(),
            to(cell("number", "12")),
            cell("binary", "3 bytes"),
            cut.clone(),
        ],
    };
    TablePage {
        table: head(text),
        columns: vec![
            described(ColumnHead {
                key: true,
                sort: Some("asc"),
                sort_href: Some("?s=1".into()),
                ..column(text, "text")
            }),
            described(ColumnHead {
                sort: Some("desc"),
                sort_href: Some("?s=2".into()),
                ..column(text, "text")
            }),
            described(ColumnHead { sort_href: Some("?s=3".into()), ..column(text, "decimal") }),
            described(column(text, "binary")),
            described(column(text, "timestamp")),
        ],
        rows: Arc::new(vec![
            row(Some("/table/T/row?ID=7"), cell("text", text)),
            row(Some("/table/T/row?ID=8"), to(cell("text", text))),
            row(None, cell("null", "")),
            row(Some("/table/T/row?ID=9"), cell("empty", "")),
        ]),
        next_href: Some("/table/T?_next=x".into()),
        first_href: Some("/table/T".into()),
        truncated: true,
        total: Some(Total { value: 10_001, at_least: true }),
        uncounted: Some(UNCOUNTED),
        count_href: None,
        lacks_labels: vec![text.into()],
        filters: vec![FilterView { label: text.into(), remove_href: "/table/T?_size=5".into() }],
        form: Form {
            action: "/table/T".into(),
            keep: Kept {
                filter: "all=1".into(),
                search: "all=1&but=_q".into(),
                size: "all=1&but=_size".into(),
                columns: "all=1&but=_col".into(),
            },
            searchable: true,
            q: text.into(),
            columns: vec![FilterColumn { value: text.into(), label: text.into(), input: "text" }],
            operators: choice(),
            alternatives: choice(),
            sizes: choice(),
            shown: choice(),
        },
        formats: vec![link(text, "/table/T?_format=json")],
        downloads: vec![link(text, "/table/T?_format=csv")],
        download_rows: 10_000,
    }
}

/// A row with something in every place, each text being `text`.
pub fn full_row(text: &str) -> RowPage {
    let page = full_table(text);
    let cells = page.rows.iter().flat_map(|row| row.cells.clone());
    let fields = cells.map(|cell| Field {
        column: ColumnHead { name: "N".into(), ..page.columns[0].clone() },
        cell,
    });
    RowPage {
        fields: fields.collect(),
        table: page.table,
        key: text.into(),
        label: Some(text.into()),
        lacks_labels: vec![text.into()],
        referrers: vec![Referrer {
            label: text.into(),
            href: "/table/U?T=7".into(),
            total: Some(Total { value: 10_001, at_least: true }),
            rows: vec![ReferringRow {
                href: Some("/table/U/row?ID=1".into()),
                name: text.into(),
                about: text.into(),
            }],
        }],
        lacks_referrers: true,
        count_href: Some("/table/T/row?ID=7&_count=exact".into()),
        formats: page.formats,
    }
}

/// Columns with something in every place, each text being `text`.
pub fn full_schema(text: &str) -> SchemaPage {
    let column = |full: bool| ColumnLine {
        name: text.into(),
        title: text.into(),
        kind: "text",
        source_type: text.into(),
        precision: full.then_some(19),
        scale: full.then_some(2),
        nullable: full,
        key: full.then_some(1),
        references: full.then(|| Reference {
            table: text.into(),
            column: text.into(),
            href: "/table/U".into(),
        }),
        description: full.then(|| text.into()),
    };
    SchemaPage {
        table: head(text),
        columns: vec![column(true), column(false)],
        key: text.into(),
        formats: vec![link(text, "?_format=json")],
    }
}

/// Tables with something in every place, each text being `text`.
pub fn full_index(text: &str) -> IndexPage {
    let line = TableLine {
        table: text.into(),
        schema: text.into(),
        name: text.into(),
        kind: "view",
        columns: Some(1),
        description: Some(text.into()),
        href: "/table/T".into(),
    };
    let bare = TableLine { description: None, kind: "table", columns: Some(1_000), ..line.clone() };
    let group = |tables| SchemaGroup { name: text.into(), tables };
    IndexPage {
        schemas: vec![group(vec![line, bare.clone()]), group(vec![bare])],
        total: 3,
        found: 2,
        q: text.into(),
        formats: vec![link(text, "/?_format=json")],
    }
}

/// An error in the words of `text`.
pub fn full_docs(text: &str) -> DocsPage {
    let member = || Member {
        name: text.into(),
        values: text.into(),
        required: true,
        example: text.into(),
        description: text.into(),
    };
    let column = DocsColumn {
        name: text.into(),
        kind: text.into(),
        nullable: true,
        example: text.into(),
        operators: vec![text.into()],
        where_only: vec![text.into()],
        description: text.into(),
    };
    let operator = OperatorLine {
        name: text.into(),
        words: text.into(),
        example: text.into(),
        href: "/table/a.b?c=1".into(),
    };
    let operation = Operation {
        summary: text.into(),
        path: text.into(),
        parameters: vec![member()],
        media_types: vec![text.into()],
        answer: text.into(),
    };
    DocsPage {
        about: vec![text.into()],
        table: Some(head(text)),
        commands: vec![Command { about: text.into(), text: text.into() }],
        columns: vec![column],
        operators: vec![operator],
        members: vec![MemberList {
            title: text.into(),
            first: text.into(),
            members: vec![member()],
        }],
        operations: vec![operation],
        errors: vec![Answer { status: text.into(), description: text.into() }],
        error: text.into(),
        tables: vec![link(text, "/docs?_table=a.b")],
        openapi_href: "/openapi.json?_table=a.b".into(),
    }
}

pub fn bare_docs() -> DocsPage {
    DocsPage {
        about: Vec::new(),
        table: None,
        commands: Vec::new(),
        columns: Vec::new(),
        operators: Vec::new(),
        members: Vec::new(),
        operations: Vec::new(),
        errors: Vec::new(),
        error: String::new(),
        tables: Vec::new(),
        openapi_href: "/openapi.json".into(),
    }
}

pub fn full_error(status: u16, text: &str) -> ErrorPage {
    ErrorPage {
        status,
        title: text.into(),
        detail: text.into(),
        request_id: text.into(),
        ways: vec![link(text, "/table/T")],
    }
}
