//! Wires the index function to Lambda's runtime.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::main(async |app, request| index::handle(&app, &request).await)
}
