//! What the test binaries share: servers to test against, faults between them and the product, and
//! the product as a process under a Lambda runtime API.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod at_end;
pub mod function;
pub mod iris;
pub mod lambda;
pub mod moto;
pub mod port;
pub mod postgres;
pub mod proxy;
pub mod skip;
pub mod tls;
pub mod wait;
