//! What else can be asked for, beside a plain page, and what sign-in, rules and audit add to one.

use iris_tables::config::{self, Access, Secret};
use iris_tables::session::{Purpose, SESSION_COOKIE, Sealer, now};
use serde_json::{Value, json};
use tests::function::Function;

use crate::process::peak_memory;
use crate::{bootstrap, event};

/// A page of 100 rows, which everybody may see.
const PLAIN: &str = "/table/Bench.Held";

/// Sign-in; its provider is never asked.
const LOGIN: [(&str, &str); 5] = [
    ("ACCESS", "login"),
    ("OIDC_ISSUER", "https://id.example"),
    ("OIDC_CLIENT_ID", "tables"),
    ("SITE_ADDRESS", "https://tables.example"),
    ("SESSION_KEY", "0123456789abcdef0123456789abcdef"),
];

/// Prints processor time and memory of each.
pub fn compare(folder: &str) {
    println!("\n| also | CPU | peak memory | answer |\n|---|--:|--:|--:|");
    let labels = ("LABELS", "Bench.Wide=Last");
    for (name, address, settings, times) in [
        ("a page of 100 rows JSON", PLAIN, vec![], 500),
        ("with labels", "/table/Bench.Held?_label=Owner", vec![labels], 300),
        ("10,000 rows in groups by a text", "/table/Bench.Wide/groups?_by=City", vec![], 50),
        ("with the sum of a decimal", "/table/Bench.Wide/groups?_by=City&_sum=Credit", vec![], 50),
        ("by month of a timestamp", "/table/Bench.Wide/groups?_by=Seen:month", vec![], 50),
        ("10,000 rows of 12 XLSX", "/table/Bench.Wide?_size=10000&_format=xlsx", vec![], 10),
    ] {
        line(name, address, &[("ACCESS", "public")], folder, &settings, times);
    }
    let audit = format!("file:{folder}/audit.jsonl");
    let _ = std::fs::remove_file(format!("{folder}/audit.jsonl"));
    let rules = ("ROW_RULES", "Bench.Held.Ward=claim:ward");
    for (name, settings) in [
        ("the page of 100 rows, signed in", vec![]),
        ("with a rule", vec![rules]),
        (
            "with a rule and audit in a file",
            vec![rules, ("AUDIT_TABLES", "Bench.Held"), ("AUDIT_LOG", audit.as_str())],
        ),
    ] {
        line(name, PLAIN, &LOGIN, folder, &settings, 500);
    }
}

fn line(
    name: &str,
    address: &str,
    access: &[(&str, &str)],
    folder: &str,
    more: &[(&str, &str)],
    times: u32,
) {
    let database = format!("sqlite:{folder}");
    let of_all = [
        ("DATABASE_URL", database.as_str()),
        ("PUBLISHED_TABLES", "Bench.*"),
        ("LOG_LEVEL", "warn"),
    ];
    let settings = [&of_all[..], access, more].concat();
    let mut event = event(address, "application/json", "identity");
    if access.len() > 1 {
        event["cookies"] = json!([session(&settings)]);
    }
    let function = Function::start(&bootstrap(), &settings).ready();
    let answer = function.invoke(&event);
    assert!(answer.contains("\"statusCode\":200"), "{name}: {answer:.300}");
    let cpu = crate::warm(&function, &event, times) * 1e3;
    let memory = peak_memory(function.process());
    println!("| {name} | {cpu:.3} ms | {memory:.1} MiB | {} bytes |", answer.len());
}

/// A session as the sign-in would seal it.
fn session(settings: &[(&str, &str)]) -> String {
    let find = |name: &str| {
        let found = settings.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let Access::Login(login) = config::read_site(find).unwrap().access else {
        panic!("ACCESS=login")
    };
    let key = Secret::from(find("SESSION_KEY").unwrap());
    let session: Value = json!({
        "sub": "ada", "name": "Ada", "claims": {"ward": "W1"}, "issued": now(), "until": now() + 3_600,
    });
    let sealed =
        Sealer::new(&[key], &login).seal(Purpose::Session, session.to_string().as_bytes(), "");
    format!("{SESSION_COOKIE}={}", sealed.unwrap())
}
