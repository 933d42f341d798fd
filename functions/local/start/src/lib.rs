//! What the local server must know before it starts: whether its settings and its port allow it.

use std::fmt;

pub mod config;
pub mod listener;

/// What stands in the way: one sentence that says what is wrong and what to do.
#[derive(Debug)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
