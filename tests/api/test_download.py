"""download.py where a gateway refuses, a line breaks, or a table changes on the way."""

import json
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from server import ROOT, demo, site

DOWNLOAD = ROOT / "infra/clients/download.py"
PAGE = 900


class Gateway(ThreadingHTTPServer):
    """Passes requests on; `faults` says what happens to the next ones instead."""

    daemon_threads = True

    def __init__(self, base):
        super().__init__(("127.0.0.1", 0), Handler)
        self.base, self.faults, self.asked = base, [], 0
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        gateway = self.server
        is_rows = "_count" not in self.path
        gateway.asked += is_rows
        fault = gateway.faults.pop(0) if is_rows and gateway.faults else None
        if isinstance(fault, int):
            self.answer(fault, b'{"message":"Service Unavailable"}', {"Content-Type": "application/json"})
            return
        request = urllib.request.Request(gateway.base + self.path, headers={"Accept": self.headers["Accept"]})
        try:
            with urllib.request.urlopen(request) as came:
                body, headers = came.read(), dict(came.headers.items())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read(), dict(error.headers.items()))
            return
        if fault == "cut":
            self.answer(200, body, headers, body[: len(body) // 2])
            self.close_connection = True
            return
        if fault == "renamed":
            body = body.replace(b"Amount", b"Sum", 1)
        self.answer(200, body, headers)

    def answer(self, status, body, headers, sent=None):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if sent is None else sent)

    def log_message(self, *_):
        pass


class Download(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        settings = {**demo(Path(folder.name) / "demo"), "MAX_PAGE_SIZE": str(PAGE), "PAGE_SIZE": "10"}
        cls.base = cls.enterClassContext(site(settings))
        address = f"{cls.base}/table/Bank.Movement?_size=1&_sort=-ID&_format=ndjson"
        with urllib.request.urlopen(address) as answer:
            # The demo numbers its movements from 1.
            cls.total = json.load(answer)["ID"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.gateway = Gateway(self.base)
        threading.Thread(target=self.gateway.serve_forever, daemon=True).start()
        self.addCleanup(self.gateway.server_close)
        self.addCleanup(self.gateway.shutdown)

    def download(self, expected=0, table="Bank.Movement", form="csv"):
        address = f"{self.gateway.address}/table/{table}?_sort=ID"
        # The waits are the program's own; here they only have to be there.
        code = f"import sys, runpy; sys.argv[0] = {str(DOWNLOAD)!r}; import time; time.sleep = lambda _: None; "
        code += f"runpy.run_path({str(DOWNLOAD)!r}, run_name='__main__')"
        command = [sys.executable, "-c", code, address, "all", "--size", str(PAGE), "--format", form]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def whole(self):
        lines = (self.folder / "all").read_bytes().split(b"\r\n")
        ids = [int(line.split(b",", 1)[0]) for line in lines[1:-1]]
        self.assertEqual(len(ids), self.total)
        self.assertEqual(len(set(ids)), self.total)

    def test_refusals_of_a_gateway_and_broken_lines_are_retried(self):
        self.gateway.faults = [None, 503, 429, None, "cut", None]
        said = self.download()
        self.assertIn(f"{self.total:,} rows, complete", said)
        self.assertIn("next try in 1 s", said)
        self.assertIn("next try in 3 s", said)
        self.whole()

    def test_what_was_interrupted_looks_incomplete_and_continues_after_the_last_complete_page(self):
        self.gateway.faults = [None, None, 503, 503, 503, 503]
        said = self.download(expected=1)
        self.assertIn("incomplete", said)
        self.assertEqual(self.files(), ["all.part", "all.state"])
        # As a process leaves it that is killed while it writes a page.
        with open(self.folder / "all.part", "ab") as part:
            part.write(b"half of a")
        self.gateway.asked = 0
        said = self.download()
        self.assertIn(f"Continuing after {2 * PAGE:,} rows in 2 pages", said)
        self.assertEqual(self.gateway.asked, -(-self.total // PAGE) - 2)
        self.assertEqual(self.files(), ["all"])
        self.whole()

    def test_a_table_whose_columns_change_meanwhile_ends_it_with_a_reason(self):
        for form in ("csv", "ndjson"):
            self.gateway.faults = [None, "renamed"]
            self.assertIn("columns have changed", self.download(expected=1, form=form))
            self.assertEqual(self.files(), ["all.part", "all.state"])
            for path in self.folder.iterdir():
                path.unlink()

    def test_an_error_of_the_site_is_told_and_not_retried(self):
        said = self.download(expected=1, table="Bank.Nothing")
        self.assertRegex(said, r"\(request local-\d+\)")
        self.assertNotIn("next try", said)


if __name__ == "__main__":
    unittest.main()
