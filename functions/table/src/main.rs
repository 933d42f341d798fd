//! Wires the table function to Lambda's runtime.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::main(async |app, request| table::handle(&app, &request).await)
}
