//! What statements may do: read.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Pragmas that only tell. Catalogue statements ask for the first ones as tables; `data_version`
/// and `page_size` are asked for by full-text indexes about their own files.
const READING_PRAGMAS: &[&str] = &[
    "database_list",
    "foreign_key_list",
    "index_info",
    "index_list",
    "query_only",
    "table_info",
    "table_list",
    "table_xinfo",
    "data_version",
    "page_size",
];

/// Functions that do more than compute.
const FORBIDDEN_FUNCTIONS: &[&str] =
    &["load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"];

/// Allows a statement what reading needs, and nothing else.
pub fn only_reading(context: AuthContext<'_>) -> Authorization {
    let is_allowed = match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => {
            !FORBIDDEN_FUNCTIONS.iter().any(|name| function_name.eq_ignore_ascii_case(name))
        }
        AuthAction::Pragma { pragma_name, .. } => {
            READING_PRAGMAS.iter().any(|name| pragma_name.eq_ignore_ascii_case(name))
        }
        _ => false,
    };
    if is_allowed { Authorization::Allow } else { Authorization::Deny }
}
