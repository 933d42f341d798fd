#!/usr/bin/env python3
"""Makes the demo data: `demo.py FOLDER` writes FOLDER/Bank.db, a SQLite database that becomes the schema `Bank`.

The tables stand in demo.sql. Every run makes the same rows. A file that this version has made already is left alone.
"""

import os
import random
import sqlite3
import struct
import sys
import tempfile
import zlib
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
TODAY = date(2026, 6, 30)  # the demo's own: rows must not depend on the day on which they are made

# Names that go wrong where software is careless: scripts, directions, quotes, markup, line breaks, separators.
NAMES = [
    "Zoë Müller", "山田太郎", "Ελένη Παπαδοπούλου", "שרה כהן", "محمد العلي", "Siobhán O'Brien", "<b>Bold & Co</b>",
    '"Quoted" Ltd', "Line\nBreak AG", "Carriage\r\nReturn GmbH", "Tab\tSeparated Inc", "Comma, Semicolon; Sons",
    "50% Off_Shop", "Back\\slash & Søn", "=SUM(A1:A9)", "Łukasz Żółć", "İpek Çağlar", "Nguyễn Văn An", "Анна Каренина",
    "김민준", "สมชาย ใจดี", "François-Noël d'Été", "Jürgen von und zu Groß-Straßenfels", "Bjørn Ærøskøbing", "🏦 Emoji Bank",
    "e\u0301 (combining) \u00e9 (composed)", "  Leading and trailing  ", "NULL", "null", "007", "true",
]
FIRST = "Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Katrin Luca Mia Nils Olga Paul Rosa Simon Tina Urs".split()
LAST = "Aebi Berger Colombo Dubois Egger Fontana Graf Huber Imhof Jensen Keller Lang Meier Novak Okafor Rossi".split()
PLACES = [
    ("Zürich", "CH"), ("Genève", "CH"), ("Lugano", "CH"), ("Köln", "DE"), ("München", "DE"), ("Wien", "AT"),
    ("Milano", "IT"), ("Lyon", "FR"), ("Kraków", "PL"), ("東京", "JP"), ("Αθήνα", "GR"), ("Boston", "US"),
]
# Keys that must survive a URL.
BRANCHES = ["ZRH/1", "a,b", "50%", "what?", "#7", "R&D", "O'Hare", "Köln", "Bern", "x=y", "a b", "a+b", "%41", "東京"]
CURRENCIES = {"CHF": 1.0, "EUR": 0.95, "USD": 0.88, "GBP": 1.12, "JPY": 0.0058, "SEK": 0.083}
KINDS = ["card", "card", "card", "transfer", "transfer", "cash", "salary", "fee", "interest"]
COUNTERPARTIES = ["Migros", "Coop", "O'Brien's Pub", 'Café "Zur Post"', "Smith & Sons", "東京電力", "Bäckerei Groß"]
MEMOS = ["Groceries", "Rent; see contract", "Gift for O'Brien", "100% refund", "Invoice #4711, part 2", "a_b <i>c</i>",
         "First line\nSecond line", "", "Überweisung für März", 'Said "thanks"', "Order 007"]
LEDGER_NUMBERS = [9007199254740991, 9007199254740992, 9007199254740993, -9007199254740993, 9223372036854775807,
                  -9223372036854775808, 0]
BALANCES = ["0.10", "-0.10", "0.00", "1200.00", "-350.55", "999999999999.99", "100.00", "0.01", "19.90"]


def cents(amount):
    """A decimal with two digits, as text: a float would not be exact."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def png(shade):
    """A picture of 8 by 8 grey pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((shade + 16 * (x ^ y)) % 256 for x in range(8)) for y in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    # Level 0, so that the bytes are the same with every version of zlib.
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def iban(country, digits):
    """An account number with its check digits."""
    letters = "".join(str(ord(letter) - 55) for letter in country)
    return f"{country}{98 - int(digits + letters + '00') % 97:02}{digits}"


def day_before(rng, days):
    return TODAY - timedelta(days=rng.randrange(days))


def customers(rng):
    long_note = "Every note may be long. " * 850  # 20,400 characters
    notes = [None, "", "Prefers e-mail", "Called twice.\nNobody answered.", long_note, "<script>alert('hi')</script>"]
    portraits = [None, b"", png(0), png(80), png(160)]
    scores = [None, 0.1, -1.5, 1e-7, 1.7976931348623157e308, 5e-324, 0.30000000000000004, 100.0]
    for number in range(1, 501):
        name = NAMES[number - 1] if number <= len(NAMES) else f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        city, country = rng.choice(PLACES)
        email = None if number % 9 == 0 else f"customer{number}@example.org"
        since = day_before(rng, 9000)
        birthday = None if number % 5 == 0 else since - timedelta(days=6600 + rng.randrange(20000))
        score = scores[number] if number < len(scores) else round(rng.random() * 100, 3)
        # The first customers show every kind of note and picture, the others mostly none.
        note = notes[number % len(notes)] if number <= 12 else rng.choice([None, None, "", notes[2]])
        portrait = portraits[number % len(portraits)] if number <= 20 else rng.choice([None, None, png(number % 256)])
        yield (number, name, city, country, email, since, birthday, rng.randrange(2), score,
               cents(rng.randrange(0, 500) * 10000), note, portrait)


