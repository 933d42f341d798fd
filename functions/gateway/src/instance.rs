//! What the loop needs of an instance, whichever function it is of.

use std::fmt::Debug;

use iris_tables::app::App;
use iris_tables::config::{self, Config, ConfigError};
use tracing::Level;

/// An instance of a function: it lives through many requests, one at a time.
pub trait Instance: Debug + Send + Sync + Sized + 'static {
    /// Its settings.
    type Config: Debug + Clone + Send + Sync;

    /// The settings as the environment has them.
    ///
    /// # Errors
    /// [`ConfigError`] for the first that cannot be used.
    fn config() -> Result<Self::Config, ConfigError>;

    /// From which level on it logs.
    fn log_level(config: &Self::Config) -> Level;

    /// One that has not connected yet.
    fn new(config: Self::Config) -> Self;

    /// Opens what it holds between requests. Where that fails, the request says so.
    fn connect(&self) -> impl Future<Output = ()> + Send;

    /// It has to be replaced.
    fn is_worn_out(&self) -> bool;

    /// Closes what it holds.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

impl Instance for App {
    type Config = Config;

    fn config() -> Result<Config, ConfigError> {
        config::from_env()
    }

    fn log_level(config: &Config) -> Level {
        config.site.log_level
    }

    fn new(config: Config) -> Self {
        Self::new(config)
    }

    async fn connect(&self) {
        self.connect().await;
    }

    fn is_worn_out(&self) -> bool {
        self.database.is_worn_out()
    }

    async fn close(&self) {
        self.database.close().await;
    }
}
