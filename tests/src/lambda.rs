//! Lambda's runtime API for one function: hands out events, takes answers. As much of HTTP/1.1 as
//! its client speaks.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// The API, as the tests use it.
#[derive(Debug)]
pub struct RuntimeApi {
    port: u16,
    events: Mutex<Sender<(String, String)>>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    events: Mutex<Receiver<(String, String)>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The function has asked for an event.
    ready: bool,
    /// It has registered an extension, and that has asked for its next event.
    has_extension: bool,
    ended: bool,
    waiting: HashMap<String, Sender<String>>,
}

impl RuntimeApi {
    /// Listens on a port of its own.
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (events, for_function) = channel();
        let shared = Arc::new(Shared { events: Mutex::new(for_function), state: Mutex::default() });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let serving = Arc::clone(&serving);
                // Ends with the function, which closes its end.
                thread::spawn(move || serving.serve(&stream));
            }
        });
        Self { port, events: Mutex::new(events), shared }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` says of it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The function has initialised itself and asked for an event.
    pub fn is_ready(&self) -> bool {
        self.shared.state.lock().unwrap().ready
    }

    /// An extension of the function is registered and waits for events: Lambda asks such a function
    /// before it ends it.
    pub fn has_extension(&self) -> bool {
        self.shared.state.lock().unwrap().has_extension
    }

    /// Hands an event to the function when it next asks. The answer comes through the channel,
    /// which ends without one where the function does.
    pub fn send(&self, id: &str, event: String) -> Receiver<String> {
        let (answer, answers) = channel();
        let mut state = self.shared.state.lock().unwrap();
        if !state.ended {
            state.waiting.insert(id.to_owned(), answer);
            self.events.lock().unwrap().send((id.to_owned(), event)).unwrap();
        }
        answers
    }

    /// The function has ended: no answer will come any more.
    pub fn function_has_ended(&self) {
        let mut state = self.shared.state.lock().unwrap();
        state.ended = true;
        state.waiting.clear();
    }
}

impl Default for RuntimeApi {
    fn default() -> Self {
        Self::new()
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Ok(Some((line, body))) = read_request(&mut reader) {
            let words: Vec<&str> = line.split(' ').collect();
            let parts: Vec<&str> =
                words.get(1).map(|path| path.split('/').collect()).unwrap_or_default();
            let written = match (words[0], parts.as_slice()) {
                ("GET", [_, _, "runtime", "invocation", "next"]) => {
                    self.state.lock().unwrap().ready = true;
                    let Ok((id, event)) = self.events.lock().unwrap().recv() else { return };
                    write_event(stream, &id, &event)
                }
                ("POST", [_, _, "runtime", "invocation", id, "response" | "error"]) => {
                    let written = write(stream, "202 Accepted", "", "{}");
                    if let Some(waiting) = self.state.lock().unwrap().waiting.remove(*id) {
                        let _ = waiting.send(body);
                    }
                    written
                }
                ("POST", [_, _, "extension", "register"]) => {
                    write(stream, "200 OK", "lambda-extension-identifier: extension-1\r\n", "{}")
                }
                // None of its events will come: it waits until the function ends.
                ("GET", [_, _, "extension", "event", "next"]) => {
                    self.state.lock().unwrap().has_extension = true;
                    let _ = read_line(&mut reader);
                    return;
                }
                _ => write(stream, "404 Not Found", "", "{}"),
            };
            if written.is_err() {
                return;
            }
        }
    }
}

fn write_event(stream: &TcpStream, id: &str, event: &str) -> io::Result<()> {
    let headers = format!(
        "lambda-runtime-aws-request-id: {id}\r\nlambda-runtime-deadline-ms: 4102444800000\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:123456789012:function:f\r\n\
         content-type: application/json\r\n"
    );
    write(stream, "200 OK", &headers, event)
}

fn write(mut stream: &TcpStream, status: &str, headers: &str, body: &str) -> io::Result<()> {
    let text =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes())
}

/// The first line of a request, and its body. Nothing at the end of the connection.
fn read_request(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<(String, String)>> {
    let first = read_line(reader)?;
    if first.is_empty() {
        return Ok(None);
    }
    let (mut length, mut in_chunks) = (0, false);
    loop {
        let line = read_line(reader)?.to_ascii_lowercase();
        match line.split_once(':').map(|(name, value)| (name, value.trim())) {
            None => break,
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("transfer-encoding", value)) => in_chunks = value == "chunked",
            Some(_) => {}
        }
    }
    let mut body = Vec::new();
    if in_chunks {
        loop {
            let length = usize::from_str_radix(&read_line(reader)?, 16).unwrap();
            read_into(reader, length, &mut body)?;
            read_line(reader)?;
            if length == 0 {
                break;
            }
        }
    }
    read_into(reader, length, &mut body)?;
    Ok(Some((first, String::from_utf8(body).unwrap())))
}

fn read_line(reader: &mut BufReader<&TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn read_into(
    reader: &mut BufReader<&TcpStream>,
    length: usize,
    body: &mut Vec<u8>,
) -> io::Result<()> {
    let start = body.len();
    body.resize(start + length, 0);
    reader.read_exact(&mut body[start..])
}
