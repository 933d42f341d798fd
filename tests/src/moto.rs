//! A Secrets Manager and CloudWatch Logs: moto's server, which speaks AWS' API.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use base64_simd::STANDARD;
use serde_json::{Value, json};

use crate::at_end::{AtEnd, new_folder, program, root};
use crate::port;
use crate::skip::skipped;
use crate::wait;

/// The server.
#[derive(Debug)]
pub struct Moto {
    port: u16,
    _end: AtEnd,
}

impl Moto {
    /// The server that all tests of this binary share. Nothing, said aloud, where it is missing.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Moto>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let own = root().join("target/tools/venv/bin/moto_server");
        let Some(server) =
            Some(own).filter(|file| file.is_file()).or_else(|| program("moto_server"))
        else {
            skipped("Secrets Manager", "moto_server is not installed (infra/local/setup.sh test)");
            return None;
        };
        let (folder, port) = (new_folder("moto"), port::free());
        let end = AtEnd::serving(
            Command::new(server).args(["-H", "127.0.0.1", "-p", &port.to_string()]),
            &folder,
        );
        let moto = Self { port, _end: end };
        wait::until("moto_server, which starts", || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        Some(moto)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a secret.
    pub fn create(&self, name: &str, text: &str) {
        self.call("CreateSecret", &json!({ "Name": name, "SecretString": text }));
    }

    /// Gives a secret another value.
    pub fn put(&self, name: &str, text: &str) {
        self.call("PutSecretValue", &json!({ "SecretId": name, "SecretString": text }));
    }

    /// Makes a secret that is no text.
    pub fn create_binary(&self, name: &str, bytes: &[u8]) {
        self.call(
            "CreateSecret",
            &json!({ "Name": name, "SecretBinary": STANDARD.encode_to_string(bytes) }),
        );
    }

    fn call(&self, action: &str, arguments: &Value) {
        self.post(("secretsmanager", &format!("secretsmanager.{action}")), arguments);
    }

    /// Asks CloudWatch Logs.
    pub fn logs(&self, action: &str, arguments: &Value) -> Value {
        let answer = self.post(("logs", &format!("Logs_20140328.{action}")), arguments);
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_default()
    }

    fn post(&self, (service, target): (&str, &str), arguments: &Value) -> String {
        let body = arguments.to_string();
        let text = format!(
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: {target}\r\nContent-Length: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=test/20260701/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
        answer
    }
}

/// Where the secrets are.
const REGION: &str = "eu-central-1";

/// What a function's environment says of AWS, where Secrets Manager listens on this port.
pub fn settings(port: u16) -> Vec<(&'static str, String)> {
    [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}").as_str()),
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}
