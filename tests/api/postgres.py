"""A PostgreSQL server of the tests' own with the demo in it."""

import contextlib
import os
import re
import socket
import sqlite3
import subprocess
import tempfile
from pathlib import Path

SUPERUSER = "postgres"
# What SQLite calls otherwise.
TYPES = {"DOUBLE": "DOUBLE PRECISION", "BLOB": "BYTEA"}


def programs():
    """The folder of the newest server that Debian has installed; nothing where there is none."""
    folders = [path / "bin" for path in Path("/usr/lib/postgresql").glob("*") if (path / "bin/initdb").is_file()]
    return max(folders, key=lambda path: int(path.parent.name), default=None)


def as_owner(*command, **more):
    """Runs a program that must not run as root."""
    user = ["setpriv", f"--reuid={SUPERUSER}", f"--regid={SUPERUSER}", "--clear-groups"] if os.geteuid() == 0 else []
    return subprocess.run([*user, *map(str, command)], check=True, capture_output=True, text=True, cwd="/", **more)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, (int, float)):
        return f"'{value}'"
    return "'" + value.replace("'", "''") + "'"


def in_sql(file):
    """The demo's tables and rows in PostgreSQL's SQL."""
    demo = sqlite3.connect(file)
    yield "CREATE SCHEMA \"Bank\"; SET search_path = \"Bank\"; SET standard_conforming_strings = on;"
    made = demo.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
                        " ORDER BY rowid").fetchall()
    views = demo.execute("SELECT sql FROM sqlite_master WHERE type = 'view'").fetchall()
    for name, sql in made:
        yield re.sub(r"\b(DOUBLE|BLOB)\b", lambda word: TYPES[word[0]], sql) + ";"
    yield "SET session_replication_role = replica;"
    for name, _ in made:
        for row in demo.execute(f'SELECT * FROM "{name}"'):
            yield f"INSERT INTO {name} VALUES ({', '.join(map(literal, row))});"
    for (sql,) in views:
        yield sql + ";"
    for table, column, text in demo.execute("SELECT * FROM _descriptions"):
        if column:
            yield f"COMMENT ON COLUMN {table}.{column} IS {literal(text)};"
        elif table in {name for name, _ in made}:
            yield f"COMMENT ON TABLE {table} IS {literal(text)};"


@contextlib.contextmanager
def postgres(demo_file):
    """The settings of functions that publish the demo from a server of its own."""
    bin_folder, port = programs(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if os.geteuid() == 0:
            subprocess.run(["chown", SUPERUSER, folder], check=True)
        as_owner(bin_folder / "initdb", "-D", data, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                 "--auth=trust")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        as_owner(bin_folder / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", options, "start")
        try:
            subprocess.run([bin_folder / "psql", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", SUPERUSER, "-v",
                            "ON_ERROR_STOP=1"], input="\n".join(in_sql(demo_file)), text=True, check=True,
                           stdout=subprocess.DEVNULL)
            yield {"DATABASE_URL": f"postgres://{SUPERUSER}:none@127.0.0.1:{port}/postgres",
                   "PUBLISHED_TABLES": "Bank.*", "DATABASE_USER_MAY_WRITE": "true"}
        finally:
            as_owner(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
