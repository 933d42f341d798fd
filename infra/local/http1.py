"""As much of HTTP/1.1 as the local gateway and its runtime API speak: reads requests, writes answers."""

import asyncio
import re
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
NO_TEXT = re.compile("[\x00-\x08\x0a-\x1f\x7f]")  # what RFC 9110 lets no header hold
LINGER_SECONDS = 1  # how long what a refused client still sends is read, so that it sees the answer and no reset


class Refused(Exception):
    """A request that is answered without looking further at it."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Request(NamedTuple):
    """A request as it came. Names of headers are in lower case."""

    method: str
    target: str
    headers: list
    body: bytes = b""
    version: str = "HTTP/1.1"

    def header(self, name):
        """The header's values, joined as if it had been sent once. Nothing where it is missing."""
        values = [value for each, value in self.headers if each == name]
        return ",".join(values) if values else None

    def keeps_alive(self):
        wishes = [wish.strip().lower() for wish in (self.header("connection") or "").split(",")]
        return "close" not in wishes and (self.version != "HTTP/1.0" or "keep-alive" in wishes)


def decoded(raw):
    """Clients send UTF-8 if they send more than ASCII. Whoever does not is shown letter by letter."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


async def read_request(reader, writer, most_head, most_body):
    """The next request of a connection, with its whole body. None at the connection's end."""
    head = await read_head(reader, most_head)
    if head is None:
        return None
    method, _, rest = head[0].partition(" ")
    target, _, version = rest.rpartition(" ")
    if not TOKEN.match(method) or not target or not version.startswith("HTTP/1."):
        raise Refused(400)
    headers = []
    for line in head[1:]:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.match(name) or NO_TEXT.search(value):
            raise Refused(400)
        headers.append((name.lower(), value.strip(" \t")))
    request = Request(method, target, headers, b"", version)
    return request._replace(body=await read_body(reader, writer, request, most_body))


async def read_head(reader, most):
    """The lines before the body: at most that many bytes."""
    lines, left = [], most
    while True:
        try:
            raw = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            if lines or error.partial.strip():
                raise Refused(400) from None
            return None
        except asyncio.LimitOverrunError:
            raise Refused(431 if lines else 414) from None
        left -= len(raw)
        if left < 0:
            raise Refused(431 if lines else 414)
        line = decoded(raw).rstrip("\r\n")
        if line:
            lines.append(line)
        elif lines:  # empty lines before a request are passed over
            return lines


async def read_body(reader, writer, request, most):
    coding, length = request.header("transfer-encoding"), request.header("content-length")
    if coding is None and length in (None, "0"):
        return b""
    if coding is not None and (length is not None or coding.lower() != "chunked"):
        raise Refused(400)
    if coding is None and not (length.isascii() and length.isdigit()):
        raise Refused(400)
    # Python reads no number of thousands of digits.
    if coding is None and (len(length.lstrip("0")) > len(str(most)) or int(length) > most):
        raise Refused(413)
    if (request.header("expect") or "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await (reader.readexactly(int(length)) if coding is None else read_chunks(reader, most))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        raise Refused(400) from None


async def read_chunks(reader, most):
    body = bytearray()
    while True:
        length = int((await reader.readuntil(b"\n")).split(b";")[0], 16)
        if length < 0:
            raise Refused(400)
        if len(body) + length > most:
            raise Refused(413)
        body += await reader.readexactly(length)
        if length == 0:
            break
        await reader.readuntil(b"\n")
    while (await reader.readuntil(b"\n")).strip():
        pass  # trailers
    return bytes(body)


async def write_answer(writer, status, headers, body, keep_alive=True, head_only=False):
    """Writes an answer. `headers`: pairs, without those that say where it ends."""
    has_body = status >= 200 and status not in (204, 304)
    # Of a HEAD only the function knows how long the body would be.
    if has_body and not head_only:
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        headers += [("Content-Length", str(len(body)))]
    headers += [("Date", formatdate(usegmt=True)), ("Connection", "keep-alive" if keep_alive else "close")]
    reason = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    lines = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join(lines + ["", ""]).encode())
    if has_body and not head_only:
        writer.write(body)
    await writer.drain()


async def linger(reader, writer):
    """Ends a connection on which more may be on its way."""
    if writer.can_write_eof():
        writer.write_eof()

    async def rest():
        while await reader.read(65536):
            pass

    try:
        await asyncio.wait_for(rest(), LINGER_SECONDS)
    except asyncio.TimeoutError:
        pass
