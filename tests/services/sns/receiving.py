"""Endpoints that receive what SNS sends: a web server and a mail server on this machine, and a check of signatures."""

from __future__ import annotations

import base64
import email
import email.policy
import html
import json
import re
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15


def eventually(find: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What `find` gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.02)
    return found


class Received(NamedTuple):
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.body)  # type: ignore[no-any-return]


class Webhook:
    """A web server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: dict[str, int] = {}
        self.hang = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.received.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                if self.path.startswith("/hang"):
                    hook.hang.wait(30)
                self.send_response(hook.statuses.get(self.path, 200))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.place = f"127.0.0.1:{self._server.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def of(self, path: str, kind: str | None = None) -> list[Received]:
        """What came to a path, of one type of message."""
        return [
            each
            for each in list(self.received)
            if each.path == path and kind in (None, each.headers["x-amz-sns-message-type"])
        ]

    def confirmation(self, path: str, count: int = 1) -> dict[str, Any]:
        found = eventually(lambda: self.of(path, "SubscriptionConfirmation")[count - 1 :])
        return found[0].document  # type: ignore[no-any-return]

    def notifications(self, path: str, count: int = 1) -> list[Received]:
        return eventually(lambda: len(found := self.of(path, "Notification")) >= count and found)  # type: ignore[no-any-return]

    def close(self) -> None:
        self.hang.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Mailbox:
    """A mail server that keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)  # type: ignore[no-untyped-call]
        self._controller.start()  # type: ignore[no-untyped-call]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str, count: int = 1) -> list[EmailMessage]:
        return eventually(lambda: len(found := [m for m in self.mails if m["To"] == address]) >= count and found)  # type: ignore[no-any-return]

    def close(self) -> None:
        self._controller.stop()  # type: ignore[no-untyped-call]


@contextmanager
def endpoints() -> Iterator[tuple[Webhook, Mailbox]]:
    """Both, until the end."""
    webhook, mailbox = Webhook(), Mailbox()
    try:
        yield webhook, mailbox
    finally:
        webhook.close()
        mailbox.close()


def visit(url: str) -> tuple[int, str]:
    """Open a link as a person or a program would, without a credential."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def press(url: str) -> tuple[int, str]:
    """Press the button of the page that a link in a mail leads to."""
    shown = re.search('<form method="post" action="([^"]+)">', visit(url)[1])
    assert shown is not None
    try:
        with urllib.request.urlopen(urllib.parse.urljoin(url, html.unescape(shown[1])), b"", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())


def is_authentic(document: dict[str, Any]) -> bool:
    """Whether a message is signed by the certificate that it names, after the steps of the developer guide."""
    wanted = ["Message", "MessageId"]
    if document["Type"] == "Notification":
        wanted += ["Subject"] if "Subject" in document else []
        wanted += ["Timestamp", "TopicArn", "Type"]
    else:
        wanted += ["SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{document[name]}\n" for name in wanted)
    status, pem = visit(document["SigningCertURL"])
    assert status == 200
    assert document["SigningCertURL"].endswith(".pem")
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[document["SignatureVersion"]]
    try:
        key.verify(base64.b64decode(document["Signature"]), text.encode(), PKCS1v15(), digest)  # type: ignore[union-attr, call-arg, arg-type]
    except Exception:
        return False
    return True
