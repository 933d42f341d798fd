"""What `make test-sam` runs on: Docker, PostgreSQL and a Secrets Manager on this machine.

The containers reach them over Docker's bridge.
"""

import gzip
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target/test-sam"
IMAGE = "iris-tables-test-base"
PASSWORD = "p@ss;w'ord %41"  # with characters that break careless connection strings
DRIVER = "psqlodbca.so"


class Skipped(Exception):
    """Docker cannot run here: why."""


def until(what, attempt, seconds=60):
    """Waits until `attempt` returns something other than None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = attempt()
        if result is not None:
            return result
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def done(*command, **settings):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **settings)
    if result.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: {result.stderr or result.stdout}")
    return result.stdout


def library_folder(driver, folder):
    """One of Debian's ODBC drivers with the libraries that it needs."""
    folder.mkdir(parents=True)
    driver = next(Path("/usr/lib").glob(f"*/odbc/{driver}"))
    shutil.copy(driver, folder)
    for line in done("ldd", driver).splitlines():
        words = line.split()
        # The image has the C library itself.
        if "=>" in words and not words[0].startswith(("libc.", "libm.", "libdl.", "libpthread.", "libresolv.", "ld-")):
            shutil.copy(words[2], folder / words[0])


def emulated(layer, variables):
    """template.yaml with what `make build` has built, this layer, and settings that only an emulator needs."""
    text = yaml_parse((ROOT / "template.yaml").read_text())
    for name in ("Table", "Index", "Site"):
        function = text["Resources"][f"{name}Function"]
        del function["Metadata"]["BuildMethod"]
        function["Properties"]["CodeUri"] = str(ROOT / "target/lambda" / name.lower())
        function["Properties"]["Events"] = events(text["Resources"], name)
    text["Resources"]["DriverLayer"]["Properties"]["ContentUri"] = str(layer)
    # One object, which both functions with a database refer to.
    text["Resources"]["TableFunction"]["Properties"]["Environment"]["Variables"].update(variables)
    path = WORK / "template.json"
    path.write_text(json.dumps(text, default=str))
    return path


def events(resources, function):
    """The template's routes to a function, in the only form that the emulator reads."""
    found = {}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::ApiGatewayV2::Route" and f"${{{function}Integration}}" in str(resource["Properties"]["Target"]):
            method, _, path = resource["Properties"]["RouteKey"].partition(" ")
            found[name] = {"Type": "HttpApi", "Properties": {"Method": method, "Path": path} if path else {}}
    assert found, f"no route leads to {function}"
    return found


def sam_command(action, template, parameters):
    """`sam local ACTION` in the local image, without pulling another."""
    machine = "x86_64" if os.uname().machine == "x86_64" else "arm64"
    given = " ".join(f"{name}={value}" for name, value in {"Architecture": machine, **parameters}.items())
    return [Path(sys.executable).parent / "sam", "local", action, "--template", template, "--skip-pull-image", "--invoke-image", IMAGE,
            "--layer-cache-basedir", WORK / "layers", "--parameter-overrides", given]


def sam_environment():
    # SAM would check given keys with AWS; without any, it passes made-up ones to the functions.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return environment | {"SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1",
                          "HOME": str(WORK)}


