//! An instance of the function.

use gateway::Instance;
use iris_tables::config::{self, ConfigError, SiteConfig};
use iris_tables::frame::Frame;
use tracing::Level;

/// An instance: it holds no connection.
#[derive(Debug)]
pub struct Site {
    /// What surrounds every answer.
    pub frame: Frame,
}

impl Instance for Site {
    type Config = SiteConfig;

    fn config() -> Result<SiteConfig, ConfigError> {
        config::site_from_env()
    }

    fn log_level(config: &SiteConfig) -> Level {
        config.log_level
    }

    fn new(config: SiteConfig) -> Self {
        Self { frame: Frame::new(config) }
    }

    async fn connect(&self) {}

    fn is_worn_out(&self) -> bool {
        false
    }

    async fn close(&self) {}
}
