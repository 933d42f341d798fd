#!/usr/bin/env python3
"""Makes what the benchmark reads: `data.py FOLDER` writes FOLDER/Bench.db, the same rows on every run."""

import os
import random
import sqlite3
import sys
from pathlib import Path

TABLES = """
CREATE TABLE Small (ID INTEGER PRIMARY KEY, Owner VARCHAR(80), IBAN VARCHAR(34), Balance DECIMAL(12,2), Opened DATE,
    Active INTEGER);
CREATE TABLE Wide (ID INTEGER PRIMARY KEY, First VARCHAR(40), Last VARCHAR(40), Email VARCHAR(80), City VARCHAR(40),
    Country CHAR(2), Born DATE, Credit DECIMAL(12,2), Score DOUBLE, Visits INTEGER, Seen TIMESTAMP, Note VARCHAR(200));
CREATE TABLE Long (ID INTEGER PRIMARY KEY, Booked TIMESTAMP, Amount DECIMAL(12,2), Kind VARCHAR(12), Memo VARCHAR(80));
CREATE TABLE Heavy (ID INTEGER PRIMARY KEY, Text TEXT);
CREATE TABLE Held (ID INTEGER PRIMARY KEY, Owner INTEGER REFERENCES Wide(ID), Ward CHAR(2), Balance DECIMAL(12,2), Opened DATE,
    Active INTEGER);
"""
FIRST = "Anna Zoë Clara David 美咲 Felix Giulia Hugo".split()
LAST = "Müller Nowak Þórsson Smith O'Brien Rossi Keller".split()
CITIES = ["Zürich", "São Paulo", "Köln", "Boston", "東京", "Kraków"]
# Of these tables: a file that has others is made anew.
VERSION = 2
SMALL, WIDE, LONG, HEAVY = 100, 10_000, 1_000_000, 600


def day(rng):
    return f"{rng.randrange(1950, 2026)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def moment(rng):
    return f"{day(rng)} {rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def amount(rng):
    return rng.randrange(-100_000, 2_000_000) / 100


def small(rng, number):
    owner = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return number, owner, f"DE{rng.randrange(10**20):020}", amount(rng), day(rng), rng.randrange(2)


def wide(rng, number):
    return (number, rng.choice(FIRST), rng.choice(LAST), f"user{number}@example.org", rng.choice(CITIES), "CH", day(rng),
            amount(rng), rng.random() * 100, rng.randrange(5_000), moment(rng), rng.choice([None, "", "Prefers e-mail"]))


def long(rng, number):
    return number, moment(rng), amount(rng), rng.choice(["card", "transfer", "fee"]), f"Invoice {number}"


def heavy(rng, number):
    return number, "".join(rng.choices("abcdefgh \n", k=9_000))


def held(rng, number):
    return number, rng.randrange(1, WIDE + 1), "W1", amount(rng), day(rng), rng.randrange(2)


def main():
    folder = Path(sys.argv[1])
    file, unfinished = folder / "Bench.db", folder / f"Bench.db.{os.getpid()}"
    if file.exists() and sqlite3.connect(file).execute("PRAGMA user_version").fetchone() == (VERSION,):
        return
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    database = sqlite3.connect(unfinished)
    database.executescript(TABLES)
    for table, row, rows in (("Small", small, SMALL), ("Wide", wide, WIDE), ("Long", long, LONG), ("Heavy", heavy, HEAVY),
                             ("Held", held, SMALL)):
        marks = ", ".join("?" * len(row(random.Random(0), 0)))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", (row(rng, number) for number in range(1, rows + 1)))
    database.execute("CREATE INDEX LongBooked ON Long(Booked)")
    database.execute(f"PRAGMA user_version = {VERSION}")
    database.commit()
    database.close()
    os.replace(unfinished, file)


if __name__ == "__main__":
    main()
