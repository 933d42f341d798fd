//! Memory that a warm request asks for, by the product's own code: drivers and databases ask
//! elsewhere.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway::{Answer, Event};
use iris_tables::app::App;
use iris_tables::config;
use serde_json::json;
use tokio::runtime::Builder;

use crate::{DEMO, alone};

/// The system's allocator, which counts.
struct Counting;

pub static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What is asked for, as what, and the recorded number of allocations for it.
const RECORDED: [(&str, &str, &str, usize); 8] = [
    ("/table/Bank.Account", "", "application/json", 663),
    ("/table/Bank.Account", "_size=1000", "application/json", 764),
    ("/table/Bank.Account", "", "text/csv", 704),
    ("/table/Bank.Account", "", "text/html", 3_037),
    ("/table/Bank.Account/row", "ID=1", "application/json", 476),
    ("/table/Bank.Movement/groups", "_by=Kind&_sum=Amount", "application/json", 643),
    ("/table/Bank.Movement/groups", "_by=Booked:month&_sum=Amount", "text/html", 16_564),
    // It is kept: to make it takes 99,000.
    ("/openapi.json", "", "application/json", 59),
];

#[test]
fn warm_requests_ask_for_as_much_memory_as_recorded() {
    let _alone = alone();
    let settings = |name: &str| match name {
        "DATABASE_URL" => Some(DEMO.clone()),
        "PUBLISHED_TABLES" => Some("Bank.*".to_owned()),
        _ => None,
    };
    let app = App::new(config::read(settings).unwrap());
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let invoke = |event: &str| {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let event: Event = serde_json::from_str(event).unwrap();
        let request = gateway::request(event, "invocation");
        let is_of_table = request.path.starts_with("/table/");
        let response = runtime.block_on(async {
            if is_of_table {
                table::handle(&app, &request).await
            } else {
                index::handle(&app, &request).await
            }
        });
        assert_eq!(response.status(), 200, "{}", request.path);
        let answer = serde_json::to_string(&Answer::of(response).unwrap()).unwrap();
        assert!(answer.len() > 500, "{answer}");
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    let mut seen = Vec::new();
    for (path, query, accept, _) in RECORDED {
        let event = json!({
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"accept": accept, "accept-encoding": "gzip"},
            "requestContext": {"http": {"method": "GET", "path": path}},
        });
        let event = event.to_string();
        // What the first requests learn is theirs alone.
        for _ in 0..3 {
            invoke(&event);
        }
        seen.push((path, query, accept, invoke(&event)));
    }
    let is_as_recorded = |(seen, recorded): (&(_, _, _, usize), &(_, _, _, usize))| {
        seen.3.abs_diff(recorded.3) * 10 <= recorded.3
    };
    assert!(
        seen.iter().zip(&RECORDED).all(is_as_recorded),
        "allocations are now {seen:#?}, recorded are {RECORDED:#?}"
    );
}
