"""A function in Python's words, for the local gateway: it does what its path says, and answers with its event."""

import base64
import http.client
import json
import os
import signal
import sys
import time
from pathlib import Path

API = "/2018-06-01/runtime"


def answer(event):
    path, query = event["rawPath"], event["rawQueryString"]
    if path == "/answer":  # as the query says
        return json.loads(base64.urlsafe_b64decode(query))
    if path == "/large":
        return {"statusCode": 200, "body": "x" * int(query)}
    if path == "/crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if path == "/hang":
        time.sleep(3600)
    if path == "/meet":  # answers when another instance is here too
        Path(query, str(os.getpid())).touch()
        while len(os.listdir(query)) < 2:
            time.sleep(0.01)
    body = {"pid": os.getpid(), "event": event}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def main():
    if "--crash" in sys.argv:
        sys.exit("no way")
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"], timeout=None)
    while True:
        connection.request("GET", f"{API}/invocation/next")
        response = connection.getresponse()
        event, id = json.loads(response.read()), response.headers["Lambda-Runtime-Aws-Request-Id"]
        kind = "error" if event["rawPath"] == "/error" else "response"
        connection.request("POST", f"{API}/invocation/{id}/{kind}", json.dumps(answer(event)))
        connection.getresponse().read()
        if event["rawPath"] == "/worn-out":
            return


main()
