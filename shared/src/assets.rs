//! The page's own files, served under `/static/`. `build.rs` prepares them.
//!
//! A file's name carries a hash of its contents, so that a browser may keep it for ever: changed
//! contents have another name.

use std::collections::BTreeMap;

/// Where the files are served.
pub const PREFIX: &str = "/static/";

/// The site's icon, in the one format that browsers ask for by its address alone.
pub const FAVICON: &[u8] = include_bytes!("../../templates/assets/favicon.ico");

/// A file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// What templates call it, such as `style.css`.
    pub file: &'static str,
    /// The part of the address after [`PREFIX`], such as `style.1a2b3c4d.css`.
    pub name: &'static str,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The contents.
    pub plain: &'static [u8],
    /// The contents, compressed.
    pub gzip: &'static [u8],
    /// A strong entity tag for the contents as they are, quotes included.
    pub etag: &'static str,
}

// `static ASSETS: [Asset; …]`.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file of this name.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The addresses of all files, by what templates call them.
pub fn addresses() -> BTreeMap<&'static str, String> {
    ASSETS.iter().map(|asset| (asset.file, format!("{PREFIX}{}", asset.name))).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn every_address_leads_to_its_file() {
        assert_eq!(addresses().len(), ASSETS.len());
        for address in addresses().into_values() {
            let name = address.strip_prefix(PREFIX).unwrap();
            let asset = find(name).unwrap();
            // The name changes with the contents, as the tag does.
            assert!(name.contains(asset.etag.trim_matches('"')), "{name}");
        }
        assert!(find("style.css").is_none(), "a name without hash may not be kept for ever");
        assert!(find("../style.css").is_none());
    }

    /// What a person waits for on a slow line: with everything, and before anything is compressed
    /// for them.
    #[test]
    fn all_files_together_are_small() {
        let sizes: Vec<(&str, usize)> =
            ASSETS.iter().map(|asset| (asset.file, asset.gzip.len())).collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(total <= 90_000, "{total} bytes compressed: {sizes:?}");
    }

    #[test]
    fn compressed_and_plain_are_the_same_file() {
        for asset in &ASSETS {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(asset.gzip).read_to_end(&mut plain).unwrap();
            assert_eq!(plain, asset.plain, "{}", asset.name);
            // The map is not served: its address would be a dead one.
            assert!(
                !String::from_utf8_lossy(&plain).contains("sourceMappingURL"),
                "{}",
                asset.name
            );
        }
    }
}
