//! The demo's sign-in: a provider beside the server, and the settings that go with it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use local_start::Failure;
use local_start::config::variable;

/// The provider, from the folder in which the server is started, unless `LOGIN_PROVIDER` names it.
const PROVIDER: &str = "infra/login/provider.mjs";

/// The provider's name for the site.
const CLIENT: &str = "iris-tables";

/// Seals the demo's sessions; whoever reads it here could only sign in where anybody may.
const KEY: &str = "the demo's sessions are sealed with this text";

/// A provider that runs as long as the server.
#[derive(Debug)]
pub struct Provider {
    /// Its address.
    pub issuer: String,
    child: Child,
    /// Its end tells the provider that the server has gone, however it went.
    _line: Option<ChildStdin>,
}

impl Provider {
    /// Starts it on a port; 0 is any free one.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(port: u16, site: &str) -> Result<Self, Failure> {
        let script =
            variable("LOGIN_PROVIDER").map_or_else(|| PathBuf::from(PROVIDER), PathBuf::from);
        let failed = |why: String| Failure(format!("LOGIN=demo: {why}"));
        if !script.parent().is_some_and(|folder| folder.join("node_modules").is_dir()) {
            let folder = script.parent().unwrap_or(Path::new(".")).display().to_string();
            return Err(failed(format!(
                "the sign-in service is not installed; call `make run LOGIN=demo`, or `npm ci` in {folder}."
            )));
        }
        let mut child = Command::new("node")
            .arg(&script)
            .args([&port.to_string(), site])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(format!("node does not start: {error}.")))?;
        let line = child.stdin.take();
        let mut issuer = String::new();
        let mut output =
            BufReader::new(child.stdout.take().ok_or_else(|| failed("no output.".into()))?);
        let read = output.read_line(&mut issuer);
        if read.is_err() || issuer.trim().is_empty() {
            let _ = child.kill();
            return Err(failed(format!("the sign-in service does not start on port {port}.")));
        }
        // It is read on, so that the provider never waits for it.
        std::thread::spawn(move || output.lines().for_each(drop));
        Ok(Self { issuer: issuer.trim().to_owned(), child, _line: line })
    }

    /// A setting that goes with it.
    pub fn setting(&self, name: &str) -> Option<String> {
        match name {
            "ACCESS" => Some("login".to_owned()),
            "OIDC_ISSUER" => Some(self.issuer.clone()),
            "OIDC_CLIENT_ID" => Some(CLIENT.to_owned()),
            "SESSION_KEY" => Some(KEY.to_owned()),
            "SESSION_CLAIMS" => variable(name).or_else(|| Some("ward".to_owned())),
            _ => None,
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
