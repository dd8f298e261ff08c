"""A fault of the server's own ends in a 500 and a closed connection: nobody is left waiting, and nothing is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from garrison.gateway.connection import Connection
from garrison.wire.http import HttpRequest, HttpResponse

Respond = Callable[[HttpResponse | BaseException], None]
Answer = Callable[[HttpRequest, Respond], None]


def at_once(request: HttpRequest, respond: Respond) -> None:
    raise RuntimeError("a secret place")


def later(request: HttpRequest, respond: Respond) -> None:
    asyncio.get_running_loop().call_soon(respond, RuntimeError("a secret place"))


def given_up(request: HttpRequest, respond: Respond) -> None:
    asyncio.get_running_loop().call_soon(respond, asyncio.CancelledError())


def half_a_stream(request: HttpRequest, respond: Respond) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("a secret place")

    respond(HttpResponse(200, [], stream=chunks()))


async def ask(answer: Answer) -> bytes:
    settings = SimpleNamespace(max_header_bytes=65536, max_body_bytes=65536, client_timeout_seconds=30)
    metrics = SimpleNamespace(count_refusal=lambda cause: None)
    application: Any = SimpleNamespace(answer=answer, settings=settings, metrics=metrics, is_stopping=False)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(application, set()), "127.0.0.1", 0)
    try:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return received
    finally:
        server.close()


@pytest.mark.parametrize("answer", [at_once, later, given_up])
def test_a_fault_is_answered_with_500_and_without_its_cause(answer: Answer) -> None:
    received = asyncio.run(ask(answer))
    assert received.startswith(b"HTTP/1.1 500 ")
    assert b"secret" not in received
    assert b"connection: close" in received


def test_a_stream_that_fails_half_way_is_left_unfinished() -> None:
    received = asyncio.run(ask(half_a_stream))
    assert received.endswith(b"4\r\nhalf\r\n")
