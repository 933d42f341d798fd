//! The table function.
