//! Cleaning up, even where a test panics, the binary is killed, or a static owns a process.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A shell script that runs when this is dropped, or when this process ends in whatever way.
#[derive(Debug)]
pub struct AtEnd {
    shell: Child,
    server: Option<Child>,
}

impl AtEnd {
    /// Prepares a script; `$1` and so on are the arguments.
    pub fn run(script: &str, arguments: &[&OsStr]) -> Self {
        // The shell reads until the other end of the pipe is closed, which the system does for the
        // dead.
        let script = format!("cd /; read -r _; {script}");
        let shell = Command::new("sh")
            .args(["-c", &script, "sh"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C is for us alone.
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        Self { shell, server: None }
    }

    /// Starts a server that writes to `stdout` and `log` in its folder, and ends and removes both
    /// at the end.
    pub fn serving(command: &mut Command, folder: &Path) -> Self {
        let output = |name| File::create(folder.join(name)).unwrap();
        let command = command.stdin(Stdio::null()).stdout(output("stdout")).stderr(output("log"));
        let server = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let script = "kill -9 \"$1\"; rm -rf -- \"$2\"";
        let mut end = Self::run(script, &[server.id().to_string().as_ref(), folder.as_ref()]);
        end.server = Some(server);
        end
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        for child in [Some(&mut self.shell), self.server.as_mut()].into_iter().flatten() {
            let _ = child.wait();
        }
    }
}

/// A new folder for temporary files that anybody may enter. Who makes it has it removed.
///
/// Not in the build's folder: a server that runs as another user may not be able to go there.
pub fn new_folder(name: &str) -> PathBuf {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let folder =
        std::env::temp_dir().join(format!("iris-tables-{name}-{}-{number}", process::id()));
    // One of a process that had this number before.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("the folder for temporary files can be written to");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// A program on `PATH`.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The project's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package has a folder of its own")
}
