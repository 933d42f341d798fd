//! SQLite itself, behind its ODBC driver: functions of the library that the driver is linked with, found through the
//! driver. Where one is not found, all works without it.

use std::ffi::{CStr, CString, c_int, c_void};
use std::mem::transmute;

/// SQLite's `sqlite3_config`: an option, and what that wants.
type Configure = unsafe extern "C" fn(c_int, ...) -> c_int;

/// `SQLITE_CONFIG_MULTITHREAD`: a connection is used by one thread at a time, so it needs no lock.
const MULTITHREAD: c_int = 2;

/// `SQLITE_CONFIG_MEMSTATUS`: whether each allocation is counted, under a lock.
const MEMSTATUS: c_int = 9;

/// The driver's library.
pub struct Library(*mut c_void);

impl Library {
    /// Loads the driver. It is never closed by us, so what is found in it stays.
    pub fn load(driver: &str) -> Option<Self> {
        let driver = CString::new(driver).ok()?;
        // SAFETY: the driver is about to be loaded anyway.
        let library = unsafe { libc::dlopen(driver.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        (!library.is_null()).then_some(Self(library))
    }

    /// A function of it or of a library that it is linked with.
    pub fn symbol(&self, name: &CStr) -> Option<*mut c_void> {
        // SAFETY: the library is open.
        let found = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    }

    /// Does without locks that guard nothing here, a seventh of all that SQLite does for a page: the thread that opens a
    /// connection is the only one that uses it. To be called before SQLite is used; later it has no effect.
    /// <https://sqlite.org/c3ref/c_config_covering_index_scan.html>
    pub fn without_locks(&self) {
        let Some(configure) = self.symbol(c"sqlite3_config") else { return };
        // SAFETY: SQLite's documentation gives the function this signature, and each option these arguments.
        unsafe {
            let configure = transmute::<*mut c_void, Configure>(configure);
            configure(MULTITHREAD);
            configure(MEMSTATUS, 0 as c_int);
        }
    }
}
