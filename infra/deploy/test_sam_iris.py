#!/usr/bin/env python3
"""IRIS in the deployment: texts of all languages come whole and as they are, in an image without a locale that knows UTF-8.

Part of `make test-sam`. As the tests in Rust, it needs InterSystems' driver (TEST_IRIS_DRIVER) and a double of the server
(TEST_IRIS_DOUBLE, a Python program with `mkdb.py` beside it), and is skipped, aloud, where the environment does not name them.
"""

import json
import os
import signal
import sqlite3
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.dont_write_bytecode = True
from stand import ROOT, WORK, Api, Skipped, Stand, done, emulated, until

sys.path.insert(0, str(ROOT / "infra/odbc-layer"))
import layer

TABLE = "Müller 山田 Ελλάδα"
TEXTS = ["Müller", "山田", "Ελλάδα", "Élan"]


def start_iris(stand, driver, double):
    """The double on Docker's bridge, and the layer with the driver as `make layer` makes it; gives the database's address."""
    layer.write({layer.DRIVER: driver.read_bytes()}, WORK / "layer")
    done(sys.executable, double.with_name("mkdb.py"), WORK / "iris.sqlite")
    with sqlite3.connect(WORK / "iris.sqlite") as database:
        database.execute(f'CREATE TABLE "Test.{TABLE}" (ID INTEGER PRIMARY KEY NOT NULL, "Größe" VARCHAR(50))')
        database.executemany(f'INSERT INTO "Test.{TABLE}" VALUES (?, ?)', enumerate(TEXTS, 1))
    stand.start("iris", [sys.executable, "-u", double, "--host", stand.bridge, "--port", 0, "--database", WORK / "iris.sqlite"])

    def port():
        said = (WORK / "iris.log").read_text().strip()
        return int(said.rpartition(":")[2]) if "listening" in said else None

    return f"iris://_SYSTEM:SYS@{stand.bridge}:{until('the double of IRIS', port)}/USER"


class SamIrisTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            given = [os.environ.get(name) for name in ("TEST_IRIS_DRIVER", "TEST_IRIS_DOUBLE")]
            if not all(given):
                raise Skipped("TEST_IRIS_DRIVER and TEST_IRIS_DOUBLE name no driver and no double of its server")
            stand = Stand(parts=("docker",))
        except Skipped as reason:
            print(f"SKIPPED: IRIS under sam local: {reason}.", file=sys.stderr)
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(stand.close)
        url = start_iris(stand, *map(Path, given))
        template = emulated(WORK / "layer", {"DATABASE_URL": url, "DATABASE_SECRET_ID": ""})
        cls.api = Api(stand, template, {"DatabaseSecretArn": "unused", "PublishedTables": "Test.*", "Access": "public"})

    def rows(self, query):
        answer, body = self.api.get(f"/table/{quote(f'Test.{TABLE}')}?{query}")
        self.assertEqual(answer.status, 200, body)
        return [row["Größe"] for row in json.loads(body)["rows"]]

    def test_names_come_whole(self):
        _, body = self.api.get("/")
        self.assertIn(TABLE, [table["name"] for table in json.loads(body)["tables"]])

    def test_rows_come_whole(self):
        self.assertEqual(self.rows("_sort=ID"), TEXTS)

    def test_filters_find_what_they_say(self):
        for text in TEXTS:
            column = quote("Größe")
            for query in (f"{column}={quote(text)}", f"{column}__contains={quote(text[1:])}", f"_q={quote(text)}"):
                self.assertEqual(self.rows(query), [text], query)

    def test_what_the_driver_cannot_carry_is_refused(self):
        for query in ("V=" + quote("😀"), "_q=" + quote("a😀")):
            answer, body = self.api.get(f"/table/Test.Types?{query}")
            self.assertEqual((answer.status, json.loads(body)["type"]), (400, "urn:iris-tables:problem:invalid-parameter"))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(verbosity=2)
