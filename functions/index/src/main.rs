//! Wires the index function to Lambda's runtime.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    gateway::serve(async |app, request| index::handle(&app, &request).await).await
}
