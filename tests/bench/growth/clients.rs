//! Clients at once, as Lambda would have them: instances that are limited, and no queue before them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::chart::{Chart, Series};
use crate::{Document, ROOT};

const CLIENTS: [u32; 6] = [1, 2, 5, 10, 20, 50];
const SPELL: Duration = Duration::from_secs(5);

/// The server, for as long as it is asked.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &str) -> Self {
        let mut child = Command::new(format!("{ROOT}/target/local/local"))
            .env_clear()
            .envs([("HOST", "127.0.0.1"), ("PORT", "0"), ("INSTANCES", "8"), ("QUEUE", "no")])
            .envs([
                ("DATABASE_URL", format!("sqlite:{folder}")),
                ("PUBLISHED_TABLES", "Growth.*".to_owned()),
            ])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("target/local/local, which `make server` builds");
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let said: serde_json::Value = serde_json::from_str(&first).unwrap();
        let address = said["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers a second, and how many are refused.
pub fn compare(folder: &str, document: &mut Document) {
    let server = Server::start(folder);
    let (mut answered, mut refused) = (vec![], vec![]);
    for clients in CLIENTS {
        let (ok, no) = ask(&server.address, clients);
        let at = f64::from(clients);
        answered.push((at, ok as f64 / SPELL.as_secs_f64()));
        refused.push((at, no as f64 / SPELL.as_secs_f64()));
    }
    let refused = refused.into_iter().map(|(at, number)| (at, number.max(0.1))).collect();
    let chart = Chart {
        x: "clients at once",
        y: "/s answers",
        series: vec![
            Series { name: "answered", points: answered },
            Series { name: "refused", points: refused },
        ],
    };
    let says = "Each client asks for a page of 100 rows of 12 columns as JSON, again and again, at eight instances of the function \
                (`INSTANCES=8`) without a queue (`QUEUE=no`), as Lambda with eight reserved instances. Clients and functions share two \
                cores. Up to eight clients nobody is refused (0.100 stands for none); of more, those that find no instance get a 503 at once, \
                and ask again without a wait here, so refusals are many. The page's script and `download.py` wait in between.";
    document.add("clients", "Clients at once", &chart, says);
}

fn ask(address: &str, clients: u32) -> (u64, u64) {
    let (ok, no, ended) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
                while !ended.load(Ordering::Relaxed) {
                    let counter = match status(&mut stream, address) {
                        200 => &ok,
                        503 => &no,
                        status => panic!("{status}"),
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let begin = Instant::now();
        thread::sleep(SPELL.saturating_sub(begin.elapsed()));
        ended.store(true, Ordering::Relaxed);
    });
    (ok.into_inner(), no.into_inner())
}

/// The status of an answer; its body is read.
fn status(stream: &mut BufReader<TcpStream>, address: &str) -> u16 {
    let request = format!(
        "GET /table/Growth.Wide HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\n\r\n"
    );
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest.get(..3).unwrap().parse().unwrap();
        } else if let Some(rest) = line.strip_prefix("content-length: ") {
            length = rest.parse().unwrap();
        } else if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    status
}
