//! What names a row in an address: only what finds that very row.

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
    let [bare, shown] = texts(cell, coding, column, dialect);
    shown.or(bare)
}

/// A value as a text that finds it in another table's column: as it is kept, where that does, because that column may be
/// of another type.
pub fn reference_text(cell: Option<&[u8]>, coding: Coding, column: &Column, dialect: Dialect) -> Option<String> {
    let [bare, shown] = texts(cell, coding, column, dialect);
    bare.or(shown)
}

/// A value as it is kept and as it is shown, each if it reads back as that value.
fn texts(cell: Option<&[u8]>, coding: Coding, column: &Column, dialect: Dialect) -> [Option<String>; 2] {
    let shown = value(cell, coding).text().map(|text| text.into_owned());
    let read = |text: &String| query::exact(text, column, dialect);
    match (cell, coding) {
        (Some(bytes), Coding::SqliteLiteral(..)) => {
            let Some(literal) = Literal::read_bytes(bytes) else { return [None, None] };
            let finds = |text: &String| read(text).is_some_and(|param| literal.is(&param));
            [literal.bare().map(|text| text.into_owned()).filter(finds), shown.filter(finds)]
        }
        // IRIS' driver hands out `??` for a letter that it cannot carry.
        _ if dialect == Dialect::Iris && shown.as_ref().is_some_and(|text| text.contains("??")) => [None, None],
        _ => [None, shown.filter(|text| read(text).is_some())],
    }
}
