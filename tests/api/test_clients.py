"""The examples of docs/clients.md, each with the tool that it is for, against the demo.

The pages are made small, so that every example has many to follow.
"""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from decimal import Decimal
from pathlib import Path

from server import ROOT, demo, site

DOCUMENT = ROOT / "docs/clients.md"
DOWNLOAD = ROOT / "infra/clients/download.py"
# Where pandas, DuckDB and openpyxl are installed, apart from the tools of the other tests.
PYTHON = ROOT / "target/tools/clients/bin/python"
MODULES = Path(__file__).parent / "node_modules"
PAGE = 900


def example(title, language, place=0):
    """A block of the document under a heading."""
    section = DOCUMENT.read_text().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)[place]


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        settings = {**demo(Path(folder.name) / "demo"), "MAX_PAGE_SIZE": str(PAGE), "PAGE_SIZE": "10"}
        cls.base = cls.enterClassContext(site(settings))
        cls.rows = cls.walk("/table/Bank.Movement?_format=ndjson&_size=900")
        cls.ids = [row["ID"] for row in cls.rows]
        cls.sum = sum(Decimal(row["Amount"]) for row in cls.rows)
        assert len(cls.rows) > 5 * PAGE and len(set(cls.ids)) == len(cls.ids)

    @classmethod
    def walk(cls, address):
        rows = []
        while address:
            with urllib.request.urlopen(cls.base + address) as answer:
                rows += [json.loads(line) for line in answer]
                link = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
            address = link and link.group(1)
        return rows

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def missing(self, tool):
        print(f"SKIPPED: {self.id()}: {tool} is not installed", file=sys.stderr)
        self.skipTest(tool)

    def fitted(self, text):
        """An example with this server's address and its small pages."""
        return text.replace("http://127.0.0.1:9000", self.base).replace("_size=10000", f"_size={PAGE}")

    def run_in_folder(self, *command, **more):
        done = subprocess.run(
            [str(part) for part in command], cwd=self.folder, capture_output=True, text=True, timeout=300, **more
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def download(self, *more):
        address = f"{self.base}/table/Bank.Movement?_sort=ID"
        return self.run_in_folder(sys.executable, DOWNLOAD, address, "--size", PAGE, *more)

    def read_ids(self, name):
        text = (self.folder / name).read_bytes().decode()
        return [int(row["ID"]) for row in csv.DictReader(io.StringIO(text, newline=""))]

    def test_download_py(self):
        command = self.fitted(example("download.py", "sh")).replace("download.py", f"{DOWNLOAD} --size {PAGE}")
        said = self.run_in_folder("sh", "-c", command)
        self.assertRegex(said, rf"Movement.csv: {len(self.rows):,} rows, complete, .*SHA-256 [0-9a-f]{{64}}")
        self.assertEqual(self.read_ids("Movement.csv"), sorted(self.ids))
        self.assertEqual(os.listdir(self.folder), ["Movement.csv"])

    def test_download_py_gives_the_file_its_name(self):
        said = self.download()
        self.assertEqual(os.listdir(self.folder), [said.split(":")[0]])
        self.assertIn("Movement", said.split(":")[0])

    def test_curl_and_sh(self):
        if not shutil.which("curl"):
            self.missing("curl")
        self.run_in_folder("sh", "-c", self.fitted(example("curl and sh", "sh")))
        self.assertEqual(self.read_ids("Movement.csv"), self.ids)

    def python(self, module):
        if not PYTHON.exists() or subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode:
            self.missing(module)
        return PYTHON

    def counted(self, said):
        rows, keys, amount = said.split()
        self.assertEqual((int(rows), int(keys)), (len(self.ids), len(self.ids)))
        self.assertEqual(Decimal(amount), self.sum)

    def test_pandas(self):
        python = self.python("pandas")
        code = self.fitted(example("Python with pandas", "python"))
        types = 'import sys\nprint(movements.dtypes.astype(str).to_dict(), type(movements["Amount"][0]), file=sys.stderr)'
        done = subprocess.run([python, "-c", f"{code}\n{types}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.counted(done.stdout)
        self.assertIn("'ID': 'Int64'", done.stderr)
        self.assertRegex(done.stderr, r"'Booked': 'datetime64")
        self.assertIn("decimal.Decimal", done.stderr)

    def test_duckdb(self):
        python = self.python("duckdb")
        self.download("Movement.csv")
        self.download("Movement.ndjson", "--format", "ndjson")
        run = (
            "import sys, duckdb\nbase = duckdb.connect()\nfor text in sys.argv[1:]:\n"
            "    rows = base.execute(text).fetchall()\nprint(*rows[0])"
        )
        for place in (0, 1):
            statements = [text for text in example("DuckDB", "sql", place).split(";\n") if text.strip()]
            self.counted(self.run_in_folder(python, "-c", run, *statements))

    def test_r(self):
        if not shutil.which("Rscript"):
            self.missing("R")
        (self.folder / "example.R").write_text(self.fitted(example("R", "r")))
        self.counted(self.run_in_folder("Rscript", "example.R"))

    def test_typescript(self):
        for name in ("node", "npx"):
            if not shutil.which(name):
                self.missing(name)
        (self.folder / "node_modules").symlink_to(MODULES)
        (self.folder / "package.json").write_text('{"type": "module"}')
        code = self.fitted(example("TypeScript", "ts")).replace("_size: 10000", f"_size: {PAGE}")
        (self.folder / "example.ts").write_text("declare const console: { log(...words: unknown[]): void };\n" + code)
        binaries = MODULES / ".bin"
        self.run_in_folder(binaries / "openapi-typescript", f"{self.base}/openapi.json", "--output", "description.d.ts")
        self.run_in_folder(
            binaries / "tsc", "--target", "es2022", "--module", "nodenext", "--strict", "--lib", "es2022,dom", "example.ts"
        )
        self.assertEqual(self.run_in_folder("node", "example.js").strip(), str(len(self.ids)))

    def test_what_a_person_copies_for_excel_and_grafana_names_what_there_is(self):
        query = example("Excel and Power BI (text only)", "powerquery")
        address = self.fitted(re.search(r'"(/table/[^"]*)"', query).group(1))
        with urllib.request.urlopen(self.base + address) as answer:
            page = json.load(answer)
        for member in re.findall(r"\[(next|rows)\]", query):
            self.assertIn(member, page)


if __name__ == "__main__":
    unittest.main()
