//! A time limit for SQLite's statements: its ODBC driver has none.
//!
//! SQLite asks a function of ours now and then whether to go on with a statement. It asks on the thread that runs the
//! statement, so the limit is that thread's own and nothing is shared. ODBC's way would be `SQLCancel` from the waiting
//! thread. It is none here: SQLite's driver (0.9998) answers it by taking the result away under the thread that reads
//! it, and the driver manager forgets the statement's errors without a lock.
//!
//! The driver keeps its connection to SQLite for itself. So SQLite is told to call us for each connection that is opened
//! in this process (<https://sqlite.org/c3ref/auto_extension.html>), and we leave our function there
//! (<https://sqlite.org/c3ref/progress_handler.html>). Where these are not found, SQLite has no limit, and a thread that
//! misses the deadline is lost.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::sqlite_library::Library;

/// Steps of SQLite's machine between two questions: well under a millisecond, unless they handle large values.
const STEPS: c_int = 1_000;

/// How long before the deadline a statement ends, so that its thread is back when the waiting side looks.
const AHEAD: Duration = Duration::from_millis(50);

/// A connection, as SQLite sees it.
type Handle = *mut c_void;
type OnProgress = extern "C" fn(*mut c_void) -> c_int;
type SetOnProgress = unsafe extern "C" fn(Handle, c_int, Option<OnProgress>, *mut c_void);
type OnOpen = extern "C" fn(Handle, *mut *mut c_char, *const c_void) -> c_int;
type SetOnOpen = unsafe extern "C" fn(OnOpen) -> c_int;

/// SQLite's `sqlite3_progress_handler`, once it has been found and SQLite calls us.
static SET_ON_PROGRESS: OnceLock<Option<SetOnProgress>> = OnceLock::new();

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Has SQLite ask us in every connection that this driver opens from now on. A second driver in a process has no limit.
pub fn prepare(driver: &str) {
    SET_ON_PROGRESS.get_or_init(|| {
        let library = Library::load(driver);
        library.iter().for_each(Library::without_locks);
        let found = library.as_ref().and_then(find);
        if found.is_none() {
            tracing::info!(driver, "SQLite's time limit could not be set up: slow queries cost a thread");
        }
        found
    });
}

/// Runs this; what SQLite does for it on this thread ends shortly before the deadline, with the error `SQLITE_INTERRUPT`.
pub fn until<T>(deadline: Instant, run: impl FnOnce() -> T) -> T {
    struct Limit;
    impl Drop for Limit {
        fn drop(&mut self) {
            UNTIL.set(None);
        }
    }
    UNTIL.set(deadline.checked_sub(AHEAD));
    let _limit = Limit;
    run()
}

fn find(library: &Library) -> Option<SetOnProgress> {
    let on_open = library.symbol(c"sqlite3_auto_extension")?;
    let on_progress = library.symbol(c"sqlite3_progress_handler")?;
    // SAFETY: SQLite's documentation gives these functions these signatures; it has promised never to change them.
    // `sqlite3_auto_extension` declares its argument without parameters, and calls it with those of `OnOpen`.
    let (set_on_open, set_on_progress) = unsafe {
        (
            std::mem::transmute::<*mut c_void, SetOnOpen>(on_open),
            std::mem::transmute::<*mut c_void, SetOnProgress>(on_progress),
        )
    };
    // SAFETY: the function that SQLite is given lives as long as the process.
    (unsafe { set_on_open(opened) } == 0).then_some(set_on_progress)
}

extern "C" fn opened(handle: Handle, _error: *mut *mut c_char, _functions: *const c_void) -> c_int {
    if let Some(Some(set_on_progress)) = SET_ON_PROGRESS.get() {
        // SAFETY: SQLite calls with the connection that it has just opened; `asked` needs no data and never unwinds.
        unsafe { set_on_progress(handle, STEPS, Some(asked), std::ptr::null_mut()) };
    }
    0
}

/// Whether to stop: anything but 0 does.
extern "C" fn asked(_: *mut c_void) -> c_int {
    let until = UNTIL.try_with(Cell::get).ok().flatten();
    c_int::from(until.is_some_and(|until| Instant::now() >= until))
}
