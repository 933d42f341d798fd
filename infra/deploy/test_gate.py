"""The gate on made-up programs."""

import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "odbc-layer")]
from gate import faults
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
        self.assertIn("more than 5,000,000", self.said(library({"libc.so.6": []}) + noise))


if __name__ == "__main__":
    unittest.main()
