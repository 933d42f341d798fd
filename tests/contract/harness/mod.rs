//! The functions as a client sees them, in process. Every answer is checked for what all have in
//! common.

mod answer;
mod csv;
mod described;
mod html;
mod people;
mod walk;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway::Instance as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use iris_tables::app::App;
use iris_tables::caller::{Authorizer, Caller};
use iris_tables::request::Request;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::runtime::{Builder, Runtime};

pub use answer::Answer;
pub use csv::read_csv;
pub use html::{Page, Shown, first_link};
pub use people::LOGIN;
pub use walk::{csv_walk, json_walk, ndjson_walk};

/// What a browser sends.
pub const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// An instance of each function over one database.
pub struct Site {
    app: App,
    files: site::Site,
    runtime: Runtime,
    /// What the gateway says of whoever asks.
    authorizer: Authorizer,
    /// Where the database lies: no answer may tell.
    folder: PathBuf,
    /// The session of whoever asks.
    cookie: RefCell<Option<String>>,
    caller: RefCell<Caller>,
}

impl Site {
    /// An instance that has not connected yet.
    pub fn new(app: App, folder: &Path) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let files = site::Site::new(app.config.site.clone());
        let (cookie, caller) = (RefCell::default(), RefCell::default());
        let authorizer = Authorizer::Absent;
        Self { app, files, runtime, authorizer, folder: folder.to_owned(), cookie, caller }
    }

    /// The same, behind a gateway that says this of whoever asks.
    pub fn authorized(self, authorizer: Authorizer) -> Self {
        Self { authorizer, ..self }
    }

    /// Too many of its threads never came back from the driver.
    pub fn is_worn_out(&self) -> bool {
        self.app.database.is_worn_out()
    }

    /// Asks as curl does: without a word about formats.
    pub fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address, &[])
    }

    /// Asks for JSON that must come.
    pub fn json(&self, address: &str) -> serde_json::Value {
        self.get(address).expect(200).json()
    }

    /// Asks as a browser does, for a page that must come.
    pub fn page(&self, address: &str) -> Page {
        self.ask(Method::GET, address, &[(header::ACCEPT, BROWSER)]).expect(200).page()
    }

    /// Asks for CSV that must come: the names, then the rows.
    pub fn csv(&self, address: &str) -> Vec<Vec<Option<String>>> {
        read_csv(
            &self.ask(Method::GET, address, &[(header::ACCEPT, "text/csv")]).expect(200).text(),
        )
    }

    /// Asks for NDJSON that must come, line by line.
    pub fn ndjson(&self, address: &str) -> Vec<String> {
        let answer =
            self.ask(Method::GET, address, &[(header::ACCEPT, "application/x-ndjson")]).expect(200);
        answer.text().lines().map(str::to_owned).collect()
    }

    /// Asks for what must be refused because of this parameter.
    pub fn refused(&self, address: &str, parameter: &str) -> Answer {
        let answer = self.get(address).expect(400);
        assert_eq!(answer.json()["parameter"], parameter, "{address}");
        answer
    }

    /// Asks in any way. The address may be longer than a path: its query is what follows the first
    /// `?`.
    pub fn ask(&self, method: Method, address: &str, headers: &[(HeaderName, &str)]) -> Answer {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        if let Some(cookie) = self.cookie.borrow().as_deref() {
            headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        let request = Request {
            id: format!("request-{}", ASKED.fetch_add(1, Ordering::Relaxed)),
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            authorizer: self.authorizer.clone(),
        };
        let response = self.runtime.block_on(async {
            if path.starts_with("/table/") {
                table::handle(&self.app, &request).await
            } else if site::takes(path) {
                site::handle(&self.files, &request).await
            } else {
                index::handle(&self.app, &request).await
            }
        });
        let answer = Answer::checked(response, &request, &self.folder);
        let is_json = |kind: &str| kind == "application/json" || kind == "application/problem+json";
        if answer.header(header::CONTENT_TYPE).is_some_and(is_json) && !answer.body.is_empty() {
            described::check(address, self.app.database.dialect(), &answer.json());
        }
        answer
    }
}

/// A name or value, percent-encoded.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A query string.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    format!("?{}", pairs.join("&"))
}
