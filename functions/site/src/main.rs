//! Wires the site function to Lambda's runtime.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::main(async |site, request| site::handle(&site, &request).await)
}
