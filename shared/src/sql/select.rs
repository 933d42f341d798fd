//! The statements that read a table.

use super::condition;
use super::seek::{self, Order, row_id_output};
use crate::dialect::{Dialect, Limit};
use crate::error::Error;
use crate::param::{Operand, Param};
use crate::query::position::{Position, SeekValue, Start};
use crate::query::{RowName, TableQuery};
use crate::statement::{ALIAS, Condition, Fetch, Meaning, Output, Statement};
use crate::table::{Column, Table, Type};

/// Rows that are counted at most; beyond it a total says “at least”.
pub const COUNT_LIMIT: u64 = 10_001;

/// A page's statement, and where in its rows things are.
#[derive(Debug, Clone)]
pub struct PagePlan {
    /// The statement; it asks for one row more than the page has, to learn whether more follow.
    pub statement: Statement,
    /// The shown columns; their cells are the first of a row, in this order.
    pub shown: Vec<usize>,
    /// The order of the rows.
    pub order: Order,
    /// For each term of the order, the cell that holds its value. Empty where paging by key is
    /// impossible.
    pub seek_cells: Vec<usize>,
    /// For each column of the key, the cell that holds its value; empty where the row id is to
    /// name a row.
    pub key_cells: Vec<usize>,
    /// The cell of the row id, where it is to name a row.
    pub row_id_cell: Option<usize>,
    /// Rows of the page.
    pub size: usize,
    /// Rows of the pages before.
    pub before: u64,
}

/// What a person or a program is shown of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Every value whole.
    Values,
    /// Links to rows; of bytes only how many there are.
    Links,
}

/// How a column is selected to be shown.
fn output(table: &Table, place: usize, shows: Shows, dialect: &dyn Dialect) -> Output {
    let (name, column) = (dialect.table(&table.name), &table.columns[place]);
    let only_size =
        shows == Shows::Links && column.kind == Type::Binary && !table.names_rows(place);
    let size = only_size.then(|| dialect.size_expression(&dialect.column(&column.name))).flatten();
    size.map_or_else(
        || dialect.output(&name, column),
        |expression| Output {
            origin: format!("{name}.{expression}"),
            fetch: Fetch::Integer,
            meaning: Meaning::Size,
            ..Output::number(&expression)
        },
    )
}

/// The statement of one page of rows in this order. For links, each row's key is selected, whatever
/// columns are shown.
///
/// # Errors
/// [`Error::Parameter`] for a position that has another number of terms than the order.
pub fn page(
    table: &Table,
    query: &TableQuery,
    order: Order,
    position: Option<&Position>,
    size: usize,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Result<PagePlan, Error> {
    let shown: Vec<usize> =
        query.columns.clone().unwrap_or_else(|| (0..table.columns.len()).collect());
    let name = dialect.table(&table.name);
    let mut outputs: Vec<Output> =
        shown.iter().map(|place| output(table, *place, shows, dialect)).collect();
    let seek_cells = if order.unique {
        order
            .terms
            .iter()
            .map(|term| cell(&mut outputs, seek::output(term, table, dialect)))
            .collect()
    } else {
        Vec::new()
    };
    let (mut key_cells, mut row_id_cell) = (Vec::new(), None);
    // A program wants a row's name only where the row is cut: it gets what the page's order reads
    // anyway.
    let by_links = shows == Shows::Links;
    if by_links || table.has_strict_key() {
        key_cells = table
            .key
            .iter()
            .map(|place| cell(&mut outputs, dialect.output(&name, &table.columns[*place])))
            .collect();
    }
    if by_links || !table.has_strict_key() {
        row_id_cell = table.row_id.as_ref().map(|row_id| {
            cell(&mut outputs, row_id_output(&name, &row_id.expression, row_id.kind))
        });
    }
    let mut conditions = conditions(table, query, dialect);
    let mut offset = None;
    match position.map(|position| (&position.start, position.before)) {
        Some((Start::After(values), _)) if values.len() == order.terms.len() && order.unique => {
            let (text, params) = seek::after(&order, values, table, dialect)
                .unwrap_or_else(|| ("1 = 0".to_owned(), Vec::new()));
            conditions.push(Condition { text, params });
        }
        Some((Start::After(_), _)) => {
            return Err(Error::parameter(
                crate::query::NEXT,
                "It does not fit this table. Start without it.",
            ));
        }
        Some((Start::Offset, before)) => offset = Some(before),
        None => {}
    }
    let rows = size + 1;
    let by = seek::order_by(&order);
    let statement =
        select(Reading { table, outputs, conditions, order_by: &by, rows, offset }, dialect);
    let before = position.map_or(0, |position| position.before);
    Ok(PagePlan { statement, shown, order, seek_cells, key_cells, row_id_cell, size, before })
}

/// The place of an output: one that is there already, or a new one at the end.
fn cell(outputs: &mut Vec<Output>, output: Output) -> usize {
    let same =
        |known: &Output| known.expression == output.expression && known.meaning == output.meaning;
    outputs.iter().position(same).unwrap_or_else(|| {
        outputs.push(output);
        outputs.len() - 1
    })
}

fn conditions(table: &Table, query: &TableQuery, dialect: &dyn Dialect) -> Vec<Condition> {
    let filters = query.filters.iter().map(|filter| condition::filter(filter, table, dialect));
    let search = query.search.iter().map(|text| condition::search(text, table, dialect));
    filters.chain(search).collect()
}

/// The parts of a statement that reads rows.
struct Reading<'a> {
    table: &'a Table,
    outputs: Vec<Output>,
    conditions: Vec<Condition>,
    order_by: &'a str,
    rows: usize,
    offset: Option<u64>,
}

