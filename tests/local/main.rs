//! `make run`: the local server as a process, over databases of the tests' own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod demo;
mod ends;
mod http;
mod instances;
mod server;
