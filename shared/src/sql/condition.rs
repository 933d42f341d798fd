//! Filters and the text search as conditions.

use super::{Dialect, Param};
use crate::query::{FRACTION_DIGITS, Filter, Moment, Operand, Operator};
use crate::table::{Column, Table};

/// SQL text with its values, grown piece by piece.
#[derive(Debug, Default)]
pub struct Sql {
    /// The text so far.
    pub text: String,
    /// Its values in their order.
    pub params: Vec<Param>,
}

/// A filter as a condition.
pub fn filter(filter: &Filter, table: &Table, dialect: Dialect) -> Sql {
    let column = &table.columns[filter.column];
    let quoted = dialect.column(&column.name);
    let one = || filter.operands.first();
    match filter.operator {
        Operator::IsNull => Sql { text: format!("{quoted} IS NULL"), params: Vec::new() },
        Operator::NotNull => Sql { text: format!("{quoted} IS NOT NULL"), params: Vec::new() },
        Operator::Contains => matched(one(), &quoted, dialect, true, true),
        Operator::StartsWith => matched(one(), &quoted, dialect, false, true),
        Operator::EndsWith => matched(one(), &quoted, dialect, true, false),
        Operator::Equal | Operator::In => among(&filter.operands, column, dialect, "IN"),
        Operator::Not | Operator::NotIn => among(&filter.operands, column, dialect, "NOT IN"),
        Operator::Exact => exact(&filter.operands, column, dialect),
        Operator::Gt => compared(one(), column, dialect, ">"),
        Operator::Gte => compared(one(), column, dialect, ">="),
        Operator::Lt => compared(one(), column, dialect, "<"),
        Operator::Lte => compared(one(), column, dialect, "<="),
    }
}

/// One of the text columns contains the text.
pub fn search(text: &str, table: &Table, dialect: Dialect) -> Sql {
    let columns = table.columns.iter().filter(|column| column.kind.is_text() && column.comparable);
    let matches: Vec<String> = columns.map(|column| dialect.matches(&dialect.column(&column.name))).collect();
    let params = vec![dialect.pattern(text, true, true); matches.len()];
    let groups: Vec<String> = matches.chunks(SEARCH_GROUP).map(|group| format!("({})", group.join(" OR "))).collect();
    let text = match &groups[..] {
        [only] => only.clone(),
        _ => format!("({})", groups.join(" OR ")),
    };
    Sql { text, params }
}

/// Columns of a search that stand in one pair of parentheses. Without these, a condition over very many columns is deeper
/// than a database allows: SQLite's limit is 1,000.
const SEARCH_GROUP: usize = 50;

/// Equal as the database compares the column.
pub fn equal(operand: &Operand, column: &Column, dialect: Dialect) -> Sql {
    among(std::slice::from_ref(operand), column, dialect, "IN")
}

/// The very value that is meant, in the very letters.
pub fn to_the_letter(operand: &Operand, column: &Column, dialect: Dialect) -> Sql {
    let exact = operand.exact();
    match exact {
        // Any column of SQLite may have a collation, and may hold text.
        Some(param) if column.kind.is_text() || dialect == Dialect::Sqlite => {
            let (text, bound) = dialect.exact(&dialect.column(&column.name), &column.placeholder);
            Sql { text, params: vec![param; bound] }
        }
        _ => equal(operand, column, dialect),
    }
}

/// Equal to the letter.
fn exact(operands: &[Operand], column: &Column, dialect: Dialect) -> Sql {
    match operands {
        [Operand::One(param)] if column.kind.is_text() => {
            let (text, bound) = dialect.exact(&dialect.column(&column.name), &column.placeholder);
            Sql { text, params: vec![param.clone(); bound] }
        }
        _ => among(operands, column, dialect, "IN"),
    }
}

fn matched(operand: Option<&Operand>, quoted: &str, dialect: Dialect, before: bool, after: bool) -> Sql {
    let text = match operand {
        Some(Operand::One(Param::Text(text))) => text.as_str(),
        _ => "",
    };
    Sql { text: dialect.matches(quoted), params: vec![dialect.pattern(text, before, after)] }
}

fn among(operands: &[Operand], column: &Column, dialect: Dialect, operator: &str) -> Sql {
    let mut params = Vec::new();
    for operand in operands {
        match operand {
            Operand::One(param) => params.push(param.clone()),
            Operand::Several(spellings) => params.extend(spellings.iter().cloned()),
            Operand::Moment(moment) => params.extend(moment.spellings().into_iter().map(Param::Text)),
        }
    }
    let placeholder = column.placeholder.clone();
    let quoted = dialect.column(&column.name);
    let text = if params.len() == 1 {
        format!("{quoted} {} {placeholder}", if operator == "IN" { "=" } else { "<>" })
    } else {
        format!("{quoted} {operator} ({})", vec![placeholder.as_str(); params.len()].join(", "))
    };
    Sql { text, params }
}

fn compared(operand: Option<&Operand>, column: &Column, dialect: Dialect, operator: &str) -> Sql {
    let quoted = dialect.column(&column.name);
    let placeholder = column.placeholder.clone();
    let param = match operand {
        Some(Operand::One(param)) => Some(param),
        Some(Operand::Several(spellings)) => spellings.first(),
        Some(Operand::Moment(moment)) => return moment_compared(moment, &quoted, operator),
        None => None,
    };
    param.map_or_else(Sql::default, |param| Sql {
        text: format!("{quoted} {operator} {placeholder}"),
        params: vec![param.clone()],
    })
}

/// SQLite keeps moments as text: with a blank or a `T` between date and time, with a fraction or without, perhaps with no
/// seconds or no time at all, and perhaps with a `Z` at the end.
///
/// The second comparison decides, on the text with a blank, with seconds and without a `Z`; the first lets an index find
/// the day or the minute that it is about, for a shorter text sorts first, a blank before a `T`, and `~` after whatever
/// may follow the seconds. For `>` and `<=` the value gets all its zeros, so that `10:00:00.000` is not later than
/// `10:00:00`.
fn moment_compared(moment: &Moment, quoted: &str, operator: &str) -> Sql {
    let zeros = "0".repeat(FRACTION_DIGITS.saturating_sub(moment.fraction.len()));
    let zeros = if matches!(operator, ">" | "<=") { zeros.as_str() } else { "" };
    let decides = moment.text(' ', zeros);
    let decides = decides.strip_suffix('Z').unwrap_or(&decides);
    let second = Moment { fraction: String::new(), zone: String::new(), ..moment.clone() };
    let kept = format!("rtrim(replace({quoted},'T',' '),'Z')");
    let (least, whole) = if moment.date.is_empty() {
        let minute = moment.time.get(..5).unwrap_or(&moment.time);
        (minute.to_owned(), format!("CASE length({kept}) WHEN 5 THEN {kept}||':00' ELSE {kept} END"))
    } else {
        let whole =
            format!("CASE length({kept}) WHEN 10 THEN {kept}||' 00:00:00' WHEN 16 THEN {kept}||':00' ELSE {kept} END");
        (moment.date.clone(), whole)
    };
    let (within, range) = if operator.starts_with('<') { ("<=", second.text('T', "") + "~") } else { (">=", least) };
    Sql {
        text: format!("({quoted} {within} ? AND {whole} {operator} ?)"),
        params: vec![Param::Text(range), Param::Text(decides.to_owned())],
    }
}
