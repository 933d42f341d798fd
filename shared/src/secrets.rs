//! The database's address and login from AWS Secrets Manager: the only room that knows AWS.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_config::BehaviorVersion;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::SharedHttpClient;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use tokio::sync::OnceCell;

use crate::config::Server;
use crate::error::{Error, Unavailable};

#[cfg(test)]
mod tests;

/// How long a secret is believed. A rotation is noticed before that where the database refuses the old login.
const BELIEVED: Duration = Duration::from_secs(300);

/// How long an old value is believed once more where Secrets Manager does not answer: not every request shall wait for it.
const BELIEVED_AGAIN: Duration = Duration::from_secs(30);

/// How long Secrets Manager may take in all. With it and a refused login, a request still ends in time.
const READ_TIMEOUT: Duration = Duration::from_secs(4);

/// How long one attempt may take: a second one has room.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_800);

/// One secret, read when it is needed and kept for a while.
#[derive(Debug)]
pub struct Secrets {
    id: String,
    /// TLS to the database, where the secret does not say.
    tls: bool,
    client: OnceCell<Client>,
    /// The last value read, and until when it is believed.
    known: Mutex<Option<(Instant, Server)>>,
}

impl Secrets {
    /// A secret by its name or ARN. `tls`: what holds where the secret does not say.
    pub fn new(id: String, tls: bool) -> Self {
        Self { id, tls, client: OnceCell::new(), known: Mutex::new(None) }
    }

    /// The server as last read, if that is not long ago; else as the secret says now. Where Secrets Manager does not
    /// answer, the old one must do.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where nothing was ever read, [`Error::Internal`] for a secret that makes no sense.
    pub async fn server(&self) -> Result<Server, Error> {
        let known = self.known().clone();
        match known {
            Some((until, server)) if Instant::now() < until => Ok(server),
            Some((_, old)) => match self.read().await {
                Err(Error::Unavailable { log, .. }) => {
                    tracing::warn!(reason = log, "the secret's last known value is used");
                    self.believe(old.clone(), BELIEVED_AGAIN);
                    Ok(old)
                }
                result => result,
            },
            None => self.read().await,
        }
    }

    /// The server as the secret says now, after a refused login. Nothing if that is what was refused.
    ///
    /// # Errors
    /// As [`Secrets::server`].
    pub async fn changed(&self, refused: &Server) -> Result<Option<Server>, Error> {
        let server = self.read().await?;
        Ok((!server.same_login(refused)).then_some(server))
    }

    async fn read(&self) -> Result<Server, Error> {
        let client = self.client.get_or_init(client).await;
        let answer = client.get_secret_value().secret_id(&self.id).send().await.map_err(|error| {
            let log = format!("Secrets Manager: {}", causes(&error));
            match error {
                SdkError::ServiceError(answer) if !is_passing(answer.err()) => Error::internal(log),
                _ => Error::Unavailable { why: Unavailable::Unreachable, log },
            }
        })?;
        let text = answer.secret_string().ok_or_else(|| Error::internal("the secret is binary, not a text"))?;
        let server = Server::from_secret(text, self.tls)
            .map_err(|reason| Error::internal(format!("the secret {}: {reason}", self.id)))?;
        self.believe(server.clone(), BELIEVED);
        Ok(server)
    }

    fn believe(&self, server: Server, time: Duration) {
        *self.known() = Some((Instant::now() + time, server));
    }

    fn known(&self) -> MutexGuard<'_, Option<(Instant, Server)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether Secrets Manager speaks of itself and not of the secret: a later attempt may succeed.
fn is_passing(error: &GetSecretValueError) -> bool {
    error.is_internal_service_error() || error.code() == Some("ThrottlingException")
}

/// An error with what caused it, in words. Never its `Debug` form: that holds the whole answer, the secret in it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

async fn client() -> Client {
    let timeouts =
        TimeoutConfig::builder().operation_timeout(READ_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
    let config =
        aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).http_client(https()).load().await;
    Client::new(&config)
}

fn https() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}