def branches(rng):
    for code in BRANCHES:
        city, country = rng.choice(PLACES)
        opens, closes = f"0{rng.randrange(7, 10)}:30:00", f"{rng.randrange(16, 19)}:00:00"
        yield code, city, country, opens, closes, rng.choice([None, 3, 12])


def accounts(rng):
    for number in range(1, 161):
        opened = day_before(rng, 5000)
        closed = opened + (TODAY - opened) / 2 if number % 8 == 0 else None
        balance = BALANCES[number - 1] if number <= len(BALANCES) else cents(rng.randrange(-200000, 9000000))
        ledger = LEDGER_NUMBERS[number - 1] if number <= len(LEDGER_NUMBERS) else rng.randrange(2**62)
        country, digits = rng.choice([("CH", 17), ("DE", 18), ("AT", 16)])
        account = iban(country, f"{rng.randrange(10**digits):0{digits}}")
        currency = rng.choice(["CHF", "CHF", "EUR", "USD"])
        yield number, rng.randrange(1, 401), account, currency, balance, opened, closed, int(closed is None), ledger


def movements(rng, currency_of):
    midnight = datetime(TODAY.year - 2, 7, 1)
    moments = sorted(rng.randrange(729 * 86_400_000) for _ in range(12_400))
    for number, moment in enumerate(moments, start=1):
        # Every fiftieth is booked in the same millisecond as the one before: a sort by time alone would be ambiguous.
        moment = moments[number - 2] if number % 50 == 0 else moment
        booked = midnight + timedelta(milliseconds=moment)
        account = rng.randrange(1, 151)  # the last accounts have no movements
        kind = rng.choice(KINDS)
        sign = 1 if kind in ("salary", "interest") else -1
        counterparty = None if kind in ("fee", "interest", "cash") else rng.choice(COUNTERPARTIES)
        yield (number, account, booked.isoformat(" ", "milliseconds"), booked.date() + timedelta(days=rng.randrange(3)),
               cents(sign * rng.randrange(5, 500000)), currency_of[account], kind, counterparty, rng.choice(MEMOS))


def exchange_rates(rng):
    for currency, rate in CURRENCIES.items():
        for day in range(180):
            rate *= 1 if currency == "CHF" else 0.995 + rng.random() / 100
            yield currency, TODAY - timedelta(days=179 - day), f"{rate:.6f}"


def cards(rng):
    for number in range(1, 121):
        branch = None if number % 4 == 0 else BRANCHES[number % len(BRANCHES)]
        masked = f"**** **** **** {rng.randrange(10_000):04}"
        yield (number, rng.randrange(1, 161), branch, masked, rng.randrange(2), rng.choice(["0.00", "29.90", "49.50"]),
               rng.choice(list(CURRENCIES)), day_before(rng, 180))


def audit(rng):
    for _ in range(100):
        moment = f"{day_before(rng, 60)} {rng.randrange(24):02}:{rng.randrange(60):02}:00"
        action, detail = rng.choice(["login", "logout", "export"]), rng.choice([None, "", "at the counter"])
        row = (moment, rng.choice(FIRST), action, detail)
        yield from [row] * rng.choice([1, 1, 2, 3])


def fill(database):
    """Every table in the order of its foreign keys."""
    rng = random.Random(4711)

    def insert(table, rows):
        # Days go in as text, the only form in which SQLite keeps them.
        rows = [[str(value) if isinstance(value, date) else value for value in row] for row in rows]
        database.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

    insert("Customer", customers(rng))
    insert("Branch", branches(rng))
    insert("Account", accounts(rng))
    insert("Movement", movements(rng, dict(database.execute("SELECT ID, Currency FROM Account"))))
    insert("ExchangeRate", exchange_rates(rng))
    insert("Card", cards(rng))
    insert("Audit", audit(rng))


def version():
    """Changes with the rows: kept in the file itself, in the number that SQLite leaves to its users."""
    sources = [Path(__file__).resolve(), HERE / "demo.sql"]
    return zlib.crc32(b"".join(source.read_bytes() for source in sources)) & 0x7FFFFFFF


def is_current(file):
    if not file.exists():
        return False
    try:
        database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return database.execute("PRAGMA user_version").fetchone()[0] == version()
        finally:
            database.close()
    except sqlite3.Error:  # half a file, or none of ours
        return False


def write(file):
    database = sqlite3.connect(file, isolation_level=None)
    try:
        # Speed matters more than a crash in the middle: nobody looks at the file before it is complete.
        pragmas = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; BEGIN;\n"
        database.executescript(pragmas + (HERE / "demo.sql").read_text(encoding="utf-8"))
        fill(database)
        database.execute(f"PRAGMA user_version = {version()}")
        database.execute("COMMIT")
    finally:
        database.close()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: demo.py FOLDER")
    folder = Path(sys.argv[1])
    file = folder / "Bank.db"
    if is_current(file):
        return
    folder.mkdir(parents=True, exist_ok=True)
    # Whoever reads the folder meanwhile sees the old file or the new one, never half of one.
    handle, unfinished = tempfile.mkstemp(prefix="Bank.", suffix=".unfinished", dir=str(folder))
    os.close(handle)
    try:
        write(unfinished)
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, file)
    except BaseException:
        os.unlink(unfinished)
        raise
    print(f"Made the demo data: {file}")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"The demo data cannot be written: {error}")
