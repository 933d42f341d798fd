"""The layer command on made-up kits. No part of a real kit is here."""

import io
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import elf
import layer

GOOD = {"libc.so.6": ["GLIBC_2.14"], "libstdc++.so.6": ["GLIBCXX_3.4.20"]}
GOOD_TLS = {"libc.so.6": ["GLIBC_2.34"], "libssl.so.3": ["OPENSSL_3.0.0"], "libcrypto.so.3": []}


def library(needs, machine=62):
    """An ELF library that contains only what it needs: library → versions."""
    names = bytearray(b"\0")

    def named(text):
        names.extend(text.encode() + b"\0")
        return len(names) - len(text) - 1

    needed = [named(name) for name in needs]
    with_versions = [(name, versions) for name, versions in needs.items() if versions]
    verneed = b""
    for number, (name, versions) in enumerate(with_versions):
        entries = b"".join(struct.pack("<IHHII", 0, 0, 2, named(version), 16 if version != versions[-1] else 0)
                           for version in versions)
        following = 16 + len(entries) if number + 1 < len(with_versions) else 0
        verneed += struct.pack("<HHIII", 1, len(versions), named(name), 16, following) + entries
    start = 64 + 2 * 56
    tags = [(elf.DT_NEEDED, offset) for offset in needed]
    tags_size = 16 * (len(tags) + (3 if verneed else 1) + 1)
    if verneed:
        tags += [(elf.DT_VERNEED, start + tags_size), (elf.DT_VERNEEDNUM, len(with_versions))]
    tags += [(elf.DT_STRTAB, start + tags_size + len(verneed)), (elf.DT_NULL, 0)]
    body = b"".join(struct.pack("<QQ", *tag) for tag in tags) + verneed + bytes(names)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", elf.PT_LOAD, 5, 0, 0, 0, start + len(body), start + len(body), 4096)
    dynamic = struct.pack("<IIQQQQQQ", elf.PT_DYNAMIC, 6, start, start, start, tags_size, tags_size, 8)
    return header + load + dynamic + body


class LayerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def kit(self, **files):
        """An archive with these libraries in `bin` (`__` in a name stands for a dot), and one elsewhere."""
        path = self.folder / "ODBC-made-up.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo("bin/" + name.replace("__", "."))
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
            archive.addfile(tarfile.TarInfo("dev/odbc/redist/libodbc.so"))
        return path

    def good(self, machine=62, **files):
        return self.kit(**{"libirisodbcur6435__so": library(GOOD, machine), "irisconnect__so": library(GOOD_TLS, machine), **files})

    def refused(self, kit, *words, **settings):
        with self.assertRaises(layer.WrongKit) as caught:
            layer.collect(kit, **settings)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_a_good_kit_becomes_a_layer(self):
        for machine, architecture in elf.MACHINES.items():
            kit = self.good(machine, libirisodbc35__so=b"for iODBC")
            files, found = layer.collect(kit)
            self.assertEqual((sorted(files), found), (["irisconnect.so", "libirisodbcur6435.so"], architecture))

    def test_the_command_replaces_a_layer_of_before_and_leaves_it_after_a_refusal(self):
        out = self.folder / "layer"
        (out / "lib").mkdir(parents=True)
        (out / "lib/old.so").touch()
        wrong = self.folder / "wrong"
        wrong.write_bytes(b"no archive")
        for kit, status, there in ((wrong, 1, ["old.so"]), (self.good(), 0, ["irisconnect.so", "libirisodbcur6435.so"])):
            done = subprocess.run([sys.executable, HERE / "layer.py", kit, out], capture_output=True, text=True)
            self.assertEqual((done.returncode, sorted(file.name for file in out.glob("lib/*.so"))), (status, there), done.stderr)
            self.assertNotIn("Traceback", done.stderr)
        self.assertEqual((out / "lib/irisconnect.so").stat().st_mode & 0o777, 0o755)

    def test_the_layer_brings_the_locale_that_the_driver_converts_by(self):
        locale = self.folder / "C.utf8"
        locale.mkdir()
        (locale / "LC_CTYPE").write_bytes(b"made up")
        (locale / "LC_CTYPE").chmod(0o600)
        with mock.patch.object(layer, "LOCALE", locale):
            layer.write({layer.DRIVER: b""}, self.folder / "layer")
        brought = self.folder / "layer/lib/locale/C.utf8/LC_CTYPE"
        self.assertEqual(brought.read_bytes(), b"made up")
        self.assertTrue(brought.stat().st_mode & 0o004, "others may read it")
        with mock.patch.object(layer, "LOCALE", self.folder / "missing"):
            layer.write({layer.DRIVER: b""}, self.folder / "layer")
        self.assertEqual([file.name for file in (self.folder / "layer/lib").iterdir()], [layer.DRIVER])

    def test_what_is_no_archive_is_refused(self):
        for data in (b"", b"<html>Not found</html>", self.good().read_bytes()[:-100]):
            kit = self.folder / "ODBC-broken.tar.gz"
            kit.write_bytes(data)
            self.refused(kit, "no archive", "lnxrh9x64", "lnxrh9arm64")
        self.refused(self.folder / "missing.tar.gz", "no archive")

    def test_a_kit_without_a_needed_file_is_refused(self):
        self.refused(self.kit(libirisodbc35__so=library(GOOD)), "holds no bin/libirisodbcur6435.so", "lnxrh9x64")
        self.refused(self.kit(libirisodbcur6435__so=library(GOOD)), "holds no bin/irisconnect.so", "TLS=no")

    def test_the_wrong_architecture_is_refused(self):
        self.refused(self.good(183), "for arm64", "run on x86_64", "ODBC-<version>-lnxrh9x64.tar.gz", architecture="x86_64")
        self.refused(self.good(62), "for x86_64", "run on arm64", "ODBC-<version>-lnxrh9arm64.tar.gz", architecture="arm64")
        self.refused(self.good(21), "processor number 21", "lnxrh9")
        self.refused(self.kit(libirisodbcur6435__so=library(GOOD), irisconnect__so=library(GOOD_TLS, 183)), "irisconnect.so is for arm64")

    def test_another_system_is_refused(self):
        self.refused(self.good(libirisodbcur6435__so=b"\xcf\xfa\xed\xfe" + bytes(100)), "no Linux library", "lnxrh9x64")
        self.refused(self.good(libirisodbcur6435__so=library(GOOD)[:200]), "no Linux library")

    def test_a_newer_glibc_is_refused(self):
        newer = {"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.38", "GLIBC_2.4"]}
        self.refused(self.good(libirisodbcur6435__so=library(newer)), "GLIBC 2.38", "has 2.34", "lnxrh9x64")
        newer = {"libstdc++.so.6": ["GLIBCXX_3.4.32"]}
        self.refused(self.good(libirisodbcur6435__so=library(newer)), "GLIBCXX 3.4.32", "has 3.4.29")

    def test_another_openssl_is_refused_unless_tls_is_not_wanted(self):
        for version in ("1.1", "10"):
            kit = self.good(irisconnect__so=library({f"libssl.so.{version}": [], "libc.so.6": ["GLIBC_2.28"]}))
            self.refused(kit, f"OpenSSL {version}", "has 3", "lnxrh9x64", "TLS=no")
            self.assertEqual(list(layer.collect(kit, tls=False)[0]), ["libirisodbcur6435.so"])

    def test_what_amazon_linux_lacks_comes_from_the_kit_or_the_folder_or_is_named(self):
        needs = {**GOOD, "libextra.so.1": []}
        self.refused(self.good(libirisodbcur6435__so=library(needs)), "libextra.so.1 is needed", "LIBRARIES=")
        kit = self.good(libirisodbcur6435__so=library(needs), libextra__so__1=library(GOOD))
        self.assertIn("libextra.so.1", layer.collect(kit)[0])
        kit = self.good(libirisodbcur6435__so=library(needs))
        (self.folder / "libextra.so.1").write_bytes(library(GOOD))
        self.assertIn("libextra.so.1", layer.collect(kit, libraries=self.folder)[0])
        (self.folder / "libextra.so.1").write_bytes(library(GOOD, 183))
        self.refused(kit, "libextra.so.1 is for arm64", libraries=self.folder)


if __name__ == "__main__":
    unittest.main()
