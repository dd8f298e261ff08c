"""A mail server for the story: it takes what it is sent on this machine, and sends nothing on (RFC 5321, what SMTP clients need)."""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

_MOST_BYTES = 1024 * 1024
_LONGEST_LINE = 2048
_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Mailbox:
    """What came."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        box = self

        class Session(StreamRequestHandler):
            timeout = _SECONDS

            def handle(self) -> None:
                box.talk(self)

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    def wait_for(self, subject: str, text: str = "") -> EmailMessage:
        """The mail whose subject and text have these words, once it is there; raises `TimeoutError`."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            for mail in list(self.mails):
                if subject in str(mail["Subject"]) and text in str(mail.get_content()):
                    return mail
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(f"No mail about {subject} came.")

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()

    def talk(self, session: StreamRequestHandler) -> None:
        """One conversation."""
        _say(session, "220 demo ready")
        while line := session.rfile.readline(_LONGEST_LINE):
            word = line[:4].upper()
            if word == b"DATA":
                _say(session, "354 go on")
                self._take(session)
            elif word == b"QUIT":
                _say(session, "221 bye")
                return
            else:
                _say(session, "250 OK")

    def _take(self, session: StreamRequestHandler) -> None:
        data = bytearray()
        while (line := session.rfile.readline(_LONGEST_LINE)) not in (b".\r\n", b""):
            if len(data) < _MOST_BYTES:
                data += line[1:] if line.startswith(b".") else line
        self.mails.append(email.message_from_bytes(bytes(data), policy=email.policy.default))
        _say(session, "250 OK")


def _say(session: StreamRequestHandler, text: str) -> None:
    session.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mailbox until the end."""
    made = Mailbox()
    try:
        yield made
    finally:
        made.close()
