//! iris-tables
