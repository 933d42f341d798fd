//! From views and rows to bytes.

pub mod groups;
pub mod html;
pub mod json;
pub mod page;
pub mod text;
pub mod xlsx;