class Api:
    """`sam local start-api` over a stand, ready for requests."""

    def __init__(self, stand, template, parameters):
        assert all((ROOT / f"target/lambda/{name}/bootstrap").is_file() for name in ("table", "index", "site")), "make build has not run"
        self.log = WORK / "start-api.log"
        self.port = free_port("127.0.0.1")
        command = [*sam_command("start-api", template, parameters), "--warm-containers", "EAGER", "--port", self.port]
        process = stand.start("start-api", command, sam_environment())

        def listens():
            assert process.poll() is None, self.log.read_text(errors="replace")
            try:
                return True if self.get("/health")[0].status == 200 else None
            except OSError:
                return None

        until("sam local start-api", listens, 180)

    def get(self, path, method="GET", **headers):
        """The answer, and its body decoded; `Accept_Encoding` stands for `Accept-Encoding`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        return answer, gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


class Stand:
    """All of it. `close` ends only what was started here."""

    def __init__(self, parts=("docker", "layer", "postgres", "moto")):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        self.ends = []
        try:
            for part in parts:
                getattr(self, f"start_{part}")()
        except BaseException:
            self.close()
            raise

    def close(self):
        while self.ends:
            self.ends.pop()()

    def start(self, name, command, environment=None):
        """A process with its own log, ended with all that it started."""
        log = open(WORK / f"{name}.log", "wb")
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, env=environment, cwd=WORK)

        def end():
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=30)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()
            log.close()

        self.ends.append(end)
        return process

    def start_docker(self):
        self.have_docker()
        # Docker names no gateway before the first container has run.
        found = done("docker", "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").strip()
        self.bridge = found if found[:1].isdigit() else "172.17.0.1"
        done(ROOT / "infra/deploy/base-image.sh", IMAGE)

    def have_docker(self):
        if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0:
            return
        if not shutil.which("dockerd") or os.geteuid() != 0:
            raise Skipped("no Docker daemon answers, and none can be started (it needs dockerd and root)")
        daemon = self.start("dockerd", ["dockerd"])

        def answers():
            if daemon.poll() is not None:
                last = (WORK / "dockerd.log").read_text(errors="replace").strip().splitlines()[-1:]
                raise Skipped(f"dockerd ends at once: {' '.join(last)}")
            return True if subprocess.run(["docker", "info"], capture_output=True).returncode == 0 else None

        until("dockerd", answers)

    def start_layer(self):
        """A layer with the PostgreSQL driver under the name of the one for IRIS."""
        library_folder(DRIVER, WORK / "layer/lib")

    def start_postgres(self):
        programs = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: float(path.name)) / "bin"
        folder = Path(tempfile.mkdtemp(prefix="iris-tables-postgres."))
        self.ends.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        self.postgres_port = free_port(self.bridge)
        owner = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            owner = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        (folder / "password").write_text(PASSWORD)
        done(*owner, programs / "initdb", "-D", folder / "data", "--username", "owner", "--encoding", "UTF8", "--locale", "C.UTF-8",
             "--auth", "scram-sha-256", "--pwfile", folder / "password", "--no-sync", cwd="/")
        with open(folder / "data/pg_hba.conf", "a") as access:
            # It listens on the bridge only, but this machine may connect from any of its addresses.
            access.write("host all all all scram-sha-256\n")
        options = f"-c listen_addresses={self.bridge} -p {self.postgres_port} -c unix_socket_directories='' -c fsync=off"
        control = [*map(str, owner), str(programs / "pg_ctl"), "-D", str(folder / "data")]
        self.ends.append(lambda: subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, cwd="/"))
        # The server inherits open files: with a pipe, reading would never end.
        subprocess.run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        psql = [programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.bridge, "-p", self.postgres_port, "-U", "owner",
                "-d", "postgres"]
        owner = {**os.environ, "PGPASSWORD": PASSWORD}
        done(*psql, "-f", ROOT / "infra/deploy/test_sam.sql", env=owner)
        _, _, grants = (ROOT / "infra/grants.sql").read_text().partition("\n-- ==== PostgreSQL")
        grants = grants.partition("\n")[2]
        settings = {"reader": "reader", "password": PASSWORD, "schema": "Bank", "connections": 20}
        done(*psql, *(word for pair in settings.items() for word in ("-v", "=".join(map(str, pair)))), env=owner, input=grants)

    def start_moto(self):
        port = free_port(self.bridge)
        self.secrets = f"http://{self.bridge}:{port}"
        self.start("moto", [Path(sys.executable).parent / "moto_server", "-H", self.bridge, "-p", port])

        def call(action, arguments):
            request = urllib.request.Request(self.secrets, json.dumps(arguments).encode(), {
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"secretsmanager.{action}",
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260701/us-east-1/secretsmanager/aws4_request, "
                                 "SignedHeaders=host, Signature=0"})
            try:
                return json.load(urllib.request.urlopen(request, timeout=10))
            except OSError:
                return None

        secret = {"engine": "postgres", "host": self.bridge, "port": self.postgres_port, "dbname": "postgres", "username": "reader",
                  "password": PASSWORD, "tls": False}
        self.secret_arn = until("moto_server", lambda: call("CreateSecret", {
            "Name": "iris-tables/reader", "SecretString": json.dumps(secret)}))["ARN"]
