//! Makes the page's own files part of the library: named after their contents, plain and compressed.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use flate2::{Compression, Crc};

/// Files under `templates/assets`, in the order in which a page loads them.
const FILES: [&str; 2] = ["node_modules/bootstrap/dist/css/bootstrap.min.css", "style.css"];

fn main() {
    if let Err(message) = generate() {
        println!("cargo::error={message}");
    }
}

/// Writes `assets.rs` and the files that it includes.
fn generate() -> Result<(), String> {
    let assets = folder("CARGO_MANIFEST_DIR")?.join("../templates/assets");
    let out = folder("OUT_DIR")?;
    let mut code = format!("static ASSETS: [Asset; {}] = [\n", FILES.len());
    for path in FILES {
        let source = assets.join(path);
        println!("cargo::rerun-if-changed={}", source.display());
        let text = fs::read_to_string(&source).map_err(|error| {
            // What npm installs is not in the repository: most likely nobody has installed it yet.
            let advice = if path.starts_with("node_modules") { ": run `make assets` first" } else { "" };
            format!("templates/assets/{path} cannot be read ({error}){advice}")
        })?;
        add(&mut code, &out, path, &without_source_map(&text))?;
    }
    code.push_str("];\n");
    write(&out.join("assets.rs"), code.as_bytes())
}

/// Writes one file in both forms, and its entry in the list.
fn add(code: &mut String, out: &Path, path: &str, text: &str) -> Result<(), String> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = file.rsplit_once('.').ok_or_else(|| format!("{path} has no extension"))?;
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        _ => return Err(format!("build.rs knows no content type for {path}")),
    };
    // Tells versions of a file apart, nothing more: 32 bits are enough for that.
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    let hash = format!("{:08x}", crc.sum());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    write(&out.join(file), text.as_bytes())?;
    write(&out.join(format!("{file}.gz")), &gzip.map_err(|error| format!("{path}: {error}"))?)?;
    writeln!(
        code,
        r#"Asset {{
    name: "{stem}.{hash}.{extension}",
    content_type: "{content_type}",
    plain: include_bytes!(concat!(env!("OUT_DIR"), "/{file}")),
    gzip: include_bytes!(concat!(env!("OUT_DIR"), "/{file}.gz")),
    etag: "\"{hash}\"",
}},"#
    )
    .map_err(|error| error.to_string())
}

/// The text without the line that names its source map: the map is not served, so the address would be a dead one.
fn without_source_map(text: &str) -> String {
    let names_map =
        |line: &&str| line.starts_with("/*# sourceMappingURL=") || line.starts_with("//# sourceMappingURL=");
    text.lines().filter(|line| !names_map(line)).fold(String::new(), |kept, line| kept + line + "\n")
}

fn write(path: &Path, contents: &[u8]) -> Result<(), String> {
    fs::write(path, contents).map_err(|error| format!("{} cannot be written ({error})", path.display()))
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    std::env::var_os(variable).map(PathBuf::from).ok_or_else(|| format!("cargo has not set {variable}"))
}
