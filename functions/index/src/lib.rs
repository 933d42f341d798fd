//! The index function.
