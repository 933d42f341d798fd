//! Text that no log may show.

use std::fmt;

/// A password. Neither `Debug` nor `Display` shows it, nor how long it is.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that hands it to the database.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}
