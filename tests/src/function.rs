//! One of the functions as Lambda runs it: a process of its own that asks for events and
//! answers them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use base64_simd::STANDARD;
use serde_json::{Value, json};

use crate::lambda::RuntimeApi;
use crate::postgres::done;
use crate::wait;

/// A running function.
#[derive(Debug)]
pub struct Function {
    child: RefCell<Child>,
    api: Arc<RuntimeApi>,
    log: Arc<Mutex<Vec<u8>>>,
    collectors: RefCell<Vec<JoinHandle<()>>>,
    unsaid: Vec<String>,
    untold: Vec<String>,
}

impl Function {
    /// Starts a function with nothing in its environment but these settings and what Lambda sets.
    /// It is not waited for.
    pub fn start<V: AsRef<str>>(program: &str, settings: &[(&str, V)]) -> Self {
        assert!(Path::new(program).is_file(), "{program} has not been built");
        let api = Arc::new(RuntimeApi::new());
        let mut child = Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            // As on Lambda, which names a locale that it does not have.
            .env("LANG", "en_US.UTF-8")
            .envs(settings.iter().map(|(name, value)| (*name, value.as_ref())))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (in_log, errors_in_log, api_of_log) =
            (Arc::clone(&log), Arc::clone(&log), Arc::clone(&api));
        let collectors = RefCell::new(vec![
            thread::spawn(move || collect(stderr, &errors_in_log)),
            thread::spawn(move || {
                collect(stdout, &in_log);
                api_of_log.function_has_ended();
            }),
        ]);
        Self {
            child: RefCell::new(child),
            api,
            log,
            collectors,
            unsaid: Vec::new(),
            untold: Vec::new(),
        }
    }

    /// Sees to it that these words are in no answer, and at the end that they are not in the log
    /// either.
    pub fn never_says(mut self, words: &[&str]) -> Self {
        self.unsaid.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Sees to it that these words are in no answer. The log may have them.
    pub fn never_says_to_clients(mut self, words: &[&str]) -> Self {
        self.untold.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Waits until it has initialised itself.
    pub fn ready(self) -> Self {
        wait::until("a function that starts", || self.api.is_ready());
        self
    }

    /// Hands over an event as it is, and gives the answer as Lambda gets it.
    pub fn invoke(&self, event: &Value) -> String {
        self.api
            .send("invocation", event.to_string())
            .recv_timeout(wait::PATIENCE)
            .expect("an answer")
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.borrow().id()
    }

    /// Lambda would ask it to end before it ends it.
    pub fn has_extension(&self) -> bool {
        self.api.has_extension()
    }

    /// Asks, and waits for the answer.
    pub fn get(&self, address: &str) -> Answer {
        self.ask(address).answer()
    }

    /// The same with cookies, each as `name=value`.
    pub fn get_with_cookies(&self, address: &str, cookies: &[&str]) -> Answer {
        self.ask_with(address, |event| event["cookies"] = json!(cookies)).answer()
    }

    /// Asks; the answer can be waited for later. Requests are answered one after the other.
    pub fn ask(&self, address: &str) -> Asked<'_> {
        self.ask_with(address, |_| ())
    }

    fn ask_with(&self, address: &str, change: impl Fn(&mut Value)) -> Asked<'_> {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let id = format!("request-{}", ASKED.fetch_add(1, Ordering::Relaxed));
        let mut event = event(&id, address);
        change(&mut event);
        let answers = self.api.send(&id, event.to_string());
        Asked { function: self, address: address.to_owned(), answers }
    }

    /// What it has written so far, on its standard output and error; once it has ended, all of it.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }

    /// Waits until it has logged this.
    pub fn logs(&self, words: &str) {
        wait::until(&format!("`{words}` in the log"), || self.log().contains(words));
    }

    /// Asks it to end, as Lambda and every other supervisor does.
    pub fn terminate(&self) {
        done(Command::new("kill").args(["-TERM", &self.child.borrow().id().to_string()]));
    }

