//! An answer as API Gateway makes it from Lambda's JSON, and as a person reviews it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;

use base64_simd::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

/// What the client gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u64,
    pub headers: BTreeMap<String, String>,
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
    /// The body came as base64.
    pub base64: bool,
}

impl Answer {
    /// Reads Lambda's JSON as strictly as the gateway does, which answers 500 to anything else.
    pub fn read(json: &Value) -> Self {
        let headers = json["headers"].as_object().expect("headers are an object").iter();
        let text = json["body"].as_str().expect("the body is a text");
        let base64 = json["isBase64Encoded"].as_bool().expect("isBase64Encoded is true or false");
        Self {
            status: json["statusCode"].as_u64().expect("statusCode is a number"),
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_str().expect("one text").to_owned()))
                .collect(),
            cookies: serde_json::from_value(json["cookies"].clone()).unwrap_or_default(),
            body: if base64 {
                STANDARD.decode_to_vec(text).expect("base64")
            } else {
                text.as_bytes().to_vec()
            },
            base64,
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body without compression.
    pub fn plain_body(&self) -> Vec<u8> {
        if self.header("content-encoding") != "gzip" {
            return self.body.clone();
        }
        let mut plain = Vec::new();
        GzDecoder::new(self.body.as_slice()).read_to_end(&mut plain).expect("gzip");
        plain
    }

    /// Status, headers and body for a snapshot.
    pub fn for_review(&self) -> String {
        let mut text = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            let _ = writeln!(text, "{name}: {value}");
        }
        for cookie in &self.cookies {
            let _ = writeln!(text, "set-cookie: {cookie}");
        }
        let plain = self.plain_body();
        let coding = if self.base64 { " in base64" } else { "" };
        let body = match String::from_utf8(plain) {
            Ok(body) if body.is_empty() => return text + "\nno body\n",
            Ok(body)
                if matches!(
                    self.header("content-type"),
                    "application/json" | "application/problem+json"
                ) =>
            {
                in_lines(&body, LEVELS)
            }
            // A line's end would not be seen, and snapshots do not tell one from the other.
            Ok(body) => body.replace('\r', "␍"),
            Err(bytes) => format!("{} bytes\n", bytes.as_bytes().len()),
        };
        let _ = write!(text, "\nbody{coding}:\n{body}");
        text
    }
}

/// Levels of JSON that are laid out, one element a line; deeper ones stay on their line.
const LEVELS: usize = 2;

/// JSON in lines, and else byte for byte as it came: names in their order, numbers in their digits.
pub fn in_lines(json: &str, levels: usize) -> String {
    let (mut lines, mut level, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    // A line's end is never part of a text in JSON.
    for character in json.chars().filter(|character| *character != '\n') {
        let ends = !quoted && matches!(character, '}' | ']');
        let is_first = lines.ends_with(['{', '[']) && !quoted;
        level -= usize::from(ends);
        let on_its_own_line =
            is_first && !ends && level <= levels || ends && !is_first && level < levels;
        if on_its_own_line || lines.ends_with(',') && !quoted && level <= levels {
            lines.push('\n');
            lines += &"  ".repeat(level);
        }
        lines.push(character);
        if quoted {
            quoted = character != '"' || escaped;
            escaped = character == '\\' && !escaped;
        } else {
            quoted = character == '"';
            level += usize::from(matches!(character, '{' | '['));
        }
    }
    lines + "\n"
}

#[test]
fn json_keeps_its_bytes_in_lines() {
    let json = r#"{"a":[{"b":"x,\"{\\","c":[1,2]},{}],"d":1.50,"e":[]}"#;
    let lines = [
        r#"{"#,
        r#"  "a":["#,
        r#"    {"b":"x,\"{\\","c":[1,2]},"#,
        r#"    {}"#,
        r#"  ],"#,
        r#"  "d":1.50,"#,
        r#"  "e":[]"#,
        "}\n",
    ];
    assert_eq!(in_lines(json, LEVELS), lines.join("\n"));
}
