//! Signals that end the server.

use std::fs;

use tokio::signal::unix::{SignalKind, signal};

/// Waits for Ctrl-C, SIGTERM or SIGHUP.
pub async fn asked_to_end() {
    let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
    // Under nohup it is ignored, and stays so.
    if !is_hangup_ignored() {
        kinds.push(SignalKind::hangup());
    }
    let (asked, mut asks) = tokio::sync::mpsc::channel(1);
    for kind in kinds {
        let Ok(mut signals) = signal(kind) else { continue };
        let asked = asked.clone();
        tokio::spawn(async move {
            signals.recv().await;
            let _ = asked.send(()).await;
        });
    }
    asks.recv().await;
}

/// As Linux tells it; elsewhere it is taken as not ignored.
fn is_hangup_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}
