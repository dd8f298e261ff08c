"""WebSockets: after the application's 101 the bytes of both sides pass as they come, each as fast as the other reads."""

from __future__ import annotations

import asyncio

from garrison.adapters.edge.connection import ClientConnection
from garrison.adapters.proxy.upstream import Upstream


class _ToUpstream(asyncio.Protocol):
    """Takes what the client sends."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self._upstream.transport.write(data)

    def eof_received(self) -> None:
        """The client sends no more: both ends."""
        self._upstream.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone."""
        self._upstream.transport.close()

    def pause_writing(self) -> None:
        """The client reads slowly."""
        if self._upstream.is_open:
            self._upstream.transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has read."""
        if self._upstream.is_open:
            self._upstream.transport.resume_reading()


async def tunnelled(connection: ClientConnection, upstream: Upstream, head: bytes) -> None:
    """Pass bytes both ways until one side ends."""
    connection.transport.write(head + upstream.early)
    upstream.tunnel = connection.transport
    connection.tunnel = _ToUpstream(upstream)
    if connection.early:
        upstream.transport.write(connection.early)
    await upstream.lost
