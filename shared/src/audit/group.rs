//! A stream of a log group of CloudWatch Logs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::sign::signed;
use crate::config::Group;
use crate::https::Client;
use crate::timestamp;

/// One stream of this instance's own: the service wants them in order of time.
#[derive(Debug)]
pub struct Stream {
    group: Group,
    client: OnceCell<Client>,
    name: OnceCell<String>,
    is_made: AtomicBool,
}

impl Stream {
    /// Before the first line.
    pub fn new(group: Group) -> Self {
        let (client, name) = (OnceCell::new(), OnceCell::new());
        Self { group, client, name, is_made: AtomicBool::new(false) }
    }

    /// Writes lines. All of them are there, or it is an error.
    ///
    /// # Errors
    /// Why they are not, without anything of them.
    pub async fn put(&self, lines: &[String], since: Duration) -> Result<(), String> {
        let now = timestamp::utc(since.as_secs());
        let name = self.name.get_or_try_init(async || name(&now)).await?;
        let of = |mut more: Value| {
            more["logGroupName"] = self.group.name.clone().into();
            more["logStreamName"] = name.clone().into();
            more.to_string()
        };
        if !self.is_made.load(Ordering::Relaxed) {
            match self.call("CreateLogStream", of(json!({})), &now).await {
                Err(error) if !error.contains("ResourceAlreadyExists") => return Err(error),
                _ => self.is_made.store(true, Ordering::Relaxed),
            }
        }
        let event = |line: &String| json!({"timestamp": since.as_millis() as u64, "message": line});
        let events: Vec<Value> = lines.iter().map(event).collect();
        let body = of(json!({ "logEvents": events }));
        let answer = match self.call("PutLogEvents", body, &now).await {
            Err(error) => {
                // Somebody may have deleted it.
                self.is_made.store(!error.contains("ResourceNotFound"), Ordering::Relaxed);
                return Err(error);
            }
            Ok(answer) => answer,
        };
        match answer.get("rejectedLogEventsInfo") {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err("CloudWatch Logs rejects a line".to_owned()),
        }
    }

    async fn call(&self, action: &str, body: String, now: &str) -> Result<Value, String> {
        let client = self.client.get_or_try_init(async || Client::new(None)).await?;
        let answer = client.send(signed(&self.group, action, body, now)?).await?;
        let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status().is_success() {
            return Ok(document);
        }
        let kind = document["__type"].as_str().unwrap_or_default();
        Err(format!("{action} answers {} {kind}", answer.status()))
    }
}

/// A name that no other instance takes.
fn name(now: &str) -> Result<String, String> {
    let mut random = [0_u8; 8];
    SystemRandom::new().fill(&mut random).map_err(|_| "the system gives no random numbers")?;
    let day = now.get(..10).unwrap_or_default();
    Ok(format!("{day}/{:016x}", u64::from_le_bytes(random)))
}
