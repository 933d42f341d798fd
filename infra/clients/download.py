#!/usr/bin/env python3
"""Downloads all rows of a table as CSV or NDJSON: `download.py ADDRESS [FILE]`.

It follows the pages one at a time, and writes them to FILE.part, which becomes FILE once all rows
are there. Run again after an interruption, it continues with the first page that is missing. In the
end it proves that the file is whole: the number of rows, and the SHA-256 of its bytes.

Python's standard library is all that it needs. BEARER_TOKEN in the environment is sent as a token.
"""

import argparse
import csv
import gzip
import hashlib
import http.client
import io
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from email.message import Message

MEDIA_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}

# Seconds before each retry of a request that a gateway refused or a line lost.
WAITS = (1, 3, 9)

# Seconds until a silent server is given up: a gateway ends a request after 30.
TIMEOUT = 60


class Failure(Exception):
    """What the person is told."""


def with_parameters(address, **more):
    """The address with these parameters in place of its own of the same names."""
    parts = urllib.parse.urlsplit(address)
    pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    pairs = [pair for pair in pairs if pair[0] not in more]
    pairs += [(name, value) for name, value in more.items() if value is not None]
    query = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
    return urllib.parse.urlunsplit(parts._replace(query=query))


def is_own(headers):
    """The site itself answers, not a gateway before it."""
    return headers.get_content_type() == "application/problem+json"


def refusal(error):
    """An answer that is no page, as a sentence."""
    try:
        problem = json.loads(error.read())
        return f"{problem['detail']} (request {problem['requestId']})"
    except (ValueError, KeyError, TypeError):
        return f"The server answered with status {error.code}."


# What an audit of the site calls this download.
DOWNLOAD_ID = str(uuid.uuid4())


def fetch(address, media_type):
    """A whole page: its bytes and its headers. Waits where a gateway is busy or a line breaks."""
    headers = {"Accept": media_type, "Accept-Encoding": "gzip", "User-Agent": "iris-tables-download", "Download-Id": DOWNLOAD_ID}
    if token := os.environ.get("BEARER_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    for wait in (*WAITS, None):
        try:
            request = urllib.request.Request(address, headers=headers)
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                body = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                if answer.headers.get_content_type() != media_type:
                    raise Failure(f"{address} answers with no {media_type}.")
                return body, answer.headers
        except urllib.error.HTTPError as error:
            is_busy = error.code in (429, 503) and not is_own(error.headers)
            if not is_busy or wait is None:
                raise Failure(refusal(error)) from error
            reason = f"status {error.code}"
        except (OSError, EOFError, http.client.HTTPException) as error:
            if wait is None:
                raise Failure(f"The server could not be reached: {error}.") from error
            reason = str(error)
        say(f"{reason}: next try in {wait} s")
        time.sleep(wait)
    raise AssertionError("the last wait is none")


def next_of(headers):
    """The next page's address, or None at the end."""
    found = re.search(r'<([^>]*)>\s*;\s*rel="?next"?', headers.get("Link", ""))
    return found and found.group(1)


def split(body, form):
    """A page as the bytes of its columns' names, the bytes of its rows, and their number."""
    if form == "ndjson":
        first = body.split(b"\n", 1)[0]
        names = json.dumps(list(json.loads(first))).encode() if first else b""
        return names, body, body.count(b"\n")
    # A line break within quotes ends no record.
    records = csv.reader(io.StringIO(body.decode(), newline=""))
    next(records)
    end, quoted = 0, False
    for end, byte in enumerate(body):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x0A and not quoted:
            break
    return body[: end + 1], body[end + 1 :], sum(1 for _ in records)


def name_of(headers, address, form):
    """The file name that the server gives."""
    message = Message()
    message["Content-Disposition"] = headers.get("Content-Disposition", "inline")
    table = urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1])
    name = message.get_filename() or f"{table}.{form}"
    return re.sub(r'[/\\:\0]', "_", name)


class State:
    """What is known of an unfinished file, beside it, so that it can be continued."""

    def __init__(self, file, first):
        self.path = f"{file}.state"
        self.first, self.next = first, first
        self.rows = self.bytes = self.pages = 0
        self.columns, self.cut = None, []

    def load(self):
        """Takes up what was interrupted, if it is of the same address."""
        try:
            with open(self.path, encoding="utf-8") as file:
                known = json.load(file)
        except (OSError, ValueError):
            return False
        if known.get("first") != self.first:
            return False
        self.__dict__.update(known)
        return True

    def save(self):
        """Says which page is the last complete one: in one step, whatever happens meanwhile."""
        with open(f"{self.path}.new", "w", encoding="utf-8") as file:
            json.dump({name: value for name, value in self.__dict__.items() if name != "path"}, file)
        os.replace(f"{self.path}.new", self.path)


