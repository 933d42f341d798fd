//! Publishes the tables of a database as pages, JSON, CSV and NDJSON.
//!
//! In the order of a request: [`config`] and [`secrets`] (start-up) → [`accept`] (header to format) → [`query`] (URL to typed request) →
//! [`catalog`] (published tables) → [`sql`] (request to text and values) → [`database`] (rows) → [`view`] (what may be
//! seen) → [`render`] (bytes) → [`respond`] (status and headers) → [`openapi`] (all of it, described).

pub mod accept;
pub mod app;
pub mod assets;
pub mod catalog;
pub mod config;
pub mod database;
pub mod dialect;
pub mod error;
pub mod log;
pub mod openapi;
pub mod param;
pub mod payload;
pub mod query;
pub mod record;
pub mod render;
pub mod request;
pub mod respond;
pub mod secrets;
pub mod sql;
pub mod table;
pub mod view;
