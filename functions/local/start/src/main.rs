//! Says what would stop the local server, before a build that takes minutes.

use std::io::Write as _;
use std::process::ExitCode;

use local_start::config::Settings;
use local_start::listener::listen;

fn main() -> ExitCode {
    match Settings::from_env().and_then(|settings| listen(&settings)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}
