//! What the rules look for.

use crate::source::Source;

/// Where the product's Rust code is.
pub const PRODUCT: &[&str] = &["functions/", "shared/src/"];

/// Lines in these folders, but not in these modules of the library, in which it stands.
pub fn mentioned_outside(
    file: &Source,
    folders: &[&str],
    modules: &[&str],
    is_it: fn(&str) -> bool,
) -> Vec<usize> {
    if !file.is_in(folders) || modules.iter().any(|name| file.is_module(name)) {
        return Vec::new();
    }
    file.lines_where(is_it)
}

/// The modules of the library in their order: each may use those before it.
const MODULES: [&str; 19] = [
    "config",
    "https",
    "secrets",
    "session",
    "accept",
    "query",
    "oidc",
    "guard",
    "sql",
    "database",
    "databases",
    "catalog",
    "view",
    "render",
    "respond",
    "openapi",
    "audit",
    "frame",
    "app",
];

/// Modules that all others may use, and that use none of those.
const GROUND: [&str; 15] = [
    "assets",
    "caller",
    "cell",
    "decimal",
    "error",
    "grouping",
    "log",
    "operator",
    "param",
    "payload",
    "record",
    "request",
    "statement",
    "table",
    "timestamp",
];

/// What differs between databases, as a trait: all may use it, and it is made of what these have.
const TRAIT: (&str, &[&str]) = ("dialect", &["config", "database"]);

/// The list of databases, and who looks one up in it although it comes later.
const REGISTRY: (&str, &[&str]) = ("databases", &["config", "database"]);

/// Lines of the library that use a module which does not come before their own. A module without a
/// place breaks the order in its first line.
pub fn against_the_order(file: &Source) -> Vec<usize> {
    let Some(path) = file.path.strip_prefix("shared/src/").filter(|path| *path != "lib.rs") else {
        return Vec::new();
    };
    let own = path.split(['/', '.']).next().unwrap_or_default();
    let index = MODULES.iter().position(|name| *name == own);
    if index.is_none() && !GROUND.contains(&own) && own != TRAIT.0 {
        return vec![1];
    }
    let may_use = |used: &str| {
        let used_index = MODULES.iter().position(|name| *name == used);
        let is_excepted = (own == TRAIT.0 && TRAIT.1.contains(&used))
            || (used == REGISTRY.0 && REGISTRY.1.contains(&own));
        !used.is_empty()
            && (used == own || used_index.is_none() || used_index < index || is_excepted)
    };
    file.lines_where(|line| !used_modules(line).all(may_use))
}

/// The databases by the names of their folders.
const DATABASES: [&str; 3] = ["iris", "postgres", "sqlite"];

/// Lines that say in code which database it is, outside its folder and the list of them.
pub fn names_a_database(file: &Source) -> Vec<usize> {
    let folders = DATABASES.map(|name| format!("shared/src/databases/{name}/"));
    let is_home = file.path == "shared/src/databases/mod.rs"
        || folders.iter().any(|folder| file.path.starts_with(folder));
    let is_library = file.path.starts_with("shared/src/") || file.path.starts_with("functions/");
    let names = |line: &str| {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| DATABASES.iter().any(|name| word.eq_ignore_ascii_case(name)))
    };
    file.lines_where(|line| is_library && !is_home && line.contains("::") && names(line))
}

/// The modules that a line names from the library's root. Several in braces are one of no name:
/// they would go over lines.
fn used_modules(line: &str) -> impl Iterator<Item = &str> {
    let is_end = |letter: char| !letter.is_alphanumeric() && letter != '_';
    line.split("crate::").skip(1).map(move |rest| rest.split(is_end).next().unwrap_or_default())
}

/// The first line too many.
pub fn too_long(file: &Source, end: &str, most: usize) -> Vec<usize> {
    let is_long = file.path.ends_with(end) && file.text.lines().count() > most;
    is_long.then_some(most + 1).into_iter().collect()
}

/// A status, and beside it a number that can be one.
pub fn has_status(line: &str) -> bool {
    let numbers = line
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map(str::parse::<u32>);
    line.contains("status") && numbers.flatten().any(|number| (100..600).contains(&number))
}