def say(words, end="\n"):
    print(words, file=sys.stderr, end=end, flush=True)


class Progress:
    """Rows, bytes and rate, in one line of a terminal, or every 10 seconds elsewhere."""

    def __init__(self, total):
        self.total, self.started, self.told = total, time.monotonic(), 0.0
        self.rows_before = None

    def show(self, state):
        if self.rows_before is None:
            self.rows_before = state.rows
        now = time.monotonic()
        is_terminal = sys.stderr.isatty()
        if now - self.told < (0.2 if is_terminal else 10):
            return
        self.told = now
        rate = (state.rows - self.rows_before) / max(now - self.started, 1e-6)
        share = f" of {self.total:,} ({state.rows / self.total:.0%})" if self.total else ""
        line = f"{state.rows:,} rows{share}, {state.bytes / 1e6:,.1f} MB, {rate:,.0f} rows/s"
        say(f"\r{line}\x1b[K" if is_terminal else line, end="" if is_terminal else "\n")


def total_of(address):
    """The number of all rows, where it is not too large to be counted."""
    try:
        body, _ = fetch(with_parameters(address, _size="1", _count="exact", _format="json"), "application/json")
        total = json.loads(body)["total"]
        return None if total["atLeast"] else total["value"]
    except (Failure, KeyError, TypeError):
        return None


def download(address, file, form, size):
    """All rows from the address into the file."""
    media_type = MEDIA_TYPES[form]
    first = with_parameters(address, _format=form, _size=size, _next=None, _count=None)
    if file is None:
        _, headers = fetch(with_parameters(first, _size="1"), media_type)
        file = name_of(headers, address, form)
    if os.path.exists(file):
        raise Failure(f"{file} is there already. Remove it, or give another name.")
    state = State(file, first)
    part = f"{file}.part"
    if state.load() and os.path.exists(part) and os.path.getsize(part) >= state.bytes:
        say(f"Continuing after {state.rows:,} rows in {state.pages} pages.")
    else:
        state = State(file, first)
    progress = Progress(total_of(address))
    with open(part, "r+b" if state.pages else "wb") as out:
        # What a page has left that was not completed.
        out.truncate(state.bytes)
        out.seek(state.bytes)
        while state.next:
            take(state, out, form, media_type)
            progress.show(state)
    prove(state, file, part)


def take(state, out, form, media_type):
    """The next page, written before it is counted."""
    body, headers = fetch(urllib.parse.urljoin(state.first, state.next), media_type)
    names, rows, count = split(body, form)
    names = names.decode()
    if state.columns not in (None, "") and names and names != state.columns:
        raise Failure("The table's columns have changed meanwhile. Remove the .part and .state files, and start again.")
    written = rows if form == "ndjson" or state.pages else body
    out.write(written)
    out.flush()
    os.fsync(out.fileno())
    for column in filter(None, headers.get("Page-Cut", "").split(", ")):
        name = urllib.parse.unquote(column)
        if name not in state.cut:
            state.cut.append(name)
    state.columns = state.columns or names
    state.rows += count
    state.bytes += len(written)
    state.pages += 1
    state.next = next_of(headers)
    state.save()


def prove(state, file, part):
    """Only a file that is whole gets its name."""
    digest = hashlib.sha256()
    length = 0
    with open(part, "rb") as written:
        while block := written.read(1 << 20):
            digest.update(block)
            length += len(block)
    if length != state.bytes:
        raise Failure(f"{part} has {length:,} bytes, not the {state.bytes:,} that were written: start again.")
    os.replace(part, file)
    os.remove(state.path)
    if sys.stderr.isatty():
        say("")
    if state.cut:
        say(f"Values of {', '.join(state.cut)} were too large for an answer: they end in “… [cut]”.")
    print(f"{file}: {state.rows:,} rows, complete, {state.bytes:,} bytes in {state.pages} pages, SHA-256 {digest.hexdigest()}")


def main():
    parser = argparse.ArgumentParser(description="Downloads all rows of a table.")
    parser.add_argument("address", help="the table's address, with filters, sort and columns where wanted")
    parser.add_argument("file", nargs="?", help="where they go; by default as the table is called")
    parser.add_argument("--format", choices=MEDIA_TYPES, default="csv")
    parser.add_argument("--size", default="10000", help="rows of a page; the server says its maximum")
    wanted = parser.parse_intermixed_args()
    if not wanted.address.startswith(("http://", "https://")):
        parser.error("The address must begin with http:// or https://.")
    try:
        download(wanted.address, wanted.file, wanted.format, wanted.size)
    except Failure as failure:
        say(f"\n{failure}")
        say("The file is incomplete. Run the same command again to continue.")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again to continue.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
