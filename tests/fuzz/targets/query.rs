//! The query string, from its text to statements.

use iris_tables::dialect::Dialect;
use iris_tables::guard::Guarded;
use iris_tables::query::position::{Position, Start};
use iris_tables::query::{self, Sizes, TableQuery, form, pairs, table_query, token};
use iris_tables::sql::select::{self, Compared, Shows};
use iris_tables::sql::{part, plan};

use super::{sql, table};

const SIZES: Sizes = Sizes { default: 100, maximum: 10_000 };

/// Any query is refused or read; what was read is read again from the address that is made of it,
/// and what is bound fits its statements. The input's first byte chooses the dialect.
pub fn check(data: &[u8]) {
    let (dialect, rest) = table::dialect(data);
    let Ok(pairs) = pairs::parse(&String::from_utf8_lossy(rest)) else { return };
    let again = read_back(&pairs);
    for (has_key, is_limited) in [(true, false), (false, false), (true, true)] {
        let table = table::seen(table::table(dialect, has_key), is_limited, dialect);
        if let Ok(Some(canonical)) = form::canonical(&pairs, &table) {
            assert!(canonical.iter().all(|(name, _)| name != query::FORM));
            read_back(&canonical);
        }
        if let Ok(query) = table_query(&pairs, &table, dialect, SIZES) {
            assert_eq!(table_query(&again, &table, dialect, SIZES).unwrap(), query);
            check_page(&query, &table, dialect);
        }
        check_row(&pairs, &table, dialect);
    }
}

/// The pairs, written as an address and read again.
fn read_back(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let address = pairs::address(
        "/table/x",
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    assert!(
        address.is_ascii() && !address.contains(['<', '>', '"', '\'', ' ', '#', '\\']),
        "{address}"
    );
    let again = pairs::parse(address.split_once('?').map_or("", |(_, query)| query)).unwrap();
    assert_eq!(again, pairs);
    again
}

fn check_page(query: &TableQuery, table: &Guarded, dialect: &dyn Dialect) {
    assert!(query.size.is_none_or(|size| (1..=SIZES.maximum).contains(&size)));
    let binding = plan::binding(table, query, dialect);
    let offset = Position { before: 7, start: Start::Offset };
    assert_eq!(token::read(&token::write(&offset, &binding), &binding).unwrap(), offset);
    for next in [None, Some(token::write(&offset, &binding)), query.next.clone()] {
        let query = TableQuery { next, ..query.clone() };
        for shows in [Shows::Values, Shows::Links] {
            let size = query.size.unwrap_or(SIZES.default);
            if let Ok(plan) = plan::page(table, &query, size, shows, dialect) {
                assert_eq!(plan.statement.rows, size + 1);
                sql::check(&plan.statement);
            }
        }
    }
    sql::check(&select::count(table, query, dialect));
}

fn check_row(pairs: &[(String, String)], table: &Guarded, dialect: &dyn Dialect) {
    let Ok(name) = query::row_name(pairs, table, dialect) else { return };
    let wanted = query::row_part(pairs, table).ok().flatten();
    for compared in [Compared::AsColumns, Compared::Exactly] {
        sql::check(&select::row(table, &name, compared, Shows::Links, dialect));
        if let Some(wanted) = wanted {
            sql::check(&part::statement(table, &name, compared, wanted, dialect));
        }
    }
}
