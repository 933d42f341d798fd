//! Pools over instances that do nothing.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use iris_tables::config::ConfigError;
use tracing::Level;

use super::*;

/// Counts how often it is asked to connect and close.
#[derive(Debug, Default)]
struct Fake {
    is_worn_out: AtomicBool,
    connected: AtomicUsize,
    closed: AtomicUsize,
}

impl Instance for Fake {
    type Config = ();

    fn config() -> Result<(), ConfigError> {
        Ok(())
    }

    fn log_level((): &()) -> Level {
        Level::INFO
    }

    fn new((): ()) -> Self {
        Self::default()
    }

    async fn connect(&self) {
        self.connected.fetch_add(1, Ordering::Relaxed);
    }

    fn is_worn_out(&self) -> bool {
        self.is_worn_out.load(Ordering::Relaxed)
    }

    async fn close(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
    }
}

fn pool(most: usize, queue: bool) -> Arc<Pool<Fake>> {
    Pool::new("table", (), most, queue)
}

/// Waits for what a task of the runtime does.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_instance_answers_one_request_at_a_time_and_a_free_one_comes_before_a_new_one() {
    let pool = pool(2, true);
    let first = pool.lease().await.unwrap();
    let instance = Arc::clone(&first.instance);
    first.give_back();
    let again = pool.lease().await.unwrap();
    let other = pool.lease().await.unwrap();
    assert!(Arc::ptr_eq(&again.instance, &instance) && !Arc::ptr_eq(&other.instance, &instance));
    assert_eq!(instance.connected.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn requests_wait_for_an_instance_in_their_order() {
    let pool = pool(1, true);
    let first = pool.lease().await.unwrap();
    let instance = Arc::clone(&first.instance);
    let mut waiting = Box::pin(pool.lease());
    assert!(at_once(&mut waiting).await.is_none(), "there is no second instance");
    first.give_back();
    assert!(Arc::ptr_eq(&waiting.await.unwrap().instance, &instance));
}

/// The future's output, if it is there at once.
async fn at_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}

#[tokio::test]
async fn without_a_queue_a_request_is_refused_while_all_are_busy() {
    let pool = pool(1, false);
    let busy = pool.lease().await.unwrap();
    assert_eq!(pool.lease().await.unwrap_err(), Refusal::Throttled);
    busy.give_back();
    pool.lease().await.unwrap();
}

#[tokio::test]
async fn a_worn_out_instance_is_closed_and_replaced() {
    let pool = pool(1, true);
    let lease = pool.lease().await.unwrap();
    let worn_out = Arc::clone(&lease.instance);
    worn_out.is_worn_out.store(true, Ordering::Relaxed);
    lease.give_back();
    let next = pool.lease().await.unwrap();
    assert!(!Arc::ptr_eq(&next.instance, &worn_out));
    until(|| worn_out.closed.load(Ordering::Relaxed) == 1).await;
}

#[tokio::test]
async fn an_instance_whose_request_was_given_up_is_replaced() {
    let pool = pool(1, true);
    let lease = pool.lease().await.unwrap();
    let busy = Arc::clone(&lease.instance);
    drop(lease);
    assert!(!Arc::ptr_eq(&pool.lease().await.unwrap().instance, &busy));
    until(|| busy.closed.load(Ordering::Relaxed) == 1).await;
}

#[tokio::test]
async fn at_the_end_every_connection_is_closed() {
    let pool = pool(2, true);
    let (busy, other) = (pool.lease().await.unwrap(), pool.lease().await.unwrap());
    let free = Arc::clone(&other.instance);
    other.give_back();
    pool.close().await;
    for instance in [&busy.instance, &free] {
        assert_eq!(instance.closed.load(Ordering::Relaxed), 1);
    }
}
