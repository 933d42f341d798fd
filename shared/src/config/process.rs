//! The environment that is not ours: what drivers read, set by us before anything else runs in the
//! process, and what Lambda and AWS say in it.

use std::env;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::ptr;

/// What IRIS' driver converts text by.
const IRIS_LOCALE: &str = "IRISODBCLOCALE";

/// Where the C library looks for locales before it looks in its own folder.
const LOCALES: &str = "LOCPATH";

/// Where IRIS' driver finds its TLS settings.
const IRIS_TLS: &str = "ISC_SSLconfigurations";

/// The section of IRIS' TLS settings that is ours.
pub const IRIS_TLS_SECTION: &str = "iris-tables";

/// Memory that glibc's `malloc` keeps when it is free, in bytes: an instance answers one request
/// after the other, and to give a large page's memory back and take it again took a tenth of it
/// (10,000 rows: 32 and 28 ms), and of a start a sixth.
#[cfg(target_env = "gnu")]
const KEPT_MEMORY: libc::c_int = 64 * 1024 * 1024;

/// Bytes of one allocation that is kept so at most; glibc takes no larger value.
#[cfg(target_env = "gnu")]
const MOST_KEPT_AT_ONCE: libc::c_int = 32 * 1024 * 1024;

/// Sets what drivers read, and how the C library keeps memory.
///
/// IRIS' driver converts text by the locale when it is loaded, and without one that knows UTF-8
/// (Lambda names one that it does not have) every letter beyond ASCII becomes `?`. Its own variable
/// for that leaves the process' locale alone. A system without the locale gets it from the folder
/// `locale` beside the driver, where the layer has it. One that has it keeps its own, which is of
/// its own C library.
///
/// # Safety
/// No other thread may run: the environment is shared.
pub unsafe fn prepare() {
    if env::var_os(IRIS_LOCALE).is_none() {
        // SAFETY: the caller promises to be alone.
        unsafe { env::set_var(IRIS_LOCALE, "C.UTF-8") };
    }
    // SAFETY: as above.
    unsafe { env::set_var(IRIS_TLS, iris_tls_file()) };
    if env::var_os(LOCALES).is_none() && !has_iris_locale() {
        // SAFETY: as above.
        unsafe { env::set_var(LOCALES, locales_beside_driver()) };
    }
    #[cfg(target_env = "gnu")]
    keep_memory();
}

/// One arena for all threads: they work in turns, and what one of them leaves the next one takes.
#[cfg(target_env = "gnu")]
fn keep_memory() {
    let settings = [
        (libc::M_TRIM_THRESHOLD, KEPT_MEMORY),
        (libc::M_MMAP_THRESHOLD, MOST_KEPT_AT_ONCE),
        (libc::M_ARENA_MAX, 1),
    ];
    for (name, value) in settings {
        // SAFETY: it takes numbers alone. What it does not take it leaves as it was.
        unsafe { libc::mallopt(name, value) };
    }
}

fn locales_beside_driver() -> PathBuf {
    let driver = env::var_os("ODBC_DRIVER").map(PathBuf::from);
    driver.as_deref().and_then(Path::parent).unwrap_or(Path::new("/opt/lib")).join("locale")
}

/// False where the locale that IRIS' driver converts text by is not installed: without a word it
/// would then make other letters of all those beyond ASCII.
pub fn has_iris_locale() -> bool {
    let Some(name) = env::var_os(IRIS_LOCALE) else { return true };
    let Ok(name) = CString::new(name.into_vec()) else { return false };
    // SAFETY: the name is a C string; a locale that is made is used by nobody, and freed.
    unsafe {
        let locale = libc::newlocale(libc::LC_CTYPE_MASK, name.as_ptr(), ptr::null_mut());
        if !locale.is_null() {
            libc::freelocale(locale);
        }
        !locale.is_null()
    }
}

/// The file with IRIS' TLS settings: of this process alone, in the folder for temporary files (the
/// only one that Lambda lets a function write to). Never the one that the environment names: that
/// is somebody's own, and ours is written again.
pub fn iris_tls_file() -> PathBuf {
    env::temp_dir().join(format!("iris-tables-tls-{}.ini", process::id()))
}

/// Where Secrets Manager is, if not at its usual address: in the variables of AWS' own tools.
pub fn secrets_endpoint() -> Option<String> {
    let named = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"];
    named.into_iter().filter_map(|name| env::var(name).ok()).find(|url| !url.is_empty())
}

/// True on Lambda itself; emulators do not set this.
pub fn is_on_lambda() -> bool {
    env::var_os("AWS_LAMBDA_INITIALIZATION_TYPE").is_some()
}
