-- What `make test-sam` publishes: the demo's names, and some that must survive an address.
CREATE SCHEMA "Bank";
CREATE TABLE "Bank"."Account" ("ID" integer PRIMARY KEY, "Owner" text NOT NULL, "Balance" numeric(19, 2));
INSERT INTO "Bank"."Account" SELECT n, 'Zoë Müller ' || n, n * 0.10 FROM generate_series(1, 250) n;
CREATE TABLE "Bank"."Köln & Bern/100%" ("ID" integer PRIMARY KEY);
INSERT INTO "Bank"."Köln & Bern/100%" VALUES (1), (2);
CREATE TABLE "Bank"."Hidden" ("ID" integer PRIMARY KEY);
