//! Holds what is written about settings against the settings themselves.

use iris_tables::config::{SETTINGS, Setting};

/// Settings that template.yaml does not take: secrets stand in for them.
const NOT_DEPLOYED: [&str; 3] = ["DATABASE_URL", "OIDC_CLIENT_SECRET", "SESSION_KEY"];

fn file(name: &str) -> String {
    std::fs::read_to_string(crate::root().join(name)).expect(name)
}

/// A name as variables of the environment have it.
fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// A setting's row in docs/settings.md.
fn row(Setting { name, meaning, default }: &Setting) -> String {
    let default = default.map_or(String::new(), |default| format!(" `{default}`"));
    format!("| `{name}` | {meaning} |{default} |")
}

#[test]
fn the_documentation_has_a_row_for_each_setting() {
    let text = file("docs/settings.md");
    let mut lines = text.lines().skip_while(|line| *line != "| setting | meaning | default |");
    let rows: Vec<&str> = lines.by_ref().skip(2).take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<String> = SETTINGS.iter().map(row).collect();
    for (setting, row) in SETTINGS.iter().zip(&expected) {
        let name = setting.name;
        assert!(
            rows.contains(&row.as_str()),
            "docs/settings.md: write the row of {name} as\n{row}"
        );
    }
    for row in &rows {
        let is_expected = expected.iter().any(|expected| expected == row);
        assert!(is_expected, "docs/settings.md: remove this row, no setting has it\n{row}");
    }
    let all = expected.join("\n");
    assert_eq!(rows.join("\n"), all, "docs/settings.md: put the rows in this order\n{all}");
}

#[test]
fn the_makefile_passes_each_setting_on() {
    let text = file("Makefile").replace("\\\n", " ");
    let line = text.lines().find_map(|line| line.strip_prefix("SETTINGS := "));
    let listed: Vec<&str> = line.expect("a line `SETTINGS := `").split_whitespace().collect();
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(listed, names, "Makefile: write SETTINGS := {}", names.join(" "));
}

#[test]
fn the_template_gives_each_setting_that_it_takes() {
    let text = file("template.yaml");
    // Of all functions, and of those with a database.
    let variables = text.split(" Variables:\n").skip(1).flat_map(|block| {
        let lines = block.lines().map(str::trim);
        lines.take_while(|line| line.split(':').next().is_some_and(is_variable))
    });
    // Each with its parameter, unless the template knows the value itself.
    let given: Vec<(&str, Option<&str>)> = variables
        .map(|line| line.split_once(": ").expect("a value"))
        .map(|(name, value)| (name, value.strip_prefix("!Ref ")))
        .collect();
    for Setting { name, default, .. } in &SETTINGS {
        let parameter = given.iter().find(|(variable, _)| variable == name).map(|pair| pair.1);
        let Some(value) = parameter else {
            let is_known = NOT_DEPLOYED.contains(name);
            assert!(is_known, "template.yaml: write {name}: !Ref …, or list it in NOT_DEPLOYED");
            continue;
        };
        assert!(!NOT_DEPLOYED.contains(name), "{name}: remove it from NOT_DEPLOYED");
        let Some(parameter) = value else { continue };
        let in_template = parameter_default(&text, parameter);
        if let Some(default) = default {
            let write = format!("template.yaml, {parameter}: write Default: {default}");
            assert_eq!(in_template, Some(*default), "{write}");
        }
    }
    for (variable, _) in given {
        let is_setting = SETTINGS.iter().any(|setting| setting.name == variable);
        assert!(is_setting, "template.yaml: remove {variable}, the functions do not read it");
    }
}

/// The default of a parameter of template.yaml.
fn parameter_default<'a>(template: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = template.split_once(&format!("\n  {name}:\n")).expect(name);
    let mut lines = rest.lines().take_while(|line| line.starts_with("    "));
    lines.find_map(|line| line.trim().strip_prefix("Default: ").map(|text| text.trim_matches('"')))
}
