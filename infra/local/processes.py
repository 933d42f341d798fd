"""The programs that `make run` starts: each with its log, watched, and ended together."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # prctl(2)


class Failure(Exception):
    """One line that says what is wrong and what to do."""


def die_with_parent():
    """In a child before it starts: if we are killed outright, so is it. Only Linux has this."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def plain(line):
    """What a person wants of a log line or a problem document: the functions write JSON."""
    try:
        record = json.loads(line)
        return record.get("reason") or record.get("detail") or record["message"]
    except (ValueError, AttributeError, KeyError):
        return line


class Processes:
    """What we started, and must end."""

    def __init__(self, port):
        self.port = port
        self.running = {}  # name → process
        self.logs = {}
        (ROOT / "target/run").mkdir(parents=True, exist_ok=True)

    def start(self, name, command, environment):
        self.logs[name] = ROOT / f"target/run/{name}-{self.port}.log"
        with open(self.logs[name], "wb") as log:
            # A session of its own: Ctrl-C in the terminal comes to us alone, and we end the others in order.
            try:
                self.running[name] = subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True, preexec_fn=die_with_parent)
            except OSError as error:
                raise Failure(f"{command[0]} cannot be started ({error.strerror}): run `make setup build`.") from None

    def check(self):
        """Fails when one of them has ended, with the last lines that it wrote."""
        for name, process in self.running.items():
            status = process.poll()
            if status is not None:
                how = f"exit code {status}" if status >= 0 else f"signal {signal.Signals(-status).name}"
                raise self.failure(f"{name} has ended ({how})", [name])

    def failure(self, what, names):
        """A failure with the last lines that those processes wrote, and where there are more."""
        for name in names:
            text = self.logs[name].read_text(errors="replace").strip()
            sys.stderr.writelines(f"{name}: {plain(line)}\n" for line in text.splitlines()[-5:])
        return Failure(f"{what}. More in {self.paths(names)}.")

    def paths(self, names):
        return ", ".join(str(self.logs[name].relative_to(ROOT)) for name in names)

    def stop(self):
        # The functions first: without the emulator they would only complain.
        for name in sorted(self.running, key=lambda name: name == "emulator"):
            process = self.running[name]
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, sign)
                except ProcessLookupError:
                    pass  # it and all that it started are gone
                try:
                    process.wait(timeout=3)
                except subprocess.TimeoutExpired:
                    continue
                break


def wait_for(what, attempt, processes, deadline):
    """Repeats `attempt` until it gives something, and looks after the processes meanwhile."""
    results = []

    def repeat():
        while time.monotonic() < deadline:
            result = attempt()
            if result is not None:
                results.append(result)
                return
            time.sleep(0.05)

    # In a thread, because a function that dies leaves its request without an answer.
    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    while not results:
        processes.check()
        if time.monotonic() > deadline:
            raise processes.failure(f"{what} has not answered in time", list(processes.logs))
        thread.join(0.05)
    return results[0]
