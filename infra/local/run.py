#!/usr/bin/env python3
"""Runs both functions behind one local HTTP port, as API Gateway and Lambda would: `make run`.

cargo-lambda's emulator listens on the port and hands each request to the function that Cargo.toml's router names for
its path; the functions are the release builds in target/lambda. `run.py --check` looks whether port and settings allow
a start, before a build that takes minutes.

Everything is read from the environment: PORT, HOST, and the functions' own settings.
"""

import errno
import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # no __pycache__ among the sources
from processes import ROOT, Failure, Processes, plain, wait_for

EMULATOR = ROOT / "target/tools/venv/bin/cargo-lambda"
FUNCTIONS = ["index", "table"]
START_LIMIT = 60  # seconds until both functions must have answered


class Stopped(Exception):
    """Somebody asked us to end."""


def address():
    """Host and port to listen on."""
    host = os.environ.get("HOST") or "127.0.0.1"
    text = os.environ.get("PORT") or "9000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Failure(f"PORT={text} is no port: give a number from 1 to 65535.")
    # The emulator wants a number, not a name.
    return ("127.0.0.1" if host == "localhost" else host), int(text)


def check_free(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Failure(f"Port {port} is in use: end what listens there, or choose another, as in "
                              f"`make run PORT={port + 1 if port < 65535 else 9000}`.") from None
            raise Failure(f"HOST={host} PORT={port} cannot be listened on: {error.strerror or error}.") from None


def settings():
    """The functions' environment, and whether they show the demo bank."""
    environment = dict(os.environ)
    demo = not environment.get("DATABASE_URL") and not environment.get("DATABASE_SECRET_ID")
    if demo:
        environment["DATABASE_URL"] = f"sqlite:{ROOT / 'target/demo'}"
        environment.setdefault("PUBLISHED_TABLES", "Bank.*")
    scheme, _, folder = environment.get("DATABASE_URL", "").partition(":")
    if scheme.lower() == "sqlite" and folder and not folder.startswith("//"):
        absolute = Path(folder).absolute()
        if not demo and not absolute.is_dir():
            raise Failure(f"DATABASE_URL=sqlite:{folder}: there is no folder {absolute}.")
        environment["DATABASE_URL"] = f"sqlite:{absolute}"
    return environment, demo


def described(environment):
    """The source for a person: without user and password."""
    url = environment.get("DATABASE_URL")
    if not url:
        return f"secret {environment['DATABASE_SECRET_ID']}"
    if url.startswith("sqlite:"):
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def get(host, port, path):
    """Status and body of a GET, or None while nobody listens."""
    connection = http.client.HTTPConnection(host, port, timeout=START_LIMIT)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def start(processes, host, port, environment, demo):
    deadline = time.monotonic() + START_LIMIT
    # Who listens everywhere is reached on loopback too.
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    netloc = f"[{local}]:{port}" if ":" in local else f"{local}:{port}"
    # The functions answer for CORS themselves.
    watch = [str(EMULATOR), "lambda", "watch", "--only-lambda-apis", "--disable-cors", "-A", host, "-P", str(port)]
    processes.start("emulator", watch, environment)

    def listening():
        try:
            socket.create_connection((local, port), timeout=1).close()
            return True
        except OSError:
            return None

    wait_for("The emulator", listening, processes, deadline)
    for name in FUNCTIONS:
        runtime = {
            "AWS_LAMBDA_RUNTIME_API": f"http://{netloc}/.rt/{name}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        }
        processes.start(name, [str(ROOT / f"target/lambda/{name}/bootstrap")], {**environment, **runtime})

    # In one's own database we know no table. Any will do: "not found" is an answer too.
    table = "/table/Bank.Account" if demo else "/table/any"
    answers = {}
    for path in ("/health", "/", table, "/health?deep=1"):
        answers[path] = wait_for(path, lambda path=path: get(local, port, path), processes, deadline)
        # Of one's own database only the first is certain; of the demo all, unless other tables of it are published.
        certain = path == "/health" or demo and environment["PUBLISHED_TABLES"] == "Bank.*"
        if certain and answers[path][0] != 200:
            raise processes.failure(f"GET {path} was answered with {answers[path][0]}", FUNCTIONS)
    return f"http://{netloc}", answers


def announce(processes, base, answers, environment):
    lines = [f"Open {base}/ for the tables of {described(environment)}"]
    table = "/table/Bank.Account"
    if table in answers and answers[table][0] == 200:
        lines += [f"     {base}{table} for the rows of one",
                  f"     curl '{base}{table}?_size=3' for the same as JSON"]
    if not environment.get("PUBLISHED_TABLES", "").strip():
        lines += ["PUBLISHED_TABLES is empty, so nothing is published: give patterns, as in "
                  "`make run PUBLISHED_TABLES='Sales.*'`."]
    status, body = answers["/health?deep=1"]
    if status != 200:
        lines += [f"{base}/health?deep=1 is not content ({status}): {plain(body)}"]
    lines += [f"Logs: {processes.paths(FUNCTIONS)}", "Ctrl-C ends it."]
    print(*lines, sep="\n", flush=True)


def main():
    host, port = address()
    check_free(host, port)
    environment, demo = settings()
    if sys.argv[1:] == ["--check"]:
        return

    def on_signal(number, frame):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # once is enough: let us tidy up
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as it is under nohup
        signal.signal(signal.SIGHUP, on_signal)
    processes = Processes(port)
    try:
        base, answers = start(processes, host, port, environment, demo)
        announce(processes, base, answers, environment)
        while True:
            processes.check()
            time.sleep(0.2)
    finally:
        processes.stop()


if __name__ == "__main__":
    try:
        main()
    except Stopped:
        print("\nEnded.")
    except Failure as failure:
        sys.exit(str(failure))
