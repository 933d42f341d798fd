//! The statements that read a table.

use super::condition;
use super::from::from;
use super::seek::{self, Order};
use crate::dialect::{Dialect, Limit};
use crate::guard::Guarded;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::query::position::SeekValue;
use crate::query::{RowName, TableQuery};
use crate::statement::{ALIAS, Condition, Fetch, Meaning, Output, Statement};
use crate::table::{Column, Table, Type};

/// Rows that are counted at most; beyond it a total says “at least”.
pub const COUNT_LIMIT: u64 = 10_001;

/// First bytes of a value that tell whether it is a picture.
pub const HEAD_BYTES: u64 = 12;

/// Bytes of a picture that is shown at most: one answer holds it.
pub const MOST_PICTURE_BYTES: u64 = super::part::PART_BYTES;

/// What a person or a program is shown of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Every value whole.
    Values,
    /// Links to rows; of bytes only how many there are.
    Links,
}

/// How a column is selected to be shown. `name`: the table's, quoted.
pub(super) fn output(
    name: &str,
    table: &Table,
    index: usize,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Output {
    let column = &table.columns[index];
    let only_size =
        shows == Shows::Links && column.kind == Type::Binary && !table.names_rows(index);
    let size = only_size.then(|| dialect.size_expression(&dialect.column(&column.name))).flatten();
    size.map_or_else(
        || dialect.output(name, column),
        |expression| Output {
            origin: format!("{name}.{expression}"),
            fetch: Fetch::Integer,
            meaning: Meaning::Size,
            ..Output::number(&expression)
        },
    )
}

/// How the first bytes of a column are selected of which only the size is: they tell whether it is
/// a picture. `None` where all of it is selected. `name`: the table's, quoted.
pub(super) fn head(
    name: &str,
    table: &Table,
    index: usize,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Option<Output> {
    // Nearly no column is one of bytes.
    if shows != Shows::Links || table.columns[index].kind != Type::Binary {
        return None;
    }
    if output(name, table, index, shows, dialect).meaning != Meaning::Size {
        return None;
    }
    let column = &table.columns[index];
    let size = dialect.size_expression(&dialect.column(&column.name))?;
    let (part, fetch) = dialect.part(column, 1, HEAD_BYTES)?;
    // A database may have to read all of a value for a part of it.
    let expression = format!("CASE WHEN {size} <= {MOST_PICTURE_BYTES} THEN {part} END");
    Some(Output {
        origin: format!("{name}.{}.head", dialect.column(&column.name)),
        fetch,
        meaning: Meaning::Value(Type::Binary, None),
        declared: Some(HEAD_BYTES as usize),
        expression,
    })
}

/// The columns whose first bytes stand, in this order, at the end of a row that is selected for a
/// person.
pub fn head_columns(table: &Table, dialect: &dyn Dialect) -> Vec<usize> {
    let (columns, name) = (0..table.columns.len(), dialect.table(&table.name));
    columns.filter(|index| head(&name, table, *index, Shows::Links, dialect).is_some()).collect()
}

/// What of the table's rows is asked for.
pub(super) fn conditions(
    table: &Table,
    query: &TableQuery,
    dialect: &dyn Dialect,
) -> Vec<Condition> {
    let filters = query.filters.iter().map(|filter| condition::filter(filter, table, dialect));
    let search = query.search.iter().map(|text| condition::search(text, table, dialect));
    filters.chain(search).collect()
}

/// The parts of a statement that reads rows.
pub(super) struct Reading<'a> {
    pub table: &'a Guarded,
    pub outputs: Vec<Output>,
    pub conditions: Vec<Condition>,
    pub order_by: &'a str,
    pub rows: usize,
    pub offset: Option<u64>,
}

pub(super) fn select(reading: Reading<'_>, dialect: &dyn Dialect) -> Statement {
    let Reading { table, outputs, conditions, order_by, rows, offset } = reading;
    let list: Vec<&str> = outputs.iter().map(|output| output.expression.as_str()).collect();
    let list = list.join(", ");
    let Condition { text: mut rest, params } = from(table, conditions, dialect);
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

/// Counts the rows that match, [`COUNT_LIMIT`] at most.
pub fn count(table: &Guarded, query: &TableQuery, dialect: &dyn Dialect) -> Statement {
    let mut inner = String::from("SELECT ");
    if dialect.limit() == Limit::Top {
        inner.push_str(&format!("TOP {COUNT_LIMIT} "));
    }
    let Condition { text, params } = from(table, conditions(table, query, dialect), dialect);
    inner.push_str("1 AS one");
    inner.push_str(&text);
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
    table: &Guarded,
    order: &Order,
    values: &[SeekValue],
    dialect: &dyn Dialect,
) -> Statement {
    let Condition { text, params } = from(table, [seek::identity(order, values)], dialect);
    let text = format!("SELECT count(*){text}");
    Statement { text, params, outputs: vec![Output::number("count(*)")], rows: 1 }
}

/// Fails where the database cannot read a value that a column is compared with. `None` where it is
/// only told so when it meets a row.
pub fn readable(
    operands: &[Operand],
    operator: Operator,
    column: &Column,
    dialect: &dyn Dialect,
) -> Option<Statement> {
    let one = |operand: &Operand| match operand {
        Operand::One(param) => Some(param.clone()),
        Operand::Several(_) | Operand::Timestamp(_) => None,
    };
    let params = operands.iter().filter_map(one);
    let params: Vec<_> =
        params.map(|param| if operator.orders() { param.ordered() } else { param }).collect();
    let placeholders = vec![column.placeholder.as_str(); params.len()];
    readable_params(&placeholders, params, dialect)
}

/// The same of values by their placeholders.
pub fn readable_params(
    placeholders: &[&str],
    params: Vec<Param>,
    dialect: &dyn Dialect,
) -> Option<Statement> {
    let text = dialect.readable(placeholders).filter(|_| !params.is_empty())?;
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
    table: &Guarded,
    row: &RowName,
    compared: Compared,
    shows: Shows,
    dialect: &dyn Dialect,
) -> Statement {
    let (columns, name) = (0..table.columns.len(), dialect.table(&table.name));
    let heads = columns.clone().filter_map(|index| head(&name, table, index, shows, dialect));
    let outputs =
        columns.map(|index| output(&name, table, index, shows, dialect)).chain(heads).collect();
    row_of(table, row, compared, outputs, dialect)
}

/// The same with these outputs.
pub fn row_of(
    table: &Guarded,
    row: &RowName,
    compared: Compared,
    outputs: Vec<Output>,
    dialect: &dyn Dialect,
) -> Statement {
    let conditions = match row {
        RowName::Columns(columns) => columns
            .iter()
            .map(|(index, operand)| match compared {
                Compared::AsColumns => condition::equal(operand, &table.columns[*index], dialect),
                Compared::Exactly => condition::exactly(operand, &table.columns[*index], dialect),
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
