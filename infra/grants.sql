-- The database user of iris-tables, who can only read what is to be published.
--
-- There is a section for each kind of database; run yours only. Afterwards `/health?deep=1` says
-- whether the user is right: it fails for a user who can write.


-- ==== InterSystems IRIS ==============================================================================================
-- Run it statement by statement in the SQL shell or the Management Portal (System Explorer > SQL),
-- in the namespace of the tables, by a user who may administer security. Written from InterSystems'
-- manual; not yet tried against a server.
--
-- Replace the password, and Sales by your schema; one GRANT for each schema, or for each table
-- where not all of a schema is to be read. A new user has no role, and needs none: a privilege on a
-- table is enough to log in and to reach the tables over ODBC. Grant neither %All nor %Developer,
-- nor a role with a database resource for writing.

CREATE USER iris_tables_reader IDENTIFY BY 'replace this password';

GRANT SELECT ON SCHEMA Sales TO iris_tables_reader;

-- In place of the schema:
-- GRANT SELECT ON Sales.Customer, Sales.Orders TO iris_tables_reader;


-- ==== PostgreSQL =====================================================================================================
-- For psql, by the owner of the schema, who may also make users:
--
--   sed '1,/^-- ==== PostgreSQL/d' infra/grants.sql | psql -h HOST -d DATABASE \
--       -v ON_ERROR_STOP=1 -v reader=iris_tables -v password='a long one' -v schema=sales -v connections=20
--
-- connections: as many as there may be instances of the two functions together. Each holds one connection.
-- For more schemas, run the last three statements again with another -v schema=…

CREATE ROLE :"reader" LOGIN PASSWORD :'password'
    NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT CONNECTION LIMIT :connections;

-- A second safeguard: the functions set the same with each connection.
ALTER ROLE :"reader" SET default_transaction_read_only = on;

-- Before PostgreSQL 15 everybody may create tables in the schema `public`.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA :"schema" TO :"reader";
GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO :"reader";

-- Tables that the same owner creates later.
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT ON TABLES TO :"reader";
