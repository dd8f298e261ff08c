"""Serve on a listening socket until a signal asks for the end, then answer what is under way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import stat
import time
from collections.abc import Callable
from contextlib import suppress

from garrison.adapters.edge.connection import ClientConnection, Handler
from garrison.errors import OperatorError
from garrison.logs import get_logger

_BACKLOG = 4096
_TEND_SECONDS = 1.0
_FIRST_PASSED = 3
"""The descriptor of the first socket that systemd passes (sd_listen_fds(3))."""
_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

log = get_logger("garrison.edge")


def listen(where: str) -> socket.socket:
    """A listening socket for `HOST:PORT`, `[HOST]:PORT` or `unix:PATH`, or the one that systemd passes; raises `OperatorError`."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0":
        listening = socket.socket(fileno=_FIRST_PASSED)
        listening.setblocking(False)
        return listening
    try:
        listening = _listen_at_path(where[5:]) if where.startswith("unix:") else _listen_at_port(where)
    except OSError as problem:
        raise OperatorError(f"{where} cannot be listened on: {problem.strerror}.", "Give another --listen.") from None
    listening.listen(_BACKLOG)
    listening.setblocking(False)
    return listening


def name_of(listening: socket.socket, *, has_tls: bool = False) -> str:
    """The socket's address as URLs write it."""
    if listening.family == socket.AF_UNIX:
        return f"unix:{listening.getsockname()}"
    host, port = listening.getsockname()[:2]
    scheme = "https" if has_tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _listen_at_port(where: str) -> socket.socket:
    host, _, port = where.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise OperatorError(f"{where} is no place to listen on.", "Write it as 127.0.0.1:9300 or unix:/run/waf.sock.")
    host = host.strip("[]") or "127.0.0.1"
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, int(port)))
    return listening


def _listen_at_path(path: str) -> socket.socket:
    """The proxy must be able to write to the socket: the folder says who may."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            os.unlink(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(path)
    os.chmod(path, 0o666)  # noqa: S103
    return listening


async def serve(
    handler: Handler,
    listening: socket.socket,
    tls: ssl.SSLContext | None = None,
    *,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve, in one worker; `ready` is called once connections are taken."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    connections: set[ClientConnection] = set()

    def accept() -> asyncio.Protocol:
        if len(connections) >= handler.limits.connections:
            return _TurnedAway()
        return ClientConnection(handler, connections)

    if listening.family == socket.AF_UNIX:
        server = await loop.create_unix_server(accept, sock=listening, ssl=tls)
    else:
        server = await loop.create_server(accept, sock=listening, ssl=tls)
    tending = loop.create_task(_tend(connections))
    if ready is not None:
        ready()
    await ended.wait()
    server.close()
    await _finish(handler, connections)
    tending.cancel()


async def _finish(handler: Handler, connections: set[ClientConnection]) -> None:
    """Answer what is under way or on the way: a proxy may be sending on a connection that looks idle, so those end a little later."""
    handler.is_stopping = True
    began = time.monotonic()
    grace = min(1.0, handler.limits.stop_seconds)
    while connections and (spent := time.monotonic() - began) < handler.limits.stop_seconds:
        if spent >= grace:
            for connection in list(connections):
                connection.stop()
        await asyncio.sleep(0.01)
    for connection in list(connections):
        connection.close()
    await asyncio.sleep(0)


async def _tend(connections: set[ClientConnection]) -> None:
    while True:
        await asyncio.sleep(_TEND_SECONDS)
        now = time.monotonic()
        for connection in list(connections):
            connection.expire(now)


class _TurnedAway(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and end it."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(_FULL)
        transport.close()
