//! Makes the pages' templates and files part of the library: files named after their contents,
//! plain and compressed.
//!
//! `TEMPLATES_DIR` may name a folder like `templates`: its templates and `assets/` come instead of
//! ours or beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};

/// Our files under `templates/assets`; `make assets` makes those in `built`.
const FILES: [&str; 5] =
    ["built/index.js", "built/library.css", "built/table.js", "session.js", "style.css"];

fn main() {
    if let Err(message) = generate() {
        println!("cargo::error={message}");
    }
}

/// Writes `templates.rs` and `assets.rs`, and the files that they include.
fn generate() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=TEMPLATES_DIR");
    let root = folder("CARGO_MANIFEST_DIR")?.join("..");
    let out = folder("OUT_DIR")?;
    let ours = root.join("templates");
    let own =
        std::env::var_os("TEMPLATES_DIR").filter(|own| !own.is_empty()).map(|own| root.join(own));
    let mut templates = files_in(&ours)?;
    let mut assets: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in FILES {
        assets.insert(path.trim_start_matches("built/").to_owned(), ours.join("assets").join(path));
    }
    if let Some(own) = own {
        templates.extend(files_in(&own)?);
        if own.join("assets").is_dir() {
            assets.extend(files_in(&own.join("assets"))?);
        }
    }
    templates.retain(|name, _| name.ends_with(".html"));
    write(&out.join("templates.rs"), list_of_templates(&templates)?.as_bytes())?;
    let mut code = format!("static ASSETS: [Asset; {}] = [\n", assets.len());
    for (name, source) in &assets {
        add(&mut code, &out, name, source)?;
    }
    code.push_str("];\n");
    write(&out.join("assets.rs"), code.as_bytes())
}

/// The files of a folder by their names. Cargo looks again when one comes or goes.
fn files_in(folder: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let unread = |error: std::io::Error| format!("{} cannot be read ({error})", folder.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.is_file() {
            let name = path.file_name().and_then(|name| name.to_str());
            let name =
                name.ok_or_else(|| format!("{} has a name that is not UTF-8", path.display()))?;
            files.insert(name.to_owned(), path.clone());
        }
    }
    Ok(files)
}

/// The templates' names with their texts.
fn list_of_templates(templates: &BTreeMap<String, PathBuf>) -> Result<String, String> {
    let mut code = format!("static TEMPLATES: [(&str, &str); {}] = [\n", templates.len());
    for (name, path) in templates {
        let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string())
            .map_err(|error| error.to_string())?;
    }
    code.push_str("];\n");
    Ok(code)
}

/// Writes one file in both forms, and its entry in the list.
fn add(code: &mut String, out: &Path, name: &str, source: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", source.display());
    let contents = fs::read(source).map_err(|error| {
        // What npm makes is not in the repository: most likely nobody has made it yet.
        format!("{} cannot be read ({error}): run `make assets` first", source.display())
    })?;
    let (stem, extension) =
        name.rsplit_once('.').ok_or_else(|| format!("{name} has no extension"))?;
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        _ => {
            return Err(format!(
                "{}: a file of a page is css, js, svg, png, jpg, webp or ico",
                source.display()
            ));
        }
    };
    // Tells versions of a file apart, nothing more: 32 bits are enough for that.
    let mut crc = Crc::new();
    crc.update(&contents);
    let hash = format!("{:08x}", crc.sum());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder.write_all(&contents).and_then(|()| encoder.finish());
    write(&out.join(name), &contents)?;
    write(&out.join(format!("{name}.gz")), &gzip.map_err(|error| format!("{name}: {error}"))?)?;
    writeln!(
        code,
        r#"Asset {{
    file: {name:?},
    name: {:?},
    content_type: "{content_type}",
    plain: include_bytes!(concat!(env!("OUT_DIR"), {:?})),
    gzip: include_bytes!(concat!(env!("OUT_DIR"), {:?})),
    etag: "\"{hash}\"",
}},"#,
        format!("{stem}.{hash}.{extension}"),
        format!("/{name}"),
        format!("/{name}.gz"),
    )
    .map_err(|error| error.to_string())
}

fn write(path: &Path, contents: &[u8]) -> Result<(), String> {
    fs::write(path, contents)
        .map_err(|error| format!("{} cannot be written ({error})", path.display()))
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| format!("cargo has not set {variable}"))
}
