#!/usr/bin/env python3
"""Makes the data of the browser tests: `data.py FOLDER` writes Shop.db and Many.db into FOLDER.

Every run makes the same.
"""

import base64
import sqlite3
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    '<img src="x" onerror="window.hacked = 2">',
    "O'Brien said \"no\" & <b>left</b>",
    "first line\nsecond line\r\n\tthird",
    "{{ 7*7 }} {% raw %} ${7*7} #{7*7}",
    "javascript:alert(1)",
    "שלום עולם \u202ereversed\u202c abc",
    "漢字かな交じり文",
    "&lt;not an entity&gt; &amp;amp;",
    "  spaces around  ",
    "",
    None,
    "long " * 100,
    "x" * 1_000_000,
    " \t ",
]
# One pixel.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
BIG = 9_007_199_254_740_990


def fresh(name):
    file = FOLDER / f"{name}.db"
    file.unlink(missing_ok=True)
    return sqlite3.connect(file)


FOLDER.mkdir(parents=True, exist_ok=True)
shop = fresh("Shop")
shop.executescript("""
    CREATE TABLE Maker (ID INTEGER PRIMARY KEY, Name VARCHAR(40));
    CREATE TABLE Item (ID INTEGER PRIMARY KEY, Name VARCHAR(60), Price DECIMAL(12,2), Big BIGINT, Since DATE,
        Seen TIMESTAMP, Active BOOLEAN, Maker INTEGER REFERENCES Maker (ID), Weight DOUBLE, Photo BLOB);
    CREATE TABLE Hostile (ID INTEGER PRIMARY KEY, Value TEXT);
    CREATE TABLE "Odd <b>name</b>" ("The 'key'" INTEGER PRIMARY KEY, "<i>x</i>" TEXT, "a" INTEGER, "-a" INTEGER,
        "a__gt" INTEGER);
    CREATE TABLE Behind (ID INTEGER PRIMARY KEY, Value TEXT);
    CREATE VIEW Fragile AS SELECT ID, Value FROM Behind;
    CREATE TABLE Bare (ID INTEGER PRIMARY KEY, Value TEXT);
    CREATE TABLE Unkeyed (Value TEXT);
    CREATE TABLE Story (ID INTEGER PRIMARY KEY, Title VARCHAR(40), Told DATE, Teller VARCHAR(40), Text TEXT);
""")
shop.execute(f"CREATE TABLE Wide (ID INTEGER PRIMARY KEY, {', '.join(f'Column{n} VARCHAR(20)' for n in range(1, 60))})")
shop.executemany("INSERT INTO Maker VALUES (?, ?)", [(1, "Äpfel & Co"), (2, "Birnen"), (3, None)])
shop.executemany("INSERT INTO Item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
    (n, f"Item {n:03} {'apple' if n % 7 == 0 else 'pear'}", f"{n % 50}.10", BIG + (n * 37) % 251,
     f"2024-01-{n % 28 + 1:02}" if n % 5 else None, f"2024-02-{n % 28 + 1:02} 10:00:00", n % 2, n % 3 + 1 if n % 4 else None,
     n / 4, PICTURE if n == 12 else bytes([n % 256]) * n if n % 6 == 0 else None)
    for n in range(1, 251)])
shop.executemany("INSERT INTO Hostile VALUES (?, ?)", enumerate(HOSTILE, 1))
shop.executemany('INSERT INTO "Odd <b>name</b>" VALUES (?, ?, ?, ?, ?)',
                 [(1, "<i>x</i>", 1, 3, 2), (2, "y", 3, 1, 1), (3, "z", 2, 2, 3)])
shop.executemany("INSERT INTO Behind VALUES (?, ?)", [(n, f"Value {n}") for n in range(1, 31)])
shop.executemany("INSERT INTO Story VALUES (?, 'A long one', '2024-02-29', 'Äsop', ?)", [
    (n, "a hare and a tortoise " * 7) for n in range(1, 9)])
shop.executemany("INSERT INTO Unkeyed VALUES (?)", [("a",), ("b",), ("b",)])
shop.executemany(f"INSERT INTO Wide VALUES ({', '.join('?' * 60)})",
                 [(n, *(f"{n} in column {c}" for c in range(1, 60))) for n in range(1, 41)])
shop.commit()
many = fresh("Many")
many.executescript("BEGIN;" + "".join(f"CREATE TABLE Table{n:04} (ID INTEGER PRIMARY KEY);" for n in range(2000)) + "COMMIT;")
many.commit()
