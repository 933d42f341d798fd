"""The local gateway: what a function gets of a request, what a client gets of an answer, how instances come and go."""

import asyncio
import base64
import http.client
import json
import socket
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra/local"))
import functions
import instance
from gateway import MOST_HEAD, Gateway

FUNCTION = [sys.executable, str(Path(__file__).with_name("function.py"))]
PATIENCE = 40  # seconds, far beyond what anything here takes


class Local(unittest.IsolatedAsyncioTestCase):
    """A gateway over functions that answer with their events."""

    instances = 1

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it would tell of every pause of a busy machine
        self.said, self.gave_up = [], asyncio.get_running_loop().create_future()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.functions = {name: self.function(name, FUNCTION) for name in ("index", "table")}
        gateway = Gateway(self.functions, 9000)
        server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.addCleanup(server.close)
        self.pool = ThreadPoolExecutor(8)
        self.addCleanup(self.pool.shutdown)

    def function(self, name, command):
        function = functions.Function(name, command, {}, self.folder / f"{name}.log", self.instances, self.said.append,
                                      self.gave_up.set_result)
        self.addAsyncCleanup(function.end)
        return function

    async def in_thread(self, call, *arguments):
        return await asyncio.get_running_loop().run_in_executor(self.pool, call, *arguments)

    async def ask(self, target, method="GET", headers=(), body=None):
        """Response and body."""
        def call():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
            connection.close()
            return response, content
        return await self.in_thread(call)

    async def event(self, target, **more):
        response, body = await self.ask(target, **more)
        self.assertEqual(response.status, 200, body)
        return json.loads(body)["event"]

    async def bytes(self, request):
        """What comes back for these bytes, up to the connection's end."""
        def call():
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
                connection.sendall(request)
                return b"".join(iter(lambda: connection.recv(65536), b""))
        return await self.in_thread(call)

    async def answered(self, answer):
        return await self.ask("/answer?" + base64.urlsafe_b64encode(json.dumps(answer).encode()).decode())


