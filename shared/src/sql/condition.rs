//! Filters and the text search as conditions.

use crate::dialect::Dialect;
use crate::guard::Limit;
use crate::operator::Operator;
use crate::param::{Operand, Param};
use crate::query::{Comparison, Filter};
use crate::statement::Condition;
use crate::table::{Column, Table};

/// A filter as a condition.
pub fn filter(filter: &Filter, table: &Table, dialect: &dyn Dialect) -> Condition {
    let conditions: Vec<Condition> =
        filter.conditions.iter().map(|one| comparison(one, table, dialect)).collect();
    let texts: Vec<String> = conditions.iter().map(|condition| condition.text.clone()).collect();
    let text = match texts.as_slice() {
        [only] => only.clone(),
        _ => in_groups(&texts, " OR "),
    };
    Condition { text, params: conditions.into_iter().flat_map(|one| one.params).collect() }
}

fn comparison(comparison: &Comparison, table: &Table, dialect: &dyn Dialect) -> Condition {
    let column = &table.columns[comparison.column];
    let null_test = |words: &str| Condition {
        text: format!("{} {words}", dialect.column(&column.name)),
        params: Vec::new(),
    };
    let operands = &comparison.operands;
    match comparison.operator {
        Operator::IsNull => null_test("IS NULL"),
        Operator::NotNull => null_test("IS NOT NULL"),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
            matched(operands.first(), column, dialect, comparison.operator)
        }
        Operator::Equal | Operator::In => among(operands, column, dialect, Membership::In),
        Operator::Not | Operator::NotIn => among(operands, column, dialect, Membership::NotIn),
        Operator::Exact => exact(operands, column, dialect),
        Operator::Gt => compared(operands.first(), column, dialect, ">"),
        Operator::Gte => compared(operands.first(), column, dialect, ">="),
        Operator::Lt => compared(operands.first(), column, dialect, "<"),
        Operator::Lte => compared(operands.first(), column, dialect, "<="),
    }
}

/// One of the text columns contains the text.
pub fn search(text: &str, table: &Table, dialect: &dyn Dialect) -> Condition {
    let columns = table.columns.iter().filter(|column| column.kind.is_text() && column.comparable);
    let (matches, bound): (Vec<String>, Vec<usize>) =
        columns.map(|column| dialect.matches(column, Operator::Contains)).unzip();
    let params = vec![dialect.pattern(text, Operator::Contains); bound.into_iter().sum()];
    Condition { text: in_groups(&matches, " OR "), params }
}

/// Conditions in groups of [`GROUP`], so that their nesting stays shallow.
fn in_groups(conditions: &[String], joined_by: &str) -> String {
    let groups: Vec<String> =
        conditions.chunks(GROUP).map(|group| format!("({})", group.join(joined_by))).collect();
    match &groups[..] {
        [only] => only.clone(),
        _ => format!("({})", groups.join(joined_by)),
    }
}

/// Columns of a search that stand in one pair of parentheses. Without these, a condition over very
/// many columns is deeper than a database allows: SQLite's limit is 1,000.
const GROUP: usize = 50;

/// Equal as the database compares the column.
pub fn equal(operand: &Operand, column: &Column, dialect: &dyn Dialect) -> Condition {
    among(std::slice::from_ref(operand), column, dialect, Membership::In)
}

/// The very value that is meant, case-sensitive.
pub fn exactly(operand: &Operand, column: &Column, dialect: &dyn Dialect) -> Condition {
    match operand.exact() {
        // Any column may have a collation where any may hold text.
        Some(param) if column.kind.is_text() || dialect.keeps_any_type() => {
            let (text, bound) = dialect.exact(&dialect.column(&column.name), &column.placeholder);
            Condition { text, params: vec![param; bound] }
        }
        _ => equal(operand, column, dialect),
    }
}

