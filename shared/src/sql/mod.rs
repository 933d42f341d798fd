//! From what is asked to SQL text and bound values, per database. Pure functions: nothing here
//! talks to a database.

mod condition;
mod from;
pub mod groups;
pub mod labels;
pub mod part;
pub mod plan;
pub mod seek;
pub mod select;
