"""Whether a server answers: its health, and one signed call with the administrator's credentials."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from garrison.errors import OperatorError
from garrison.runtime.clocks import open_clock
from garrison.runtime.home import Home
from garrison.runtime.processes import Child
from garrison.runtime.running import running_server
from garrison.setting_sources import load_settings

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.02
_CALL_SECONDS = 5.0
_WHO_AM_I = b"Action=GetCallerIdentity&Version=2011-06-15"
_HEALTH_SECONDS = 0.5
"""How long one look at the health waits: the socket listens before anyone answers."""


class StartInterrupted(Exception):
    """A signal asked for the end before the server was ready."""


def wait_until_ready(
    home: Home, endpoint: str, children: list[Child], is_stopping: Callable[[], bool] = lambda: False
) -> None:
    """Wait for the endpoint's health and one signed call; raises `OperatorError` naming one cause, or `StartInterrupted`."""
    deadline = time.monotonic() + _READY_SECONDS
    cause = "it did not answer"
    while time.monotonic() < deadline:
        if is_stopping():
            raise StartInterrupted
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
        time.sleep(_POLL_SECONDS)
    raise OperatorError(f"The server was not ready within {_READY_SECONDS:.0f} s: {cause}.", "Run `garrison doctor`.")


def caller_identity(home: Home, endpoint: str) -> str:
    """Make a signed GetCallerIdentity with the administrator's credentials; gives the answer's body."""
    headers = _signed(home, endpoint, open_clock(load_settings(home.path)).now())
    connection = _connection(home, endpoint)
    try:
        connection.request("POST", "/", body=_WHO_AM_I, headers=headers)
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


def _signed(home: Home, endpoint: str, at: datetime) -> dict[str, str]:
    """The headers of the call: signed by hand, since an SDK takes longer to load than the whole gateway to start."""
    key_id, secret, region = read_credentials(home)
    time = f"{at:%Y%m%dT%H%M%SZ}"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": urlsplit(endpoint).netloc,
        "x-amz-date": time,
    }
    lines, names = "".join(f"{name}:{value}\n" for name, value in headers.items()), ";".join(headers)
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(_WHO_AM_I).hexdigest()}"
    scope = f"{time[:8]}/{region}/sts/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return headers | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    }


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


def _connection(home: Home, endpoint: str, timeout: float = _CALL_SECONDS) -> http.client.HTTPConnection:
    """A connection to this home's own server, also where nobody resolves its name here."""
    parts = urlsplit(endpoint)
    assert parts.hostname
    assert parts.port
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    raw = socket.create_connection((_address(home, parts.hostname), parts.port), timeout)
    if parts.scheme != "https":
        connection.sock = raw
        return connection
    context = ssl.create_default_context()
    # The very certificate that this server was given is the anchor, whoever signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(load_settings(home.path).tls_certificate or home.tls_certificate)
    try:
        connection.sock = context.wrap_socket(raw, server_hostname=parts.hostname)
    except BaseException:
        raw.close()
        raise
    return connection


def _address(home: Home, host: str) -> str:
    """Where a host is: itself, or for a certificate's name the address that the server listens on."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        running = running_server(home)
        bind = running["bind"] if running else host
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - compared with, not bound


def _get(home: Home, endpoint: str, path: str) -> tuple[int, bytes]:
    connection = _connection(home, endpoint, _HEALTH_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
