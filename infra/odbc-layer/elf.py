"""Reads what an ELF library needs to load: processor, libraries and their versions.

By the System V ABI's chapters on object files and dynamic linking, and the Linux Standard Base's on symbol versions.
"""

import re
import struct
from dataclasses import dataclass

MACHINES = {62: "x86_64", 183: "arm64"}  # e_machine: EM_X86_64, EM_AARCH64
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB, DT_VERNEED, DT_VERNEEDNUM = 0, 1, 5, 0x6FFFFFFE, 0x6FFFFFFF


class NotElf(Exception):
    """The bytes are no 64-bit little-endian ELF file with a dynamic section."""


@dataclass
class Library:
    """What a library needs of the machine."""

    machine: str
    needed: list  # names such as libssl.so.3
    versions: dict  # library → versions of it, such as GLIBC_2.34

    def newest(self, prefix):
        """The newest version `PREFIX_1.2.3` that is needed of any library, as numbers; () for none."""
        found = [re.fullmatch(rf"{prefix}_([0-9.]+)", name) for names in self.versions.values() for name in names]
        return max((tuple(map(int, match[1].split("."))) for match in found if match), default=())


def read(data):
    """The `Library` that the bytes of a file are."""
    try:
        return _read(data)
    except (struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
        raise NotElf(str(error)) from None


def _read(data):
    if data[:6] != b"\x7fELF\x02\x01":
        raise NotElf("it does not begin as a 64-bit ELF file")
    machine, = struct.unpack_from("<H", data, 18)
    headers, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, headers + number * size) for number in range(count)]

    def offset(address):
        for kind, _, offset, virtual, _, length in segments:
            if kind == PT_LOAD and virtual <= address < virtual + length:
                return address - virtual + offset
        raise NotElf(f"address {address:#x} is in no segment")

    dynamic = [(offset, length) for kind, _, offset, _, _, length in segments if kind == PT_DYNAMIC]
    if not dynamic:
        raise NotElf("it has no dynamic section")
    entries = []
    for position in range(dynamic[0][0], dynamic[0][0] + dynamic[0][1], 16):
        tag, value = struct.unpack_from("<QQ", data, position)
        if tag == DT_NULL:
            break
        entries.append((tag, value))
    tags = dict(entries)
    strings = offset(tags[DT_STRTAB]) if DT_STRTAB in tags else 0

    def text(offset):
        start = strings + offset
        return data[start:data.index(b"\0", start)].decode()

    needed = [text(value) for tag, value in entries if tag == DT_NEEDED]
    versions = _versions(data, offset(tags[DT_VERNEED]), tags[DT_VERNEEDNUM], text) if DT_VERNEED in tags else {}
    return Library(MACHINES.get(machine, f"processor number {machine}"), needed, versions)


def _versions(data, position, count, text):
    found = {}
    for _ in range(count):
        _, entries, file, first, following = struct.unpack_from("<HHIII", data, position)
        names, entry = [], position + first
        for _ in range(entries):
            name, after = struct.unpack_from("<II", data, entry + 8)
            names.append(text(name))
            entry += after
        found.setdefault(text(file), []).extend(names)
        position += following
    return found
