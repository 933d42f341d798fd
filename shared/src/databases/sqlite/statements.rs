//! The statements of SQLite's catalogue: pragmas as tables.

use super::Sqlite;
use super::collations::COLLATION_OF;
use crate::databases::rows::{FOREIGN_KEY, TABLE, bound, statement};
use crate::dialect::{Dialect as _, Of};
use crate::param::Param;
use crate::statement::Statement;
use crate::table::DESCRIPTIONS;

/// The attached schemas.
pub fn schemas() -> Statement {
    let sql = "SELECT d.name FROM pragma_database_list d WHERE d.name NOT IN ('main', 'temp') ORDER BY d.seq";
    statement(sql.to_owned(), Vec::new(), &["schema"])
}

/// Whether a schema has a table of descriptions: 0 or 1. One that only has the name has another
/// purpose.
pub fn described(schema: &str) -> Statement {
    let sql = "SELECT 3 = (SELECT count(*) FROM pragma_table_info(?, ?) c \
               WHERE lower(c.name) IN ('table_name', 'column_name', 'description'))";
    statement(sql.to_owned(), vec![bound(DESCRIPTIONS), bound(schema)], &["described"])
}

/// The tables of a schema. Rows: schema, name, kind, columns, description.
/// `count`: whether to count the columns of tables. Those of views are not counted: one that is
/// broken would fail all.
pub fn tables(schema: &str, described: bool, count: bool) -> Statement {
    let quoted = Sqlite.quote(schema);
    let columns = if count {
        "CASE m.type WHEN 'table' THEN \
         (SELECT count(*) FROM pragma_table_xinfo(m.name, a.schema) x WHERE x.hidden <> 1) ELSE NULL END"
    } else {
        "NULL"
    };
    let description = if described {
        format!(
            "(SELECT description FROM {quoted}.{DESCRIPTIONS} d \
             WHERE d.table_name = m.name COLLATE NOCASE AND d.column_name IS NULL)"
        )
    } else {
        "NULL".to_owned()
    };
    // A virtual table's shadow tables belong to it, and are no tables of their own.
    let sql = format!(
        "SELECT a.schema, m.name, m.type, {columns}, {description} \
         FROM (SELECT ? AS schema) a JOIN {quoted}.sqlite_master m \
         WHERE m.type IN ('table', 'view') AND NOT EXISTS \
         (SELECT 1 FROM pragma_table_list(m.name) l WHERE l.schema = a.schema AND l.type = 'shadow') ORDER BY m.name"
    );
    statement(sql, vec![bound(schema)], TABLE)
}

/// The tables described: a query for `schema` and `name`. Of a schema neither views nor virtual
/// tables: one that is broken would fail all.
fn these(of: Of<'_>) -> (String, Vec<Param>) {
    match of {
        Of::Table(name) => (
            "SELECT ? AS schema, ? AS name".to_owned(),
            vec![bound(&name.schema), bound(&name.name)],
        ),
        Of::Schema(schema) => {
            let quoted = Sqlite.quote(schema);
            (
                format!(
                    "SELECT ? AS schema, name FROM {quoted}.sqlite_master WHERE type = 'table' AND rootpage > 0"
                ),
                vec![bound(schema)],
            )
        }
    }
}

/// Columns of tables. Rows: table, name, declared type, NOT NULL, position in the key from 1 or 0,
/// description, whether the table has no rowid, whether its key has an index, as every key has but
/// the rowid, and the collation.
pub fn columns(of: Of<'_>, described: bool) -> Statement {
    let description = if described {
        format!(
            "(SELECT description FROM {}.{DESCRIPTIONS} d \
             WHERE d.table_name = a.name COLLATE NOCASE AND d.column_name = x.name COLLATE NOCASE)",
            Sqlite.quote(of.schema())
        )
    } else {
        "NULL".to_owned()
    };
    let (these, params) = these(of);
    let sql = format!(
        "SELECT a.name, x.name, x.type, x.\"notnull\", x.pk, {description}, \
         (SELECT l.wr OR l.type = 'view' FROM pragma_table_list(a.name) l WHERE l.schema = a.schema), \
         EXISTS (SELECT 1 FROM pragma_index_list(a.name, a.schema) i WHERE i.origin = 'pk'), \
         {COLLATION_OF}(a.schema, a.name, x.name) \
         FROM ({these}) a JOIN pragma_table_xinfo(a.name, a.schema) x WHERE x.hidden <> 1 ORDER BY a.name, x.cid"
    );
    let names = &[
        "table",
        "name",
        "type",
        "notnull",
        "key",
        "description",
        "rowless",
        "indexed",
        "collation",
    ];
    statement(sql, params, names)
}

/// All foreign keys of a schema that start or end at tables; none can end at a virtual one.
pub fn foreign_keys(of: Of<'_>) -> Statement {
    let (these, params) = match of {
        Of::Table(name) => {
            (" AND ? IN (m.name, p.name)", vec![bound(&name.schema), bound(&name.name)])
        }
        Of::Schema(schema) => ("", vec![bound(schema)]),
    };
    // A column of the other table by its name, or by its place in the key where none is named.
    let there = |what: &str| {
        format!(
            "(SELECT c.{what} FROM pragma_table_xinfo(p.name, a.schema) c WHERE CASE WHEN f.\"to\" IS NULL \
             THEN c.pk = f.seq + 1 ELSE c.name = f.\"to\" COLLATE NOCASE END)"
        )
    };
    let sql = format!(
        "SELECT f.id, a.schema, m.name, x.name, a.schema, p.name, {}, x.type, {} \
         FROM (SELECT ? AS schema) a JOIN {schema}.sqlite_master m \
         JOIN pragma_foreign_key_list(m.name, a.schema) f \
         JOIN {schema}.sqlite_master p ON p.type = 'table' AND p.rootpage > 0 AND p.name = f.\"table\" COLLATE NOCASE \
         JOIN pragma_table_xinfo(m.name, a.schema) x ON x.name = f.\"from\" COLLATE NOCASE \
         WHERE m.type = 'table'{these} ORDER BY m.name, f.id, f.seq",
        there("name"),
        there("type"),
        schema = Sqlite.quote(of.schema())
    );
    let columns = [FOREIGN_KEY, &["type", "to_type"]].concat();
    statement(sql, params, &columns)
}

/// The columns of each key and each unique index of the tables that foreign keys of tables lead to.
/// Rows: table, key or index, column; that is NULL where an index is made of an expression.
pub fn unique_columns(of: Of<'_>) -> Statement {
    let (these, params) = these(of);
    let sql = format!(
        "WITH p AS (SELECT DISTINCT m.name, a.schema FROM ({these}) a \
         JOIN pragma_foreign_key_list(a.name, a.schema) f \
         JOIN {}.sqlite_master m ON m.type = 'table' AND m.rootpage > 0 AND m.name = f.\"table\" COLLATE NOCASE) \
         SELECT p.name, '', c.name FROM p JOIN pragma_table_xinfo(p.name, p.schema) c WHERE c.pk > 0 UNION ALL \
         SELECT p.name, i.name, c.name FROM p JOIN pragma_index_list(p.name, p.schema) i \
         JOIN pragma_index_info(i.name, p.schema) c WHERE i.\"unique\" AND NOT i.partial",
        Sqlite.quote(of.schema())
    );
    statement(sql, params, &["table", "index", "column"])
}
