//! What labels rows of a table, by their keys.

use super::condition;
use super::select::{Reading, select};
use crate::dialect::Dialect;
use crate::guard::Guarded;
use crate::operator::Operator;
use crate::param::Operand;
use crate::query::{Comparison, Filter};
use crate::statement::Statement;

/// Rows that a statement gives at most. Where the database calls several spellings of a key equal,
/// they are more than were asked for. The same for lists of all lengths, so that these are few
/// texts.
const ROWS: usize = 1_000;

/// The values of two columns, key and label, in the rows with these keys.
pub fn statement(
    table: &Guarded,
    (key, label): (usize, usize),
    operands: Vec<Operand>,
    dialect: &dyn Dialect,
) -> Statement {
    let name = dialect.table(&table.name);
    let outputs = [key, label].map(|index| dialect.output(&name, &table.columns[index])).into();
    let among = Comparison { column: key, operator: Operator::In, operands, value: String::new() };
    let filter = Filter { parameter: String::new(), value: String::new(), conditions: vec![among] };
    let conditions = vec![condition::filter(&filter, table, dialect)];
    let reading = Reading { table, outputs, conditions, order_by: "", rows: ROWS, offset: None };
    select(reading, dialect)
}
