//! As much of HTTP/1.1 as the tests ask in.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;
use tests::wait::PATIENCE;

/// A connection that stays open between two requests.
pub struct Client(BufReader<TcpStream>);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Client {
    /// Connects to a host with its port.
    pub fn new(host: &str) -> Self {
        let connection = TcpStream::connect(host).unwrap_or_else(|error| panic!("{host}: {error}"));
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(connection))
    }

    pub fn get(&mut self, target: &str) -> Answer {
        self.ask("GET", target)
    }

    pub fn ask(&mut self, method: &str, target: &str) -> Answer {
        let head = "Host: tables.example.org\r\nAccept: application/json";
        self.send(format!("{method} {target} HTTP/1.1\r\n{head}\r\n\r\n").as_bytes());
        self.answer(method != "HEAD")
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Reads an answer, whose length it must say where it has a body.
    pub fn answer(&mut self, has_body: bool) -> Answer {
        let first = self.line();
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {first:?}"));
        let lines = std::iter::from_fn(|| Some(self.line()).filter(|line| !line.is_empty()));
        let split = |line: String| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_lowercase(), value.trim().to_owned())
        };
        let headers: BTreeMap<String, String> = lines.map(split).collect();
        let length = headers.get("content-length").filter(|_| has_body);
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        Answer { status, headers, body }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
