//! The statements of PostgreSQL's catalogue, read from `pg_catalog`: the information schema hides
//! what the user does not own.

use crate::databases::rows::{FOREIGN_KEY, TABLE, statement};
use crate::dialect::Of;
use crate::statement::Statement;

/// Tables that the user may write to, in whole or in a column (a superuser may to all), and schemas
/// where he may make some.
const MAY_WRITE: &str = "SELECT (SELECT count(*) FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'f') \
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' \
     AND (pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') \
     OR pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE'))) \
     + (SELECT count(*) FROM pg_catalog.pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%' \
     AND pg_catalog.has_schema_privilege(n.oid, 'CREATE'))";

/// How many tables and schemas the user may write to.
pub fn may_write() -> Statement {
    statement(MAY_WRITE.to_owned(), Vec::new(), &["grants"])
}

/// The tables that the user may read, each with a column at least; and why one cannot be read, where
/// that is known.
pub fn tables() -> Statement {
    let sql = "SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END, \
               k.columns, pg_catalog.obj_description(c.oid, 'pg_class'), \
               CASE WHEN c.relispopulated THEN NULL ELSE 'it is a materialized view that has not been filled yet' END \
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               CROSS JOIN LATERAL (SELECT count(*) AS columns FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid \
               AND a.attnum > 0 AND NOT a.attisdropped AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) k \
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') \
               AND k.columns > 0 ORDER BY n.nspname, c.relname";
    let columns = [TABLE, &["unreadable"]].concat();
    statement(sql.to_owned(), Vec::new(), &columns)
}

/// The unique indexes of a table (`class` in `pg_class`) that tell its rows apart by columns that
/// the user may read, as a FROM clause; the primary key's comes first.
///
/// With a part of an index's columns alone, rows would be lost between pages; so they would where
/// one of them may be NULL, is compared otherwise in the index, or is of a type from a schema that
/// the user may not use. An index does not reach over children that inherit, as it does over
/// partitions. It may hold more columns than it is unique over.
fn keys(class: &str) -> String {
    format!(
        "FROM pg_catalog.pg_index i WHERE i.indrelid = {class}.oid AND NOT {} \
         AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL \
         AND NOT EXISTS (SELECT 1 FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) p \
         JOIN pg_catalog.pg_attribute x ON x.attrelid = i.indrelid AND x.attnum = i.indkey[p] \
         JOIN pg_catalog.pg_type y ON y.oid = x.atttypid \
         WHERE NOT x.attnotnull OR x.attcollation <> i.indcollation[p] \
         OR NOT pg_catalog.has_schema_privilege(y.typnamespace, 'USAGE') \
         OR NOT pg_catalog.has_column_privilege(i.indrelid, x.attnum, 'SELECT')) \
         ORDER BY i.indisprimary DESC, i.indexrelid",
        has_children(class)
    )
}

/// Whether a table has children that inherit: reading it reads them too.
fn has_children(class: &str) -> String {
    format!(
        "({class}.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhparent = {class}.oid))"
    )
}

/// Whether rows have a `ctid` that tells them apart and that the user may read.
fn has_place(class: &str) -> String {
    format!(
        "({class}.relkind IN ('r', 'm') AND NOT {} \
         AND pg_catalog.has_column_privilege({class}.oid, CAST(-1 AS int2), 'SELECT'))",
        has_children(class)
    )
}

/// Whether values of a type (`class` in `pg_type`) can be compared and sorted by: it and all that
/// it is made of has an order, by itself or as what it is a kind of, is none of the server's inner
/// types, and comes from a schema that the user may use.
fn is_comparable(class: &str) -> String {
    format!(
        "NOT EXISTS (WITH RECURSIVE w(type) AS (SELECT {class}.oid UNION SELECT m.type FROM w \
         JOIN pg_catalog.pg_type p ON p.oid = w.type CROSS JOIN LATERAL (SELECT p.typelem AS type WHERE p.typcategory = 'A' \
         UNION ALL SELECT p.typbasetype WHERE p.typtype = 'd' UNION ALL SELECT x.atttypid FROM pg_catalog.pg_attribute x \
         WHERE p.typtype = 'c' AND x.attrelid = p.typrelid AND x.attnum > 0 AND NOT x.attisdropped) m) \
         SELECT 1 FROM w JOIN pg_catalog.pg_type p ON p.oid = w.type \
         WHERE NOT pg_catalog.has_schema_privilege(p.typnamespace, 'USAGE') \
         OR (p.typcategory = 'Z' AND p.typname <> 'char') \
         OR (p.typtype = 'b' AND p.typcategory <> 'A' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_opclass o \
         JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod AND a.amname = 'btree' WHERE o.opcdefault \
         AND (o.opcintype = p.oid OR EXISTS (SELECT 1 FROM pg_catalog.pg_cast s WHERE s.castsource = p.oid \
         AND s.casttarget = o.opcintype AND s.castmethod = 'b' AND s.castcontext = 'i')))))"
    )
}

