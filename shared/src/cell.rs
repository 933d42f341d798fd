//! One value of a row, as a database's driver hands it over.

/// A value with the type that it has in the result. Borrowed from the driver's buffers, so it lasts
/// as long as its row.
#[derive(Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number, NaN and infinities among them.
    Double(f64),
    /// Text, UTF-8 as a rule: SQLite and PostgreSQL's SQL_ASCII keep other bytes as well. Also
    /// dates, times and exact decimals, as the database writes them.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// The same, owned.
#[derive(Clone, PartialEq)]
pub enum CellBuf {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Double(f64),
    /// Text, UTF-8 as a rule.
    Text(Vec<u8>),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell<'_> {
    /// A copy that outlasts the row.
    pub fn owned(self) -> CellBuf {
        match self {
            Self::Null => CellBuf::Null,
            Self::Integer(number) => CellBuf::Integer(number),
            Self::Double(number) => CellBuf::Double(number),
            Self::Text(text) => CellBuf::Text(text.to_vec()),
            Self::Bytes(bytes) => CellBuf::Bytes(bytes.to_vec()),
        }
    }

    /// The value as text; `None` for NULL. Bytes that are not UTF-8 become U+FFFD.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Double(number) => Some(number.to_string()),
            Self::Text(bytes) | Self::Bytes(bytes) => {
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
        }
    }
}

impl CellBuf {
    /// Becomes a copy of a cell, in the memory that it has where that will do.
    pub fn set(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(kept), Cell::Text(bytes)) | (Self::Bytes(kept), Cell::Bytes(bytes)) => {
                kept.clear();
                kept.extend_from_slice(bytes);
            }
            (kept, cell) => *kept = cell.owned(),
        }
    }

    /// The cell again.
    pub fn as_cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(*number),
            Self::Double(number) => Cell::Double(*number),
            Self::Text(text) => Cell::Text(text),
            Self::Bytes(bytes) => Cell::Bytes(bytes),
        }
    }

    /// The bytes of a text or of bytes; of a number those of its digits. `None` for NULL.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string().into_bytes()),
            Self::Double(number) => Some(number.to_string().into_bytes()),
            Self::Text(bytes) | Self::Bytes(bytes) => Some(bytes),
        }
    }
}

// Values never reach a log, not even by a `{:?}` in a message.
impl std::fmt::Debug for Cell<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Null => "NULL",
            Self::Integer(_) => "integer",
            Self::Double(_) => "double",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        })
    }
}

impl std::fmt::Debug for CellBuf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_cell().fmt(formatter)
    }
}
