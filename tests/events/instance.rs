//! One instance of each function over the demo data, and a schema with odd names.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use gateway::Instance as _;
use gateway::{Answer, Event};
use http::Response;
use iris_tables::app::App;
use iris_tables::config;
use site::Site;
use tokio::runtime::Runtime;

/// Cargo's folder for files of tests.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/events");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Makes a database beside the file and renames it over the file, because another run may be
/// reading it.
const MAKE_ODD: &str = "
import os, pathlib, sqlite3, sys
script, file = sys.argv[1:]
unfinished = f'{file}.{os.getpid()}'
database = sqlite3.connect(unfinished)
database.executescript(pathlib.Path(script).read_text(encoding='utf-8'))
database.close()
os.replace(unfinished, file)
";

static INSTANCE: LazyLock<App> = LazyLock::new(|| {
    local::demo::make(Path::new(FOLDER)).expect("the demo's data");
    python(&["-c", MAKE_ODD, &format!("{ROOT}/tests/events/odd.sql"), &format!("{FOLDER}/Odd.db")]);
    let settings = |name: &str| match name {
        "DATABASE_URL" => Some(format!("sqlite:{FOLDER}")),
        "PUBLISHED_TABLES" => Some("Bank.*, Odd.*".to_owned()),
        "LABELS" => Some(local_start::config::DEMO_LABELS.to_owned()),
        _ => None,
    };
    App::new(config::read(settings).expect("these settings are right"))
});

static FILES: LazyLock<Site> = LazyLock::new(|| Site::new(INSTANCE.config.site.clone()));

/// The host of a site where people sign in. The sessions in its events are sealed with its key.
const LOGIN_HOST: &str = "login.example.org";

static LOGIN: LazyLock<App> = LazyLock::new(|| {
    let folder = format!("sqlite:{FOLDER}");
    LazyLock::force(&INSTANCE);
    let settings = |name: &str| {
        let value = match name {
            "DATABASE_URL" => folder.as_str(),
            "PUBLISHED_TABLES" => "Bank.*",
            "ACCESS" => "login",
            // Nobody listens there.
            "OIDC_ISSUER" => "http://127.0.0.1:1",
            "OIDC_CLIENT_ID" => "tables",
            "SITE_ADDRESS" => "https://login.example.org",
            "SESSION_KEY" => "the sessions of the events are sealed with this",
            "SESSION_CLAIMS" => "ward",
            _ => return None,
        };
        Some(value.to_owned())
    };
    App::new(config::read(settings).expect("these settings are right"))
});

static LOGIN_FILES: LazyLock<Site> = LazyLock::new(|| Site::new(LOGIN.config.site.clone()));

fn python(arguments: &[&str]) {
    let status = Command::new("python3")
        .args(arguments)
        .status()
        .expect("python3, which makes the data, can be run");
    assert!(status.success(), "python3 {arguments:?} has failed");
}

/// The text of an event in `events/`.
pub fn event(name: &str) -> String {
    let path = Path::new(ROOT).join("events").join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all events, without `.json`.
pub fn events() -> Vec<String> {
    names_in("events", ".json")
}

/// The names of the files in a folder of the project that end so, without that end.
pub fn names_in(folder: &str, end: &str) -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).expect("the folder can be read");
    let names = entries.map(|entry| {
        entry.expect("its entries too").file_name().into_string().expect("a UTF-8 name")
    });
    let mut names: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(end)?.to_owned())).collect();
    names.sort();
    names
}

/// Takes an event the way of the deployed product, from Lambda's JSON to the function that the
/// gateway's routes name.
pub fn respond(event: &str) -> Response<Vec<u8>> {
    let event: Event = serde_json::from_str(event).expect("an event of API Gateway");
    let request = gateway::request(event, "invocation");
    let runtime: Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let is_login = request.headers.get("host").is_some_and(|host| host == LOGIN_HOST);
    let (app, files) = if is_login { (&LOGIN, &LOGIN_FILES) } else { (&INSTANCE, &FILES) };
    if request.path.starts_with("/table/") {
        runtime.block_on(table::handle(app, &request))
    } else if site::takes(&request.path) {
        runtime.block_on(site::handle(files, &request))
    } else {
        runtime.block_on(index::handle(app, &request))
    }
}

/// The same, to the JSON that Lambda passes on.
pub fn invoke(event: &str) -> serde_json::Value {
    let answer = Answer::of(respond(event)).expect("answers are JSON");
    serde_json::to_value(answer).expect("answers are JSON")
}
