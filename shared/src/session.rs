//! Sessions: who signed in, sealed into a cookie that only the site can make or read.
//!
//! AES-256-GCM with keys that HKDF makes of one secret, a key for each purpose. Issuer, client and
//! purpose are associated data, so that nothing sealed for another is opened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64_simd::URL_SAFE_NO_PAD as BASE64;
use http::header::COOKIE;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Claim, Source};
use crate::config::{Login, MIN_SESSION_KEY_CHARS, Secret, SecretSource};
use crate::error::Error;
use crate::record::Deadline;
use crate::request::Request;
use crate::secrets::TextSecret;

/// The cookie with the session. `__Host-`: of this host alone, over HTTPS alone.
pub const SESSION_COOKIE: &str = "__Host-iris-session";

/// Bytes of a sealed session at most: the gateway takes 10,240 bytes of head, and an address needs
/// most of them.
pub const MAX_SESSION_BYTES: usize = 1_500;

/// How long the keys are cached. After a rotation sessions of the version before still open.
const KEYS_MAX_AGE: Duration = Duration::from_secs(300);

/// How often the secret is read at most because of an unknown key id: anybody can send one.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(10);

/// Before all that is sealed.
const VERSION: &str = "1";

/// What a sealed text is for. None opens as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Who signed in.
    Session,
    /// A sign-in that is under way.
    State,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::State => "state",
        }
    }
}

/// Who signed in, as it is sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The provider's name of the person, which never changes.
    pub sub: String,
    /// What pages show.
    pub name: String,
    /// Claims that are wanted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, Claim>,
    /// When it began, in seconds since 1970.
    pub issued: u64,
    /// When it ends.
    pub until: u64,
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Random bytes as text.
///
/// # Errors
/// [`Error::Internal`] where the system has none.
pub fn random<const N: usize>() -> Result<String, Error> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(BASE64.encode_to_string(bytes))
}

/// The value of a cookie. Two of a name are none: the second may be planted.
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

/// Seals and opens, with the keys of one secret's versions.
#[derive(Debug)]
pub struct Sealer {
    /// The first one seals, all open.
    versions: Vec<Version>,
    /// Issuer and client.
    context: String,
}

/// The keys of one version of the secret.
struct Version {
    id: String,
    session: LessSafeKey,
    state: LessSafeKey,
}

impl std::fmt::Debug for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.id)
    }
}

/// Bytes that HKDF gives.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Version {
    fn of(secret: &Secret) -> Option<Self> {
        let salt = Salt::new(HKDF_SHA256, b"iris-tables");
        let root = salt.extract(secret.expose().trim().as_bytes());
        let fill = |purpose: &str, bytes: &mut [u8]| {
            let info = [purpose.as_bytes()];
            let made = root.expand(&info, Length(bytes.len())).and_then(|okm| okm.fill(bytes));
            made.ok()
        };
        let key = |purpose: Purpose| {
            let mut bytes = [0; 32];
            fill(purpose.word(), &mut bytes)?;
            UnboundKey::new(&AES_256_GCM, &bytes).ok().map(LessSafeKey::new)
        };
        let mut id = [0; 6];
        fill("id", &mut id)?;
        Some(Self {
            id: BASE64.encode_to_string(id),
            session: key(Purpose::Session)?,
            state: key(Purpose::State)?,
        })
    }

    fn key(&self, purpose: Purpose) -> &LessSafeKey {
        match purpose {
            Purpose::Session => &self.session,
            Purpose::State => &self.state,
        }
    }
}

impl Sealer {
    /// Keys of a secret's versions, the present one first.
    pub fn new(secrets: &[Secret], login: &Login) -> Self {
        let context = format!("{}\0{}", login.issuer, login.client_id);
        Self { versions: secrets.iter().filter_map(Version::of).collect(), context }
    }

    fn associated(&self, purpose: Purpose, bound: &str) -> Vec<u8> {
        format!("{}\0{}\0{bound}", self.context, purpose.word()).into_bytes()
    }

    /// Seals; `bound` must be the same when it is opened.
    ///
    /// # Errors
    /// [`Error::Internal`] without a key or random numbers.
    pub fn seal(&self, purpose: Purpose, plain: &[u8], bound: &str) -> Result<String, Error> {
        let failed = || Error::internal("a session cannot be sealed");
        let version = self.versions.first().ok_or_else(failed)?;
        let mut sealed = vec![0; NONCE_LEN];
        SystemRandom::new().fill(&mut sealed).map_err(|_| failed())?;
        let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(|_| failed())?;
        let mut text = plain.to_vec();
        let associated = Aad::from(self.associated(purpose, bound));
        let key = version.key(purpose);
        key.seal_in_place_append_tag(nonce, associated, &mut text).map_err(|_| failed())?;
        sealed.append(&mut text);
        Ok(format!("{VERSION}.{}.{}", version.id, BASE64.encode_to_string(sealed)))
    }

