//! The rules, each with the proof that it can be broken and kept.

use crate::checks::{
    PRODUCT, against_the_order, dependencies_without_comment, has_aws_crate, has_status,
    is_foreign, is_inline, mentioned_outside, names_a_database, reads_a_table, too_long, writes,
};
use crate::source::{Source, mentions};

/// A rule.
pub struct Rule {
    /// As ARCHITECTURE.md has it.
    pub says: &'static str,
    /// The lines of a file that break it.
    pub breaks: fn(&Source) -> Vec<usize>,
    /// Files that break it, and in which line.
    pub broken: &'static [(&'static str, &'static str, usize)],
    /// Files that keep it, though they look alike.
    pub kept: &'static [(&'static str, &'static str)],
}

/// Lines of a Rust file at most.
const MOST_LINES: usize = 400;
/// The statements that are prepared and never run.
const WRITES: &str = "shared/src/databases/iris/writes.rs";
/// Lines of a function's `main.rs` at most.
const MOST_WIRING: usize = 40;

/// All of them, in the order of ARCHITECTURE.md.
pub const RULES: &[Rule] = &[
    Rule {
        says: "Only `database::odbc` mentions `odbc_api`, and only `databases::sqlite` `rusqlite`.",
        breaks: |file| {
            let home = |folder: &str| file.path.starts_with(folder);
            let odbc = !home("shared/src/database/odbc/");
            let sqlite = !home("shared/src/databases/sqlite/") && !home("functions/local/");
            let is_product = file.is_in(PRODUCT);
            file.lines_where(|line| {
                is_product
                    && ((odbc && mentions(line, "odbc_api"))
                        || (sqlite && mentions(line, "rusqlite")))
            })
        },
        broken: &[
            ("shared/src/error.rs", "//! x\nuse odbc_api::Error;", 2),
            ("functions/index/src/lib.rs", "fn f(e: odbc_api::Error) {}", 1),
            ("shared/src/databases/iris/mod.rs", "use odbc_api::Error;", 1),
            ("shared/src/database/mod.rs", "use rusqlite::Connection;", 1),
        ],
        kept: &[
            ("shared/src/database/odbc/fetch.rs", "use odbc_api::Cursor;"),
            ("shared/src/databases/sqlite/connection.rs", "use rusqlite::Row;"),
            ("shared/src/log.rs", "// odbc_api\nconst X: &str = \"odbc_api::handles\";"),
            ("tests/contract/main.rs", "use odbc_api::Environment;"),
        ],
    },
    Rule {
        says: "Only `render` mentions `minijinja`.",
        breaks: |file| {
            mentioned_outside(file, PRODUCT, &["render"], |line| mentions(line, "minijinja"))
        },
        broken: &[("shared/src/view.rs", "use minijinja::value::Value;", 1)],
        kept: &[("shared/src/render/html.rs", "use minijinja::context;")],
    },
    Rule {
        says: "Only `render::xlsx` mentions `rust_xlsxwriter`.",
        breaks: |file| {
            let is_elsewhere =
                file.is_in(PRODUCT) && !file.path.starts_with("shared/src/render/xlsx/");
            file.lines_where(|line| is_elsewhere && mentions(line, "rust_xlsxwriter"))
        },
        broken: &[("shared/src/render/json.rs", "use rust_xlsxwriter::Format;", 1)],
        kept: &[("shared/src/render/xlsx/workbook.rs", "use rust_xlsxwriter::Format;")],
    },
    Rule {
        says: "Only `respond` knows HTTP status: elsewhere there is no `StatusCode`, and no status as a \
               number.",
        breaks: |file| {
            mentioned_outside(file, PRODUCT, &["respond"], |line| {
                mentions(line, "StatusCode") || has_status(line)
            })
        },
        broken: &[
            ("shared/src/app.rs", "use http::{Method, StatusCode};", 1),
            ("functions/index/src/lib.rs", "\nlet bad = response.status() == 404;", 2),
            ("functions/local/src/serve.rs", "use http::StatusCode;", 1),
            ("shared/src/log.rs", "if self.status >= 500 {", 1),
        ],
        kept: &[
            ("shared/src/respond/problem.rs", "use http::StatusCode;"),
            ("functions/local/src/respond.rs", "use http::StatusCode;"),
            ("shared/src/app.rs", "line.status = response.status().as_u16();"),
            ("shared/src/query/filter.rs", "const MAX_LIST: usize = 500;"),
            (
                "shared/src/log.rs",
                "#[cfg(test)]\nmod tests {\n    const A: bool = status == 200;\n}",
            ),
        ],
    },
    Rule {
        says: "Only `secrets` mentions the AWS SDK.",
        breaks: |file| mentioned_outside(file, PRODUCT, &["secrets"], has_aws_crate),
        broken: &[("shared/src/config/mod.rs", "let config = aws_config::load().await;", 1)],
        kept: &[
            ("shared/src/secrets.rs", "use aws_sdk_secretsmanager::Client;"),
            ("functions/gateway/src/lib.rs", "use lambda_http::aws_lambda_events::apigw::Event;"),
            ("shared/src/config/mod.rs", "let draws_x = \"aws_config\";"),
        ],
    },
    Rule {
        says: "Only `audit`, `session` and `oidc` mention `ring`, and only `oidc` `jsonwebtoken`.",
        breaks: |file| {
            mentioned_outside(file, PRODUCT, &["audit", "session", "oidc"], |line| {
                mentions(line, "ring")
            })
            .into_iter()
            .chain(mentioned_outside(file, PRODUCT, &["oidc"], |line| {
                mentions(line, "jsonwebtoken")
            }))
            .collect()
        },
        broken: &[
            ("shared/src/frame.rs", "use jsonwebtoken::decode;", 1),
            ("shared/src/session.rs", "use jsonwebtoken::decode;", 1),
        ],
        kept: &[
            ("shared/src/oidc/crypto.rs", "use jsonwebtoken::Algorithm;"),
            ("shared/src/session.rs", "use ring::aead::Aad;"),
        ],
    },
    Rule {
        says: "Only `config` reads the environment.",
        breaks: |file| {
            mentioned_outside(file, PRODUCT, &["config"], |line| {
                line.contains("env::") || line.contains("::env;")
            })
        },
        broken: &[
            ("shared/src/log.rs", "let level = std::env::var(\"LOG_LEVEL\");", 1),
            ("functions/gateway/src/lib.rs", "use std::env;", 1),
            ("functions/local/src/lib.rs", "use std::env;", 1),
        ],
        kept: &[
            ("shared/src/config/mod.rs", "use std::env::{self, VarError};"),
            ("functions/local/start/src/config.rs", "use std::env;"),
            ("shared/src/assets.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/assets.rs\"));"),
            ("shared/build.rs", "std::env::var_os(\"OUT_DIR\")"),
        ],
    },
    Rule {
        says: "`lambda_http` and `lambda_runtime` are mentioned in `functions/` only.",
        breaks: |file| {
            let lambda =
                |line: &str| mentions(line, "lambda_http") || mentions(line, "lambda_runtime");
            mentioned_outside(file, &["shared/"], &[], lambda)
        },
        broken: &[("shared/src/respond/mod.rs", "use lambda_http::Body;", 1)],
        kept: &[
            ("functions/gateway/src/lib.rs", "use lambda_runtime::run;"),
            ("shared/src/respond/mod.rs", "//! Not `lambda_http`."),
        ],
    },
    Rule {
        says: "`error` mentions neither HTTP nor ODBC.",
        breaks: |file| {
            let is_error = file.is_module("error");
            file.lines_where(|line| {
                is_error
                    && ["http", "odbc_api", "StatusCode"].iter().any(|word| mentions(line, word))
            })
        },
        broken: &[("shared/src/error.rs", "use http::Method;", 1)],
        kept: &[("shared/src/error.rs", "//! No http.\nuse std::time::Duration;")],
    },
    Rule {
        says: "`accept`, `query`, `guard` and `sql` only compute: they mention neither `database` nor anything \
               asynchronous.",
        breaks: |file| {
            let computes =
                ["accept", "query", "guard", "sql"].iter().any(|name| file.is_module(name));
            let acts = ["database", "async", "await", "tokio"];
            file.lines_where(|line| computes && acts.iter().any(|word| mentions(line, word)))
        },
        broken: &[
            ("shared/src/sql/select.rs", "use crate::database::Database;", 1),
            ("shared/src/query/mod.rs", "pub async fn table_query() {}", 1),
        ],
        kept: &[
            ("shared/src/sql/select.rs", "/// What the database is asked.\nfn database_name() {}"),
            ("shared/src/catalog/mod.rs", "use crate::database::Database;"),
        ],
    },
    Rule {
        says: "A module of the library uses none but those before it: `config`, `https`, `secrets`, `session`, \
               `accept`, `query`, `oidc`, `guard`, `sql`, `database`, `databases`, `catalog`, `view`, `render`, `respond`, `openapi`, `audit`, `frame`, `app`. All of them may use \
               `assets`, `caller`, `cell`, `decimal`, `error`, `grouping`, `log`, `operator`, `param`, `payload`, `record`, `request`, `statement`, `table` \
               and `timestamp`, which use none of them, and `dialect`, whose trait is made of what `config` and `database` \
               have. Those two look a database up in `databases`.",
        breaks: against_the_order,
        broken: &[
            (
                "shared/src/view/rows.rs",
                "use crate::error::Error;\nuse crate::render::page::PageEnd;",
                2,
            ),
            ("shared/src/query/filter.rs", "let order = crate::sql::seek::order();", 1),
            ("shared/src/cell.rs", "use crate::database::Sink;", 1),
            ("shared/src/view/mod.rs", "use crate::app::App;", 1),
            ("shared/src/sql/mod.rs", "use crate::{error::Error, catalog::{Catalog, Ages}};", 1),
            ("shared/src/log.rs", "use crate::respond;", 1),
            ("shared/src/new.rs", "//! A module without a place.", 1),
        ],
        kept: &[
            (
                "shared/src/view/rows.rs",
                "use crate::query::Filter;\nuse crate::view::Value;\nuse crate::table::Table;",
            ),
            ("shared/src/query/value.rs", "//! See [`crate::sql`].\nuse super::sql;"),
            ("shared/src/record.rs", "use crate::log::RequestLog;"),
            ("shared/src/dialect.rs", "use crate::database::Connection;"),
            ("shared/src/config/database_url.rs", "use crate::databases;"),
            ("shared/src/query/mod.rs", "#[cfg(test)]\nmod tests {\n    use crate::app::App;\n}"),
            ("shared/src/lib.rs", "use crate::app::App;"),
            ("functions/table/src/lib.rs", "use crate::rows;"),
        ],
    },
    Rule {
        says: "Only its folder in `databases`, and the list of them there, says in code which database it is.",
        breaks: names_a_database,
        broken: &[
            ("shared/src/sql/select.rs", "if dialect == Dialect::Iris {", 1),
            ("shared/src/view/row.rs", "use crate::databases::sqlite;", 1),
            ("functions/table/src/part.rs", "match dialect { Dialect::Postgres => 1 }", 1),
        ],
        kept: &[
            ("shared/src/databases/iris/mod.rs", "use super::iris::Iris;"),
            ("shared/src/databases/mod.rs", "&sqlite::Sqlite"),
            ("shared/src/view/row.rs", "// SQLite::x\nlet a = dialect.counts_characters();"),
        ],
    },
    Rule {
        says: "No module is called `utils`, `helpers`, `common` or `misc`.",
        breaks: |file| {
            let names = ["util", "utils", "helper", "helpers", "common", "misc"];
            let is_name = |part: &str| names.contains(&part.strip_suffix(".rs").unwrap_or(part));
            if file.path.ends_with(".rs") && file.path.split('/').any(is_name) {
                return vec![1];
            }
            file.lines_where(|line| {
                names.iter().any(|name| {
                    line.contains(&format!("mod {name} ")) || line.contains(&format!("mod {name};"))
                })
            })
        },
        broken: &[
            ("shared/src/view/helpers.rs", "//! x", 1),
            ("tests/contract/common/mod.rs", "//! x", 1),
            ("shared/src/lib.rs", "\npub mod utils {", 2),
        ],
        kept: &[
            ("shared/src/view/helper_lines.rs", "//! x"),
            ("shared/src/lib.rs", "mod common_table;"),
        ],
    },
    Rule {
        says: "A Rust file has at most 400 lines.",
        breaks: |file| too_long(file, ".rs", MOST_LINES),
        broken: &[("tests/x.rs", MANY_LINES, MOST_LINES + 1)],
        kept: &[("templates/assets/style.css", MANY_LINES), ("shared/src/x.rs", "//! x\n")],
    },
    Rule {
        says: "A function's `main.rs` has at most 40 lines: it wires.",
        breaks: |file| {
            if file.is_in(&["functions/"]) {
                too_long(file, "/main.rs", MOST_WIRING)
            } else {
                Vec::new()
            }
        },
        broken: &[("functions/index/src/main.rs", MANY_LINES, MOST_WIRING + 1)],
        kept: &[("functions/index/src/main.rs", "//! x\n"), ("tests/events/main.rs", MANY_LINES)],
    },
    Rule {
        says: "In `sql`, only `sql::from` writes `FROM` a table.",
        breaks: reads_a_table,
        broken: &[(
            "shared/src/sql/groups.rs",
            "let text = format!(\"SELECT 1 FROM {table} t\");",
            1,
        )],
        kept: &[
            ("shared/src/sql/from.rs", "let text = format!(\" FROM {table} t\");"),
            ("shared/src/sql/select.rs", "format!(\"SELECT count(*) FROM ({inner}) counted\")"),
        ],
    },
    Rule {
        says: "No SQL in `shared` writes: no text has `INSERT`, `UPDATE`, `DELETE`, `MERGE`, `DROP`, `ALTER`, \
               `CREATE`, `TRUNCATE` or `GRANT`. Only `databases/iris/writes.rs` does, whose statements are prepared \
               and never run.",
        breaks: |file| {
            if file.path == WRITES {
                return file.lines_where(|line| line.contains(".rows(") || line.contains(".read("));
            }
            let is_product = file.is_in(&["shared/src/"]);
            let writing = file.texts.iter().filter(|(_, text)| is_product && writes(text));
            writing.map(|(line, _)| *line).collect()
        },
        broken: &[
            ("shared/src/sql/select.rs", "\nlet text = format!(\"INSERT INTO {table}\");", 2),
            ("shared/src/databases/iris/narrow.rs", "let sql = \"DELETE FROM x\";", 1),
            (WRITES, "let sql = \"DELETE FROM x\";\nask.rows(&sql)?;", 2),
            ("shared/src/database/connect.rs", "run(\"PRAGMA x; drop table y\");", 1),
            ("shared/src/sql/catalog.rs", "let sql = \"SELECT 1; \\\n  delete from x\";", 1),
            ("shared/src/sql/catalog.rs", "let sql = \"it's DROP\";", 1),
        ],
        kept: &[
            (
                "shared/src/sql/select.rs",
                "// INSERT\nlet text = \"SELECT created, updated FROM x\";",
            ),
            (WRITES, "ask.prepare(\"DELETE FROM x\")?;"),
            ("shared/src/error.rs", "let detail = \"Drop the filter, or create another one.\";"),
            (
                "shared/src/sql/catalog.rs",
                "let sql = \"SELECT has_table_privilege(?, 'INSERT, DELETE')\";",
            ),
            (
                "shared/src/sql/select.rs",
                "#[cfg(test)]\nmod tests { const X: &str = \"DROP TABLE x\"; }",
            ),
            ("tests/contract/main.rs", "let sql = \"CREATE TABLE x\";"),
        ],
    },
    Rule {
        says: "Above every dependency in a member's manifest a comment says why it is there.",
        breaks: dependencies_without_comment,
        broken: &[
            (
                "shared/Cargo.toml",
                "[dependencies]\n# Why.\na.workspace = true\nb.workspace = true\n",
                4,
            ),
            ("tests/Cargo.toml", "[dev-dependencies]\n\na = { workspace = true }\n", 3),
        ],
        kept: &[(
            "shared/Cargo.toml",
            "[package]\nname = \"x\"\n[build-dependencies]\n# Why,\n# in two lines.\na.workspace = true\n",
        )],
    },
    Rule {
        says: "Templates and the page's own files name no address outside the site; templates hold no script, \
               style or event handler.",
        breaks: |file| {
            let is_page = file.path.ends_with(".html");
            let is_ours = file.is_in(&["templates/"])
                && (is_page || file.path.ends_with(".css") || file.path.ends_with(".js"));
            let lines =
                file.text.lines().enumerate().filter(|(_, line)| {
                    is_ours && (is_foreign(line) || is_page && is_inline(line))
                });
            lines.map(|(place, _)| place + 1).collect()
        },
        broken: &[
            ("templates/base.html", "<p>\n<script src=\"https://cdn.example/x.js\"></script>", 2),
            ("templates/base.html", "<img src=\"//cdn.example/x.png\">", 1),
            ("templates/base.html", "<script>go()</script>", 1),
            ("templates/base.html", "<script src=\"{{ src }}\">go()</script>", 1),
            ("templates/table.html", "<td style=\"color: red\">", 1),
            ("templates/table.html", "<STYLE>", 1),
            ("templates/table.html", "<a href=\"/\" onclick=\"go()\">", 1),
            ("templates/table.html", "<a href=\"javascript:go()\">", 1),
            ("templates/assets/style.css", "@import \"other.css\";", 1),
            (
                "templates/assets/style.css",
                "a { background: url( 'https://cdn.example/x.png') }",
                1,
            ),
            ("templates/assets/page.js", "fetch(`https://cdn.example/${x}`)", 1),
        ],
        kept: &[
            (
                "templates/base.html",
                "<script src=\"{{ src }}\" defer></script>\n<link rel=\"stylesheet\" href=\"{{ href }}\">",
            ),
            (
                "templates/base.html",
                "<p>Written on = one line; in style = good</p>\n<link rel=\"icon\" href=\"data:,\">",
            ),
            (
                "templates/assets/style.css",
                "/* See https://example.org */ a { background: url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>\") }",
            ),
        ],
    },
];

/// More than any file may have.
const MANY_LINES: &str = match std::str::from_utf8(&[b'\n'; MOST_LINES + 1]) {
    Ok(lines) => lines,
    Err(_) => "",
};
