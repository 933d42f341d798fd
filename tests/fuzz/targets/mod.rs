//! What must hold for any input: a plain function for each target, which panics where it does not.
//! The fuzzer calls them, and so does a test with the seeds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod accept;
pub mod page;
pub mod query;
mod sql;
mod table;
pub mod token;
pub mod values;