/// Columns of tables that the user may read. Rows: table, name, type, type to cast to, category,
/// precision, scale, NOT NULL, position in the key from 1 or 0, description, whether rows have a
/// `ctid`, whether it can be sorted by.
///
/// The key is the primary key or the unique index that was made first. An index counts its columns
/// from 0. Since PostgreSQL 18 NOT NULL may be declared of rows to come alone. A child that
/// inherits may have dropped it. A domain is what it is made of, however deep that lies.
pub fn columns(of: Of<'_>) -> Statement {
    let (these, params) = of.condition("n.nspname", "c.relname");
    let sql = format!(
        "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.format_type(t.oid, -1), \
         t.typname, CASE WHEN t.typname = 'numeric' AND b.mod > 0 THEN ((b.mod - 4) >> 16) & 65535 \
         WHEN t.typname IN ('varchar', 'bpchar') AND b.mod > 0 THEN b.mod - 4 END, \
         CASE WHEN t.typname = 'numeric' AND b.mod > 0 THEN ((b.mod - 4) & 2047 # 1024) - 1024 END, \
         CASE WHEN a.attnotnull AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint u WHERE u.conrelid = c.oid \
         AND u.contype = 'n' AND NOT u.convalidated AND a.attnum = ANY (u.conkey)) AND NOT {} THEN 1 ELSE 0 END, \
         coalesce(pg_catalog.array_position(k.columns, a.attnum) + 1, 0), \
         pg_catalog.col_description(c.oid, a.attnum), CASE WHEN {} THEN 1 ELSE 0 END, \
         CASE WHEN {} THEN 1 ELSE 0 END \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         CROSS JOIN LATERAL (WITH RECURSIVE d AS (SELECT a.atttypid AS type, a.atttypmod AS mod UNION ALL \
         SELECT p.typbasetype, p.typtypmod FROM d JOIN pg_catalog.pg_type p ON p.oid = d.type AND p.typtype = 'd') \
         SELECT d.type, d.mod FROM d) b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd' \
         LEFT JOIN LATERAL (SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1] AS columns {} LIMIT 1) k ON true \
         WHERE {these} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
         AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY c.relname, a.attnum",
        has_children("c"),
        has_place("c"),
        is_comparable("t"),
        keys("c")
    );
    statement(
        sql,
        params,
        &[
            "table",
            "name",
            "type",
            "cast",
            "category",
            "precision",
            "scale",
            "notnull",
            "key",
            "description",
            "ctid",
            "comparable",
        ],
    )
}

/// The foreign keys that start or end at tables, as far as the user may read both ends, and rows of
/// the table at the end have addresses.
pub fn foreign_keys(of: Of<'_>) -> Statement {
    let (from, mut params) = of.condition("fn.nspname", "f.relname");
    let (to, more) = of.condition("tn.nspname", "r.relname");
    params.extend(more);
    // OFFSET 0 parts the joins: to plan all of them at once took longer than to run them.
    let sql = format!(
        "SELECT k.oid, k.from_schema, k.from_table, fa.attname, k.to_schema, k.to_table, ta.attname, \
         (SELECT coalesce(b.typname, t.typname) FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype \
         WHERE t.oid = fa.atttypid), \
         (SELECT coalesce(b.typname, t.typname) FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype \
         WHERE t.oid = ta.atttypid) FROM (\
         SELECT k.oid, k.conrelid, k.confrelid, k.conkey, k.confkey, fn.nspname AS from_schema, f.relname AS from_table, \
         tn.nspname AS to_schema, r.relname AS to_table FROM pg_catalog.pg_constraint k \
         JOIN pg_catalog.pg_class f ON f.oid = k.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace \
         JOIN pg_catalog.pg_class r ON r.oid = k.confrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = r.relnamespace \
         WHERE k.contype = 'f' AND k.conparentid = 0 \
         AND (({from}) OR ({to})) \
         AND pg_catalog.has_schema_privilege(fn.oid, 'USAGE') AND pg_catalog.has_schema_privilege(tn.oid, 'USAGE') \
         AND NOT EXISTS (SELECT 1 FROM unnest(k.conkey, k.confkey) AS e(from_column, to_column) \
         WHERE NOT pg_catalog.has_column_privilege(f.oid, e.from_column, 'SELECT') \
         OR NOT pg_catalog.has_column_privilege(r.oid, e.to_column, 'SELECT')) \
         AND ({} OR EXISTS (SELECT 1 {})) OFFSET 0) k \
         CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(from_column, to_column, place) \
         JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.conrelid AND fa.attnum = p.from_column \
         JOIN pg_catalog.pg_attribute ta ON ta.attrelid = k.confrelid AND ta.attnum = p.to_column \
         ORDER BY k.from_schema, k.from_table, k.oid, p.place",
        has_place("r"),
        keys("r")
    );
    let columns = [FOREIGN_KEY, &["type", "to_type"]].concat();
    statement(sql, params, &columns)
}