class Requests(Local):
    async def test_paths_are_decoded_and_queries_are_not(self):
        for target, path, query in [
            ("/table/Odd.50%25%20R%26D%2FK%C3%B6ln%20%237?a=%20+%26&b", "/table/Odd.50% R&D/Köln #7", "a=%20+%26&b"),
            ("/table/What%3F?x=1", "/table/What", "x=1"),
            ("/table/%FF?", "/table/\ufffd", ""),
            ("//x?a?b", "//x", "a?b"),
            ("http://other.example/table/T?a=1", "/table/T", "a=1"),
        ]:
            event = await self.event(target)
            self.assertEqual((event["rawPath"], event["rawQueryString"]), (path, query))
            self.assertEqual(event["requestContext"]["http"]["path"], path)

    async def test_what_no_address_should_hold_goes_through(self):
        raw = b'GET /table/A B?x="<> \xc3\xb6 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
        event = json.loads((await self.bytes(raw)).partition(b"\r\n\r\n")[2])["event"]
        self.assertEqual((event["rawPath"], event["rawQueryString"]), ("/table/A B", 'x="<> ö'))

    async def test_each_function_has_its_addresses(self):
        for target, route in [("/", "$default"), ("/table", "$default"), ("/table/", "$default"), ("/x/table/T", "$default"),
                              ("/table/T", "ANY /table/{path+}"), ("/table/T/row?a=1", "ANY /table/{path+}")]:
            event = await self.event(target)
            self.assertEqual(event["routeKey"], route, target)
        self.assertEqual(event["pathParameters"], {"path": "T/row"})
        self.assertEqual({name for name, function in self.functions.items() if function.instances}, {"index", "table"})

    async def test_headers_are_lower_case_joined_and_without_cookies(self):
        event = await self.event("/", headers=[("Accept", "a"), ("X-One", "ö".encode()), ("ACCEPT", "b;q=0.5"), ("TE", "x"),
                                               ("Cookie", "a=1; b=2"), ("cookie", "c=3"), ("If-None-Match", '"x"')])
        headers = event["headers"]
        self.assertEqual(headers["accept"], "a,b;q=0.5")
        self.assertEqual((headers["x-one"], headers["if-none-match"]), ("ö", '"x"'))
        self.assertEqual(event["cookies"], ["a=1", "b=2", "c=3"])
        self.assertFalse({"cookie", "te", "connection", "Accept"} & headers.keys())
        self.assertEqual(headers["x-forwarded-for"], "127.0.0.1")

    async def test_the_event_has_the_parts_of_a_recorded_one(self):
        recorded = json.loads((ROOT / "events/table-post.json").read_text())
        event = await self.event("/table/Bank.Account", method="POST", body=b'{"ID":1}', headers=[
            ("Content-Type", "application/json"), ("User-Agent", "axios/1.13.5")])
        self.assertEqual(event.keys(), recorded.keys())
        self.assertEqual(event["requestContext"].keys(), recorded["requestContext"].keys())
        self.assertEqual(event["requestContext"]["http"].keys(), recorded["requestContext"]["http"].keys())
        for name in ("version", "routeKey", "rawPath", "rawQueryString", "body", "isBase64Encoded", "pathParameters"):
            self.assertEqual(event[name], recorded[name])

    async def test_bodies_come_whole(self):
        binary = bytes(range(256)) * 4_000
        event = await self.event("/", method="POST", body=binary)
        self.assertTrue(event["isBase64Encoded"])
        self.assertEqual(base64.b64decode(event["body"]), binary)
        chunked = (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n"
                   b"Connection: close\r\n\r\n3\r\nZo\xc3\r\n1;x=y\r\n\xab\r\n0\r\nTrailer: t\r\n\r\n")
        event = json.loads((await self.bytes(chunked)).partition(b"\r\n\r\n")[2])["event"]
        self.assertEqual((event["body"], event["headers"]["content-length"]), ("Zoë", "4"))

    async def test_a_connection_takes_one_request_after_the_other(self):
        both = await self.bytes(b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /2 HTTP/1.0\r\n\r\n")
        self.assertEqual(both.count(b"HTTP/1.1 200 OK"), 2)
        self.assertIn(b'"rawPath": "/2"', both)

    async def test_too_much_or_no_http_is_refused(self):
        long = b"x" * MOST_HEAD
        for request, status in [
            (b"GET /?" + long + b" HTTP/1.1\r\n\r\n", 414),
            (b"GET /?" + long * 100 + b" HTTP/1.1\r\n\r\n", 414),
            (b"GET / HTTP/1.1\r\nA: " + long + b"\r\n\r\n", 431),
            (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 2_000 + b"\r\n", 431),
            (b"POST / HTTP/1.1\r\nContent-Length: 10000001\r\n\r\n", 413),
            (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n", 413),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nNo header\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 400),
            (b"Hello\r\n\r\n", 400),
            (b"OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        ]:
            answer = await self.bytes(request)
            self.assertTrue(answer.startswith(f"HTTP/1.1 {status} ".encode()), (request[:60], answer[:100]))
            self.assertIn("message", json.loads(answer.partition(b"\r\n\r\n")[2]))
        await self.event("/?" + "x" * (MOST_HEAD - 200))


class Answers(Local):
    async def test_status_headers_cookies_and_body_are_the_functions(self):
        response, body = await self.answered({
            "statusCode": 404, "headers": {"x-a": "ö", "Content-Type": "text/csv"},
            "multiValueHeaders": {"x-a": ["ö"], "x-b": ["1", "2"]}, "cookies": ["a=1; Secure", "b=2"], "body": base64.b64encode(b"\x1f\x8b\0").decode(),
            "isBase64Encoded": True})
        self.assertEqual((response.status, body), (404, b"\x1f\x8b\0"))
        self.assertEqual(response.headers.get_all("x-b"), ["1", "2"])
        self.assertEqual(response.headers.get_all("set-cookie"), ["a=1; Secure", "b=2"])
        self.assertEqual(response.headers.get_all("x-a"), ["ö".encode().decode("latin-1")])
        self.assertEqual(response.headers["content-length"], "3")

    async def test_answers_without_a_body_have_none(self):
        raw = await self.bytes(b"HEAD /table/T HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        head, _, body = raw.partition(b"\r\n\r\n")
        self.assertNotIn(b"content-length: 0", head.lower())
        self.assertEqual(body, b"")
        for status in (204, 304):
            response, body = await self.answered({"statusCode": status, "headers": {"etag": '"x"'}})
            self.assertEqual((response.status, response.headers["content-length"], body), (status, None, b""))

    async def test_as_much_as_lambda_takes_comes_whole_and_more_is_502(self):
        for size in (6_200_000, 6_291_556, 6_400_000, 30_000_000):
            response, body = await self.ask(f"/large?{size}")
            if size == 6_200_000:
                self.assertEqual((response.status, body), (200, b"x" * size))
            else:
                self.assertEqual(response.status, 502)
        await self.event("/")

    async def test_an_answer_that_is_none_is_502(self):
        for answer in [{}, "text", {"statusCode": "200"}, {"statusCode": 200, "body": 7}, {"statusCode": 700},
                       {"statusCode": 200, "headers": {"x": "a\r\nb: c"}}, {"statusCode": 200, "headers": {"x": "\ud800"}},
                       {"statusCode": 200, "body": "\ud800"},
                       {"statusCode": 200, "body": "?", "isBase64Encoded": True}]:
            response, _ = await self.answered(answer)
            self.assertEqual(response.status, 502, answer)

    async def test_an_error_is_500(self):
        response, body = await self.ask("/error")
        self.assertEqual((response.status, json.loads(body)), (500, {"message": "Internal Server Error"}))


class Instances(Local):
    instances = 2

    async def test_an_instance_answers_one_at_a_time_and_another_comes_while_requests_wait(self):
        await self.event("/")
        self.assertEqual(len(self.functions["index"].instances), 1)
        meeting = self.folder / "meeting"
        meeting.mkdir()
        answers = await asyncio.gather(*(self.ask(f"/meet?{meeting}") for _ in range(5)))
        self.assertEqual({response.status for response, _ in answers}, {200})
        self.assertEqual(len({json.loads(body)["pid"] for _, body in answers}), 2)

    async def test_a_worn_out_instance_is_replaced(self):
        first, second = await self.ask("/worn-out"), await self.ask("/")
        self.assertNotEqual(json.loads(first[1])["pid"], json.loads(second[1])["pid"])
        self.assertEqual(len(self.said), 1)
        self.assertIn("index has ended by itself", self.said[0])

    async def test_a_crash_is_500_and_told_and_the_next_request_works(self):
        for _ in range(functions.MOST_CRASHES + 1):  # by its requests, so it goes on for ever
            response, _ = await self.ask("/crash")
            self.assertEqual(response.status, 500)
        await self.event("/")
        self.assertEqual(len(self.said), functions.MOST_CRASHES + 1)
        self.assertIn("index has crashed (signal SIGKILL)", self.said[0])
        self.assertFalse(self.gave_up.done())

    async def test_what_takes_too_long_is_504_and_ended(self):
        with mock.patch.object(functions, "TIME_LIMIT", 1):
            response, _ = await self.ask("/hang")
        self.assertEqual(response.status, 504)
        await self.event("/")
        self.assertIn("index took longer than", self.said[0])

    async def test_a_function_that_never_starts_is_given_up(self):
        for ready, crashes in [(False, 1), (True, functions.MOST_CRASHES)]:
            self.gave_up = asyncio.get_running_loop().create_future()
            self.said.clear()
            function = self.function("broken", [*FUNCTION, "--crash"])
            if ready:
                function.ready.set()
            function.start()
            why = await asyncio.wait_for(self.gave_up, PATIENCE)
            self.assertIn("broken has crashed (exit code 1) and does not start", why)
            self.assertEqual(sum("crashed" in line for line in self.said), crashes - 1)
            self.assertIn("broken: no way", self.said)


class Lines(unittest.TestCase):
    def test_warnings_are_shown_in_words(self):
        for record, shown in [
            ({"level": "WARN", "message": "this file is left out", "file": "/a/main.db", "reason": "no"},
             "this file is left out (file=/a/main.db): no"),
            ({"level": "ERROR", "message": "The function stops", "reason": "PORT"}, "The function stops: PORT"),
            ({"level": "ERROR", "message": "request", "status": 503, "db_ms": 3, "log": "gone"},
             "request (status=503): gone"),
            ({"level": "INFO", "message": "request"}, ""),
        ]:
            self.assertEqual(instance.readable(json.dumps({"timestamp": "t", **record})), shown)
        self.assertEqual(instance.readable("thread 'main' panicked\n"), "thread 'main' panicked")


if __name__ == "__main__":
    unittest.main()
