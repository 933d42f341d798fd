//! Serves the functions locally: see [`local::main`].

use std::process::ExitCode;

fn main() -> ExitCode {
    local::main()
}
