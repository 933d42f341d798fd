//! Reads the project's files and holds the rules of ARCHITECTURE.md.
#![cfg(test)]

mod checks;
mod rules;
mod settings;
mod source;

use std::path::{Path, PathBuf};

use rules::RULES;
use source::Source;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files that rules can be about.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["functions", "shared", "templates", "tests"] {
        collect(&root(), Path::new(folder), &mut found);
    }
    assert!(found.len() > 100, "only {} files were found", found.len());
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(root.join(folder)).expect("a folder of the project") {
        let entry = entry.expect("an entry of it");
        let path = folder.join(entry.file_name());
        let name = path.to_str().expect("a UTF-8 path");
        if entry.file_type().expect("its type").is_dir() {
            if !["node_modules", "snapshots", "built"].iter().any(|made| name.ends_with(made)) {
                collect(root, &path, found);
            }
        } else if [".rs", ".toml", ".html", ".css", ".js"].iter().any(|end| name.ends_with(end)) {
            let text = std::fs::read_to_string(root.join(&path)).expect("a UTF-8 text");
            found.push(Source::new(name, &text));
        }
    }
}

#[test]
fn every_rule_is_kept() {
    let mut broken = String::new();
    for source in sources() {
        for rule in RULES {
            for line in (rule.breaks)(&source) {
                broken += &format!("\n{}:{line}: {}", source.path, rule.says);
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn every_rule_can_be_broken() {
    for rule in RULES {
        let lines = |(path, text): &(&str, &str)| (rule.breaks)(&Source::new(path, text));
        for (path, text, line) in rule.broken {
            assert_eq!(lines(&(*path, *text)), [*line], "{}\n{path}\n{text}", rule.says);
        }
        for sample in rule.kept {
            assert!(lines(sample).is_empty(), "{}\n{sample:?}", rule.says);
        }
        assert!(!rule.broken.is_empty() && !rule.kept.is_empty(), "without proof: {}", rule.says);
    }
}

#[test]
fn architecture_md_has_these_rules_and_no_others() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let section = text
        .split("\n## ")
        .find_map(|section| section.strip_prefix("Rules\n"))
        .expect("its section `Rules`");
    let items =
        section.split("\n- ").skip(1).map(|item| item.split("\n\n").next().unwrap_or_default());
    let written: Vec<String> =
        items.map(|item| item.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let held: Vec<&str> = RULES.iter().map(|rule| rule.says).collect();
    assert_eq!(written, held);
}
