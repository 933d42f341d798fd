#!/usr/bin/env python3
"""Asks a running iris-tables for a little of everything: `smoke.py ADDRESS`, also as `make smoke ADDRESS=https://…`.

TOKEN in the environment goes with each request (Access=jwt), SIGN=REGION signs them with AWS' keys (Access=iam). Each check is a
line; one that fails says what was found, and what to do where that is known.
"""

import csv
import gzip
import http.client
import io
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

SECONDS = 35  # more than the 30 after which API Gateway gives up
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip"}
OURS = "urn:iris-tables:problem:"


class Wrong(Exception):
    """One sentence: what a check has found."""


class Skipped(Exception):
    """Why a check cannot run here."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        self.body = gzip.decompress(body) if body and headers.get("Content-Encoding") == "gzip" else body

    @property
    def problem(self):
        """The name of one of our errors; empty where it is none of ours."""
        try:
            kind = str(json.loads(self.body).get("type", ""))
        except (ValueError, AttributeError):
            return ""
        return kind.removeprefix(OURS) if kind.startswith(OURS) else ""

    def needs(self, status, what):
        if self.status == status:
            return self
        if self.status == 503 and not self.problem and "Retry-After" not in self.headers:
            raise Wrong(f"{what}: 503 from the gateway. The function has fewer instances than requests at once (TableInstances, "
                        "IndexInstances), or could not start: look at its log.")
        if self.status == 429 and not self.problem:
            raise Wrong(f"{what}: 429 from the gateway. RequestsPerSecond or RequestsAtOnce is too low, or the account's limit.")
        said = self.problem or self.body[:200].decode(errors="replace").strip()
        raise Wrong(f"{what}: {self.status} in place of {status} ({said or 'no body'}).")


class Site:
    """The site at an address, asked over a new connection each time."""

    def __init__(self, address):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SystemExit(f"ADDRESS={address} is no address: write it as https://…, the output Address of the deployment.")
        self.secure, self.host = parts.scheme == "https", parts.netloc
        self.token, self.region = os.environ.get("TOKEN"), os.environ.get("SIGN")
        self.first = None

    def get(self, path, method="GET", anonymous=False, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if not anonymous:
            headers |= self.proof(method, path)
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, timeout=SECONDS)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except OSError as error:
            raise Wrong(f"{path} is not answered ({error}).") from None
        finally:
            connection.close()

    def proof(self, method, path):
        """The headers that say who asks."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if not self.region:
            return {}
        try:
            from botocore.auth import SigV4Auth
            from botocore.awsrequest import AWSRequest
            from botocore.session import Session
        except ImportError:
            raise SystemExit("To sign needs SAM's Python packages: run infra/local/setup.sh test-deploy first.") from None
        keys = Session().get_credentials()
        if keys is None:
            raise SystemExit("There are no AWS keys to sign with: put them into the environment.")
        request = AWSRequest(method, f"https://{self.host}{path}")
        SigV4Auth(keys, "execute-api", self.region).add_auth(request)
        return dict(request.headers)

    def table(self):
        """The address of the first published table."""
        if self.first is None:
            tables = json.loads(self.get("/").needs(200, "the list of tables").body)["tables"]
            if not tables:
                raise Wrong("No table is published: look at PublishedTables, and at what the database's user may read.")
            self.first = f"{tables[0]['schema']}.{tables[0]['name']}"
        return "/table/" + quote(self.first, safe="")


def sign_in(site):
    """people are sent to sign in, where Access=login"""
    answer = site.get("/", anonymous=True, **BROWSER)
    where = answer.headers.get("Location", "")
    if not (answer.status in (302, 303) and urlsplit(where).path == "/login"):
        raise Skipped("people are not asked to sign in here")
    onward = site.get(where, anonymous=True, **BROWSER)
    if onward.status not in (302, 303) or not urlsplit(onward.headers.get("Location", "")).hostname:
        raise Wrong(f"/login answers {onward.status} and does not lead to the provider's page.")
    return f"to {urlsplit(onward.headers['Location']).hostname}"


def admitted(site):
    """these requests are let in"""
    answer = site.get("/", Accept="application/json")
    if answer.status in (401, 403):
        raise Wrong(f"{answer.status}: say who you are. With Access=jwt or login add TOKEN=…, with Access=iam SIGN=REGION and AWS' keys.")


