"""Requests as bytes: what no well-behaved client sends, signed or not, and the answer that comes back."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from garrison.testing import Account
from garrison.testing.clients import Credentials

PATIENCE_SECONDS = 10.0
"""Longer than any answer may take: a request that gets none in this time hangs."""
FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/x-amz-json-1.1"
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
LIST_USERS = b"Action=ListUsers&Version=2010-05-08"
CLOUDTRAIL = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"


@dataclass
class Answer:
    """A response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def code(self) -> str:
        """The error's code, in whichever protocol."""
        if self.body[:1] == b"<":
            return next((element.text or "" for element in self._elements() if element.tag.endswith("Code")), "")
        named = json.loads(self.body)["__type"]
        return str(named).rpartition("#")[2]

    @property
    def message(self) -> str:
        """The error's message, in whichever protocol."""
        if self.body[:1] == b"<":
            return next((element.text or "" for element in self._elements() if element.tag.endswith("Message")), "")
        said = json.loads(self.body)
        return str(said.get("message", said.get("Message", "")))

    def _elements(self) -> Iterable[ElementTree.Element]:
        return ElementTree.fromstring(self.body).iter()


class Door:
    """The account's endpoint as a socket."""

    def __init__(self, account: Account) -> None:
        self.account = account
        parts = urlsplit(account.endpoint)
        assert parts.hostname is not None and parts.port is not None
        self.address = (parts.hostname, parts.port)
        self.host = parts.netloc

    def connect(self) -> socket.socket:
        """A connection that gives up after some seconds."""
        return socket.create_connection(self.address, PATIENCE_SECONDS)

    def send(self, *parts: bytes, ends: bool = False) -> Answer | None:
        """Send bytes, and where it `ends` say that no more will come; the answer, or None where the server just closes."""
        with self.connect() as connection:
            try:
                for part in parts:
                    connection.sendall(part)
                if ends:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before it was all said
            return _answer(connection)

    def ask(
        self,
        body: bytes = IDENTITY,
        *,
        method: str = "POST",
        path: str = "/",
        headers: dict[str, str] | None = None,
        more: Iterable[tuple[str, str]] = (),
        sign: str | None = "sts",
        credentials: Credentials | None = None,
        region: str = "us-east-1",
    ) -> Answer:
        """Send one request, signed for a service unless `sign` is None; `more` headers are added unsigned."""
        given = {"Host": self.host, **({"Content-Type": FORM} if body else {}), **(headers or {})}
        if sign is not None:
            given = self.sign(method, path, body, given, sign, credentials, region)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in [*given.items(), *more])]
        if body and "transfer-encoding" not in (name.lower() for name in given):
            lines.append(f"Content-Length: {len(body)}")
        answer = self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"), body)
        assert answer is not None
        return answer

    def sign(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        service: str,
        credentials: Credentials | None = None,
        region: str = "us-east-1",
    ) -> dict[str, str]:
        """The headers with a signature among them, by the machine's clock."""
        key = credentials or self.account.administrator.credentials
        request = AWSRequest(method=method, url=f"{self.account.endpoint}{path}", data=body, headers=headers)
        SigV4Auth(BotocoreCredentials(*key), service, region).add_auth(request)
        return dict(request.headers.items())

    def json(self, operation: str, body: bytes | dict[str, Any] = b"{}", **options: Any) -> Answer:
        """Call CloudTrail, which speaks JSON."""
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = {"X-Amz-Target": f"{CLOUDTRAIL}.{operation}", "Content-Type": JSON} | options.pop("headers", {})
        return self.ask(sent, headers=headers, sign=options.pop("sign", "cloudtrail"), **options)


def _answer(connection: socket.socket) -> Answer | None:
    data = bytearray()
    try:
        while received := connection.recv(65536):
            data += received
    except ConnectionResetError:
        pass  # an early refusal may be cut short by what was still on its way
    if not data:
        return None
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Answer(int(first.split()[1]), headers, body)
