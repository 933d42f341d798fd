//! The contract of the product: what clients may rely on, whatever the database.
//!
//! The cases run against the source that `TEST_DATABASE_URL` names, SQLite without it. Those that
//! only SQLite can hold run against SQLite always, and those that only PostgreSQL can hold against
//! PostgreSQL, where it is installed. Every answer of the suite is checked for what all answers
//! have (`harness::Answer`).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;
mod harness;

mod access;
mod any;
mod audited;
mod audited_group;
mod bad_parts_postgres;
mod bad_parts_sqlite;
mod catalogue;
mod doubles;
mod faults_postgres;
mod faults_sqlite;
mod filters;
mod filters_postgres;
mod filters_sqlite;
mod filters_text;
mod forms;
mod groups;
mod groups_sqlite;
mod guarded;
mod guarded_claims;
mod hidden;
mod http;
mod index_page;
mod iris_server;
mod labels;
mod limits;
mod limits_cells;
mod links;
mod links_sqlite;
mod links_unlike;
mod misfits_sqlite;
mod names;
mod names_files;
mod names_rows;
mod openapi;
mod page;
mod paging;
mod paging_changes;
mod paging_postgres;
mod paging_sqlite;
mod parameters;
mod parameters_many;
mod parts;
mod people;
mod published;
mod refused_postgres;
mod refused_sqlite;
mod rows;
mod rows_postgres;
mod rows_sqlite;
mod tokens;
mod values;
mod values_postgres;
mod values_sqlite;
mod values_text;
mod xlsx;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestError, TestRunner};

/// Checks a property in some cases: few, because each queries a database. Every run draws others.
fn property<S: Strategy>(cases: u32, values: S, test: impl Fn(S::Value)) {
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let result = TestRunner::new(config).run(&values, |value| {
        test(value);
        Ok(())
    });
    match result {
        Err(TestError::Fail(reason, value)) => panic!("{reason} with {value:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
        Ok(()) => {}
    }
}
