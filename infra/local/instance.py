"""An instance of a function: a process, and the runtime API that it asks for events and gives its answers to."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from pathlib import Path

from http1 import Refused, read_request, write_answer

ROOT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # prctl(2)
MOST_ANSWER = 6_291_556  # bytes of an answer as Lambda takes it, base64 and JSON included
UNSHOWN = {"timestamp", "level", "message", "reason", "log", "request_id", "cold", "rows", "bytes",
           "db_ms", "render_ms", "total_ms"}


class Failure(Exception):
    """One line that says what is wrong and what to do."""


def die_with_parent():
    """In a child before it starts: if we are killed outright, so is it. Only Linux has this."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def readable(line):
    """A log line as a person reads it, if it is a warning or worse. Functions write JSON; what is none is unforeseen."""
    try:
        record = json.loads(line)
        level, text = record["level"], record["message"]
    except (ValueError, TypeError, KeyError):
        return line.strip()
    if level not in ("WARN", "ERROR"):
        return ""
    fields = " ".join(f"{name}={value}" for name, value in record.items() if name not in UNSHOWN)
    reason = record.get("reason") or record.get("log")
    return text + (f" ({fields})" if fields else "") + (f": {reason}" if reason else "")


class Instance:
    """A process of a function, with a runtime API of its own."""

    def __init__(self, function):
        self.function = function
        self.process = self.current = self.killed = None
        self.invoked = False
        self.connections = set()

    async def run(self):
        """Starts the process and looks after it until it ends. Gives its status as Python's: negative for a signal."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=2**20)
        try:
            port = server.sockets[0].getsockname()[1]
            self.process = await self.started(port)
            await self.keep_log()
            return await self.process.wait()
        finally:
            server.close()
            for task in self.connections:
                task.cancel()
            if self.current:
                self.current.failed(500)

    async def started(self, port):
        function = self.function
        environment = {
            **function.environment,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        }
        pipe = asyncio.subprocess.PIPE
        try:
            # A session of its own: Ctrl-C in the terminal comes to us alone, and we end the others in order.
            process = await asyncio.create_subprocess_exec(
                *function.command, cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=pipe,
                stderr=asyncio.subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_parent)
        except OSError as error:
            what = f"{function.command[0]} cannot be started ({error.strerror}): run `make setup build`."
            raise Failure(what) from None
        if function.ending:
            process.kill()
        return process

    async def keep_log(self):
        """All that the process writes goes to the log, and what is grave to the terminal too."""
        rest = b""
        while True:
            piece = await self.process.stdout.read(65536)
            self.function.log.write(piece)
            self.function.log.flush()
            *lines, rest = (rest + piece).split(b"\n") if piece else (rest, b"")
            for line in filter(None, (readable(line.decode(errors="replace")) for line in lines)):
                self.function.say(f"{self.function.name}: {line}")
            if not piece:
                return

    def signal(self, sign):
        try:
            if self.process:
                os.killpg(self.process.pid, sign)
        except ProcessLookupError:
            pass  # it is gone

    def kill(self, why):
        self.killed = why
        self.signal(signal.SIGKILL)

    def how(self, status):
        if self.killed:
            return f"{self.killed} and was ended"
        if status == 0:
            return "has ended by itself, because it was worn out"
        return "has crashed (" + (f"signal {signal.Signals(-status).name})" if status < 0 else f"exit code {status})")

    async def serve(self, reader, writer):
        """A connection of the process to its runtime API."""
        task = asyncio.current_task()
        self.connections.add(task)
        try:
            while True:
                # Read to its end before anything is said about it: a client may stop sending once it is answered.
                request = await read_request(reader, writer, 65_536, 4 * MOST_ANSWER)
                if request is None:
                    return
                await write_answer(writer, *await self.answer(request))
        except Refused:  # no HTTP, or an answer far beyond all limits
            if self.current:
                self.current.failed(502)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.connections.discard(task)
            writer.close()

    async def answer(self, request):
        """Status, headers and body of an answer to the process."""
        kind = request.target.rpartition("/2018-06-01/runtime/")[2].split("/")
        if kind == ["invocation", "next"] and request.method == "GET":
            self.current = await self.function.next_event(self)
            return 200, event_headers(self.current, self.function.name), self.current.event
        if request.method != "POST":
            return answered(404, "NotFound")
        if kind == ["init", "error"]:
            return answered(202)
        if len(kind) != 3 or not self.current or kind[1] != self.current.id or kind[2] not in ("response", "error"):
            return answered(400, "InvalidRequestID")
        invocation, self.current = self.current, None
        if kind[2] == "error":
            invocation.failed(500)
        elif len(request.body) > MOST_ANSWER:
            invocation.failed(502)
            return answered(413, "RequestEntityTooLarge")
        else:
            invocation.done(request.body)
        return answered(202)


def event_headers(invocation, name):
    return [
        ("Content-Type", "application/json"),
        ("Lambda-Runtime-Aws-Request-Id", invocation.id),
        ("Lambda-Runtime-Deadline-Ms", str(invocation.deadline_ms)),
        ("Lambda-Runtime-Invoked-Function-Arn", f"arn:aws:lambda:local:000000000000:function:{name}"),
    ]


def answered(status, error=None):
    """What the runtime API says besides events."""
    text = {"errorType": error, "errorMessage": error} if error else {"status": "OK"}
    return status, [("Content-Type", "application/json")], json.dumps(text).encode()
