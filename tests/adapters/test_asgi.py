"""The ASGI middleware in front of FastAPI and bare applications."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import fastapi
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect

from garrison.adapters.asgi import Firewall

from .fake import Words, attached

LIMIT = 1000


@pytest.fixture
def client(tmp_path: Path) -> Any:
    """FastAPI behind the firewall."""
    app = fastapi.FastAPI()

    @app.post("/{path:path}")
    async def echo(path: str, request: fastapi.Request) -> Any:
        return {"path": path, "body": (await request.body()).decode(), "headers": dict(request.headers)}

    @app.websocket("/socket")
    async def socket(connection: fastapi.WebSocket) -> None:
        await connection.accept()
        await connection.send_text(await connection.receive_text())

    parts = attached(tmp_path, body_bytes=LIMIT)
    app.add_middleware(Firewall, attached=parts)
    found = TestClient(app)
    found.program = parts.follower.program
    return found


def test_what_is_allowed_reaches_fastapi_with_the_headers_that_rules_insert(client: Any) -> None:
    sent = {"x-amzn-waf-seen": "forged", "X-Amzn_Waf-Other": "forged"}
    told = client.post("/a%2Fb?c=d", content=b"hello", headers=sent).json()
    assert (told["body"], told["headers"]["x-amzn-waf-seen"]) == ("hello", "yes")
    assert not any("other" in name for name in told["headers"])
    assert client.program.seen[-1].target == b"/a%2Fb?c=d"


@pytest.mark.parametrize(
    ("target", "body", "headers"),
    [("/a?q=attack", b"", {}), ("/a", b"x=attack", {}), ("/a", b"", {"Cookie": "a=attack"}), ("/attack", b"", {})],
)
def test_what_is_blocked_is_answered_in_fastapis_place(
    client: Any, target: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(target, content=body, headers=headers)
    assert (answer.status_code, answer.content, answer.headers["x-why"]) == (418, b'{"no":1}', "word")


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1, LIMIT * 300])
def test_bodies_of_any_size_reach_fastapi_whole(client: Any, size: int) -> None:
    sent = (b"0123456789" * (size // 10 + 1))[:size]
    assert client.post("/a", content=sent).json()["body"] == sent.decode()
    seen = client.program.seen[-1]
    assert (seen.body, seen.body_bytes) == (sent[:LIMIT], None if size <= LIMIT else size)


def test_handshakes_of_websockets_are_decided_about(client: Any) -> None:
    with client.websocket_connect("/socket") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
    with pytest.raises(Exception) as refused, client.websocket_connect("/socket?attack"):
        pass
    if not isinstance(refused.value, WebSocketDisconnect):
        assert refused.value.status_code == 418


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=8), st.integers(0, 150))
def test_an_application_receives_every_message_as_it_came(pieces: list[bytes], limit: int) -> None:
    sent = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    sent[-1]["more_body"] = False
    waiting = list(sent)
    got: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not got or got[-1]["more_body"]:
            got.append(await receive())

    async def send(message: Any) -> None:
        raise AssertionError(message)

    if b"crash" not in b"".join(pieces):
        asyncio.run(Firewall(app, attached=_shared(limit))(_scope(), receive, send))
        assert got == sent


_parts: dict[int, Any] = {}


def _shared(limit: int) -> Any:
    import tempfile

    if limit not in _parts:
        _parts[limit] = attached(Path(tempfile.mkdtemp()), "never-there", body_bytes=limit)
    return _parts[limit]


def _scope(**changes: Any) -> dict[str, Any]:
    made = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": [], "scheme": "http"}
    return made | changes


def test_a_client_that_goes_before_the_decision_reaches_nobody(tmp_path: Path) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def nobody(*_: Any) -> None:
        raise AssertionError

    asyncio.run(Firewall(nobody, attached=attached(tmp_path))(_scope(), receive, nobody))


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        ({"path": "/a b/é"}, b"/a%20b/%C3%A9"),
        ({"raw_path": b"/a%20b", "query_string": b"c=%41"}, b"/a%20b?c=%41"),
        ({"raw_path": b"/a%20b?c=%41", "query_string": b"c=%41"}, b"/a%20b?c=%41"),
        ({"raw_path": b"https://host/a"}, b"/a"),
    ],
)
def test_the_target_is_taken_as_raw_as_the_server_has_it(tmp_path: Path, scope: dict[str, Any], target: bytes) -> None:
    parts = attached(tmp_path)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def nothing(*_: Any) -> None:
        return

    asyncio.run(Firewall(nothing, attached=parts)(_scope(**scope), receive, nothing))
    program = parts.follower.program
    assert isinstance(program, Words)
    assert program.seen[-1].target == target
