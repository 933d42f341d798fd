//! What could not be tested, said aloud.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::Mutex;

/// What has been said already: every test that needs the same missing thing would repeat it.
static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Says on the standard error what is not tested, and why: one line that begins with `SKIPPED:`.
///
/// Past the test harness, which shows what is printed by a test only where it fails.
pub fn skipped(what: &str, why: &str) {
    let line = format!("SKIPPED: {what}: {why}.\n");
    if SAID.lock().unwrap().insert(line.clone()) {
        io::stderr().write_all(line.as_bytes()).unwrap();
    }
}
