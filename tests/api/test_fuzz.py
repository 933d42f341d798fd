"""schemathesis against the demo, by its own description: `make test` asks some hundred requests, `make test-api` 20,000 and
more, of SQLite and of PostgreSQL.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from postgres import postgres, programs
from server import demo, site

HERE = Path(__file__).parent
LONG = os.environ.get("LONG") == "1"
# Tables with one key, with two columns in it, and with none (PostgreSQL has their names in lower case).
SHORT = ["--include-path-regex", "(?i)^/($|health|openapi|docs|table/Bank.(Archive|ExchangeRate|Audit)(/|$))",
         "--phases", "fuzzing", "--max-examples", "25"]
ALL = ["--phases", "examples,coverage,fuzzing", "--max-examples", "150"]
# hooks.py has the two left out here: with exceptions for 414 and five 400s, and for values that become texts.
CHECKS = ["--checks", "all", "--exclude-checks", "positive_data_acceptance,negative_data_rejection"]


class Fuzz(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def fuzz(self, settings):
        with site(settings) as base:
            command = [Path(sys.executable).with_name("schemathesis"), "run", f"{base}/openapi.json", "--url", base,
                       "--seed", "6", "--continue-on-failure", "--no-color", *CHECKS, *(ALL if LONG else SHORT)]
            environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
            done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.folder)
        said = done.stdout + done.stderr
        if LONG:
            print(said[said.find("= SUMMARY ="):], flush=True)
        self.assertEqual(done.returncode, 0, said)

    def test_sqlite(self):
        self.fuzz(demo(self.folder / "demo"))

    def test_postgresql(self):
        if not programs():
            self.skipTest("there is no PostgreSQL here (Debian's package is postgresql)")
        demo(self.folder / "demo")
        with postgres(self.folder / "demo/Bank.db") as settings:
            self.fuzz(settings)


if __name__ == "__main__":
    unittest.main()
