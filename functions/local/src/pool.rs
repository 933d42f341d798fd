//! The instances of a function. As on Lambda, each answers one request at a time, and another one is made only while
//! requests wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iris_tables::app::App;
use iris_tables::config::Config;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::respond::Refusal;

/// How long an instance may take to close its connection.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

/// The instances of one function.
#[derive(Debug)]
pub struct Pool {
    name: &'static str,
    config: Config,
    /// Requests wait for an instance.
    queue: bool,
    /// As many permits as there may be instances.
    permits: Arc<Semaphore>,
    apps: Mutex<Apps>,
}

#[derive(Debug, Default)]
struct Apps {
    /// All that live, so that they can be closed.
    living: Vec<Arc<App>>,
    /// Those that wait for a request; the last one to come is the first to go.
    free: Vec<Arc<App>>,
}

impl Pool {
    /// No instance yet, and at most so many at once.
    pub fn new(name: &'static str, config: Config, most: usize, queue: bool) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(most));
        Arc::new(Self { name, config, queue, permits, apps: Mutex::default() })
    }

    /// An instance for one request: a free one, else a new one, else the first that comes free.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] where all are busy and none may be waited for.
    pub async fn lease(self: &Arc<Self>) -> Result<Lease, Refusal> {
        let permits = Arc::clone(&self.permits);
        let permit = if self.queue {
            permits.acquire_owned().await.map_err(|_| Refusal::Failed)?
        } else {
            permits.try_acquire_owned().map_err(|_| Refusal::Throttled)?
        };
        let free = self.apps().free.pop();
        let is_new = free.is_none();
        let app = free.unwrap_or_else(|| Arc::new(App::new(self.config.clone())));
        let lease = Lease { pool: Arc::clone(self), app, _permit: permit, is_given_back: false };
        if is_new {
            self.apps().living.push(Arc::clone(&lease.app));
            lease.app.connect().await;
        }
        Ok(lease)
    }

    /// Closes the connections of all instances, busy ones too.
    pub async fn close(&self) {
        let living = std::mem::take(&mut self.apps().living);
        let closing: Vec<_> = living.into_iter().map(|app| tokio::spawn(close(app))).collect();
        for each in closing {
            let _ = each.await;
        }
    }

    fn retire(&self, app: &Arc<App>) {
        self.apps().living.retain(|living| !Arc::ptr_eq(living, app));
        // There is no runtime any more where the server ends.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(close(Arc::clone(app)));
        }
    }

    fn apps(&self) -> std::sync::MutexGuard<'_, Apps> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn close(app: Arc<App>) {
    let _ = tokio::time::timeout(CLOSE_LIMIT, app.database.close()).await;
}

/// An instance while it answers.
#[derive(Debug)]
pub struct Lease {
    pool: Arc<Pool>,
    /// The instance.
    pub app: Arc<App>,
    /// Goes after all else, when whoever waits for it finds the instance.
    _permit: OwnedSemaphorePermit,
    is_given_back: bool,
}

impl Lease {
    /// The request is answered: the instance is free for the next one, unless it is worn out.
    pub fn give_back(mut self) {
        if self.app.database.is_worn_out() {
            let pool = self.pool.name;
            tracing::warn!(
                reason = "too many queries never came back from the driver",
                "an instance of {pool} is worn out and has ended, a fresh one takes its place"
            );
        } else {
            self.pool.apps().free.push(Arc::clone(&self.app));
            self.is_given_back = true;
        }
    }
}

impl Drop for Lease {
    /// What did not come to its answer may be busy for a long time yet: a fresh instance takes its place.
    fn drop(&mut self) {
        if !self.is_given_back {
            self.pool.retire(&self.app);
        }
    }
}
