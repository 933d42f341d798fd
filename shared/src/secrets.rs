//! The database's address and login from AWS Secrets Manager: the only module that knows AWS.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::meta::region::ProvideRegion as _;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::{
    GetSecretValueError, GetSecretValueOutput,
};
use tokio::sync::OnceCell;

use crate::config::{Secret, Server, process};
use crate::error::{Error, Unavailable};
use crate::https::causes;
use crate::record::Deadline;

mod https;
#[cfg(test)]
mod tests;

/// How long a secret is believed. A rotation is noticed before that where the database refuses the
/// old login.
const BELIEVED: Duration = Duration::from_secs(300);

/// How long an old value is believed once more where Secrets Manager does not answer: not every
/// request shall wait for it.
const BELIEVED_AGAIN: Duration = Duration::from_secs(30);

/// How long a refused login is believed to be all that the secret says: not every request shall ask
/// meanwhile. Shorter than the login rests, so that each refusal by the database is followed by a
/// question.
const REFUSED_BELIEVED: Duration = Duration::from_secs(5);

/// How long Secrets Manager may take in all, where the request has as much time left.
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
    /// When it was last asked because of a refused login, if that was no use.
    asked_in_vain: Mutex<Option<Instant>>,
}

impl Secrets {
    /// A secret by its name or ARN. `tls`: what holds where the secret does not say.
    pub fn new(id: String, tls: bool) -> Self {
        Self {
            id,
            tls,
            client: OnceCell::new(),
            known: Mutex::default(),
            asked_in_vain: Mutex::default(),
        }
    }

    /// The server as last read, if that is not long ago.
    pub fn believed(&self) -> Option<Server> {
        self.known().clone().filter(|(until, _)| Instant::now() < *until).map(|(_, server)| server)
    }

    /// The server as the secret says now. Where Secrets Manager does not answer, the old one must
    /// do.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where nothing was ever read or the deadline has passed,
    /// [`Error::Internal`] for a secret that makes no sense.
    pub async fn server(&self, deadline: Deadline) -> Result<Server, Error> {
        let known = self.known().clone();
        match known {
            Some((_, old)) => match self.read(deadline).await {
                Err(Error::Unavailable { why, log }) => {
                    self.believe(old.clone(), BELIEVED_AGAIN);
                    // A request without time left would only cost the connection.
                    if Instant::now() >= deadline.at {
                        return Err(Error::Unavailable { why, log });
                    }
                    tracing::warn!(reason = log, "the secret's last known value is used");
                    Ok(old)
                }
                result => result,
            },
            None => self.read(deadline).await,
        }
    }

    /// The server as the secret says now, after a refused login. `None` if that is what was
    /// refused, or was a moment ago.
    ///
    /// # Errors
    /// As [`Secrets::server`].
    pub async fn changed(
        &self,
        refused: &Server,
        deadline: Deadline,
    ) -> Result<Option<Server>, Error> {
        if lock(&self.asked_in_vain).is_some_and(|at| at.elapsed() < REFUSED_BELIEVED) {
            return Ok(None);
        }
        // Before it answers: a failure is not waited for in every request either.
        *lock(&self.asked_in_vain) = Some(Instant::now());
        let server = self.read(deadline).await?;
        if server.same_login(refused) {
            return Ok(None);
        }
        *lock(&self.asked_in_vain) = None;
        Ok(Some(server))
    }

    /// Asks Secrets Manager, until the request's time is over at the latest.
    async fn read(&self, deadline: Deadline) -> Result<Server, Error> {
        let text = ask(&self.client, &self.id, "AWSCURRENT", deadline).await?.unwrap_or_default();
        let server = Server::from_secret(&text, self.tls)
            .map_err(|reason| Error::internal(format!("the secret {}: {reason}", self.id)))?;
        self.believe(server.clone(), BELIEVED);
        Ok(server)
    }

    fn believe(&self, server: Server, time: Duration) {
        *self.known() = Some((Instant::now() + time, server));
    }

    fn known(&self) -> MutexGuard<'_, Option<(Instant, Server)>> {
        lock(&self.known)
    }
}

/// A version of a secret, as text. `None` where there is no such version.
async fn ask(
    client: &OnceCell<Client>,
    id: &str,
    stage: &str,
    deadline: Deadline,
) -> Result<Option<String>, Error> {
    let asking = async {
        let client = client.get_or_try_init(self::client).await.map_err(Error::internal)?;
        let asked = client.get_secret_value().secret_id(id).version_stage(stage).send().await;
        match asked {
            Err(SdkError::ServiceError(answer))
                if stage != "AWSCURRENT" && answer.err().is_resource_not_found_exception() =>
            {
                Ok(None)
            }
            asked => asked.map(Some).map_err(refusal),
        }
    };
    let late = |_| Error::Unavailable {
        why: Unavailable::Unreachable,
        log: "Secrets Manager: no answer in the time that the request has".to_owned(),
    };
    let answer = tokio::time::timeout_at(deadline.at.into(), asking).await.map_err(late)??;
    let text = |answer: GetSecretValueOutput| {
        let text = answer.secret_string().map(str::to_owned);
        text.ok_or_else(|| Error::internal("the secret is binary, not a text"))
    };
    answer.map(text).transpose()
}

/// A secret that is a plain text: its present version, and the one before.
#[derive(Debug, Default)]
pub struct TextSecret {
    client: OnceCell<Client>,
}

impl TextSecret {
    /// The present text first, then the one before where there is one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where Secrets Manager does not answer, [`Error::Internal`] where it
    /// refuses.
    pub async fn versions(&self, id: &str, deadline: Deadline) -> Result<Vec<Secret>, Error> {
        let mut versions = Vec::new();
        for stage in ["AWSCURRENT", "AWSPREVIOUS"] {
            versions.extend(ask(&self.client, id, stage, deadline).await?.map(Secret::from));
        }
        Ok(versions)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a failed question means.
fn refusal(error: SdkError<GetSecretValueError>) -> Error {
    let log = format!("Secrets Manager: {}", causes(&error));
    match error {
        SdkError::ServiceError(answer)
            if !answer.raw().status().is_server_error() && !is_passing(answer.err()) =>
        {
            Error::internal(log)
        }
        _ => Error::Unavailable { why: Unavailable::Unreachable, log },
    }
}

/// Whether Secrets Manager speaks of itself and not of the secret: a later attempt may succeed.
fn is_passing(error: &GetSecretValueError) -> bool {
    error.is_internal_service_error() || error.code() == Some("ThrottlingException")
}

/// A client of what the environment of a function says: its region and the credentials that Lambda
/// puts there. The SDK's own search asks further places that a function does not have, which makes
/// each function 0.3 MB larger as a zip.
async fn client() -> Result<Client, String> {
    let timeouts = TimeoutConfig::builder()
        .operation_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build();
    let https = https::client()
        .map_err(|error| format!("Secrets Manager: no certificates to check it by: {error}"))?;
    let region = EnvironmentVariableRegionProvider::new().region().await;
    let credentials = EnvironmentVariableCredentialsProvider::new();
    // The SDK's own words for this do not say what is missing.
    if region.is_none() || credentials.provide_credentials().await.is_err() {
        return Err(
            "Secrets Manager: AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be in the environment, \
                    with AWS_SESSION_TOKEN where the keys are passing ones; no other place is looked at"
                .to_owned(),
        );
    }
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .http_client(https);
    config.set_endpoint_url(process::secrets_endpoint());
    Ok(Client::new(&config.build()))
}
