"""The gate on made-up programs."""

import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "odbc-layer")]
from gate import faults, layer_faults
from test_layer import library


class GateTest(unittest.TestCase):
    def said(self, data):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(data)
            return "; ".join(faults(file.name)[0])

    def test_what_lambda_runs_passes(self):
        for machine in (62, 183):
            self.assertEqual(self.said(library({"libc.so.6": ["GLIBC_2.34"], "libgcc_s.so.1": []}, machine)), "")

    def test_what_it_cannot_run_is_refused(self):
        self.assertIn("glibc 2.35", self.said(library({"libc.so.6": ["GLIBC_2.34", "GLIBC_2.35"]})))
        self.assertIn("processor number 243", self.said(library({"libc.so.6": []}, 243)))
        self.assertIn("libodbc.so.2", self.said(library({"libodbc.so.2": []})))
        self.assertIn("no Linux program", self.said(b"#!/bin/sh"))

    def test_what_has_grown_is_refused(self):
        noise = random.Random(1).randbytes(5_100_000)
        self.assertIn("more than 4,500,000", self.said(library({"libc.so.6": []}) + noise))

    def test_a_site_function_with_a_database_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, said in (("site", "SQLite"), ("SiteFunction", "SQLite"), ("index", "")):
                program = Path(folder, name, "bootstrap")
                program.parent.mkdir()
                program.write_bytes(library({"libc.so.6": []}) + b"SQLite format 3")
                self.assertEqual(said in "; ".join(faults(program)[0]), True)
                self.assertEqual(bool(faults(program)[0]), bool(said))

    def test_a_layer_for_another_processor_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("make layer", "".join(layer_faults(folder, "arm64")))
            Path(folder, "lib/locale").mkdir(parents=True)
            for name in ("libone.so", "libtwo.so.1"):
                Path(folder, "lib", name).write_bytes(library({"libc.so.6": []}))
            self.assertEqual(layer_faults(folder, "x86_64"), [])
            said = layer_faults(folder, "arm64")
            self.assertEqual((len(said), "for x86_64" in said[0], "ARCHITECTURE=x86_64" in said[0]), (1, True, True), said)


if __name__ == "__main__":
    unittest.main()