    /// What was sealed, if it was sealed so by this site and nobody has changed it.
    pub fn open(&self, purpose: Purpose, sealed: &str, bound: &str) -> Option<Vec<u8>> {
        let (id, text) = parts(sealed)?;
        let version = self.versions.iter().find(|version| version.id == id)?;
        let mut bytes = BASE64.decode_to_vec(text).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let associated = Aad::from(self.associated(purpose, bound));
        let plain = version.key(purpose).open_in_place(nonce, associated, text).ok()?;
        Some(plain.to_vec())
    }

    fn knows(&self, sealed: &str) -> bool {
        parts(sealed).is_none_or(|(id, _)| self.versions.iter().any(|version| version.id == id))
    }
}

/// The key's id and the rest.
fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')
}

/// The sessions of a site.
#[derive(Debug)]
pub struct Sessions {
    login: Login,
    stored: TextSecret,
    known: Mutex<Option<Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    sealer: Arc<Sealer>,
    read: Instant,
    /// When it was last read because of an unknown key id.
    looked_up: Option<Instant>,
}

impl Known {
    /// Whether the secret is to be read again for what is sealed with a known or unknown key.
    fn is_due(&self, is_known: bool) -> bool {
        let may_look_up = || self.looked_up.is_none_or(|at| at.elapsed() >= UNKNOWN_KEY_INTERVAL);
        self.read.elapsed() >= KEYS_MAX_AGE || !is_known && may_look_up()
    }
}

impl Sessions {
    /// The secret is read when it is needed.
    pub fn new(login: Login) -> Self {
        let known = match &login.key {
            SecretSource::Value(key) => {
                let sealer = Arc::new(Sealer::new(std::slice::from_ref(key), &login));
                Some(Known { sealer, read: Instant::now(), looked_up: None })
            }
            SecretSource::Stored(_) => None,
        };
        Self { login, stored: TextSecret::default(), known: Mutex::new(known) }
    }

    /// The cached keys, read again where they are old or do not know the key of `sealed`.
    ///
    /// # Errors
    /// [`Error::ProviderUnavailable`] where Secrets Manager does not answer,
    /// [`Error::Internal`] where it refuses or the secret is too short.
    pub async fn sealer(
        &self,
        sealed: Option<&str>,
        deadline: Deadline,
    ) -> Result<Arc<Sealer>, Error> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let SecretSource::Stored(id) = &self.login.key else {
            let none = || Error::internal("there is no key for sessions");
            return known.map(|known| known.sealer).ok_or_else(none);
        };
        let mut looked_up = known.as_ref().and_then(|known| known.looked_up);
        if let Some(known) = &known {
            let is_known = sealed.is_none_or(|sealed| known.sealer.knows(sealed));
            if !known.is_due(is_known) {
                return Ok(Arc::clone(&known.sealer));
            }
            if !is_known {
                looked_up = Some(Instant::now());
            }
        }
        let sealer = match (self.stored.versions(id, deadline).await, known) {
            (Ok(secrets), _) => {
                check_length(&secrets, id)?;
                Arc::new(Sealer::new(&secrets, &self.login))
            }
            // Nobody is signed out because Secrets Manager does not answer.
            (Err(error), Some(Known { sealer, .. })) => {
                tracing::warn!(reason = error.log(), "the last known session keys are used");
                sealer
            }
            (Err(Error::Unavailable { log, .. }), None) => {
                return Err(Error::ProviderUnavailable { log });
            }
            (Err(error), None) => return Err(error),
        };
        let known = Known { sealer: Arc::clone(&sealer), read: Instant::now(), looked_up };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(sealer)
    }

    /// Who signed in, as the request's cookie says; none where there is no cookie, or it is not
    /// one of this site's, or has ended.
    ///
    /// # Errors
    /// As [`Sessions::sealer`].
    pub async fn caller(
        &self,
        request: &Request,
        deadline: Deadline,
    ) -> Result<Option<Caller>, Error> {
        let header = cookies(request);
        let Some(sealed) = cookie(&header, SESSION_COOKIE) else { return Ok(None) };
        let sealer = self.sealer(Some(sealed), deadline).await?;
        let Some(plain) = sealer.open(Purpose::Session, sealed, "") else { return Ok(None) };
        let session = serde_json::from_slice::<Session>(&plain).ok();
        let session = session.filter(|session| now() < session.until);
        Ok(session.map(|Session { sub, name, claims, until, .. }| Caller {
            source: Source::Session,
            issuer: self.login.issuer.clone(),
            subject: sub,
            name,
            claims,
            until: Some(until),
        }))
    }
}

fn check_length(secrets: &[Secret], id: &str) -> Result<(), Error> {
    match secrets.first() {
        Some(secret) if secret.expose().trim().len() < MIN_SESSION_KEY_CHARS => {
            let least = MIN_SESSION_KEY_CHARS;
            Err(Error::internal(format!("the secret {id} must have at least {least} characters")))
        }
        _ => Ok(()),
    }
}

/// All cookies of a request, in one text. Those of other applications on the domain may hold any
/// bytes, which must not hide ours.
pub fn cookies(request: &Request) -> String {
    let values = request.headers.get_all(COOKIE).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
