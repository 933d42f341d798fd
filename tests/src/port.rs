//! Ports for servers that cannot choose one themselves.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that Linux gives to outgoing connections: those may take any of theirs at any
/// time.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A free port of the loopback address.
pub fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Each process begins elsewhere, so that two of them do not meet.
    let start = (process::id() % u32::from(COUNT)) as u16;
    for _ in 0..COUNT {
        let index = (u32::from(start) * 31 + u32::from(NEXT.fetch_add(1, Ordering::Relaxed)))
            % u32::from(COUNT);
        let port = FIRST + index as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}
