"""What goes out: only to listed places, never by a name that leads back here, within limits; mail that cannot go says why."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from garrison.errors import OperatorError
from garrison.outgoing import Mail, MailSettings, NotAllowed, Outgoing, Place, Refused, Unreachable
from garrison.outgoing.addresses import address_of
from garrison.outgoing.mail import read_private


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def answering(data: bytes) -> str:
    """`host:port` of a server that gives one client these bytes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = server.accept()
        with client, server:
            client.recv(65536)
            client.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("listed", "url", "allowed"),
    [
        ("hooks.example.com", "https://hooks.example.com/x", True),
        ("hooks.example.com", "http://hooks.example.com/x", False),
        ("hooks.example.com", "https://hooks.example.com:8443/x", False),
        ("hooks.example.com:8443", "https://hooks.example.com:8443/x", True),
        ("hooks.example.com:80", "http://hooks.example.com/x", True),
        ("hooks.example.com", "https://hooks.example.com.evil.net/x", False),
        ("hooks.example.com", "https://hooks.example.com@evil.net/x", False),
        ("hooks.example.com", "https://evil.net\\@hooks.example.com/x", False),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/", True),
        ("127.0.0.1:9000", "http://2130706433:9000/", False),
    ],
)
def test_only_listed_places(listed: str, url: str, allowed: bool) -> None:
    outgoing = Outgoing([listed])
    assert outgoing.allows(url) is allowed
    if not allowed:
        with pytest.raises(NotAllowed):
            outgoing.send(url)


def test_a_name_that_leads_to_this_machine_is_not_called() -> None:
    name = socket.gethostname()  # most machines' own name leads to themselves
    try:
        leads_here = socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)[0][4][0].startswith("127.")  # type: ignore[union-attr]
    except OSError:
        leads_here = False
    if leads_here:
        with pytest.raises(NotAllowed):
            address_of(Place("http", name, 80, "/"))
    assert address_of(Place("http", "127.0.0.1", 80, "/")) == "127.0.0.1"


def test_redirects_are_answers_and_large_answers_are_cut() -> None:
    place = answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    assert Outgoing([place]).send(f"http://{place}/").status == 302
    place = answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000)
    assert len(Outgoing([place]).send(f"http://{place}/", most_bytes=1000).body) == 1001


def test_who_says_nothing_is_given_up(silent: socket.socket) -> None:
    place = f"127.0.0.1:{silent.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(Unreachable):
        Outgoing([place]).send(f"http://{place}/", seconds=0.3)
    assert time.monotonic() - began < 5


def test_mail_without_tls_is_for_this_machine_alone() -> None:
    with pytest.raises(OperatorError, match="in clear"):
        Mail(MailSettings("mail.example.com", 25, "a@example.com", "none"))
    with pytest.raises(Refused):
        Mail(MailSettings("", 25, "", "none")).send(EmailMessage(), "a@example.com")


def test_a_password_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    secret.chmod(0o644)
    with pytest.raises(OperatorError, match="read by others"):
        read_private(secret, "smtp_password_file")
    secret.chmod(0o600)
    assert read_private(secret, "smtp_password_file") == "hunter2\n"
