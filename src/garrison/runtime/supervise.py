"""The server as its supervisor sees it: start the processes, wait until a signed call succeeds, watch, stop."""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import signal
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from garrison import codec
from garrison.errors import OperatorError
from garrison.runtime.home import Home, write_private, write_profile
from garrison.runtime.processes import Child
from garrison.settings import Settings

_READY_SECONDS = 60.0
_TEND_SECONDS = 0.1


class Server:
    """A running server: gateway and background process, started again when they die."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = Home(settings.home_path)
        self.home.run.mkdir(mode=0o700, exist_ok=True)
        self._lock = _lock(self.home)
        port = settings.port or free_port(settings.bind)
        _check_port(settings.bind, port)
        scheme = "https" if settings.uses_tls else "http"
        host = "127.0.0.1" if settings.bind in ("0.0.0.0", "::") else settings.bind
        self.endpoint = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        environment = dict(os.environ) | {
            "GARRISON_HOME": str(self.home.path),
            "GARRISON_BIND": settings.bind,
            "GARRISON_PORT": str(port),
            "GARRISON_TLS": "true" if settings.tls else "false",
            "GARRISON_WORKERS": str(settings.workers),
        }
        self._children = [
            Child("gateway", [sys.executable, "-m", "garrison.gateway.serve"], environment),
            Child("background", [sys.executable, "-m", "garrison.runtime.background"], environment),
        ]
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the processes and wait until a signed GetCallerIdentity has succeeded; raises `OperatorError`."""
        write_profile(self.home, self.endpoint, self.settings.region)
        for child in self._children:
            child.start()
        try:
            wait_until_ready(self.home, self.endpoint, self._children)
        except BaseException:
            self.stop()
            raise
        write_private(
            self.home.address_file,
            codec.encode(
                {
                    "endpoint": self.endpoint,
                    "supervisor": os.getpid(),
                    "processes": {child.name: child.process.pid for child in self._children if child.process},
                }
            ).decode(),
        )

    def watch(self) -> None:
        """Keep the processes alive until a signal or `stop`."""

        def on_signal(number: int, frame: FrameType | None) -> None:
            self._stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, on_signal)
        while not self._stopping.wait(_TEND_SECONDS):
            for child in self._children:
                child.tend()

    def stop(self) -> None:
        """Stop gracefully: the gateway first, so that the background process can still sequence its last events."""
        for child in self._children:
            child.stop(self.settings.stop_timeout_seconds + 2)
        self.home.address_file.unlink(missing_ok=True)
        self._lock.close()


def wait_until_ready(home: Home, endpoint: str, children: list[Child]) -> None:
    """Wait for the endpoint's health and one signed call; raises `OperatorError` naming one cause."""
    deadline = time.monotonic() + _READY_SECONDS
    cause = "it did not answer"
    while time.monotonic() < deadline:
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                raise OperatorError(
                    f"The {child.name} process ended at once (exit code {child.process.returncode}).",
                    "Its message is above or in garrison.log; `garrison doctor` names more.",
                )
        try:
            status, body = _get(home, endpoint, "/_garrison/health")
            if status == 200:
                caller_identity(home, endpoint)
                return
            cause = body.decode(errors="replace")[:200]
        except (OSError, http.client.HTTPException) as error:
            cause = str(error)
        time.sleep(0.02)
    raise OperatorError(f"The server was not ready within {_READY_SECONDS:.0f} s: {cause}.", "Run `garrison doctor`.")


def caller_identity(home: Home, endpoint: str) -> str:
    """Make a signed GetCallerIdentity with the administrator's credentials; gives the answer's body."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    key_id, secret, region = read_credentials(home)
    request = AWSRequest(
        method="POST",
        url=f"{endpoint}/",
        data="Action=GetCallerIdentity&Version=2011-06-15",
        headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    SigV4Auth(Credentials(key_id, secret), "sts", region).add_auth(request)
    connection = _connection(home, endpoint)
    try:
        connection.request("POST", "/", body=request.data, headers=dict(request.headers))
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    finally:
        connection.close()
    if response.status != 200:
        raise OperatorError(
            f"A signed GetCallerIdentity was refused ({response.status}): {body[:300]}",
            f"Check that {home.credentials_file} belongs to this account; `garrison keys rotate` writes a new one.",
        )
    return body


def read_credentials(home: Home) -> tuple[str, str, str]:
    """Access key id, secret and region of the profile `garrison`."""
    import configparser

    files = configparser.ConfigParser(interpolation=None)
    files.read([home.credentials_file, home.config_file])
    try:
        keys = files["garrison"]
        return keys["aws_access_key_id"], keys["aws_secret_access_key"], files["profile garrison"]["region"]
    except KeyError as error:
        raise OperatorError(
            f"{home.credentials_file} lacks {error}.", "Run `garrison keys rotate` to write a new one."
        ) from None


def running_server(home: Home) -> dict[str, Any] | None:
    """Endpoint and process ids of the server that runs on a home, or None."""
    try:
        with home.lock_file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        try:
            found: dict[str, Any] = codec.decode(home.address_file.read_bytes())
            return found
        except (FileNotFoundError, ValueError):
            return {"endpoint": None, "supervisor": None, "processes": {}}
    return None


def _connection(home: Home, endpoint: str) -> http.client.HTTPConnection:
    parts = urlsplit(endpoint)
    assert parts.hostname
    if parts.scheme == "https":
        context = ssl.create_default_context()
        own = home.path / "tls" / "certificate.pem"
        if own.exists():
            context.load_verify_locations(own)
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=5, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)


def _get(home: Home, endpoint: str, path: str) -> tuple[int, bytes]:
    connection = _connection(home, endpoint)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _lock(home: Home) -> Any:
    lock = Path(home.lock_file).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OperatorError(
            f"A server already runs on {home.path}.", "`garrison status` shows it, `garrison down` stops it."
        ) from None
    return lock


def _family(bind: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in bind else socket.AF_INET


def free_port(bind: str) -> int:
    """A port of an address that nobody listens on now."""
    with socket.socket(_family(bind)) as probe:
        probe.bind((bind, 0))
        port: int = probe.getsockname()[1]
        return port


def _check_port(bind: str, port: int) -> None:
    with socket.socket(_family(bind)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise OperatorError(
                f"Port {port} on {bind} cannot be used: {error.strerror}.",
                "Choose another with --port, or 0 for a free one.",
            ) from None
