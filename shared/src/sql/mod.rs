//! From what is asked to SQL text and bound values, per database. Pure functions: nothing here
//! talks to a database.

mod condition;
pub mod groups;
pub mod part;
pub mod plan;
pub mod seek;
pub mod select;
