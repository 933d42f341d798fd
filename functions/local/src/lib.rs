//! The functions behind one local HTTP port, as API Gateway and Lambda would have them: `make
//! run`, and what the tests of pages and API look at.

use std::io::{Write as _, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;

use iris_tables::config::process;
use local_start::config::{Settings, arguments};
use local_start::{Failure, listener};

mod announce;
pub mod demo;
mod functions;
mod log;
mod login;
mod pool;
mod respond;
mod serve;
mod signals;
mod source;
mod tokens;

/// How the command is called.
const USAGE: &str =
    "Call it without arguments to serve, or with --demo FOLDER to make the demo's data.";

/// Serves until a signal ends it. To be called first in `main`: what drivers read from the
/// environment is set while no other thread runs.
pub fn main() -> ExitCode {
    // SAFETY: this is the process' only thread so far.
    unsafe { process::prepare() };
    match run(&arguments().iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        [] => {
            let settings = Settings::from_env()?;
            let listener = listener::listen(&settings)?;
            serve::until_asked_to_end(&settings, listener)
        }
        ["--demo", folder] => {
            let made = demo::make(Path::new(folder))?;
            let _ = made.map(|file| writeln!(stdout(), "Made the demo data: {}", file.display()));
            Ok(())
        }
        _ => Err(Failure(USAGE.into())),
    }
}
