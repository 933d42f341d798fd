"""The local server, for as long as the tests of the API need it.

SERVER says where its program is: by default where `cargo test` has built it.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SERVER", str(ROOT / "target/debug/local-server"))


@contextlib.contextmanager
def site(settings):
    """The address of the functions with these settings."""
    with announced(settings) as addresses:
        yield addresses["url"]


@contextlib.contextmanager
def announced(settings):
    """What the local server says once it serves the functions with these settings: `url`, and with sign-in `tokens`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": "0", **settings}
        # A folder of its own for its log.
        process = subprocess.Popen([PROGRAM], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            first = process.stdout.readline()
            if not first:
                raise RuntimeError("The local server has not started.")
            yield json.loads(first)
        finally:
            process.terminate()
            process.communicate()


def demo(folder):
    """The demo's settings, once its data are made."""
    subprocess.run([PROGRAM, "--demo", folder], check=True, stdout=subprocess.DEVNULL)
    return {"DATABASE_URL": f"sqlite:{folder}", "PUBLISHED_TABLES": "Bank.*"}
