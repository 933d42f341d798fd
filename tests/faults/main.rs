//! What the product does when something breaks: the server, the line, the login, the secret, the
//! process itself.
//!
//! The functions run as Lambda runs them, as processes under a runtime API. The servers are real
//! where they can be had: PostgreSQL, moto's Secrets Manager, and InterSystems' driver before a
//! test double of IRIS. Whatever is missing is said aloud and skipped.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod clinic;
mod ending;
mod folder;
mod health;
mod iris_catalogue;
mod iris_check;
mod iris_compare;
mod iris_grants;
mod iris_health;
mod iris_links;
mod iris_lost;
mod iris_refused;
mod iris_text;
mod limits;
mod log_lines;
mod lost;
mod secrets;
mod sessions;
mod shop;
mod slow;
mod tls;
