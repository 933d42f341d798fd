"""`make run` as a whole: run.py with the release functions in target/lambda."""

import http.client
import json
import os
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, "-B", str(ROOT / "infra/local/run.py")]
PATIENCE = 60  # seconds, far beyond what anything here takes


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database(folder, name, *statements):
    connection = sqlite3.connect(Path(folder, f"{name}.db"))
    for statement in statements or ["CREATE TABLE T (ID INTEGER PRIMARY KEY, V TEXT)", "INSERT INTO T VALUES (1, 'one')"]:
        connection.execute(statement)
    connection.commit()
    connection.close()


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Run(unittest.TestCase):
    """A folder of databases, and run.py over it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.port = free_port()

    def start(self, **settings):
        """Starts run.py and waits until it says that it is ready."""
        environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), "DATABASE_URL": f"sqlite:{self.folder}",
                       "PUBLISHED_TABLES": "*.*", **settings}
        self.process = subprocess.Popen(RUN, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines, self.seen = queue.Queue(), []
        reading = threading.Thread(target=self.read, args=[self.process.stdout, self.lines])
        reading.start()
        self.addCleanup(self.end, self.process, reading)
        self.until("Ctrl-C ends it.")
        self.pids = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat")
                     if path.exists() and self.is_child(path)]

    def read(self, output, lines):
        for line in output:
            lines.put(line)
        lines.put(None)

    def is_child(self, path):
        try:
            return int(path.read_text().rpartition(")")[2].split()[1]) == self.process.pid
        except OSError:
            return False

    def until(self, words):
        """Reads lines up to one with these words, which it gives."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            self.assertIsNotNone(line, f"ended without `{words}`: {self.seen}")
            self.seen.append(line.rstrip("\n"))
            if words in line:
                return line

    def end(self, process, reading):
        process.kill()
        process.wait()
        reading.join()
        process.stdout.close()

    def get(self, target, connection=None):
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        own.request("GET", target, headers={"Accept": "application/json"})
        response = own.getresponse()
        body = response.read()
        if not connection:
            own.close()
        return response.status, body

    def gone(self, pids):
        end = time.monotonic() + PATIENCE
        while any(is_there(pid) for pid in pids):
            self.assertLess(time.monotonic(), end, "processes are left")
            time.sleep(0.01)


class Pages(Run):
    def test_a_hundred_pages_of_megabytes_come_whole(self):
        rows = [f"INSERT INTO Long VALUES ({row}, '{chr(96 + row) * 900_000}')" for row in range(1, 6)]
        database(self.folder, "Big", "CREATE TABLE Long (ID INTEGER PRIMARY KEY, V TEXT)", *rows)
        self.start()
        expected = [[row, chr(96 + row) * 900_000] for row in range(1, 6)]

        def pages(reuse):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE) if reuse else None
            for _ in range(25):
                status, body = self.get("/table/Big.Long", connection)
                self.assertEqual(status, 200)
                self.assertGreater(len(body), 4_500_000)
                self.assertEqual([list(row.values()) for row in json.loads(body)["rows"]], expected)
            if connection:
                connection.close()
            return 25

        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(sum(pool.map(pages, [True, True, False, False])), 100)


class Ends(Run):
    def test_every_signal_ends_everything(self):
        database(self.folder, "Test")
        for sign in (signal.SIGINT, signal.SIGTERM):
            self.start()
            self.assertGreaterEqual(len(self.pids), 2)
            self.process.send_signal(sign)
            self.until("Ended.")
            self.assertEqual(self.process.wait(PATIENCE), 0)
            self.gone(self.pids)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.port))

    def test_killed_outright_it_leaves_nothing(self):
        database(self.folder, "Test")
        self.start()
        self.process.kill()
        self.gone(self.pids)

    def test_what_is_wrong_is_one_line(self):
        database(self.folder, "Test")
        self.start()
        nowhere = {"PORT": str(free_port()), "DATABASE_URL": "sqlite:/nowhere"}
        for settings, words in [({}, f"Port {self.port} is in use"), ({"PORT": "x"}, "PORT=x"),
                                ({"INSTANCES": "0"}, "INSTANCES=0"), (nowhere, "there is no folder /nowhere")]:
            environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), **settings}
            for command in (RUN, [*RUN, "--check"]):
                ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual((ended.returncode, len(ended.stderr.splitlines()), ended.stdout), (1, 1, ""), ended.stderr)
                self.assertIn(words, ended.stderr)

    def test_a_wrong_setting_is_told_in_the_functions_own_words(self):
        environment = {"PATH": os.environ["PATH"], "PORT": str(self.port), "DATABASE_URL": f"sqlite:{self.folder}",
                       "PAGE_SIZE": "many"}
        ended = subprocess.run(RUN, env=environment, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((ended.returncode, ended.stdout), (1, ""))
        said, last = ended.stderr.splitlines()
        self.assertIn("PAGE_SIZE", said)
        self.assertIn("has crashed (exit code 1) and does not start", last)


class Goes(Run):
    def test_a_worn_out_function_is_replaced(self):
        os.mkfifo(Path(self.folder, "Hang.db"))  # who opens it waits for ever
        self.start(QUERY_TIMEOUT_SECONDS="1", LOGIN_TIMEOUT_SECONDS="1", INSTANCES="1")
        for _ in range(4):
            self.assertEqual(self.get("/table/Hang.T")[0], 504)
        self.until("table has ended by itself, because it was worn out")
        self.assertEqual(self.get("/health")[0], 200)

    def test_what_is_left_out_is_said_once(self):
        for name in ("main", "Test"):
            database(self.folder, name)
        Path(self.folder, "Notes.db").write_text("no database, but long enough to be taken for one " * 100)
        self.start()
        for name in ("main", "Notes"):
            self.assertEqual(sum(f"{self.folder}/{name}.db" in line for line in self.seen), 1, self.seen)
        self.assertFalse([line for line in self.seen if line.startswith("{")])
        self.assertEqual(self.get("/table/Test.T")[0], 200)

    def test_a_query_without_end_costs_no_function(self):
        database(self.folder, "Test", "CREATE VIEW Slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                 "SELECT count(*) AS N FROM n", "CREATE TABLE T (ID INTEGER PRIMARY KEY)")
        self.start(QUERY_TIMEOUT_SECONDS="1", INSTANCES="1")
        for _ in range(4):
            self.assertEqual(self.get("/table/Test.Slow")[0], 504)
        self.assertEqual(self.get("/table/Test.T")[0], 200)
        self.assertTrue(all(is_there(pid) for pid in self.pids), "a function has ended")

    def test_a_killed_function_is_replaced(self):
        database(self.folder, "Test")
        self.start()
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        self.until("has crashed (signal SIGKILL)")
        self.until("has crashed (signal SIGKILL)")
        self.assertEqual(self.get("/table/Test.T")[0], 200)
        self.assertEqual(self.get("/")[0], 200)


if __name__ == "__main__":
    unittest.main()
