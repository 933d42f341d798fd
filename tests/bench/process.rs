//! What the kernel knows of a process.

use std::fs;
use std::time::Duration;

/// Processor time of a process' threads that live, by `/proc/PID/task/*/schedstat`: in nanoseconds,
/// where `stat` has ticks.
pub fn cpu_time(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let times = threads
        .map(|thread| time(&fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap()));
    times.sum()
}

/// Processor time as such a file has it.
pub fn time(schedstat: &str) -> Duration {
    Duration::from_nanos(schedstat.split(' ').next().unwrap().parse().unwrap())
}

/// The most memory that a process has had, in MiB.
pub fn peak_memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1_024.0
}
