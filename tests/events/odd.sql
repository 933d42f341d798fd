-- What the demo data has not: a table and columns with names full of what a URL treats in a way of its own.

CREATE TABLE "50% R&D/Köln #7" (
    "a&b"    TEXT PRIMARY KEY NOT NULL,
    "Größe%" INTEGER NOT NULL,
    "c d__gt" TEXT
);
INSERT INTO "50% R&D/Köln #7" VALUES ('one', 1, NULL), ('two', 2, ''), ('three', 3, 'x=y');