    /// Waits until it has ended.
    pub fn ended(&self) -> ExitStatus {
        let status = wait::until_some("the end of a function", || {
            self.child.borrow_mut().try_wait().unwrap()
        });
        self.collect();
        status
    }

    /// Ends it at once, and gives all that it has logged.
    pub fn killed(self) -> String {
        self.kill();
        self.log()
    }

    fn kill(&self) {
        let mut child = self.child.borrow_mut();
        let _ = child.kill();
        let _ = child.wait();
        self.collect();
    }

    fn collect(&self) {
        for collector in self.collectors.borrow_mut().drain(..) {
            let _ = collector.join();
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
        if !thread::panicking() {
            let log = self.log();
            for word in &self.unsaid {
                assert!(!log.contains(word), "the log says {word}:\n{log}");
            }
        }
    }
}

/// A request on its way.
#[derive(Debug)]
pub struct Asked<'a> {
    function: &'a Function,
    address: String,
    answers: Receiver<String>,
}

impl Asked<'_> {
    /// Waits for the answer.
    ///
    /// # Panics
    /// If there is none, with the function's log.
    pub fn answer(self) -> Answer {
        let (function, address) = (self.function, self.address.clone());
        let no_answer =
            || panic!("{address} is not answered, {}:\n{}", function.ended(), function.log());
        self.answer_or_end().unwrap_or_else(no_answer)
    }

    /// Waits for the answer, or nothing if the process has ended without one.
    ///
    /// # Panics
    /// If neither happens, with the function's log.
    pub fn answer_or_end(self) -> Option<Answer> {
        match self.answers.recv_timeout(wait::PATIENCE) {
            Ok(json) => {
                for word in self.function.unsaid.iter().chain(&self.function.untold) {
                    assert!(!json.contains(word), "the answer says {word}: {json}");
                }
                Some(Answer::read(&json))
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("{} is not answered:\n{}", self.address, self.function.log())
            }
        }
    }
}

/// What the client gets.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u64,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The cookies that it sets, as the header has them.
    pub cookies: Vec<String>,
    /// The body.
    pub body: String,
}

impl Answer {
    fn read(json: &str) -> Self {
        let answer: Value =
            serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"));
        let body = answer["body"].as_str().unwrap_or_else(|| panic!("no body in {json}"));
        let headers = answer["headers"].as_object().unwrap().iter();
        Self {
            status: answer["statusCode"].as_u64().unwrap(),
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
                .collect(),
            cookies: serde_json::from_value(answer["cookies"].clone()).unwrap_or_default(),
            body: match answer["isBase64Encoded"].as_bool().unwrap() {
                true => String::from_utf8(STANDARD.decode_to_vec(body).unwrap()).unwrap(),
                false => body.to_owned(),
            },
        }
    }

    /// The same, if it has this status; and if that is an error of ours, says nothing that is
    /// nobody's business.
    pub fn expect(self, status: u64) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        if status >= 500 {
            let body = self.body.to_lowercase();
            for word in [
                "select",
                "sql",
                "odbc",
                "127.0.0.1",
                "localhost",
                "fatal",
                "password",
                "secret",
                "driver",
            ] {
                assert!(!body.contains(word), "an answer says `{word}`: {}", self.body);
            }
            assert!(
                self.headers["content-type"].starts_with("application/problem+json"),
                "{:?}",
                self.headers
            );
        }
        self
    }

    /// A header, empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The kind of an error: the end of its type.
    pub fn problem(&self) -> String {
        let json = self.json();
        json["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

fn collect(mut from: impl Read, log: &Mutex<Vec<u8>>) {
    let mut piece = [0; 4_096];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        log.lock().unwrap().extend_from_slice(&piece[..length]);
    }
}

/// A GET as API Gateway's HTTP API hands it over.
fn event(id: &str, address: &str) -> Value {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": { "accept": "application/json", "host": "tables.example.org" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "tables.example.org",
            "domainPrefix": "tables",
            "http": {
                "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "test"
            },
            "requestId": id,
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jul/2026:09:30:00 +0000",
            "timeEpoch": 1_782_898_200_000_u64
        },
        "isBase64Encoded": false
    })
}
