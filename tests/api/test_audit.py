"""The questions of docs/security.md and infra/observe.yaml to an audit: who saw one row."""

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from server import ROOT, announced, demo

# Where DuckDB is installed, apart from the tools of the other tests.
PYTHON = ROOT / "target/tools/clients/bin/python"
PROVIDER = ROOT / "infra/login/provider.mjs"
DOCUMENT = (ROOT / "docs/security.md").read_text()
SAVED = (ROOT / "infra/observe.yaml").read_text()

# What is asked for, and whether the row with the key 11 is or may be in the answer.
ASKED = {
    "/row?ID=11": True,
    "/row?ID=11&_cell=Name": True,
    "/row?ID=111": False,
    "/row?ID=1": False,
    # However the row is asked for, its own key is written down.
    "/row?ID=011&_cell=Name": True,
    "/row?ID=%2B11&_cell=City": True,
    "/row?_row=11": True,
    "/row?_row=12": False,
    "?_size=5&ID__gte=9": True,
    "?_size=5&ID__gte=12": False,
    "?_size=5&City=Nowhere": False,
    # Of more than 100 rows the first and the last are written down, of groups no key at all.
    "?_size=150&_format=csv": True,
    "/groups?_by=City": True,
    "?_col=Name&_size=3&ID__gt=10": True,
}


def fitted(text):
    """A question with the demo's table and key."""
    return text.replace("Clinic.Patient", "Bank.Customer").replace("4711", "11")


def command(program):
    """The document's command that begins so, without the name of its file."""
    block = re.search(r"```sh\n(jq .*?)```", DOCUMENT, re.DOTALL).group(1)
    jq, duckdb = block.split("\nduckdb ")
    return fitted(jq if program == "jq" else duckdb)


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def token(base):
    """A token of the demo's provider, which is where a sign-in leads."""
    try:
        urllib.request.build_opener(Unfollowed).open(f"{base}/login")
    except urllib.error.HTTPError as redirect:
        provider = urllib.parse.urlsplit(redirect.headers["Location"])
    form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
    name = base64.b64encode(b"program:program").decode()
    request = urllib.request.Request(f"http://{provider.netloc}/token", form, {"Authorization": f"Basic {name}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


class Audit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name) / "audit.jsonl"
        settings = {**demo(Path(folder.name) / "demo"), "AUDIT_TABLES": "Bank.Customer, Bank.Account",
                    "AUDIT_LOG": f"file:{cls.file}"}
        with announced({**settings, "LOGIN": "demo", "LOGIN_PROVIDER": str(PROVIDER)}) as addresses:
            headers = {"Authorization": f"Bearer {token(addresses['url'])}"}
            # Another table's row has the same key.
            for path in [*(f"Bank.Customer{rest}" for rest in [*ASKED, "/schema"]), "Bank.Account?ID__lte=11"]:
                request = urllib.request.Request(f"{addresses['tokens']}/table/{path}", headers=headers)
                urllib.request.urlopen(request).read()
        lines = cls.file.read_text()
        cls.lines = [json.loads(line) for line in lines.splitlines()]
        assert len(cls.lines) == len(ASKED) + 1, cls.lines
        # A full disk has cut a line.
        cls.cut = cls.file.with_name("cut.jsonl")
        cls.cut.write_text('{"time":"2026-01-\n' + lines)
        cls.expected = sorted(rest.partition("?")[2] for rest, may_hold in ASKED.items() if may_hold)

    def test_jq(self):
        if not shutil.which("jq"):
            print(f"SKIPPED: {self.id()}: jq is not installed", file=sys.stderr)
            self.skipTest("jq")
        done = subprocess.run(command("jq").replace("audit.jsonl", str(self.cut)), shell=True, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(json.loads(line)[3] for line in done.stdout.splitlines()), self.expected)

    def test_duckdb(self):
        sql = re.search(r'-c "(.*)"', command("duckdb"), re.DOTALL).group(1).replace('\\"', '"')
        program = "import duckdb, json, sys; print(json.dumps([row[3] for row in duckdb.sql(sys.argv[1]).fetchall()]))"
        sql = sql.replace("audit.jsonl", str(self.cut))
        done = subprocess.run([PYTHON, "-c", program, sql], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(json.loads(done.stdout)), self.expected)

    def test_the_saved_query(self):
        """What CloudWatch Logs Insights does with it, by hand: only AWS has the real one."""
        query = fitted(SAVED.split("/who-saw-a-row\n")[1].split("- logs:")[0])
        table, pattern = re.search(r'filter table = "(.+?)" and rows > 0\n +\| filter @message like /(.+?)/ or not ispresent\(keys.0.ID\)',
                                   query).groups()
        found = [line["query"] for line, text in zip(self.lines, self.file.read_text().splitlines(), strict=True)
                 if line["table"] == table and (line["rows"] or 0) > 0
                 and (re.search(pattern, text) or "ID" not in (line.get("keys") or [{}])[0])]
        self.assertEqual(sorted(found), self.expected)


if __name__ == "__main__":
    unittest.main()
