//! What a request costs, in what no machine changes: statements that reach the database, and memory
//! that is asked for.
//!
//! The recorded numbers stand here. A change that costs more than a tenth beyond them has to say so
//! by changing them; one that saves as much, too, so that the next one is measured against what was
//! reached.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod allocations;
mod iris;
mod sessions;
mod statements;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The demo data as `DATABASE_URL` names it.
static DEMO: LazyLock<String> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/cost");
    local::demo::make(folder.as_ref()).expect("the demo's data");
    format!("sqlite:{folder}")
});

/// While allocations are counted, nothing else may ask for memory in this process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
