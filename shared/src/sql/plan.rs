//! A page of rows, planned once: its statements, where in its rows things are, and how the position
//! of the next page is written.

use super::seek::{self, Order, row_id_output};
use super::select::{self, Reading, Shows, conditions, output, select};
use crate::cell::CellBuf;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::guard::Guarded;
use crate::query::position::{Position, SeekValue, Start};
use crate::query::{NEXT, TableQuery, token};
use crate::statement::{Condition, Output, Statement};
use crate::table::Table;

/// Where in a row of a page things are.
#[derive(Debug, Clone)]
pub struct PageCells {
    /// The shown columns; their cells are the first of a row, in this order.
    pub shown: Vec<usize>,
    /// For each term of the order, the cell that holds its value. Empty where paging by key is
    /// impossible.
    pub seek: Vec<usize>,
    /// For each column of the key, the cell that holds its value; empty where the row id is to
    /// name a row.
    pub key: Vec<usize>,
    /// The cell of the row id, where it is to name a row.
    pub row_id: Option<usize>,
    /// Shown columns of bytes of which only the size is selected, by their places among those, and
    /// the cells that hold the first bytes.
    pub heads: Vec<(usize, usize)>,
}

/// One page of rows.
#[derive(Debug, Clone)]
pub struct PagePlan {
    /// Reads the rows; it asks for one more than the page has, to learn whether more follow.
    pub statement: Statement,
    /// Counts the row at which the page begins, where the position looks values up in it: without
    /// it, the rows after it would silently be none.
    pub begins_at: Option<Statement>,
    /// Counts the rows that match, where that is asked.
    pub count: Option<Statement>,
    /// Where in a row things are.
    pub cells: PageCells,
    /// Rows of the page at most.
    pub size: usize,
    /// Rows on the pages before.
    pub before: u64,
    order: Order,
    binding: String,
}

/// What a position in this query's rows is bound to.
pub fn binding(table: &Guarded, query: &TableQuery, dialect: &dyn Dialect) -> String {
    binding_in(table, query, &seek::order(table, &query.sort, dialect))
}

fn binding_in(table: &Guarded, query: &TableQuery, order: &Order) -> String {
    token::binding(&table.name, &seek::order_by(order), query, &table.seen())
}

/// Plans a page of at most `size` rows. For links, each row's key is selected, whatever columns are
/// shown.
///
/// # Errors
/// [`Error::Parameter`] for a position that is not one in the rows of this query.
pub fn page(
    table: &Guarded,
    query: &TableQuery,
    size: usize,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Result<PagePlan, Error> {
    let order = seek::order(table, &query.sort, dialect);
    let binding = binding_in(table, query, &order);
    let position = query.next.as_deref().map(|token| token::read(token, &binding)).transpose()?;
    let (outputs, cells) = outputs(table, query, &order, shows, dialect);
    let mut conditions = conditions(table, query, dialect);
    let (mut offset, mut begins_at, mut before) = (None, None, 0);
    if let Some(Position { before: rows, start }) = position {
        before = rows;
        match start {
            Start::After(values) if order.unique && order.has_values(&values, table, dialect) => {
                order.check_lengths(&values, table, dialect)?;
                let (text, params) = seek::after(&order, &values, table, dialect)
                    .unwrap_or_else(|| ("1 = 0".to_owned(), Vec::new()));
                conditions.push(Condition { text, params });
                begins_at = values
                    .contains(&SeekValue::OfRow)
                    .then(|| select::still_there(table, &order, &values, dialect));
            }
            Start::After(_) => {
                return Err(Error::parameter(
                    NEXT,
                    "It belongs to another table; leave it out to start from the first page.",
                ));
            }
            Start::Offset => offset = Some(rows),
        }
    }
    let order_by = seek::order_by(&order);
    let reading =
        Reading { table, outputs, conditions, order_by: &order_by, rows: size + 1, offset };
    let statement = select(reading, dialect);
    let count = (query.count && table.is_countable).then(|| select::count(table, query, dialect));
    Ok(PagePlan { statement, begins_at, count, cells, size, order, binding, before })
}

/// What is selected for a page, and where in a row it then is.
fn outputs(
    table: &Table,
    query: &TableQuery,
    order: &Order,
    shows: Shows,
    dialect: &dyn Dialect,
) -> (Vec<Output>, PageCells) {
    let name = dialect.table(&table.name);
    let shown: Vec<usize> =
        query.columns.clone().unwrap_or_else(|| (0..table.columns.len()).collect());
    let mut outputs: Vec<Output> =
        shown.iter().map(|index| output(&name, table, *index, shows, dialect)).collect();
    let mut cell = |output: Output| cell(&mut outputs, output);
    let terms = order.terms.iter().filter(|_| order.unique);
    let seek = terms.map(|term| cell(seek::output(term, table, dialect))).collect();
    // The key names a row in links and in the audit; where it can be NULL, the row id does. For a
    // program that is only where a row is cut: it gets a row id where the page's order reads it.
    let by_links = shows == Shows::Links;
    let columns = table.key.iter().map(|index| &table.columns[*index]);
    let key = columns.map(|column| cell(dialect.output(&name, column))).collect();
    let row_id = table.row_id.as_ref().filter(|_| by_links || !table.has_strict_key());
    let row_id = row_id.map(|id| cell(row_id_output(&name, &id.expression, id.kind)));
    let heads = shown.iter().enumerate().filter_map(|(at, index)| {
        Some((at, cell(select::head(&name, table, *index, shows, dialect)?)))
    });
    let heads = heads.collect();
    (outputs, PageCells { shown, seek, key, row_id, heads })
}

/// The position of an output: one that is there already, or a new one at the end.
fn cell(outputs: &mut Vec<Output>, output: Output) -> usize {
    let same =
        |known: &Output| known.expression == output.expression && known.meaning == output.meaning;
    outputs.iter().position(same).unwrap_or_else(|| {
        outputs.push(output);
        outputs.len() - 1
    })
}

impl PagePlan {
    /// Fails where the database cannot read a value of the position at which the page begins.
    pub fn readable_position(&self, token: &str, dialect: &dyn Dialect) -> Option<Statement> {
        seek::readable(token, &self.binding, &self.order, dialect)
    }

    /// The token of the page that begins after so many rows of this one, the last of which has
    /// these seek cells.
    pub fn token_after(&self, rows: usize, last: &[CellBuf], table: &Table) -> String {
        let start = if self.order.unique {
            let terms = self.order.terms.iter().zip(last);
            Start::After(terms.map(|(term, cell)| seek::value(cell, term, table)).collect())
        } else {
            Start::Offset
        };
        token::write(&Position { before: self.before + rows as u64, start }, &self.binding)
    }
}
