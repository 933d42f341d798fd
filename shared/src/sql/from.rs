//! What rows are read from: the one place that writes it, so that no statement forgets whose rows
//! they are.

use super::condition;
use crate::dialect::Dialect;
use crate::guard::Guarded;
use crate::statement::{ALIAS, Condition};

/// ` FROM` the table, and the conditions: the caller's own rows, and of these what is asked for.
pub(super) fn from(
    table: &Guarded,
    asked: impl IntoIterator<Item = Condition>,
    dialect: &dyn Dialect,
) -> Condition {
    let own = table.limits().iter().map(|limit| condition::within(limit, table, dialect));
    let mut from = Condition {
        text: format!(" FROM {} {ALIAS}", dialect.table(&table.name)),
        params: Vec::new(),
    };
    for (index, condition) in own.chain(asked).enumerate() {
        from.text.push_str(if index == 0 { " WHERE " } else { " AND " });
        from.text.push_str(&condition.text);
        from.params.extend(condition.params);
    }
    from
}
