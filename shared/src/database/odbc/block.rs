//! A block of rows.

use std::ops::ControlFlow;

use odbc_api::buffers::{ColumnarDynBuffer, Indicator};

use super::surrogates::may_hide;
use crate::cell::Cell;
use crate::database::connection::Receiver;
use crate::statement::{Fetch, Output};

/// What a block's texts are.
#[derive(Clone, Copy)]
pub enum Texts<'a> {
    /// What they are in the database.
    Whole,
    /// Some may hide characters.
    MayHide,
    /// These of the only row stand in place of what the buffers hold, by their columns.
    Reread(&'a [(usize, String)]),
}

/// How a block was handed over.
pub enum Handed {
    /// All of it.
    All,
    /// As much of it as is wanted.
    Enough,
    /// As far as a row with cells longer than their buffers, by their columns, and by the driver's
    /// word how long.
    Longer(Vec<(usize, Option<usize>)>),
    /// As far as a row with texts that may hide characters, by their columns, as they are shown.
    Hiding(Vec<(usize, Vec<u8>)>),
}

/// Hands a block's rows over. `None` where a column is bound as another type than its output's.
pub fn hand_over(
    block: &ColumnarDynBuffer,
    outputs: &[Output],
    texts: Texts<'_>,
    receiver: &mut dyn Receiver,
) -> Option<Handed> {
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(outputs.len());
    for row in 0..block.num_rows() {
        cells.clear();
        let (mut is_full, mut hiding) = (false, Vec::new());
        // In one walk: a row is looked at for each that the driver fetches.
        for (index, output) in outputs.iter().enumerate() {
            let column = block.column(index);
            cells.push(match output.fetch {
                Fetch::Text | Fetch::LongText => {
                    let column = column.as_text()?;
                    let text = column.get(row);
                    is_full |= text.is_some_and(|text| text.len() >= column.max_len());
                    if let (Texts::MayHide, Some(text)) = (texts, text)
                        && may_hide(text)
                    {
                        hiding.push((index, text.to_vec()));
                    }
                    text.map_or(Cell::Null, Cell::Text)
                }
                Fetch::Binary => {
                    let column = column.as_binary()?;
                    is_full |= column.has_truncated_values().is_some();
                    column.get(row).map_or(Cell::Null, Cell::Bytes)
                }
                Fetch::Integer => {
                    let number = column.as_nullable_slice::<i64>()?.get(row);
                    number.map_or(Cell::Null, |number| Cell::Integer(*number))
                }
                Fetch::Double => {
                    let number = column.as_nullable_slice::<f64>()?.get(row);
                    number.map_or(Cell::Null, |number| Cell::Double(*number))
                }
            });
        }
        if is_full {
            let longer = longer(block);
            if !longer.is_empty() {
                return Some(Handed::Longer(longer));
            }
        }
        if !hiding.is_empty() {
            return Some(Handed::Hiding(hiding));
        }
        if let Texts::Reread(texts) = texts {
            for (index, text) in texts {
                cells[*index] = Cell::Text(text.as_bytes());
            }
        }
        if receiver.row(&cells) == ControlFlow::Break(()) {
            return Some(Handed::Enough);
        }
    }
    Some(Handed::All)
}

/// The columns of a block that have cells longer than their buffers.
fn longer(block: &ColumnarDynBuffer) -> Vec<(usize, Option<usize>)> {
    let columns = (0..block.num_cols()).filter_map(|index| {
        let column = block.column(index);
        let text = column.as_text().and_then(|text| text.has_truncated_values());
        let bytes = || column.as_binary().and_then(|bytes| bytes.has_truncated_values());
        Some((
            index,
            match text.or_else(bytes)? {
                Indicator::Length(bytes) => Some(bytes),
                Indicator::Null | Indicator::NoTotal => None,
            },
        ))
    });
    columns.collect()
}
