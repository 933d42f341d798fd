"""The demo bank as `make run` serves it: on SQLite, or on a PostgreSQL server that lives as long as the trial."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "target/demo/Bank.db"
SERVER = ROOT / "target/local/local"
PASSWORD = "trial"
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
TYPES = {r"\bDOUBLE\b": "DOUBLE PRECISION", r"\bBLOB\b": "BYTEA"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def done(*command, **settings):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **settings)
    if result.returncode:
        sys.exit(f"{command[0]}: {result.stderr or result.stdout}")
    return result.stdout


class Postgres:
    """A server with the demo's tables and rows in the schema Bank."""

    def __init__(self):
        servers = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not servers:
            sys.exit("PostgreSQL is not installed (Debian: postgresql, odbc-postgresql).")
        self.programs = max(servers, key=lambda path: float(path.parts[-3])).parent
        self.folder = Path(tempfile.mkdtemp(prefix="iris-tables-trial."))
        self.port = free_port()
        self.owner = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.owner = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self.run("initdb", "--username", "owner", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
                 "--auth", "scram-sha-256", "--pwfile", password)
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories='' -c fsync=off"
        self.run("pg_ctl", "-w", "-l", self.folder / "log", "-o", options, "start")
        try:
            self.fill()
        except BaseException:
            self.end()
            raise

    def run(self, program, *arguments):
        # Into a file: a server that it starts would keep a pipe of ours open.
        with open(self.folder / "said", "w") as said:
            command = [*self.owner, self.programs / program, "-D", self.folder / "data", *arguments]
            subprocess.run([str(word) for word in command], stdout=said, stderr=said, check=True)

    def sql(self, text):
        done(self.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port, "-U", "owner",
             "-d", "postgres", input=text, env={**os.environ, "PGPASSWORD": PASSWORD})

    def fill(self):
        bank = sqlite3.connect(f"file:{DEMO}?mode=ro", uri=True)
        script = ["CREATE SCHEMA bank; SET search_path TO bank;"]
        made = bank.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> '_descriptions' "
                            "ORDER BY rowid").fetchall()
        for _, _, text in made:
            for pattern, replacement in TYPES.items():
                text = re.sub(pattern, replacement, text)
            script.append(f"{text};")
        for name, kind, _ in made:
            if kind == "table":
                script.append(f"COPY {name} FROM STDIN (FORMAT csv);\n{rows(bank, name)}\\.")
        script.append("CREATE ROLE reader LOGIN PASSWORD 'trial'; GRANT USAGE ON SCHEMA bank TO reader; "
                      "GRANT SELECT ON ALL TABLES IN SCHEMA bank TO reader; ANALYZE;")
        self.sql("\n".join(script))

    def url(self):
        return f"postgres://reader:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def end(self):
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def rows(bank, table):
    """A table as CSV that PostgreSQL takes: nothing for NULL, quotes around every text."""
    lines = (",".join(map(field, row)) for row in bank.execute(f'SELECT * FROM "{table}"'))
    return "".join(f"{line}\n" for line in lines)


def field(value):
    if value is None:
        return ""
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace('"', '""') + '"'


class Bank:
    """`make run` over the demo bank on this source of `NAMES`."""

    def __init__(self, source, instances=2, **settings):
        # So that `with` ends what was started when we are asked to end.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended."))
        done(SERVER, "--demo", DEMO.parent)
        self.postgres = Postgres() if source == "postgres" else None
        url = self.postgres.url() if self.postgres else f"sqlite:{DEMO.parent}"
        environment = {"PATH": os.environ["PATH"], "PORT": "0", "INSTANCES": str(instances), "DATABASE_URL": url,
                       "PUBLISHED_TABLES": "Bank.*", **settings}
        self.process = subprocess.Popen([SERVER], env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("{"):
                told = json.loads(line)
                self.base, self.log = told["url"], ROOT / told["log"]
                self.port = int(self.base.rpartition(":")[2])
            if line.startswith("Ctrl-C"):
                # Warnings come here; unread they would stop it at some time.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        self.end()
        sys.exit("The bank could not be served:\n" + "".join(said))

    def logs(self):
        """The log's lines so far."""
        return self.log.read_text().splitlines()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        if self.postgres:
            self.postgres.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
