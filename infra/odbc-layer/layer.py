#!/usr/bin/env python3
"""From InterSystems' driver kit to the layer of the functions: `layer.py KIT FOLDER [--no-tls] [--libraries FOLDER]`.

Takes from the kit `libirisodbcur6435.so`, the driver for 64-bit unixODBC (which is linked into the functions), and
`irisconnect.so`, which it loads for TLS. Lambda puts a layer at /opt, and /opt/lib is on its library path. Each file is
checked against what Lambda's `provided.al2023` has. A library that is missing there is taken from the kit, or from the
folder of --libraries; a kit that cannot work is refused with the name of one that can.

The locale C.UTF-8, without which the driver garbles all characters beyond ASCII, is taken from this
machine where it has it. Amazon Linux 2023 has it too; other images use the layer's.

The kit is the user's: no part of it belongs to this project.
"""

import argparse
import shutil
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

sys.dont_write_bytecode = True  # no __pycache__ among the sources
import elf

DRIVER = "libirisodbcur6435.so"
TLS = "irisconnect.so"
GLIBC = (2, 34)  # of Amazon Linux 2023
LIBSTDCXX = (3, 4, 29)  # of its GCC 11
OPENSSL = "3"  # its libssl.so.3
# The image has Amazon Linux' minimal set of packages: glibc, libgcc, libstdc++, libuuid, openssl-libs, zlib, krb5-libs.
SYSTEM = {
    "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
    "libresolv.so.2", "libutil.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libuuid.so.1", "libssl.so.3", "libcrypto.so.3",
    "libz.so.1", "libkrb5.so.3", "libgssapi_krb5.so.2", "libk5crypto.so.3", "libcom_err.so.2",
}
WANTED = {"x86_64": "lnxrh9x64", "arm64": "lnxrh9arm64"}  # platforms in the names of kits
LOCALE = Path("/usr/lib/locale/C.utf8")  # C.UTF-8 as glibc looks for it; the same bytes serve both processors
LARGEST = 100 << 20  # bytes of one file in a kit: it has about 5 million


class WrongKit(Exception):
    """One sentence: what is wrong with the kit, and which one is right."""


def advice(architecture=None):
    kits = [WANTED[architecture]] if architecture in WANTED else WANTED.values()
    return "Get ODBC-<version>-" + " or -".join(kits) + ".tar.gz (2023.1 or newer) from InterSystems"


def files_of(kit):
    """The libraries in the kit's `bin` folder: name → bytes."""
    try:
        with tarfile.open(kit, "r:gz") as archive:
            found = {}
            for member in archive:
                path = Path(member.name)
                if path.parent.name == "bin" and ".so" in path.name and member.isfile() and member.size <= LARGEST:
                    found[path.name] = archive.extractfile(member).read()
            return found
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise WrongKit(f"{kit} is no archive that can be read ({error}). {advice()}.") from None


def checked(name, data, architecture):
    """The library, if the processor is the right one and the system new enough."""
    try:
        library = elf.read(data)
    except elf.NotElf as error:
        raise WrongKit(f"{name} is no Linux library ({error}): the kit is for another system. {advice(architecture)}.") from None
    if library.machine not in WANTED:
        raise WrongKit(f"{name} is for {library.machine}, which Lambda does not have. {advice(architecture)}.")
    if architecture and library.machine != architecture:
        raise WrongKit(f"{name} is for {library.machine}, but the functions run on {architecture}. {advice(architecture)}, "
                       f"or say ARCHITECTURE={library.machine} here and at make deploy.")
    for prefix, most in (("GLIBC", GLIBC), ("GLIBCXX", LIBSTDCXX)):
        if library.newest(prefix) > most:
            newest, has = (".".join(map(str, version)) for version in (library.newest(prefix), most))
            raise WrongKit(f"{name} needs {prefix} {newest}, but Amazon Linux 2023 has {has}: the kit is for a newer system. "
                           f"{advice(library.machine)}.")
    return library


def check_openssl(library):
    for needed in library.needed:
        base, _, version = needed.partition(".so.")
        if base in ("libssl", "libcrypto") and version != OPENSSL:
            raise WrongKit(f"{TLS} needs OpenSSL {version} ({needed}), but Amazon Linux 2023 has {OPENSSL}: TLS could not work. "
                           f"{advice(library.machine)}; or say TLS=no, if the database is reached without TLS.")


def collect(kit, architecture=None, tls=True, libraries=None):
    """The layer's files: name → bytes; and the architecture that they are for."""
    there = files_of(kit)
    if DRIVER not in there:
        raise WrongKit(f"{kit} holds no bin/{DRIVER}, the driver for 64-bit unixODBC. {advice(architecture)}.")
    roots = [DRIVER]
    if tls:
        if TLS not in there:
            raise WrongKit(f"{kit} holds no bin/{TLS}, which the driver needs for TLS. {advice(architecture)}; "
                           "or say TLS=no, if the database is reached without TLS.")
        roots.append(TLS)
    taken, waiting = {}, roots
    while waiting:
        name = waiting.pop(0)
        if name in taken or name in SYSTEM:
            continue
        data = there.get(name) or extra(libraries, name)
        if data is None:
            raise WrongKit(f"{name} is needed, but is neither on Amazon Linux 2023 nor in the kit: put it into a folder and say "
                           "LIBRARIES=FOLDER.")
        library = checked(name, data, architecture)
        architecture = architecture or library.machine
        if name == TLS:
            check_openssl(library)
        taken[name] = data
        waiting += library.needed
    return taken, architecture


def extra(libraries, name):
    file = libraries and Path(libraries) / name
    return file.read_bytes() if file and file.is_file() else None


def write(files, folder, ca=None):
    """Writes the files to FOLDER/lib and certificates beside it, all or none.

    A previous layer is replaced only when the new one is complete.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        unfinished = Path(unfinished) / "layer"
        (unfinished / "lib").mkdir(parents=True)
        for name, data in files.items():
            (unfinished / "lib" / name).write_bytes(data)
            (unfinished / "lib" / name).chmod(0o755)
        if LOCALE.is_dir():
            # copyfile, because a file that only root may read here must be readable on Lambda.
            shutil.copytree(LOCALE, unfinished / "lib/locale" / LOCALE.name, copy_function=shutil.copyfile)
        if ca:
            shutil.copyfile(ca, unfinished / "ca.pem")
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)


def main():
    parser = argparse.ArgumentParser(description="Makes the functions' layer from InterSystems' ODBC driver kit.")
    parser.add_argument("kit", help="ODBC-<version>-lnxrh9x64.tar.gz or -lnxrh9arm64.tar.gz")
    parser.add_argument("folder", help="where the layer goes")
    parser.add_argument("--architecture", choices=WANTED, help="what the functions run on; else what the kit is for")
    parser.add_argument("--no-tls", action="store_true", help="leave irisconnect.so out")
    parser.add_argument("--ca", help="file with the CA certificates of the database, for /opt/ca.pem")
    parser.add_argument("--libraries", help="folder with libraries that the kit and Amazon Linux lack")
    given = parser.parse_args()
    files, architecture = collect(given.kit, given.architecture, not given.no_tls, given.libraries)
    write(files, given.folder, given.ca)
    print(f"{given.folder}/lib for {architecture}: {', '.join(files)}"
          + ("" if TLS in files else ". Without TLS: traffic and login to the database go in the clear."))


if __name__ == "__main__":
    try:
        main()
    except (WrongKit, OSError) as error:
        sys.exit(str(error))
