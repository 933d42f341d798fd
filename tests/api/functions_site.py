"""The functions behind the gateway of `make run`, for as long as the tests of the API need them.

PROGRAMS says where the functions' programs are, `NAME` in place of a function's name: by default those that `cargo test` has
built.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.dont_write_bytecode = True  # no __pycache__ among the sources
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra/local"))
from functions import Function
from gateway import Gateway

PROGRAMS = os.environ.get("PROGRAMS", str(ROOT / "target/debug/NAME-function"))
START_SECONDS = 60


async def serving(environment, log_folder, started, ended):
    functions = {}
    for name in ("index", "table"):
        functions[name] = Function(name, [PROGRAMS.replace("NAME", name)], environment, Path(log_folder) / f"{name}.log",
                                   2, print, print)
    server = await asyncio.start_server(Gateway(functions, 9000).serve, "127.0.0.1", 0)
    for function in functions.values():
        function.start()
    for function in functions.values():
        await function.ready.wait()
    started(server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()
    await asyncio.gather(*(function.end() for function in functions.values()))


@contextlib.contextmanager
def site(settings):
    """The address of both functions with these settings."""
    place, is_started, loop = [], threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    def started(port):
        place.append(f"http://127.0.0.1:{port}")
        is_started.set()

    with tempfile.TemporaryDirectory() as logs:
        environment = {**os.environ, **settings}
        thread = threading.Thread(target=loop.run_until_complete, args=(serving(environment, logs, started, ended),),
                                  daemon=True)
        thread.start()
        if not is_started.wait(START_SECONDS):
            said = "\n".join(path.read_text(errors="replace") for path in Path(logs).glob("*.log"))
            raise RuntimeError(f"The functions have not started:\n{said}")
        try:
            yield place[0]
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join()


def demo(folder):
    """The demo's settings, once its data are made."""
    subprocess.run([sys.executable, ROOT / "infra/local/demo.py", folder], check=True, stdout=subprocess.DEVNULL)
    return {"DATABASE_URL": f"sqlite:{folder}", "PUBLISHED_TABLES": "Bank.*"}
