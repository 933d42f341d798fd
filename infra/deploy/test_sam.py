#!/usr/bin/env python3
"""The deployment, as far as it can be tried without AWS: `make test-sam`.

template.yaml under `sam local start-api` with the built functions, a driver in the layer, PostgreSQL on this machine reached
over Docker's bridge, and the login in a Secrets Manager (moto's). Skipped, aloud, where Docker cannot run.
"""

import base64
import gzip
import json
import signal
import subprocess
import sys
import unittest
from urllib.parse import quote

sys.dont_write_bytecode = True
from stand import DRIVER, ROOT, WORK, Api, Skipped, Stand, emulated, sam_command, sam_environment

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip"}


class SamTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            cls.stand = Stand()
        except Skipped as reason:
            print(f"SKIPPED: sam local: {reason}. Nobody has tried the deployment.", file=sys.stderr)
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(cls.stand.close)
        cls.parameters = {"DatabaseSecretArn": cls.stand.secret_arn, "PublishedTables": "Bank.Account,Bank.K*", "Access": "public",
                          "OdbcDriver": f"/opt/lib/{DRIVER}"}
        cls.template = emulated(WORK / "layer", {"AWS_ENDPOINT_URL": cls.stand.secrets})
        cls.api = Api(cls.stand, cls.template, cls.parameters)

    def get(self, *given, **headers):
        return self.api.get(*given, **headers)

    def test_all_of_it_is_well(self):
        answer, body = self.get("/health?deep=1")
        self.assertEqual((answer.status, json.loads(body)["userCanWrite"]), (200, False), body)

    def test_smoke_passes(self):
        command = [sys.executable, "-B", str(ROOT / "infra/deploy/smoke.py"), f"http://127.0.0.1:{self.api.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_index_for_people_and_programs(self):
        answer, body = self.get("/", **BROWSER)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/html; charset=utf-8"), body)
        self.assertIn("Bank.Account", body.decode())
        self.assertNotIn("Hidden", body.decode())
        answer, body = self.get("/")
        names = sorted(table["name"] for table in json.loads(body)["tables"])
        self.assertEqual(names, ["Account", "Köln & Bern/100%"])

    def test_a_table_for_people_and_programs(self):
        answer, body = self.get("/table/Bank.Account?_size=3&_sort=-ID")
        page = json.loads(body)
        self.assertEqual([row["ID"] for row in page["rows"]], [250, 249, 248])
        self.assertEqual((page["rows"][0]["Owner"], page["rows"][0]["Balance"]), ("Zoë Müller 250", "25.00"))
        answer, body = self.get(page["next"])
        self.assertEqual([row["ID"] for row in json.loads(body)["rows"]], [247, 246, 245])
        answer, body = self.get("/table/Bank.Account", **BROWSER)
        self.assertEqual((answer.status, answer.headers["Content-Encoding"]), (200, "gzip"))
        self.assertIn("Zoë Müller 100", body.decode())

    def test_the_pages_style_is_there(self):
        _, body = self.get("/", **BROWSER)
        path = body.decode().split('<link rel="stylesheet" href="')[1].split('"')[0].replace("&#x2f;", "/")
        answer, body = self.get(path)
        self.assertEqual(answer.status, 200, path)
        self.assertIn("immutable", answer.headers["Cache-Control"])

    def test_a_name_with_letters_that_an_address_must_encode(self):
        answer, body = self.get("/table/" + quote("Bank.Köln & Bern/100%", safe=""))
        self.assertEqual(answer.status, 200, body)
        self.assertEqual([row["ID"] for row in json.loads(body)["rows"]], [1, 2])

    def test_a_filter_with_letters_that_an_address_must_encode(self):
        answer, body = self.get("/table/Bank.Account?Owner=" + quote("Zoë Müller 7"))
        self.assertEqual([row["ID"] for row in json.loads(body)["rows"]], [7])

    def test_errors(self):
        for path, status, kind in (
            ("/table/Bank.Hidden", 404, "unknown-table"),
            ("/nothing/here", 404, "unknown-address"),
            ("/table/Bank.Account?Ownr=x", 400, "invalid-parameter"),
        ):
            answer, body = self.get(path)
            self.assertEqual((answer.status, json.loads(body)["type"]), (status, f"urn:iris-tables:problem:{kind}"))
        answer, body = self.get("/table/Bank.Account?Ownr=x", **BROWSER)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "text/html; charset=utf-8"))

    def test_head_has_the_headers_of_get_and_no_body(self):
        for path in ("/", "/table/Bank.Account"):
            answer, body = self.get(path, method="HEAD")
            self.assertEqual((answer.status, body), (200, b""))
            self.assertEqual(answer.headers["ETag"], self.get(path)[0].headers["ETag"])

    def test_other_methods_are_refused(self):
        answer, _ = self.get("/table/Bank.Account", method="POST")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD"))

    def test_events_are_for_invoke(self):
        """Each in a fresh container: a cold start with the driver and the secret."""
        for function, event, status, words in (("TableFunction", "table-curl", 200, "Zoë Müller 1"),
                                               ("IndexFunction", "health", 200, "ok"),
                                               ("TableFunction", "table-unknown-curl", 404, "unknown-table")):
            command = sam_command("invoke", self.template, self.parameters)
            command[3:3] = [function, "-e", ROOT / f"events/{event}.json"]
            done = subprocess.run([str(word) for word in command], env=sam_environment(), cwd=WORK, capture_output=True, text=True,
                                  timeout=180)
            answers = [line for line in done.stdout.splitlines() if line.startswith('{"statusCode"')]
            self.assertEqual(len(answers), 1, done.stdout + done.stderr)
            answer = json.loads(answers[0])
            self.assertEqual(answer["statusCode"], status)
            body = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
            if answer["headers"].get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            self.assertIn(words, body.decode())

    def test_one_request_of_an_instance_is_cold_and_no_secret_is_logged(self):
        self.get("/table/Bank.Account")
        self.get("/table/Bank.Account")
        lines = self.api.log.read_text(errors="replace").splitlines()
        # The emulator's own lines show addresses; the functions' lines do not.
        ours = [line for line in lines if line.startswith("{")]
        of_table = [json.loads(line) for line in ours if '"route":"row' in line or '"route":"schema"' in line]
        colds = [line["cold"] for line in of_table]
        self.assertEqual((colds[0], set(colds[1:])), (True, {False}))
        for words in ("p@ss", "Zoë"):
            self.assertEqual([line for line in ours if words in line], [])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(verbosity=2)
