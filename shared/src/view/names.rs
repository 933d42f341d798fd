//! What names a row in an address: only what finds that very row.

use std::borrow::Cow;
use std::sync::Arc;

use super::address::{fits, row_address, row_id_address};
use super::value;
use crate::query;
use crate::sql::literal::Literal;
use crate::sql::{Coding, Dialect};
use crate::table::{Column, Table};

/// Where a result has what names its rows.
#[derive(Debug)]
pub struct RowNames {
    /// Where each row has its own page, as [`super::address::row_path`] says.
    pub row_path: String,
    /// The table.
    pub table: Arc<Table>,
    /// Its database's SQL.
    pub dialect: Dialect,
    /// What every cell of a row means.
    pub codings: Vec<Coding>,
    /// The cells of the key's columns.
    pub key_cells: Vec<usize>,
    /// The cell of the row id.
    pub row_id_cell: Option<usize>,
}

impl RowNames {
    /// A row's own page: by its key, or by its row id where the key cannot name it or an address cannot hold it. Nothing
    /// where neither can.
    pub fn href(&self, cells: &[Option<&[u8]>]) -> Option<String> {
        let by_id = || {
            let cell = self.row_id_cell?;
            let id = value(cells[cell], self.codings[cell]).text()?.into_owned();
            Some(row_id_address(&self.row_path, &id))
        };
        self.by_key(cells).filter(|address| fits(address)).or_else(by_id).filter(|address| fits(address))
    }

    fn by_key(&self, cells: &[Option<&[u8]>]) -> Option<String> {
        let columns = self.table.key.iter().map(|place| &self.table.columns[*place]);
        let named = columns.zip(&self.key_cells).map(|(column, cell)| {
            let text = key_text(cells[*cell], self.codings[*cell], column, self.dialect)?;
            Some((column.name.as_str(), text))
        });
        let named: Vec<(&str, String)> = named.collect::<Option<_>>()?;
        let pairs = named.iter().map(|(name, text)| (*name, text.as_str()));
        (!named.is_empty()).then(|| row_address(&self.row_path, pairs))
    }
}

/// A value of a row's own key as a text that finds it, as people read it where that does.
fn key_text(cell: Option<&[u8]>, coding: Coding, column: &Column, dialect: Dialect) -> Option<String> {
    let name = Naming::of(cell, coding, column, dialect)?;
    name.shown().or_else(|| name.bare())
}

/// A value as a text that finds it in another table's column: as it is kept, where that does, because that column may be
/// of another type.
pub fn reference_text(cell: Option<&[u8]>, coding: Coding, column: &Column, dialect: Dialect) -> Option<String> {
    let name = Naming::of(cell, coding, column, dialect)?;
    name.bare().or_else(|| name.shown())
}

/// A value that is to be named by a text that reads back as that value.
struct Naming<'a> {
    cell: &'a [u8],
    /// SQLite's value with its own type.
    literal: Option<Literal<'a>>,
    coding: Coding,
    column: &'a Column,
    dialect: Dialect,
}

impl<'a> Naming<'a> {
    fn of(cell: Option<&'a [u8]>, coding: Coding, column: &'a Column, dialect: Dialect) -> Option<Self> {
        let cell = cell?;
        let literal = match coding {
            Coding::SqliteLiteral(..) => Some(Literal::read_bytes(cell)?),
            _ => None,
        };
        Some(Self { cell, literal, coding, column, dialect })
    }

    /// As it is kept.
    fn bare(&self) -> Option<String> {
        self.finding(self.literal.as_ref()?.bare()?)
    }

    /// As it is shown.
    fn shown(&self) -> Option<String> {
        let shown = value(Some(self.cell), self.coding);
        // IRIS' driver hands out `??` for a letter that it cannot carry.
        self.finding(shown.text()?).filter(|text| self.dialect != Dialect::Iris || !text.contains("??"))
    }

    fn finding(&self, text: Cow<'_, str>) -> Option<String> {
        let param = query::exact(&text, self.column, self.dialect)?;
        self.literal.as_ref().is_none_or(|literal| literal.is(&param)).then(|| text.into_owned())
    }
}
