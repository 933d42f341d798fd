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

/// Bytes of the events that one call takes, by the API reference of `PutLogEvents`.
const MOST_BYTES: usize = 1_048_576;

/// What each event counts beside the bytes of its text, by the same.
const EVENT_BYTES: usize = 26;

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
        for lines in batches(lines) {
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
                None | Some(Value::Null) => {}
                Some(_) => return Err("CloudWatch Logs rejects a line".to_owned()),
            }
        }
        Ok(())
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

/// Lines in parts that one call takes. A single line is always short enough.
fn batches(lines: &[String]) -> Vec<&[String]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (index, line) in lines.iter().enumerate() {
        let own = line.len() + EVENT_BYTES;
        if bytes + own > MOST_BYTES {
            batches.push(&lines[begin..index]);
            (begin, bytes) = (index, 0);
        }
        bytes += own;
    }
    batches.push(&lines[begin..]);
    batches
}

/// A name that no other instance takes.
fn name(now: &str) -> Result<String, String> {
    let mut random = [0_u8; 8];
    SystemRandom::new().fill(&mut random).map_err(|_| "the system gives no random numbers")?;
    let day = now.get(..10).unwrap_or_default();
    Ok(format!("{day}/{:016x}", u64::from_le_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_as_many_lines_as_the_service_allows() {
        let lines = |lengths: &[usize]| lengths.iter().map(|n| "x".repeat(*n)).collect::<Vec<_>>();
        for (lengths, expected) in [
            (&[10, 10][..], &[2][..]),
            (&[250_000; 4], &[4]),
            (&[250_000; 9], &[4, 4, 1]),
            (&[524_262, 524_262], &[2]),
            (&[524_262, 524_263], &[1, 1]),
        ] {
            let lines = lines(lengths);
            let batches = batches(&lines);
            let sizes: Vec<usize> = batches.iter().map(|batch| batch.len()).collect();
            assert_eq!(sizes, expected, "{lengths:?}");
            assert_eq!(batches.concat(), lines);
        }
    }
}