/// A crate of the AWS SDK. Lambda's own event types are none.
pub fn has_aws_crate(line: &str) -> bool {
    let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.any(|word| word.starts_with("aws_") && word != "aws_lambda_events")
}

/// Lines of `sql`, beside the one place for it, that write which table is read.
pub fn reads_a_table(file: &Source) -> Vec<usize> {
    let is_here = file.is_in(&["shared/src/sql/"]) && !file.path.ends_with("/from.rs");
    let reading = file.texts.iter().filter(|(_, text)| is_here && text.contains("FROM {"));
    reading.map(|(line, _)| *line).collect()
}

/// Words that begin a statement which changes something, and what may follow them.
const WRITES: [&str; 9] =
    ["INSERT", "UPDATE", "DELETE", "MERGE", "DROP", "ALTER", "CREATE", "TRUNCATE", "GRANT"];
const WRITTEN: [&str; 12] = [
    "INTO",
    "FROM",
    "TABLE",
    "VIEW",
    "INDEX",
    "SCHEMA",
    "USER",
    "ROLE",
    "TRIGGER",
    "TEMP",
    "TEMPORARY",
    "UNIQUE",
];

/// A text with SQL that writes: such a word in capitals, or in small letters before what it
/// changes. What stands between single quotes is a text of that SQL, such as the name of a
/// privilege.
pub fn writes(text: &str) -> bool {
    let parts: Vec<&str> = text.split('\'').collect();
    // An even number of parts has a quote that is an apostrophe.
    let sql =
        if parts.len() % 2 == 1 { parts.into_iter().step_by(2).collect() } else { text.to_owned() };
    let words: Vec<&str> =
        sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let is_in =
        |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    words.iter().any(|word| WRITES.contains(word))
        || words.windows(2).any(|pair| is_in(&WRITES, pair[0]) && is_in(&WRITTEN, pair[1]))
}

/// Lines of a manifest with a dependency that no comment stands above.
pub fn dependencies_without_comment(file: &Source) -> Vec<usize> {
    let manifest = if file.path.ends_with("Cargo.toml") { file.text.as_str() } else { "" };
    let (mut in_dependencies, mut above, mut found) = (false, "", Vec::new());
    for (place, line) in manifest.lines().enumerate() {
        let is_dependency = if let Some(section) = line.strip_prefix('[') {
            in_dependencies = section.ends_with("dependencies]");
            section.contains("dependencies.")
        } else {
            in_dependencies && line.contains('=') && !line.starts_with([' ', '#'])
        };
        if is_dependency && !above.starts_with('#') {
            found.push(place + 1);
        }
        above = line;
    }
    found
}

/// An address of another host, where a page would load or open it.
pub fn is_foreign(line: &str) -> bool {
    // A namespace of XML looks like an address, but nobody goes there.
    let line = line
        .to_lowercase()
        .replace("xmlns='http://www.w3.org/", "")
        .replace("xmlns=\"http://www.w3.org/", "");
    let line: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
    let hosts = ["http://", "https://", "//"];
    let before = ["=\"", "='", "url(", "url(\"", "url('", "(\"", "('", "(`", "\"", "'", "`"];
    line.contains("@import")
        || before
            .iter()
            .any(|before| hosts.iter().any(|host| line.contains(&format!("{before}{host}"))))
}

/// A script, a style or a handler within a page.
pub fn is_inline(line: &str) -> bool {
    let line = line.to_lowercase();
    let scripts = line.split("<script").skip(1);
    let has_script = scripts.into_iter().any(|rest| {
        rest.split_once('>')
            .is_none_or(|(tag, inner)| !tag.contains("src=") || !inner.starts_with("</script>"))
    });
    let is_handler = |word: &str| {
        word.split_once("=\"").is_some_and(|(name, _)| {
            name.strip_prefix("on").is_some_and(|event| event.chars().all(char::is_alphabetic))
                || name == "style"
        })
    };
    has_script
        || line.contains("<style")
        || line.contains("javascript:")
        || line.split_whitespace().any(is_handler)
}
