//! Which components a description uses.

use std::collections::BTreeSet;

use serde_json::Value;

/// How a reference to a component begins.
const COMPONENTS: &str = "#/components/";

/// Takes away the components that nothing refers to: linters find them, and people look for where
/// they are used.
pub fn prune(document: &mut Value) {
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    references(&document["paths"], &mut found);
    while let Some(reference) = found.pop() {
        if used.contains(&reference) {
            continue;
        }
        if let Some(component) = document.pointer(&format!("/components/{reference}")) {
            references(component, &mut found);
        }
        used.insert(reference);
    }
    let Some(kinds) = document["components"].as_object_mut() else { return };
    for (kind, components) in kinds.iter_mut() {
        if let Some(components) = components.as_object_mut() {
            // As references write a name (RFC 6901).
            let pointer =
                |name: &str| format!("{kind}/{}", name.replace('~', "~0").replace('/', "~1"));
            components.retain(|name, _| used.contains(&pointer(name)));
        }
    }
}

/// The components that a part of the description refers to, each as kind and name.
fn references(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().and_then(|text| text.strip_prefix(COMPONENTS)) {
                    Some(reference) if name == "$ref" => found.push(decoded(reference)),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// A reference is a URI fragment: percent-decoded, it is the pointer.
fn decoded(reference: &str) -> String {
    percent_encoding::percent_decode_str(reference).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nothing_leads_to_is_taken_away() {
        let mut document = json!({
            "paths": {"/": {"schema": {"$ref": "#/components/schemas/A"}}},
            "components": {"schemas": {
                "A": {"items": {"$ref": "#/components/schemas/b~1c%20d"}},
                "b/c d": {"$ref": "#/components/schemas/A"},
                "Unused": {"$ref": "#/components/schemas/A"},
            }},
        });
        prune(&mut document);
        let names: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["A", "b/c d"]);
    }
}
