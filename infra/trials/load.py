#!/usr/bin/env python3
"""Many clients at once against `make run` on the demo bank: `make load`, on SQLite and on PostgreSQL.

Says how many requests were answered, what was wrong, and how much memory each process has. What answers with another
status than it should, or grows, is a fault.

    load.py [sqlite] [postgres] [--seconds 300] [--clients 50] [--instances 4]
"""

import argparse
import asyncio
import collections
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from bank import NAMES, Bank

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
# Address, Accept, status. A client goes through them in turn, and through the pages that follow some.
REQUESTS = [
    ("/", BROWSER, 200),
    ("/table/Bank.Movement?_size=100", "*/*", 200),
    ("/table/Bank.Movement?_sort=-Amount,Booked&_size=50", BROWSER, 200),
    ("/table/Bank.Customer?Name__contains=a&_count=exact", BROWSER, 200),
    ("/table/Bank.Customer?_q=long&_size=20", "application/json", 200),
    ("/table/Bank.Account/row?ID=1", BROWSER, 200),
    ("/table/Bank.Card/row?ID=2", "application/json", 200),
    ("/table/Bank.Movement?_size=2000&_format=csv", "*/*", 200),
    ("/table/Bank.AccountOverview?_size=500", "application/x-ndjson", 200),
    ("/table/Bank.Customer/schema", BROWSER, 200),
    ("/table/Bank.Customer/row?ID=3&_cell=Name", "*/*", 200),
    ("/table/Bank.Customer?Nmae=x", "*/*", 400),
    ("/table/Bank.Nothing", BROWSER, 404),
    ("/table/Bank.Customer/row?ID=-1", "*/*", 404),
    ("/health", "*/*", 200),
]
FOLLOWED = 5  # pages of a walk
GROWN = 1.10, 4 << 20  # how much more memory, as a factor and in bytes, a process may have at the end than in the middle


class Tally:
    """What has come so far."""

    def __init__(self):
        self.answers, self.bytes, self.slowest, self.wrong = 0, 0, 0.0, collections.Counter()


async def ask(reader, writer, address, accept, known):
    """Status, headers and body of one request over a connection that stays."""
    lines = [f"GET {address} HTTP/1.1", "Host: 127.0.0.1", f"Accept: {accept}", "Accept-Encoding: gzip"]
    lines += [f"If-None-Match: {known}"] if known else []
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head, *fields = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields if field)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head.split()[1]), headers, body


def following(headers):
    """The next page's address."""
    for link in headers.get("link", "").split(", <"):
        if link.endswith('rel="next"'):
            return link.lstrip("<").partition(">")[0]
    return None


async def client(number, port, end, tally):
    """Asks until the time is over. Every other round it says what it has already."""
    known = {}
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    rounds = number
    while time.monotonic() < end:
        address, accept, expected = REQUESTS[rounds % len(REQUESTS)]
        rounds += 1
        for _ in range(FOLLOWED):
            begin = time.monotonic()
            tag = known.get((address, accept)) if rounds % 2 else None
            try:
                status, headers, body = await ask(reader, writer, address, accept, tag)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                tally.wrong[f"{type(error).__name__} at {address}"] += 1
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
                break
            tally.answers, tally.bytes = tally.answers + 1, tally.bytes + len(body)
            tally.slowest = max(tally.slowest, time.monotonic() - begin)
            if status != (304 if tag else expected):
                tally.wrong[f"{status} at {address}"] += 1
            # Pages of a walk are remembered by nobody.
            if "etag" in headers and "_next=" not in address:
                known[address, accept] = headers["etag"]
            address = following(headers)
            if not address or status != 200:
                break
    writer.close()


def memory(root):
    """Resident bytes of a process and all below it, by number and name."""
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            waiting += Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            program = Path(f"/proc/{pid}/exe").resolve()
        except OSError:
            continue
        resident = next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS")), 0)
        found[f"{program.name} {pid}"] = resident
    return found


async def loaded(bank, wanted):
    """Runs the clients. Gives the tally, and the memory at the start (when all is warm), in the middle and at the end."""
    tally, begin = Tally(), time.monotonic()
    clients = [client(number, bank.port, begin + wanted.seconds, tally) for number in range(wanted.clients)]
    running = asyncio.gather(*clients)
    looks = []
    for share in (0.1, 0.5, 0.98):
        await asyncio.sleep(max(0, begin + wanted.seconds * share - time.monotonic()))
        looks.append(memory(bank.process.pid))
    await running
    return tally, looks


def trial(source, wanted):
    """One source under load. Gives the lines that say what is wrong."""
    with Bank(source, wanted.instances, LOG_LEVEL="warn") as bank:
        tally, looks = asyncio.run(loaded(bank, wanted))
        logged = [line for line in bank.logs() if line.strip()]
    print(f"{source}: {tally.answers:,} answers in {wanted.seconds} s ({tally.answers / wanted.seconds:.0f}/s), "
          f"{tally.bytes / 1e6:,.0f} MB, slowest {tally.slowest:.2f} s, {wanted.clients} clients, "
          f"{sum(tally.wrong.values())} wrong, {len(logged)} warnings")
    print(f"  {'resident MiB':24} {'start':>7} {'middle':>7} {'end':>7}")
    wrong = [f"{source}: {count} times {what}" for what, count in tally.wrong.most_common()]
    wrong += [f"{source}: logged: {line[:300]}" for line in logged[:5]]
    for name in dict.fromkeys(name for look in looks for name in look):
        sizes = [look.get(name) for look in looks]
        print(f"  {name:24} " + " ".join(f"{size / 2**20:7.1f}" if size else f"{'-':>7}" for size in sizes))
        if None in sizes:
            wrong.append(f"{source}: {name} was not there all the time")
        elif sizes[2] > sizes[1] * GROWN[0] + GROWN[1]:
            wrong.append(f"{source}: {name} has grown")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", nargs="*", help=", ".join(NAMES))
    for name, default in (("seconds", 300), ("clients", 50), ("instances", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    wrong = [line for source in wanted.sources or NAMES for line in trial(source, wanted)]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
