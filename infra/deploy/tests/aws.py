"""Doubles for the tests: AWS (moto, with what it lacks), an issuer of tokens with TLS, and a copy of the project to deploy from.

All of it is on 127.0.0.1, and in this process, so that tests can put it into any state.
"""

import datetime
import ipaddress
import json
import logging
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "infra/deploy"), str(ROOT / "infra/odbc-layer")]

import boto3
import pexpect
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from test_layer import library

REGION = "eu-central-1"
ACCOUNT = "123456789012"  # moto's
LOGIN = {"engine": "iris", "host": "iris.example.org", "port": 1972, "namespace": "USER", "username": "reader", "password": "s3cr3t",
         "tls": True}


class Aws:
    """moto's server, with an account's limits, and refusals of single actions."""

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
        self.denied = set()
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "SAM_CLI_TELEMETRY": "0",
            "AWS_EC2_METADATA_DISABLED": "true"}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, environ, start):
        action = environ.get("HTTP_X_AMZ_TARGET", "")
        if any(action.endswith(f".{each}") for each in self.denied):
            return self.say(start, "400 Bad Request", {"__type": "AccessDeniedException", "Message": "not authorized"})
        if environ["PATH_INFO"].rstrip("/").endswith("/account-settings"):
            return self.say(start, "200 OK", {"AccountLimit": self.limit})
        return self.moto(environ, start)

    @staticmethod
    def say(start, status, body):
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def client(self, service, region=REGION):
        return boto3.client(service, region_name=region, endpoint_url=self.url, aws_access_key_id="test", aws_secret_access_key="test")

    def secret(self, value=None):
        """The ARN of a new secret."""
        text = value if isinstance(value, str) else json.dumps(LOGIN | (value or {}))
        name = f"iris/reader{os.urandom(4).hex()}"
        return self.client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Issuer:
    """An issuer of tokens with a certificate of its own; `documents` are its answers by path."""

    def __init__(self, folder):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
                       .not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
                       .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
                       .sign(key, hashes.SHA256()))
        self.file = Path(folder, "issuer.pem")
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        documents = self.documents = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = documents.get(self.path)
                self.send_response(200 if found is not None else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode() if found is not None else b"")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.well()

    def well(self):
        self.documents.clear()
        self.documents["/.well-known/openid-configuration"] = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        self.documents["/keys"] = {"keys": [{"kty": "RSA", "kid": "1", "n": "AQAB", "e": "AQAB"}]}

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Project:
    """What a deployment is made from, in a folder of its own, with a made-up layer."""

    def __init__(self, environment, machine=183):
        self.folder = Path(tempfile.mkdtemp(prefix="iris-tables-deploy."))
        self.environment = environment | {"HOME": str(self.folder)}
        for name in ("template.yaml", "samconfig.toml"):
            shutil.copy(ROOT / name, self.folder)
        for name in ("infra/deploy", "infra/odbc-layer"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("test*", "__pycache__"))
        self.layer(machine)
        for function in (ROOT / "functions").iterdir():
            (self.folder / "functions" / function.name).mkdir(parents=True)
            (self.folder / "functions" / function.name / "bootstrap").write_text("not built")
        self.answers = self.folder / "deploy.toml"
        # Buckets in paths: a name of this machine has no names below it.
        (self.folder / ".aws").mkdir()
        (self.folder / ".aws/config").write_text("[default]\ns3 =\n  addressing_style = path\n")

    def layer(self, machine, names=("libirisodbcur6435.so", "irisconnect.so")):
        shutil.rmtree(self.folder / "target/layer", ignore_errors=True)
        (self.folder / "target/layer/lib").mkdir(parents=True)
        for name in names:
            (self.folder / "target/layer/lib" / name).write_bytes(library({"libc.so.6": []}, machine))

    def command(self, script, *given):
        return [sys.executable, "-B", str(self.folder / "infra/deploy" / script), *map(str, given)]

    def run(self, script, *given, **environment):
        """A script without a terminal."""
        return subprocess.run(self.command(script, *given), cwd=self.folder, env=self.environment | environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def at_terminal(self, script, *given):
        """A script before somebody who answers."""
        program, *more = self.command(script, *given)
        return pexpect.spawn(program, more, cwd=str(self.folder), env=self.environment, encoding="utf-8", timeout=60, dimensions=(50, 500))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
