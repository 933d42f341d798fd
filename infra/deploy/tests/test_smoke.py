"""`make smoke` against sites that have one fault each: the check that looks for it fails, and says what it found."""

import contextlib
import gzip
import io
import json
import os
import sys
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import unquote, urlsplit

sys.dont_write_bytecode = True
from aws import ROOT  # noqa: F401, puts the tools onto the path

import smoke

PAGE = b'<link rel="stylesheet" href="&#x2f;static&#x2f;a.css"><script src="/static/a.js"></script>' + b"<p>row" * 500
ROW = {"ID": 1, "V": "one"}


class Site(BaseHTTPRequestHandler):
    """A site that is well, but for `fault`."""

    fault, token = "", None

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path, query = unquote(urlsplit(self.path).path), urlsplit(self.path).query
        status, headers, body = self.page(path, query)
        headers.setdefault("Content-Type", "application/json")
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 1_024 and self.fault != "plain":
            headers["Content-Encoding"], body = "gzip", gzip.compress(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def page(self, path, query):
        people = "text/html" in self.headers.get("Accept", "")
        if path.startswith("/static/"):
            return (503, {}, b'{"message":"Service Unavailable"}') if self.fault == "throttled" else (200, {}, b"x")
        if self.fault == "login" and people and path == "/":
            return 303, {"Location": "/login?to=%2F"}, b""
        if path == "/login":
            return 303, {"Location": "https://provider.example.org/authorize"}, b""
        if self.token and self.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {}, b'{"message":"Unauthorized"}'
        if path == "/health":
            kind = {"down": "database-unreachable", "writes": "user-can-write"}.get(self.fault)
            return self.problem(503, kind) if kind else (200, {}, b'{"status":"ok"}')
        if path == "/":
            return 200, {}, json.dumps({"tables": [] if self.fault == "empty" else [{"schema": "S", "name": "T"}]}).encode()
        if path != "/table/S.T" or (self.fault == "encoded" and "%2E" in self.path):
            return (404, {}, b'{"message":"Not Found"}') if self.fault == "gateway" else self.problem(404, "unknown-address")
        if "_format=csv" in query:
            return 200, {"Content-Type": "text/csv; charset=utf-8"}, b"ID\r\n1\r\n" if self.fault == "csv" else b"ID,V\r\n1,one\r\n"
        headers = {"ETag": f'"{self.command if self.fault == "etag" else ""}"'}
        if people:
            return 200, headers | {"Content-Type": "text/html"}, b"<p>" * 500 if self.fault == "bare" else PAGE
        return 200, headers, json.dumps({"columns": [{"name": name} for name in ROW], "rows": [ROW]}).encode()

    @staticmethod
    def problem(status, kind):
        return status, {"Retry-After": "1"}, json.dumps({"type": smoke.OURS + kind}).encode()

    def log_message(self, *_):
        pass


class SmokeTest(unittest.TestCase):
    def smoke(self, fault="", token=None, **environment):
        """What is said of a site with this fault, and the lines of failures."""
        handler = type("Faulty", (Site,), {"fault": fault, "token": token})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, contextlib.redirect_stdout(io.StringIO()) as said:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            with (mock.patch.dict(os.environ, environment, clear=True),
                  mock.patch.object(sys, "argv", ["smoke.py", f"http://127.0.0.1:{server.server_port}"])):
                status = smoke.main()
            server.shutdown()
        failures = [line for line in said.getvalue().splitlines() if line.startswith("FAILED")]
        self.assertEqual(bool(status), bool(failures), said.getvalue())
        return said.getvalue(), failures

    def test_a_site_that_is_well(self):
        said, failures = self.smoke()
        self.assertEqual(failures, [])
        self.assertIn("SKIPPED  people are sent to sign in", said)
        self.assertIn("(2 files)", said)

    def test_each_fault_is_found(self):
        for fault, words in (
            ("down", "503 in place of 200 (database-unreachable)"),
            ("writes", "user can write: take its rights to write away"),
            ("throttled", "503 from the gateway. The function has fewer instances"),
            ("bare", "names no style and no script"),
            ("etag", "ETag is"),
            ("plain", "not compressed, though gzip was allowed"),
            ("encoded", "the same with an encoded path: 404 in place of 200 (unknown-address)"),
            ("csv", "CSV has 2 lines that do not fit"),
            ("gateway", "The 404 is not ours: {\"message\":\"Not Found\"}"),
        ):
            _, failures = self.smoke(fault)
            self.assertEqual(len(failures), 1, (fault, failures))
            self.assertIn(words, failures[0])
        _, failures = self.smoke("empty")
        self.assertIn("No table is published", failures[0])

    def test_who_may_not_call_is_told_how(self):
        _, failures = self.smoke(token="t")
        self.assertEqual(len(failures), 1, failures)
        self.assertIn("401: say who you are. With Access=jwt or login add TOKEN=", failures[0])
        self.assertEqual(self.smoke(token="t", TOKEN="t")[1], [])

    def test_signing_in(self):
        said, failures = self.smoke("login")
        self.assertEqual(failures, [])
        self.assertIn("ok       people are sent to sign in, where Access=login (to provider.example.org)", said)

    def test_requests_are_signed_where_asked(self):
        keys = {"SIGN": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        with mock.patch.dict(os.environ, keys):
            proof = smoke.Site("https://x.example.org").proof("GET", "/table/S.T?_size=1")
        self.assertRegex(proof["Authorization"], "^AWS4-HMAC-SHA256 Credential=test/[0-9]+/eu-central-1/execute-api/aws4_request")

    def test_what_is_no_address_is_refused(self):
        for address in ("tables.example.org", "ftp://x", "https://"):
            with self.assertRaisesRegex(SystemExit, "is no address: write it as https://"):
                smoke.Site(address)


if __name__ == "__main__":
    unittest.main()
