#!/usr/bin/env python3
"""Runs both functions behind one local HTTP port, as API Gateway and Lambda would: `make run`.

gateway.py is the HTTP side, functions.py and instance.py are Lambda's; the functions are the release builds in target/lambda. `run.py
--check` looks whether port and settings allow a start, before a build that takes minutes.

Everything is read from the environment: PORT, HOST, INSTANCES, and the functions' own settings.
"""

import asyncio
import errno
import json
import os
import signal
import socket
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # no __pycache__ among the sources
from functions import Function
from gateway import Gateway, get
from instance import ROOT, Failure

FUNCTIONS = ["index", "table"]
START_LIMIT = 60  # seconds until both functions must have answered
MOST_INSTANCES = 100


class Stopped(Exception):
    """Somebody asked us to end."""


def number(name, default, most):
    """A setting that is a number from 1."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise Failure(f"{name}={text} will not do: give a number from 1 to {most}.")
    return int(text)


def address():
    """Host and port to listen on."""
    host = os.environ.get("HOST") or "127.0.0.1"
    # The name may stand for two addresses; one is enough.
    return ("127.0.0.1" if host == "localhost" else host), number("PORT", 9000, 65535)


def not_free(host, port, error):
    if error.errno == errno.EADDRINUSE:
        return Failure(f"Port {port} is in use: end what listens there, or choose another, as in "
                       f"`make run PORT={port + 1 if port < 65535 else 9000}`.")
    return Failure(f"HOST={host} PORT={port} cannot be listened on: {error.strerror or error}.")


def listening(host, port):
    """A socket that listens for us."""
    listener = None
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(100)
        return listener
    except OSError as error:
        if listener:
            listener.close()
        raise not_free(host, port, error) from None


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


def plain(body):
    """What a person wants of a problem document."""
    try:
        return json.loads(body)["detail"]
    except (ValueError, TypeError, KeyError):
        return body.decode(errors="replace")


async def start(functions, gateway, environment, demo):
    """Starts an instance of each function and asks for some addresses. Gives the answers: status and body."""
    for function in functions.values():
        function.start()
    for function in functions.values():
        await function.ready.wait()
    # In one's own database we know no table. Any will do: "not found" is an answer too.
    table = "/table/Bank.Account" if demo else "/table/any"
    answers = {}
    for path in ("/health", "/", table, "/health?deep=1"):
        status, _, body = await gateway.answer(get(path))
        answers[path] = status, body
        # Of one's own database only the first is certain; of the demo all, unless other tables of it are published.
        certain = path == "/health" or demo and environment["PUBLISHED_TABLES"] == "Bank.*"
        if certain and status != 200:
            logs = ", ".join(function.shown_log() for function in functions.values())
            raise Failure(f"GET {path} was answered with {status}: {plain(body)} More in {logs}.")
    return answers


def announce(base, answers, environment, functions):
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
    lines += [f"Logs: {', '.join(function.shown_log() for function in functions.values())}", "Ctrl-C ends it."]
    print(*lines, sep="\n", flush=True)


def sayer():
    """Prints lines of the functions. What each instance says at its start is said once."""
    said = set()

    def say(line):
        text = line.partition(": ")[2] or line
        if text not in said:
            print(line, file=sys.stderr, flush=True)
        if len(said) < 1_000:
            said.add(text)

    return say


async def serve(listener, host, port, most, environment, demo):
    loop = asyncio.get_running_loop()
    end = loop.create_future()  # comes to its end as an error: that of a function, or the wish to stop

    def ends(error):
        if not end.done():
            end.set_exception(error)

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN:  # as it is under nohup
            loop.add_signal_handler(sign, ends, Stopped())
    (ROOT / "target/run").mkdir(parents=True, exist_ok=True)
    functions, say = {}, sayer()
    for name in FUNCTIONS:
        command = [str(ROOT / f"target/lambda/{name}/bootstrap")]
        log = ROOT / f"target/run/{name}-{port}.log"
        functions[name] = Function(name, command, environment, log, most, say, lambda why: ends(Failure(why)))
    gateway = Gateway(functions, port)
    server = await asyncio.start_server(gateway.serve, sock=listener)
    starting = loop.create_task(start(functions, gateway, environment, demo))
    try:
        await asyncio.wait({starting, end}, timeout=START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done() and not end.done():
            raise Failure(f"The functions have not answered within {START_LIMIT} seconds.")
        if not end.done():
            # Who listens everywhere is reached on loopback too.
            local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
            base = f"http://[{local}]:{port}" if ":" in local else f"http://{local}:{port}"
            announce(base, starting.result(), environment, functions)
        await end
    finally:
        server.close()
        starting.cancel()
        end.cancel() or end.exception()  # whichever error comes first is told, and Python need not miss the other
        await asyncio.gather(*(function.end() for function in functions.values()))


def main():
    host, port = address()
    most = number("INSTANCES", 2, MOST_INSTANCES)
    listener = listening(host, port)
    environment, demo = settings()
    if sys.argv[1:] == ["--check"]:
        return
    asyncio.run(serve(listener, host, port, most, environment, demo))


if __name__ == "__main__":
    try:
        main()
    except (Stopped, KeyboardInterrupt):
        print("\nEnded.")
    except Failure as failure:
        sys.exit(str(failure))