fn select(reading: Reading<'_>, dialect: &dyn Dialect) -> Statement {
    let Reading { table, outputs, conditions, order_by, rows, offset } = reading;
    let list: Vec<&str> = outputs.iter().map(|output| output.expression.as_str()).collect();
    let list = list.join(", ");
    let mut rest = format!(" FROM {} {ALIAS}", dialect.table(&table.name));
    let params = push_conditions(&mut rest, conditions);
    if !order_by.is_empty() {
        rest.push_str(&format!(" ORDER BY {order_by}"));
    }
    let text = match (dialect.limit(), offset) {
        (Limit::Limit, None) => format!("SELECT {list}{rest} LIMIT {rows}"),
        (Limit::Limit, Some(offset)) => format!("SELECT {list}{rest} LIMIT {rows} OFFSET {offset}"),
        (Limit::Top, None) => format!("SELECT TOP {rows} {list}{rest}"),
        // IRIS numbers the rows of a subquery in %VID: the way to skip rows that its every version
        // knows.
        (Limit::Top, Some(offset)) => {
            let columns: Vec<String> =
                table.columns.iter().map(|column| dialect.column(&column.name)).collect();
            let last = offset.saturating_add(rows as u64);
            format!(
                "SELECT {list} FROM (SELECT TOP {last} {}{rest}) {ALIAS} WHERE {ALIAS}.%VID > {offset} ORDER BY {ALIAS}.%VID",
                columns.join(", ")
            )
        }
    };
    Statement { text, params, outputs, rows }
}

fn push_conditions(text: &mut String, conditions: Vec<Condition>) -> Vec<Param> {
    let mut params = Vec::new();
    for (place, condition) in conditions.into_iter().enumerate() {
        text.push_str(if place == 0 { " WHERE " } else { " AND " });
        text.push_str(&condition.text);
        params.extend(condition.params);
    }
    params
}

/// Counts the rows that match, [`COUNT_LIMIT`] at most.
pub fn count(table: &Table, query: &TableQuery, dialect: &dyn Dialect) -> Statement {
    let mut inner = String::from("SELECT ");
    if dialect.limit() == Limit::Top {
        inner.push_str(&format!("TOP {COUNT_LIMIT} "));
    }
    inner.push_str(&format!("1 AS one FROM {} {ALIAS}", dialect.table(&table.name)));
    let params = push_conditions(&mut inner, conditions(table, query, dialect));
    if dialect.limit() == Limit::Limit {
        inner.push_str(&format!(" LIMIT {COUNT_LIMIT}"));
    }
    Statement {
        text: format!("SELECT count(*) FROM ({inner}) counted"),
        params,
        outputs: vec![Output::number("count(*)")],
        rows: 1,
    }
}

/// Whether the row that a position's long values are looked up in is still there.
pub fn still_there(
    table: &Table,
    order: &Order,
    values: &[SeekValue],
    dialect: &dyn Dialect,
) -> Statement {
    let (identity, params) = seek::identity(order, values);
    let text =
        format!("SELECT count(*) FROM {} {ALIAS} WHERE {identity}", dialect.table(&table.name));
    Statement { text, params, outputs: vec![Output::number("count(*)")], rows: 1 }
}

/// Fails where the database cannot read a value that a column is compared with. `None` where it is
/// only told so when it meets a row.
pub fn readable(operands: &[Operand], column: &Column, dialect: &dyn Dialect) -> Option<Statement> {
    let one = |operand: &Operand| match operand {
        Operand::One(param) => Some(param.clone()),
        Operand::Several(_) | Operand::Timestamp(_) => None,
    };
    let params: Vec<_> = operands.iter().filter_map(one).collect();
    let text = dialect.readable(column, params.len()).filter(|_| !params.is_empty())?;
    Some(Statement { text, params, outputs: vec![Output::number("1")], rows: 1 })
}

/// How a row's name is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// As the database compares the columns: a foreign key may spell its row's key in other
    /// letters.
    AsColumns,
    /// Case-sensitive: where several rows are the same to the database.
    Exactly,
}

/// One row with all its columns. It asks for two, so that a name that fits several is noticed.
pub fn row(
    table: &Table,
    row: &RowName,
    compared: Compared,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Statement {
    let outputs =
        (0..table.columns.len()).map(|place| output(table, place, shows, dialect)).collect();
    row_of(table, row, compared, outputs, dialect)
}

/// The same with these outputs.
pub fn row_of(
    table: &Table,
    row: &RowName,
    compared: Compared,
    outputs: Vec<Output>,
    dialect: &dyn Dialect,
) -> Statement {
    let conditions = match row {
        RowName::Columns(columns) => columns
            .iter()
            .map(|(place, operand)| match compared {
                Compared::AsColumns => condition::equal(operand, &table.columns[*place], dialect),
                Compared::Exactly => condition::exactly(operand, &table.columns[*place], dialect),
            })
            .collect(),
        RowName::RowId(param) => {
            let condition = table.row_id.iter().map(|row_id| Condition {
                text: format!("{} = {}", row_id.expression, row_id.placeholder),
                params: vec![param.clone()],
            });
            condition.collect()
        }
    };
    select(Reading { table, outputs, conditions, order_by: "", rows: 2, offset: None }, dialect)
}
