#!/usr/bin/env python3
"""Refuses functions that Lambda could not run, or that have grown: `gate.py BOOTSTRAP…`

Each must be built for a processor that Lambda has, for the C library of Amazon Linux 2023 or an older one, and be at most
4.5 MB as a zip; the site function, whose folder says so in its name, must contain no database. `gate.py --layer FOLDER
ARCHITECTURE` refuses a layer that functions for that processor could not load.
"""

import sys
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "odbc-layer"))
import elf
from layer import GLIBC, SYSTEM

MOST_BYTES = 4_500_000  # compressed, SQLite is some 0.7 MB of it and XLSX 0.45; the zip's own few hundred bytes not counted

# Words that stand in a program only where this is linked into it.
DATABASE_PARTS = {"SQLite": b"SQLite format 3", "ODBC": b"[unixODBC][Driver Manager]"}


def faults(path):
    """What is wrong with a function, in sentences, and its compressed size."""
    data = Path(path).read_bytes()
    try:
        library = elf.read(data)
    except elf.NotElf as error:
        return [f"it is no Linux program ({error})"], 0
    found = []
    if library.machine not in elf.MACHINES.values():
        found.append(f"it is for {library.machine}")
    if library.newest("GLIBC") > GLIBC:
        newest = ".".join(map(str, library.newest("GLIBC")))
        found.append(f"it needs glibc {newest}, but Amazon Linux 2023 has 2.34: build it with zig (`make package`) or on an older system")
    missing = [name for name in library.needed if name not in SYSTEM]
    if missing:
        found.append(f"it needs {', '.join(missing)}, which Amazon Linux 2023 lacks")
    if "site" in Path(path).parent.name.lower():
        parts = [name for name, words in DATABASE_PARTS.items() if words in data]
        if parts:
            found.append(f"it contains {' and '.join(parts)}, though it needs no database: look for what uses `database` there")
    size = len(zlib.compress(data))  # at the level of SAM's zip
    if size > MOST_BYTES:
        found.append(f"it has {size:,} bytes compressed, more than {MOST_BYTES:,}")
    return found, size


def layer_faults(folder, architecture):
    """Why functions for a processor could not load this layer's libraries, in sentences."""
    libraries = sorted(Path(folder, "lib").glob("*.so*"))
    if not libraries:
        return ["There is no layer yet: make layer KIT=ODBC-….tar.gz"]
    machines = {library.name: elf.read(library.read_bytes()).machine for library in libraries}
    return [f"{name} in {folder} is for {machine}, but the functions are built for {architecture}: make layer with a kit for "
            f"{architecture}, or say ARCHITECTURE={machine} here" for name, machine in machines.items() if machine != architecture][:1]


def main():
    if sys.argv[1:2] == ["--layer"]:
        return "; ".join(layer_faults(*sys.argv[2:])) or 0
    status = 0
    for path in sys.argv[1:]:
        found, size = faults(path)
        print(f"{path}: {'; '.join(found) or f'runs on Amazon Linux 2023, {size / 1e6:.2f} MB compressed'}")
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main())
