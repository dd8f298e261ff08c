"""Real servers for tests of the adapters: an application, `garrison waf serve` and `proxy`, Envoy and nginx."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

WORD = "attack"
INSERTED = "x-amzn-waf-seen"


def bundle(word: str = WORD, *, custom: dict[str, Any] | None = None) -> bytes:
    """A web ACL that blocks a word in the query and the body, and inserts a header into all else."""
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "words"}
    seen = {"CustomRequestHandling": {"InsertHeaders": [{"Name": "seen", "Value": word}]}}

    def holds(field: dict[str, Any]) -> dict[str, Any]:
        return {
            "ByteMatchStatement": {
                "FieldToMatch": field,
                "PositionalConstraint": "CONTAINS",
                "SearchString": b64encode(word.encode()).decode(),
                "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
            }
        }

    fields = [{"QueryString": {}}, {"Body": {"OversizeHandling": "CONTINUE"}}, {"SingleHeader": {"Name": "x-word"}}]
    rule = {
        "Name": "words",
        "Priority": 0,
        "Action": {"Block": {"CustomResponse": custom} if custom else {}},
        "VisibilityConfig": visibility,
        "Statement": {"OrStatement": {"Statements": [holds(field) for field in fields]}},
    }
    acl = {
        "Name": "shop",
        "ARN": "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1",
        "DefaultAction": {"Allow": seen},
        "VisibilityConfig": visibility,
        "Rules": [rule],
        "CustomResponseBodies": {"no": {"ContentType": "APPLICATION_JSON", "Content": '{"no":1}'}},
    }
    return json.dumps({"web_acl": acl, "digest": f"{word}-{custom}"}).encode()


def until(done: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := done():
                return found
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = self.headers.get("content-length")
        body = b""
        if length is not None:
            body = self.rfile.read(int(length))
        elif "chunked" in self.headers.get("transfer-encoding", ""):
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.server.seen += 1  # type: ignore[attr-defined]
        headers = [(name.lower(), value) for name, value in self.headers.items()]
        told = {"method": self.command, "target": self.path, "headers": headers, "body": body.decode("latin-1")}
        content = json.dumps(told).encode()
        self.send_response(200)
        if "chunked" in self.path:
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for at in range(0, len(content), 50):
                piece = content[at : at + 50]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        elif "until-end" in self.path:
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(content)
        else:
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_PATCH = _answer

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Application(ThreadingHTTPServer):
    """Tells what reached it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.seen = 0
        super().__init__(("127.0.0.1", 0), _Echo)
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class Told:
    """An answer through a front."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def seen(self) -> Any:
        """What reached the application."""
        assert self.status == 200, (self.status, self.body)
        return json.loads(self.body)

    def header(self, name: str) -> list[str]:
        """The values of a header as the application had them."""
        return [value for key, value in self.seen["headers"] if key == name]


def ask(port: int, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Told:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target, body, headers or {})
        return Told(connection.getresponse())
    finally:
        connection.close()


def raw(port: int, data: bytes, seconds: float = 5.0) -> bytes:
    """All that is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while piece := connection.recv(65536):
                found += piece
        except ConnectionResetError:
            pass
        return found


class Front:
    """`garrison waf serve` or `proxy`, running."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text()
        self.port = int(json.loads(line)["listen"].rpartition(":")[2])

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in path.read_text().split()]


@contextmanager
def garrison(folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Front]:
    """Run a command of `garrison waf` until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "front.log"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON_"))}
    command = [sys.executable, "-m", "garrison", "waf", *arguments, "--state", str(folder / "state"), "--json"]
    if "--listen" not in arguments:
        command += ["--listen", "127.0.0.1:0"]
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**own, **(environment or {}), "HOME": str(folder)},
        )
    try:
        yield Front(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def program(name: str) -> str:
    """The path of a program; where it is not there, the test is skipped."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def printed(kind: str, port: int, crash: str = "closed") -> str:
    """What `garrison waf serve --print-config` prints."""
    from typer.testing import CliRunner

    from garrison.cli.application import application

    arguments = ["waf", "serve", "--print-config", kind, "--listen", f"127.0.0.1:{port}", "--crash", crash]
    done = CliRunner().invoke(application(["waf"]), arguments)
    assert done.exit_code == 0, done.output
    return done.output


@contextmanager
def envoy(folder: Path, waf: int, application: int, crash: str = "closed") -> Iterator[int]:
    """Envoy with the printed configuration, its ports changed; gives its port."""
    command, port = program("envoy"), free_port()
    text = printed("envoy", waf, crash)
    text = text.replace("0.0.0.0, port_value: 8080", f"127.0.0.1, port_value: {port}")
    text = text.replace("port_value: 8000", f"port_value: {application}")
    path = folder / f"envoy-{port}.yaml"
    path.write_text(text)
    with (folder / "envoy.log").open("w") as log:
        process = subprocess.Popen(
            [command, "-c", str(path), "--use-dynamic-base-id", "--concurrency", "1", "--log-level", "warning"],
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: process.poll() is not None or socket.create_connection(("127.0.0.1", port), 1).close() is None)
        assert process.poll() is None, (folder / "envoy.log").read_text()
        yield port
    finally:
        process.kill()  # its own way to end takes seconds
        process.wait(20)


@contextmanager
def nginx(folder: Path, waf: int, application: int, kind: str = "nginx", crash: str = "closed") -> Iterator[int]:
    """nginx with the printed configuration, its ports changed and the inserted header's lines taken in; gives its port."""
    command, port = program("nginx"), free_port()
    text = printed(kind, waf, crash)
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8000", f"127.0.0.1:{application}")
    text = re.sub(r"# (set|auth_request_set|proxy_set_header)\b", r"\1", text)
    path = folder / f"nginx-{port}"
    path.mkdir(mode=0o777)
    folders = "".join(
        f"{name}_temp_path {path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"daemon off;\npid {path}/pid;\nerror_log {path}/error.log;\nworker_processes 1;\n"
    whole += f"events {{}}\nhttp {{\naccess_log off;\n{folders}{text}}}\n"
    if os.geteuid() == 0:
        whole = "user root;\n" + whole
    (path / "nginx.conf").write_text(whole)
    with (path / "out.log").open("w") as log:
        process = subprocess.Popen([command, "-c", str(path / "nginx.conf")], stdout=log, stderr=log)
    try:
        until(lambda: process.poll() is not None or socket.create_connection(("127.0.0.1", port), 1).close() is None)
        assert process.poll() is None, (path / "out.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(20)
