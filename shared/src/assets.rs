//! The page's own files, served under `/static/`. `build.rs` prepares them.
//!
//! A file's name carries a hash of its contents, so that a browser may keep it for ever: changed contents have another
//! name.

/// Where the files are served.
pub const PREFIX: &str = "/static/";

/// A file as it is served.
#[derive(Debug)]
pub struct Asset {
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

// `static ASSETS: [Asset; …]`, in the order in which a page loads them.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file of this name.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// Addresses of the stylesheets, in their order.
pub fn stylesheets() -> Vec<String> {
    addresses("text/css")
}

/// Addresses of the scripts, in their order.
pub fn scripts() -> Vec<String> {
    addresses("text/javascript")
}

fn addresses(content_type: &str) -> Vec<String> {
    let wanted = ASSETS.iter().filter(|asset| asset.content_type.starts_with(content_type));
    wanted.map(|asset| format!("{PREFIX}{}", asset.name)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn every_address_leads_to_its_file() {
        let addresses = [stylesheets(), scripts()].concat();
        assert_eq!(addresses.len(), ASSETS.len());
        for address in addresses {
            let name = address.strip_prefix(PREFIX).unwrap();
            let asset = find(name).unwrap();
            // The name changes with the contents, as the tag does.
            assert!(name.contains(asset.etag.trim_matches('"')), "{name}");
        }
        assert!(find("style.css").is_none(), "a name without hash may not be kept for ever");
        assert!(find("../style.css").is_none());
    }

    #[test]
    fn bootstrap_comes_before_our_own_rules() {
        let order = stylesheets();
        assert!(order[0].starts_with("/static/bootstrap.min."), "{order:?}");
        assert!(order[1].starts_with("/static/style."), "{order:?}");
    }

    #[test]
    fn compressed_and_plain_are_the_same_file() {
        for asset in &ASSETS {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(asset.gzip).read_to_end(&mut plain).unwrap();
            assert_eq!(plain, asset.plain, "{}", asset.name);
            assert!(!String::from_utf8(plain).unwrap().contains("sourceMappingURL"), "{}", asset.name);
        }
    }
}
