//! Publishes the tables of a database as pages, JSON, CSV and NDJSON.
//!
//! In the order of a request: [`config`] and [`secrets`] (start-up) → [`accept`] (header to format)
//! → [`query`] (URL to typed request) → [`catalog`] (published tables) → [`sql`] (request to text
//! and values) → [`database`] (typed cells of rows) → [`view`] (what may be seen) → [`render`]
//! (bytes) → [`respond`] (status and headers) → [`openapi`] (all of it, described). What differs
//! between databases is behind [`dialect::Dialect`], a folder of [`databases`] for each.

pub mod accept;
pub mod app;
pub mod assets;
pub mod audit;
pub mod caller;
pub mod catalog;
pub mod cell;
pub mod config;
pub mod database;
pub mod databases;
pub mod decimal;
pub mod dialect;
pub mod error;
pub mod frame;
pub mod grouping;
pub mod guard;
pub mod https;
pub mod log;
pub mod oidc;
pub mod openapi;
pub mod operator;
pub mod param;
pub mod payload;
pub mod query;
pub mod record;
pub mod render;
pub mod request;
pub mod respond;
pub mod secrets;
pub mod session;
pub mod sql;
pub mod statement;
pub mod table;
pub mod timestamp;
pub mod view;
