#!/usr/bin/env python3
"""The deployment in Docker on this machine: `make local`, on the demo, or on DATABASE_URL with PUBLISHED_TABLES.

A host of this machine is 172.17.0.1 from within the functions. PORT is 3000 by default. Ctrl-C ends it.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from stand import ROOT, WORK, Skipped, Stand, emulated, library_folder, sam_command, sam_environment

DRIVERS = {"postgres": "psqlodbca.so"}


def main():
    url = os.environ.get("DATABASE_URL") or "sqlite:/opt/demo"
    engine = url.partition(":")[0].lower()
    if engine == "sqlite" and url != "sqlite:/opt/demo":
        sys.exit("A folder of SQLite files is not seen from within Docker: make local takes iris:// and postgres://, or the demo.")
    stand = Stand(parts=("docker",))
    try:
        layer = ROOT / "target/layer"
        if engine in DRIVERS:
            layer = WORK / "layer"
            library_folder(DRIVERS[engine], layer / "lib")
        elif engine == "sqlite":
            layer = WORK / "layer"
            shutil.copytree(ROOT / "target/demo", layer / "demo")
        elif not (layer / "lib").is_dir():
            sys.exit("There is no layer with IRIS' driver yet: make layer KIT=ODBC-….tar.gz")
        variables = {"DATABASE_URL": url, "DATABASE_SECRET_ID": ""}
        template = emulated(layer, variables)
        parameters = {"DatabaseSecretArn": "unused", "Access": "public",
                      "PublishedTables": os.environ.get("PUBLISHED_TABLES") or "Bank.*"}
        if engine in DRIVERS:
            parameters["OdbcDriver"] = f"/opt/lib/{DRIVERS[engine]}"
        command = sam_command("start-api", template, parameters)
        command += ["--warm-containers", "EAGER", "--port", os.environ.get("PORT") or "3000"]
        # A session of its own: Ctrl-C comes to us alone, and we give SAM the time to remove its containers.
        process = subprocess.Popen([str(word) for word in command], env=sam_environment(), cwd=WORK, start_new_session=True)
        try:
            process.wait()
        finally:
            process.terminate()
            process.wait()
    except KeyboardInterrupt:
        print("\nEnded.")
    finally:
        stand.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except Skipped as reason:
        sys.exit(f"{reason}.")
