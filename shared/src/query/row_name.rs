//! What names one row.

use crate::param::{Operand, Param};

/// What names one row.
#[derive(Debug, Clone)]
pub enum RowName {
    /// Columns and their values: those of the key, or others that tell rows apart.
    Columns(Vec<(usize, Operand)>),
    /// A row id.
    RowId(Param),
}
