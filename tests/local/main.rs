//! `make run`: the local server as a process, over databases of the tests' own.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod demo;
mod ends;
mod instances;
mod requests;
mod server;
mod smoke;
mod starts;
