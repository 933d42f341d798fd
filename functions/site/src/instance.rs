//! An instance of the function.

use gateway::Instance;
use iris_tables::config::{self, Access, ConfigError, Login, SiteConfig};
use iris_tables::error::Error;
use iris_tables::frame::Frame;
use iris_tables::oidc::Provider;
use iris_tables::session::Sessions;
use tracing::Level;

/// An instance: it holds no connection.
#[derive(Debug)]
pub struct Site {
    /// What surrounds every answer.
    pub frame: Frame,
    /// The provider, where people sign in.
    provider: Option<Provider>,
}

/// What a sign-in needs.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The settings.
    pub config: &'a Login,
    /// The provider.
    pub provider: &'a Provider,
    /// Seals and opens.
    pub sessions: &'a Sessions,
}

impl SignIn<'_> {
    /// How long a session lasts.
    pub fn seconds(&self) -> u64 {
        u64::try_from(self.config.minutes).unwrap_or_default() * 60
    }
}

impl Site {
    /// What a sign-in needs.
    ///
    /// # Errors
    /// [`Error::UnknownPath`] where nobody signs in.
    pub fn login(&self) -> Result<SignIn<'_>, Error> {
        match (&self.frame.config.access, &self.provider, &self.frame.sessions) {
            (Access::Login(config), Some(provider), Some(sessions)) => {
                Ok(SignIn { config, provider, sessions })
            }
            _ => Err(Error::UnknownPath),
        }
    }
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
        let provider = match &config.access {
            Access::Login(login) => Some(Provider::new((**login).clone())),
            _ => None,
        };
        Self { frame: Frame::new(config), provider }
    }

    async fn connect(&self) {}

    fn is_worn_out(&self) -> bool {
        false
    }

    async fn close(&self) {}
}
