//! The operators of filters, as data: the parser, the SQL, the forms, the API's description and its
//! documentation are made of this table.

use crate::table::Column;

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=` under the column's collation.
    Equal,
    /// `<>` under the column's collation; NULL is not found.
    Not,
    /// Equal, case-sensitive whatever the column's collation.
    Exact,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// The text is somewhere within.
    Contains,
    /// The text is the beginning.
    StartsWith,
    /// The text is the end.
    EndsWith,
    /// Equal to one of several.
    In,
    /// Equal to none of several; NULL is not found.
    NotIn,
    /// Is NULL.
    IsNull,
    /// Is not NULL.
    NotNull,
}

/// What stands behind `=` in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A value of the column's type.
    Value,
    /// A part of a text.
    Text,
    /// Several values: `a,b,c` or a JSON array.
    List,
    /// `true` or `false`.
    Truth,
}

/// One line of the table.
#[derive(Debug)]
pub struct Entry {
    /// The operator.
    pub operator: Operator,
    /// The name in a parameter, after `__`; empty for equality.
    pub name: &'static str,
    /// What a person reads between column and value.
    pub label: &'static str,
    /// What it finds, for the API's description.
    pub meaning: &'static str,
    /// What it is given.
    pub takes: Takes,
}

const fn entry(
    operator: Operator,
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    takes: Takes,
) -> Entry {
    Entry { operator, name, label, meaning, takes }
}

/// Every operator, in the order in which they are offered.
pub const OPERATORS: [Entry; 14] = [
    entry(Operator::Equal, "", "=", "equal, as the database compares", Takes::Value),
    entry(Operator::Not, "not", "≠", "not equal; NULL is not found", Takes::Value),
    entry(Operator::Exact, "exact", "is exactly", "equal, case-sensitive", Takes::Value),
    entry(Operator::Gt, "gt", ">", "greater", Takes::Value),
    entry(Operator::Gte, "gte", "≥", "greater or equal", Takes::Value),
    entry(Operator::Lt, "lt", "<", "less", Takes::Value),
    entry(Operator::Lte, "lte", "≤", "less or equal", Takes::Value),
    entry(
        Operator::Contains,
        "contains",
        "contains",
        "contains the text, ignoring case",
        Takes::Text,
    ),
    entry(
        Operator::StartsWith,
        "startswith",
        "starts with",
        "starts with the text, ignoring case",
        Takes::Text,
    ),
    entry(
        Operator::EndsWith,
        "endswith",
        "ends with",
        "ends with the text, ignoring case",
        Takes::Text,
    ),
    entry(
        Operator::In,
        "in",
        "is one of",
        "equal to one of several: `a,b,c`, or a JSON array",
        Takes::List,
    ),
    entry(
        Operator::NotIn,
        "notin",
        "is none of",
        "equal to none of several; NULL is not found",
        Takes::List,
    ),
    entry(
        Operator::IsNull,
        "isnull",
        "is NULL",
        "is NULL; with `false` the opposite",
        Takes::Truth,
    ),
    entry(
        Operator::NotNull,
        "notnull",
        "is not NULL",
        "is not NULL; with `false` the opposite",
        Takes::Truth,
    ),
];

impl Operator {
    /// Its line of the table.
    pub fn entry(self) -> &'static Entry {
        // The table is in the order of the enum, which a test holds.
        &OPERATORS[self as usize]
    }

    /// What it is given.
    pub fn takes(self) -> Takes {
        self.entry().takes
    }

    /// The name in a parameter; empty for equality.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Whether values of a column can be compared so.
    pub fn fits(self, column: &Column) -> bool {
        match self.takes() {
            Takes::Truth => true,
            Takes::Text => column.takes_filters() && column.kind.is_text(),
            Takes::Value | Takes::List => column.takes_filters(),
        }
    }

    /// It finds what is greater or less.
    pub fn orders(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte)
    }

    /// The operator of this name; `eq` is another name of the one that is meant without a name.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "eq" { "" } else { name };
        OPERATORS.iter().find(|entry| entry.name == name).map(|entry| entry.operator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, entry) in OPERATORS.iter().enumerate() {
            assert_eq!(entry.operator as usize, index);
            assert_eq!(Operator::named(entry.name), Some(entry.operator));
        }
    }
}
