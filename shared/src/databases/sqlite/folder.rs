//! A folder of SQLite files: each `NAME.db` is the schema `NAME`.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::Patterns;
use crate::database::{Fault, Kind};

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct File {
    /// Its name without the ending.
    pub schema: String,
    /// Where it is.
    pub path: String,
    /// Device and number: a file that is replaced by another one of its name is another one.
    identity: Option<(u64, u64)>,
}

/// The folder's databases that hold something to publish, by name.
pub fn published(folder: &Path, published: &Patterns) -> Result<Vec<File>, Fault> {
    // Its own path: a link that leads elsewhere later is not to change what has been attached.
    let own = folder.canonicalize().map_err(|error| unreadable(folder, &error.to_string()))?;
    let mut files = Vec::new();
    for path in databases(&own)? {
        match (path.file_stem().and_then(|name| name.to_str()), path.to_str()) {
            (Some(name), Some(whole)) if published.reaches(name) => {
                let identity = std::fs::metadata(&path).ok().map(|file| (file.dev(), file.ino()));
                files.push(File { schema: name.to_owned(), path: whole.to_owned(), identity });
            }
            (Some(_), Some(_)) => {}
            _ => {
                return Err(unreadable(
                    folder,
                    &format!("the name of {} is not UTF-8", path.display()),
                ));
            }
        }
    }
    files.sort_by(|one, other| one.schema.cmp(&other.schema));
    Ok(files)
}

fn databases(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let failed = |error: std::io::Error| unreadable(folder, &error.to_string());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(unreadable(folder, "it holds no file NAME.db")) } else { Ok(paths) }
}

fn unreadable(folder: &Path, why: &str) -> Fault {
    Fault::new(Kind::Unreachable, format!("the folder {}: {why}", folder.display()))
}
