//! Waiting for what happens elsewhere, as long as needed and no longer.

use std::thread;
use std::time::{Duration, Instant};

/// When a test gives up: far beyond what any wait takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until there is something to see.
///
/// # Panics
/// When patience is at its end, with what was waited for.
pub fn until_some<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        thread::sleep(PAUSE);
    }
}

/// Polls until the condition holds.
///
/// # Panics
/// As [`until_some`].
pub fn until(what: &str, holds: impl Fn() -> bool) {
    until_some(what, || holds().then_some(()));
}
