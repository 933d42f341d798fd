//! The instances of a function. As on Lambda, each answers one request at a time, and another one
//! is started only while requests wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gateway::Instance;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::respond::Refusal;

/// What a new instance takes to start on Lambda, and what the way to any instance takes. Without a
/// queue a request is refused while all are busy, so they must be busy for as long as there.
const COLD_START: Duration = Duration::from_millis(150);
const WARM_START: Duration = Duration::from_millis(4);

/// How long an instance may take to close its connection.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

/// The instances of one function.
#[derive(Debug)]
pub struct Pool<I: Instance> {
    name: &'static str,
    config: I::Config,
    /// Requests wait for an instance.
    queue: bool,
    /// As many permits as there may be instances.
    permits: Arc<Semaphore>,
    instances: Mutex<Instances<I>>,
}

#[derive(Debug)]
struct Instances<I> {
    /// All that live, so that they can be closed.
    living: Vec<Arc<I>>,
    /// Those that wait for a request; the last one to come is the first to go.
    free: Vec<Arc<I>>,
}

impl<I: Instance> Pool<I> {
    /// No instance yet, and at most so many at once.
    pub fn new(name: &'static str, config: I::Config, most: usize, queue: bool) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(most));
        let instances = Mutex::new(Instances { living: Vec::new(), free: Vec::new() });
        Arc::new(Self { name, config, queue, permits, instances })
    }

    /// An instance for one request: a free one, else a new one, else the first that comes free.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] where all are busy and none may be waited for.
    pub async fn lease(self: &Arc<Self>) -> Result<Lease<I>, Refusal> {
        let permits = Arc::clone(&self.permits);
        let permit = if self.queue {
            permits.acquire_owned().await.map_err(|_| Refusal::Failed)?
        } else {
            permits.try_acquire_owned().map_err(|_| Refusal::Throttled)?
        };
        let free = self.instances().free.pop();
        let is_new = free.is_none();
        let instance = free.unwrap_or_else(|| Arc::new(I::new(self.config.clone())));
        let lease =
            Lease { pool: Arc::clone(self), instance, is_given_back: false, _permit: permit };
        if !self.queue {
            tokio::time::sleep(if is_new { COLD_START } else { WARM_START }).await;
        }
        if is_new {
            self.instances().living.push(Arc::clone(&lease.instance));
            lease.instance.connect().await;
        }
        Ok(lease)
    }

    /// Closes the connections of all instances, busy ones too.
    pub async fn close(&self) {
        let living = std::mem::take(&mut self.instances().living);
        let closing: Vec<_> = living.into_iter().map(|each| tokio::spawn(close(each))).collect();
        for each in closing {
            let _ = each.await;
        }
    }

    fn retire(&self, instance: &Arc<I>) {
        self.instances().living.retain(|living| !Arc::ptr_eq(living, instance));
        // When the server ends there is no runtime any more.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(close(Arc::clone(instance)));
        }
    }

    fn instances(&self) -> MutexGuard<'_, Instances<I>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn close<I: Instance>(instance: Arc<I>) {
    let _ = tokio::time::timeout(CLOSE_LIMIT, instance.close()).await;
}

/// An instance while it answers.
#[derive(Debug)]
pub struct Lease<I: Instance> {
    pool: Arc<Pool<I>>,
    /// The instance.
    pub instance: Arc<I>,
    is_given_back: bool,
    /// Dropped last: whoever waits for it finds the instance free.
    _permit: OwnedSemaphorePermit,
}

impl<I: Instance> Lease<I> {
    /// The request is answered: the instance is free for the next one, unless it is worn out.
    pub fn give_back(mut self) {
        if self.instance.is_worn_out() {
            let pool = self.pool.name;
            tracing::warn!(
                reason = "too many queries never came back from the driver",
                "an instance of {pool} is worn out and has ended, a new one takes its place"
            );
        } else {
            self.pool.instances().free.push(Arc::clone(&self.instance));
            self.is_given_back = true;
        }
    }
}

impl<I: Instance> Drop for Lease<I> {
    /// An instance without an answer may stay busy for long: a new one takes its place.
    fn drop(&mut self) {
        if !self.is_given_back {
            self.pool.retire(&self.instance);
        }
    }
}

#[cfg(test)]
mod tests;
