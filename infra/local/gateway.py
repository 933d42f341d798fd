"""API Gateway's part of `make run`: HTTP requests become events of an HTTP API (payload format 2.0), answers HTTP again.

What it does to a request is what the events in events/ show: the path is percent-decoded and cut at a decoded `?`, the
query stays as the client wrote it, names of headers are in lower case, repeated headers are joined by commas.
"""

import asyncio
import base64
import json
import re
import secrets
import time
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote_to_bytes

from http1 import Refused, Request, linger, read_request, write_answer

MOST_HEAD = 10_240  # bytes of request line and headers
MOST_BODY = 10_000_000  # bytes of a request's body
IDLE_SECONDS = 75  # how long a connection may rest between two requests
# Said to the next hop only; what comes in here ends here.
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
TEXT = re.compile(r"text/|application/(json|xml|javascript)\b", re.IGNORECASE)


class Gateway:
    """The HTTP side: which function answers what, and in which words it is asked."""

    def __init__(self, functions, port):
        self.functions = functions  # "index" and "table"
        self.port = port

    async def serve(self, reader, writer):
        """A client's connection: one request after the other."""
        address = (writer.get_extra_info("peername") or ["127.0.0.1"])[0]
        try:
            while await self.exchange(reader, writer, address):
                pass
        except (OSError, asyncio.TimeoutError, asyncio.CancelledError):
            pass  # the client has gone, or rests, or we end
        finally:
            writer.close()

    async def exchange(self, reader, writer, address):
        """Reads a request and answers it. False where the connection ends with it."""
        try:
            reading = read_request(reader, writer, MOST_HEAD, MOST_BODY)
            request = await asyncio.wait_for(reading, IDLE_SECONDS)
        except Refused as refused:
            await write_answer(writer, *message(refused.status), keep_alive=False)
            await linger(reader, writer)
            return False
        if request is None:
            return False
        keep_alive = request.keeps_alive()
        answer = await self.answer(request, address)
        await write_answer(writer, *answer, keep_alive=keep_alive, head_only=request.method == "HEAD")
        return keep_alive

    async def answer(self, request, address="127.0.0.1"):
        """Status, headers and body of the function's answer."""
        path, _, query = request.target.partition("?")
        scheme, found, rest = path.partition("://")
        if found and scheme.lower() in ("http", "https"):  # as a client writes that takes us for a proxy
            path = "/" + rest.partition("/")[2]
        if not path.startswith("/"):
            return message(400)
        path = unquote_to_bytes(path).decode(errors="replace").partition("?")[0]
        is_table = path.startswith("/table/") and path != "/table/"
        event = self.event(request, address, path, query, is_table)
        try:
            return read_answer(await self.functions["table" if is_table else "index"].invoke(event))
        except Refused as refused:
            return message(refused.status)

    def event(self, request, address, path, query, is_table):
        """The event as Lambda hands it to a function."""
        now = time.time()
        headers = {"content-length": str(len(request.body))}
        for name in dict(request.headers):
            if name not in HOP_BY_HOP and name not in ("cookie", "content-length"):
                headers[name] = request.header(name)
        forwarded = headers.get("x-forwarded-for")
        headers["x-forwarded-for"] = f"{forwarded}, {address}" if forwarded else address
        headers.update({"x-forwarded-port": str(self.port), "x-forwarded-proto": "http"})
        cookies = [one.strip() for name, all in request.headers if name == "cookie" for one in all.split(";")]
        domain = headers.get("host", "localhost")
        route = "ANY /table/{path+}" if is_table else "$default"
        event = {
            "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": query, "headers": headers,
            "requestContext": {
                "accountId": "anonymous", "apiId": "local", "domainName": domain, "domainPrefix": domain.split(".")[0],
                "http": {"method": request.method, "path": path, "protocol": request.version, "sourceIp": address,
                         "userAgent": headers.get("user-agent", "")},
                "requestId": secrets.token_urlsafe(11) + "=", "routeKey": route, "stage": "$default",
                "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)), "timeEpoch": int(now * 1000),
            },
            "isBase64Encoded": False,
        }
        if cookies:
            event["cookies"] = cookies
        if is_table:
            event["pathParameters"] = {"path": path[len("/table/"):]}
        parameters = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
        if parameters:
            event["queryStringParameters"] = parameters
        if request.body:
            event["body"], event["isBase64Encoded"] = body_of_event(request)
        return event


def body_of_event(request):
    """The body and whether it is base64: what its type does not call text is."""
    if TEXT.match(request.header("content-type") or ""):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), True


def read_answer(raw):
    """Status, headers and body from what a function has answered."""
    try:
        answer = json.loads(raw)
        status, body = answer["statusCode"], answer.get("body") or ""
        headers = list((answer.get("headers") or {}).items())
        headers += [(name, value) for name, values in (answer.get("multiValueHeaders") or {}).items()
                    for value in values if (name, value) not in headers]
        headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or []]
        if not 200 <= status <= 599 or any(set("\r\n\0") & set(f"{name}{value}") for name, value in headers):
            return message(502)
        headers = [(name, str(value)) for name, value in headers if name.lower() not in HOP_BY_HOP]
        "".join(name + value for name, value in headers).encode()  # fails where half a letter stands in it
        body = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
        return status, headers, body
    except (ValueError, TypeError, KeyError, AttributeError):
        return message(502)


def message(status):
    """An answer of the gateway's own."""
    return status, [("Content-Type", "application/json")], json.dumps({"message": HTTPStatus(status).phrase}).encode()


def get(path):
    """A request of our own."""
    return Request("GET", path, [("host", "localhost"), ("accept", "application/json")])
