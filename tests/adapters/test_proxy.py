"""`garrison waf proxy` in front of a real application: what passes, what does not, and what could be read in two ways."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from . import running
from .running import INSERTED, WORD, Application, Front, ask, raw, until


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    server = Application()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("proxy")
    (made / "bundle.json").write_bytes(running.bundle())
    return made


@pytest.fixture(scope="module")
def front(folder: Path, application: Application) -> Iterator[Front]:
    arguments = ("proxy", "--upstream", application.url, "--bundle", str(folder / "bundle.json"), "--workers", "2")
    with running.garrison(folder, *arguments) as found:
        until(lambda: ask(found.port, "GET", "/").status == 200)
        yield found


def test_what_is_allowed_reaches_the_application(front: Front) -> None:
    sent = {INSERTED: "forged", "X_Amzn_Waf_Seen": "forged", "Cookie": "a=b", "Host": "shop.example", "TE": "trailers"}
    told = ask(front.port, "POST", "/a%2Fb//c?d=e%20f", b"hello", sent)
    assert (told.seen["method"], told.seen["target"], told.seen["body"]) == ("POST", "/a%2Fb//c?d=e%20f", "hello")
    assert told.header(INSERTED) == [WORD]
    assert (told.header("cookie"), told.header("host")) == (["a=b"], ["shop.example"])
    assert not [name for name, _ in told.seen["headers"] if "_" in name or name in {"te", "connection"}]


@pytest.mark.parametrize("body", [b"x=attack", iter([b"x=att", b"ack"])])
def test_what_is_blocked_does_not(front: Front, application: Application, body: object) -> None:
    before = application.seen
    assert ask(front.port, "GET", "/a?b=%61ttack").status == 403
    assert ask(front.port, "POST", "/a", body).status == 403
    assert application.seen == before


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("size", [1, 64 * 1024, 64 * 1024 + 1, 3_000_000])
def test_bodies_pass_whole(front: Front, size: int, is_chunked: bool) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    pieces = iter([body[at : at + 30_000] for at in range(0, size, 30_000)])
    assert ask(front.port, "POST", "/a", pieces if is_chunked else body).seen["body"] == body.decode()


@pytest.mark.parametrize("target", ["/chunked", "/until-end", "/plain"])
def test_answers_of_every_framing_come_back(front: Front, target: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    for _ in range(3):
        connection.request("GET", target)
        response = connection.getresponse()
        assert (response.status, f'"{target}"'.encode() in response.read()) == (200, True)
    old = raw(front.port, b"GET %b HTTP/1.0\r\nHost: a\r\n\r\n" % target.encode())
    assert old.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in old
    assert old.endswith(b"}")


def test_the_answer_to_head_has_no_body(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    for _ in range(2):
        connection.request("HEAD", "/a")
        response = connection.getresponse()
        assert (response.status, response.read(), int(response.headers["content-length"]) > 10) == (200, b"", True)


def test_only_trusted_proxies_say_where_a_request_comes_from(
    front: Front, folder: Path, application: Application
) -> None:
    sent = {
        "X-Forwarded-For": "9.9.9.9",
        "X-Forwarded-Proto": "gopher",
        "X-Real-IP": "9.9.9.9",
        "Forwarded": "for=9.9.9.9",
    }
    told = ask(front.port, "GET", "/", None, sent)
    assert told.header("x-forwarded-for") == ["127.0.0.1"]
    assert told.header("x-forwarded-proto") == ["http"]
    assert not told.header("x-real-ip") + told.header("forwarded")
    arguments = ("proxy", "--upstream", application.url, "--bundle", str(folder / "bundle.json"))
    with running.garrison(folder / "trusting", *arguments, "--trusted-proxies", "127.0.0.0/8") as trusting:
        until(lambda: ask(trusting.port, "GET", "/").status == 200)
        told = ask(trusting.port, "GET", "/", None, sent)
        assert told.header("x-forwarded-for") == ["9.9.9.9, 127.0.0.1"]
        assert told.header("x-forwarded-proto") == ["gopher"]


HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 0, 5\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: +5\r\n\r\nabcde",
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"X: a\x00b\r\n\r\n",
        HEAD + CHUNKED + b"\r\n3\nabc\r\n0\r\n\r\n",
        HEAD + CHUNKED + b"\r\n0x3\r\nabc\r\n0\r\n\r\n",
        HEAD + CHUNKED + b"\r\nffffffffffffffffff\r\nabc",
        HEAD + CHUNKED + b"\r\n3\r\nabcXX0\r\n\r\n",
        b"POST /x HTTP/1.0\r\nHost: a\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
        b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_reaches_nobody(
    front: Front, application: Application, data: bytes
) -> None:
    before = application.seen
    answer = raw(front.port, data)
    assert answer[:13] in {b"HTTP/1.1 400 ", b"HTTP/1.1 431 "} or answer == b""
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert application.seen == before


@pytest.mark.parametrize("method", [b"CONNECT a:80", b"TRACE /"])
def test_methods_for_proxies_of_clients_are_refused(front: Front, method: bytes) -> None:
    answer = raw(front.port, method + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer[:13] in {b"HTTP/1.1 405 ", b"HTTP/1.1 400 "}


def test_pipelined_requests_are_answered_in_order(front: Front) -> None:
    sent = b"".join(b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" % n for n in range(40))
    answers = raw(front.port, sent)
    assert answers.count(b"HTTP/1.1 200 ") == 40
    assert [answers.index(b'"/%d"' % n) for n in range(40)] == sorted(answers.index(b'"/%d"' % n) for n in range(40))


def test_a_client_that_waits_for_100_continue_gets_it(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"expect" not in answer


class Sockets:
    """An application that speaks WebSocket as far as its handshake, then sends back what comes; or breaks off its answers."""

    def __init__(self, after: bytes | None = None) -> None:
        self._after = after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (piece := connection.recv(65536)):
                return
            head += piece
        if self._after is not None:
            connection.sendall(self._after)
            connection.close()
            return
        head, _, early = head.partition(b"\r\n\r\n")
        key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
        digest = hashlib.sha1(key.partition(b":")[2].strip() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        accepted = b"Sec-WebSocket-Accept: " + base64.b64encode(digest)
        switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(switching + accepted + b"\r\n\r\n" + early)
        while piece := connection.recv(65536):
            connection.sendall(piece)
        connection.close()

    def close(self) -> None:
        self._listening.close()


def test_websockets_pass_after_their_handshake_was_decided_about(folder: Path) -> None:
    application = Sockets()
    arguments = ("proxy", "--upstream", application.url, "--bundle", str(folder / "bundle.json"))
    upgrade = (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with running.garrison(folder / "sockets", *arguments) as front:
        with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
            connection.sendall(b"GET /s HTTP/1.1\r\nHost: a\r\n" + upgrade + b"early")
            answer = b""
            while not answer.endswith(b"early"):
                answer += connection.recv(1000)
            assert answer.startswith(b"HTTP/1.1 101 ")
            assert b"sec-websocket-accept" in answer
            sent = os.urandom(2_000_000)
            sending = Thread(target=connection.sendall, args=(sent,))
            sending.start()
            found = b""
            while len(found) < len(sent):
                found += connection.recv(65536)
            sending.join()
            assert found == sent
        blocked = raw(front.port, b"GET /s?attack HTTP/1.1\r\nHost: a\r\n" + upgrade)
        assert blocked.startswith(b"HTTP/1.1 403 ")
    application.close()


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (b"", b"502"),
        (b"nonsense\r\n\r\n", b"502"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"502"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc", b"200"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"200"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", b"204"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", b"502"),
    ],
)
def test_an_application_that_answers_badly_is_seen_to(folder: Path, after: bytes, status: bytes, bad: _Bad) -> None:
    bad.application._after = after
    answer = raw(bad.front.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer[9:12] == status
    # Neither a length nor a last chunk makes a broken answer look whole.
    assert not (b"abc" in answer and answer.endswith(b"0\r\n\r\n"))


class _Bad:
    def __init__(self, application: Sockets, front: Front) -> None:
        self.application, self.front = application, front


@pytest.fixture(scope="module")
def bad(folder: Path) -> Iterator[_Bad]:
    application = Sockets(b"")
    arguments = ("proxy", "--upstream", application.url, "--bundle", str(folder / "bundle.json"))
    with running.garrison(folder / "bad", *arguments, "--answer-seconds", "2") as front:
        until(lambda: raw(front.port, b"GET / HTTP/1.0\r\n\r\n"))
        yield _Bad(application, front)
    application.close()


def test_changes_and_replaced_workers_lose_no_request(front: Front, folder: Path) -> None:
    """Under load the web ACL changes several times and SIGHUP replaces the workers: each request is answered as one of them says."""
    statuses: list[int] = []
    is_ended = False

    def load() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=20)
        while not is_ended:
            connection.request("POST", "/a?fine", b"hello")
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
            if response.will_close:
                connection.close()

    threads = [Thread(target=load) for _ in range(3)]
    for each in threads:
        each.start()
    path, old = folder / "bundle.json", front.workers()
    for word in ("other", WORD):
        path.with_suffix(".new").write_bytes(running.bundle(word))
        path.with_suffix(".new").replace(path)
        until(lambda word=word: [ask(front.port, "GET", f"/?{word}").status for _ in range(6)] == [403] * 6)
    front.process.send_signal(signal.SIGHUP)
    until(lambda: len(front.workers()) == 2 and not set(old) & set(front.workers()))
    until(lambda: len(statuses) > 100)
    is_ended = True
    for each in threads:
        each.join()
    assert len(statuses) > 100
    assert set(statuses) == {200}