def deep_health(site):
    """secret, database and its user's rights"""
    answer = site.get("/health?deep=1")
    if answer.problem == "user-can-write":
        raise Wrong("The database's user can write: take its rights to write away (infra/grants.sql).")
    answer.needs(200, "/health?deep=1")
    left_out = json.loads(answer.body).get("unreadable", [])
    return f"but {len(left_out)} unreadable: {left_out[0]}" if left_out else ""


def page_with_files(site):
    """a page, and all of its files at once as a browser asks for them"""
    path = site.table()
    page = site.get(path, **BROWSER).needs(200, "the page")
    if not page.headers.get("Content-Type", "").startswith("text/html"):
        raise Wrong(f"The page is {page.headers.get('Content-Type')}, not HTML.")
    found = re.findall(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"', page.body.decode())
    files = sorted({urljoin(path, unescape(each)) for each in found if "/static/" in unescape(each) or each.endswith((".css", ".js"))})
    if not files:
        raise Wrong("The page names no style and no script.")
    with ThreadPoolExecutor(len(files)) as pool:
        answers = list(pool.map(lambda each: site.get(each, anonymous=True, Accept_Encoding="gzip"), files))
    for file, answer in zip(files, answers):
        answer.needs(200, file)
        if not answer.body:
            raise Wrong(f"{file} is empty.")
    return f"{len(files)} files"


def head(site):
    """HEAD has the headers of GET"""
    path = site.table()
    answer, whole = site.get(path, method="HEAD").needs(200, "HEAD"), site.get(path).needs(200, "GET")
    for name in ("ETag", "Content-Type"):
        if answer.headers.get(name) != whole.headers.get(name):
            raise Wrong(f"{name} is {answer.headers.get(name)} for HEAD, and {whole.headers.get(name)} for GET.")


def compressed(site):
    """a page comes compressed to those who can read that"""
    answer = site.get(site.table(), **BROWSER).needs(200, "the page")
    if answer.headers.get("Content-Encoding") != "gzip":
        raise Wrong("The page is not compressed, though gzip was allowed.")
    plain = site.get(site.table(), Accept=BROWSER["Accept"], Accept_Encoding="identity").needs(200, "the page")
    if "Content-Encoding" in plain.headers:
        raise Wrong("The page is compressed, though that was not allowed.")
    return f"{len(answer.raw):,} of {len(answer.body):,} bytes"


def encoded(site):
    """a table is found by its name with each character encoded"""
    plain = site.get(f"{site.table()}?_size=1").needs(200, "the table")
    every = "".join(f"%{byte:02X}" for byte in site.first.encode())
    other = site.get(f"/table/{every}?_size=1").needs(200, "the same with an encoded path")
    if other.body != plain.body:
        raise Wrong("The encoded path gives other rows.")


def as_csv(site):
    """CSV has the columns of JSON"""
    page = json.loads(site.get(f"{site.table()}?_size=3&_format=json").needs(200, "JSON").body)
    answer = site.get(f"{site.table()}?_size=3&_format=csv").needs(200, "CSV")
    if not answer.headers.get("Content-Type", "").startswith("text/csv"):
        raise Wrong(f"CSV comes as {answer.headers.get('Content-Type')}.")
    lines = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    columns = [each["name"] for each in page["columns"]]
    if not lines or lines[0] != columns or len(lines) != 1 + len(page["rows"]):
        raise Wrong(f"CSV has {len(lines)} lines that do not fit the {len(page['rows'])} rows of JSON.")
    return f"{len(page['rows'])} rows"


def unknown(site):
    """an unknown address is our error, not the gateway's"""
    answer = site.get("/no/such/address").needs(404, "/no/such/address")
    if answer.problem != "unknown-address":
        raise Wrong(f"The 404 is not ours: {answer.body[:200].decode(errors='replace')}")


CHECKS = [sign_in, admitted, deep_health, page_with_files, head, compressed, encoded, as_csv, unknown]


def main():
    if len(sys.argv) != 2 or not sys.argv[1]:
        return "Say which address: make smoke ADDRESS=https://…, the output Address of the deployment."
    site, failed = Site(sys.argv[1]), 0
    for check in CHECKS:
        try:
            more = check(site)
            print(f"ok       {check.__doc__}{f' ({more})' if more else ''}")
        except Skipped as reason:
            print(f"SKIPPED  {check.__doc__}: {reason}")
        except (Wrong, ValueError, KeyError, http.client.HTTPException) as error:
            failed += 1
            print(f"FAILED   {check.__doc__}: {error}")
            if check is admitted:
                break
    if failed:
        return f"{failed} of {len(CHECKS)} failed."
    print("All is well.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