/// A row is the caller's own: case-sensitive, whatever the column's collation.
pub fn within(limit: &Limit, table: &Table, dialect: &dyn Dialect) -> Condition {
    let column = &table.columns[limit.column];
    let has_collation = column.kind.is_text() || dialect.keeps_any_type();
    let is_plain = |operand: &Operand| !matches!(operand, Operand::Timestamp(_));
    if !has_collation || !limit.operands.iter().all(is_plain) {
        return among(&limit.operands, column, dialect, Membership::In);
    }
    let quoted = dialect.column(&column.name);
    let (text, bound) = dialect.exact(&quoted, &column.placeholder);
    let spellings: Vec<Param> =
        limit.operands.iter().flat_map(|operand| operand.spellings()).collect();
    // As lists are: few texts of statements for values of any number.
    let length = dialect.list_length(spellings.len()).max(spellings.len());
    let filled = spellings.iter().chain(spellings.last().into_iter().cycle()).take(length);
    let params = filled.flat_map(|param| vec![param.clone(); bound]).collect();
    let texts = vec![text; length];
    let text = match texts.as_slice() {
        [only] => only.clone(),
        _ => in_groups(&texts, " OR "),
    };
    Condition { text, params }
}

/// Equal, case-sensitive.
fn exact(operands: &[Operand], column: &Column, dialect: &dyn Dialect) -> Condition {
    match operands {
        // As in `exactly`.
        [Operand::One(param)] if column.kind.is_text() || dialect.keeps_any_type() => {
            let (text, bound) = dialect.exact(&dialect.column(&column.name), &column.placeholder);
            Condition { text, params: vec![param.clone(); bound] }
        }
        _ => among(operands, column, dialect, Membership::In),
    }
}

fn matched(
    operand: Option<&Operand>,
    column: &Column,
    dialect: &dyn Dialect,
    operator: Operator,
) -> Condition {
    let text = match operand {
        Some(Operand::One(Param::Text(text))) => text.as_str(),
        _ => "",
    };
    let (text_match, bound) = dialect.matches(column, operator);
    Condition { text: text_match, params: vec![dialect.pattern(text, operator); bound] }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    In,
    NotIn,
}

fn among(
    operands: &[Operand],
    column: &Column,
    dialect: &dyn Dialect,
    membership: Membership,
) -> Condition {
    let is_in = membership == Membership::In;
    let equals = if is_in { "=" } else { "<>" };
    // Some say by themselves what equals them.
    let (mut apart, mut plain) = (Vec::new(), Vec::new());
    for operand in operands {
        match dialect.compared(column, equals, operand) {
            Some(condition) => apart.push(condition),
            None => plain.push(operand),
        }
    }
    if !plain.is_empty() {
        apart.insert(0, listed(&plain, column, dialect, membership));
    }
    let texts: Vec<String> = apart.iter().map(|condition| condition.text.clone()).collect();
    let text = match texts.as_slice() {
        [only] => only.clone(),
        _ => in_groups(&texts, if is_in { " OR " } else { " AND " }),
    };
    Condition { text, params: apart.into_iter().flat_map(|condition| condition.params).collect() }
}

/// Values that are equal where the database finds them so.
fn listed(
    operands: &[&Operand],
    column: &Column,
    dialect: &dyn Dialect,
    membership: Membership,
) -> Condition {
    let params: Vec<Param> = operands.iter().flat_map(|operand| operand.spellings()).collect();
    let (quoted, placeholder) = (dialect.operand(column), column.placeholder.as_str());
    let is_in = membership == Membership::In;
    if params.len() == 1 {
        let equals = if is_in { "=" } else { "<>" };
        return Condition { text: format!("{quoted} {equals} {placeholder}"), params };
    }
    let words = if is_in { "IN" } else { "NOT IN" };
    let list = |count: usize| format!("{quoted} {words} ({})", vec![placeholder; count].join(", "));
    let (mut lists, mut filled) = (Vec::new(), Vec::with_capacity(params.len()));
    for part in params.chunks(dialect.list_limit()) {
        let length = dialect.list_length(part.len());
        let last = part.last().into_iter().cycle().take(length - part.len());
        filled.extend(part.iter().chain(last).cloned());
        lists.push(list(length));
    }
    let text = match lists.as_slice() {
        [only] => only.clone(),
        _ => in_groups(&lists, if is_in { " OR " } else { " AND " }),
    };
    Condition { text, params: filled }
}

fn compared(
    operand: Option<&Operand>,
    column: &Column,
    dialect: &dyn Dialect,
    operator: &str,
) -> Condition {
    let Some(operand) = operand else { return Condition::default() };
    dialect.compared(column, operator, operand).unwrap_or_else(|| Condition {
        text: format!("{} {operator} {}", dialect.operand(column), column.placeholder),
        params: operand.spellings().into_iter().take(1).map(Param::ordered).collect(),
    })
}
