"""XLSX as openpyxl and LibreOffice read it."""

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from server import ROOT, site

PYTHON = ROOT / "target/tools/clients/bin/python"
EMOJI = "Zoë 😀 漢字"
LONGEST = "x" * 32_767
# ID, decimal, integer, double, boolean, date, time, timestamp, text.
ROWS = [
    (1, "0.10", 999_999_999_999_999, 0.5, 1, "2024-02-29", "06:00:00", "2024-02-29 18:30:15", "007"),
    (2, "-12.50", 1_234_567_890_123_456, 1e300, 0, "1900-01-01", "23:59:59", "1900-01-01 00:00:00", "=1+1"),
    (3, "1234567890123.45", 9_007_199_254_740_993, -0.25, 1, "9999-12-31", "00:00:00.250", "9999-12-31 23:59:59.999", EMOJI),
    (4, None, None, None, None, "1899-12-31", "12:00:00.0001", "1899-12-31 12:00:00", LONGEST),
    (5, "1.00", 5, 5.0, 0, "2024-01-01", "01:02:03", "2024-01-01 01:02:03", LONGEST + "y"),
    (6, "1.00", 6, 6.0, 0, "2024-01-01", "01:02:03", "2024-01-01 01:02:03", "+49 30\n@SUM(A1) _x0041_ <b>&amp;"),
]
MAKE = """CREATE TABLE "Äpfel [und] Birnen: eine sehr lange Tabelle" (ID INTEGER PRIMARY KEY, Amount DECIMAL(18,2),
    Number BIGINT, Rate DOUBLE, Paid BOOLEAN, Born DATE, At TIME, Booked TIMESTAMP, Note TEXT)"""
# The cells of both sheets, with what a person sees of them: type, format, value.
READ = """
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
rows, about = book.worksheets
told = lambda cell: [type(cell.value).__name__, cell.data_type, cell.number_format, str(cell.value)]
print(json.dumps({
    "sheets": book.sheetnames,
    "frozen": rows.freeze_panes,
    "filter": rows.auto_filter.ref,
    "rows": [[told(cell) for cell in row] for row in rows.iter_rows()],
    "about": {row[0].value: str(row[1].value) for row in about.iter_rows()},
}))
"""


class Workbook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        with sqlite3.connect(cls.folder / "Shop.db") as database:
            database.execute(MAKE)
            marks = ",".join("?" * len(ROWS[0]))
            name = '"Äpfel [und] Birnen: eine sehr lange Tabelle"'
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", ROWS)
        database.close()
        settings = {"DATABASE_URL": f"sqlite:{cls.folder}", "PUBLISHED_TABLES": "Shop.*"}
        base = cls.enterClassContext(site(settings))
        with urllib.request.urlopen(base) as answer:
            cls.address = base + json.load(answer)["tables"][0]["href"]
        cls.file = cls.folder / "rows.xlsx"
        with urllib.request.urlopen(f"{cls.address}?_format=xlsx&_sort=ID") as answer:
            cls.headers = answer.headers
            cls.file.write_bytes(answer.read())

    def skipped(self, tool):
        print(f"SKIPPED: {self.id()}: {tool} is not installed", file=sys.stderr)
        self.skipTest(tool)

    def read(self):
        if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import openpyxl"], capture_output=True).returncode:
            self.skipped("openpyxl")
        done = subprocess.run([PYTHON, "-c", READ, self.file], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_openpyxl(self):
        book = self.read()
        self.assertEqual(book["sheets"], ["Shop.Äpfel _und_ Birnen_ eine s", "About"])
        self.assertEqual((book["frozen"], book["filter"]), ("A2", "A1:I7"))
        names, *rows = book["rows"]
        self.assertEqual([cell[3] for cell in names], "ID Amount Number Rate Paid Born At Booked Note".split())
        # What has no cell of its own kind is text.
        kinds = ["".join(cell[1] for cell in row) for row in rows]
        self.assertEqual(kinds, ["nnnnbddds", "nnsnbddds", "nnsnbddds", "nnnnnssss", "nnnnbddds", "nnnnbddds"])
        shown = lambda row: [cell[3] for cell in rows[row]]
        self.assertEqual(
            shown(0),
            ["1", "0.1", "999999999999999", "0.5", "True", "2024-02-29 00:00:00", "06:00:00", "2024-02-29 18:30:15", "007"],
        )
        self.assertEqual(rows[0][1][2], "0.00")
        self.assertEqual(rows[0][5][2], "yyyy-mm-dd")
        self.assertEqual(shown(1)[2], "1234567890123456")
        self.assertEqual((shown(1)[5], shown(1)[8]), ("1900-01-01 00:00:00", "=1+1"))
        self.assertEqual(shown(2)[2], "9007199254740993")
        self.assertEqual((shown(2)[5], shown(2)[8]), ("9999-12-31 00:00:00", EMOJI))
        self.assertEqual(shown(3)[1:], ["None"] * 4 + ["1899-12-31", "12:00:00.0001", "1899-12-31T12:00:00", LONGEST])
        self.assertEqual(shown(4)[8], "x" * 32_760 + "… [cut]")
        self.assertEqual(shown(5)[8], "+49 30\n@SUM(A1) _x0041_ <b>&amp;")

    def test_the_sheet_about_the_rows(self):
        about = self.read()["about"]
        self.assertEqual((about["Rows"], about["More rows follow"], about["Filters"]), ("6", "no", "none"))
        self.assertTrue(about["Made at"].startswith("2"))
        with urllib.request.urlopen(about["Cut: I6"]) as answer:
            self.assertEqual(answer.read().decode(), LONGEST + "y")
        with urllib.request.urlopen(about["Address"]) as answer:
            self.assertEqual(answer.headers["Content-Type"], self.headers["Content-Type"])
        self.assertEqual((self.headers["Page-Truncated"], self.headers["Page-Cut"]), ("cell", "Note"))

    def test_libreoffice(self):
        office = shutil.which("soffice") or shutil.which("libreoffice")
        if not office:
            self.skipped("LibreOffice")
        profile = f"-env:UserInstallation=file://{urllib.parse.quote(str(self.folder))}/profile"
        # As shown, with UTF-8.
        command = [office, profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"]
        done = subprocess.run(
            [*command, "--outdir", self.folder, self.file], capture_output=True, text=True, timeout=300
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.folder / "rows.csv", encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        self.assertEqual(names, "ID Amount Number Rate Paid Born At Booked Note".split())
        self.assertEqual(len(rows), len(ROWS))
        self.assertEqual(
            rows[0],
            ["1", "0.10", "999999999999999", "0.5", "TRUE", "2024-02-29", "06:00:00", "2024-02-29 18:30:15", "007"],
        )
        self.assertEqual((rows[1][2], rows[1][8]), ("1234567890123456", "=1+1"))
        self.assertEqual(rows[2][5:], ["9999-12-31", "00:00:00.25", "9999-12-31 23:59:59.999", EMOJI])
        self.assertEqual(rows[3][1:5] + rows[3][5:8], [""] * 4 + ["1899-12-31", "12:00:00.0001", "1899-12-31T12:00:00"])
        self.assertEqual(rows[3][8], LONGEST)


if __name__ == "__main__":
    unittest.main()
