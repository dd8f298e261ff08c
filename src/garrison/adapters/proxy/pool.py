"""Connections to the application: kept for a while, and used again."""

from __future__ import annotations

import asyncio
import ssl
import time
from urllib.parse import urlsplit

from garrison.adapters.proxy.upstream import Upstream, UpstreamError
from garrison.errors import OperatorError

_PORTS = {"http": 80, "https": 443}
_IDLE_SECONDS = 30.0
_SAFE_SECONDS = 2.0
"""A connection that has been idle for longer is not used for what must not be asked twice: it may just be ending."""
_MOST_IDLE = 256


class Pool:
    """Where the application is, and the connections to it."""

    def __init__(self, url: str, *, ca_bundle: str | None = None, connect_seconds: float = 5.0) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or port == 0:
            raise OperatorError(f"{url} is no application.", "Give its scheme, host and port: http://127.0.0.1:8000")
        self._host, self._port = parts.hostname, port or _PORTS[parts.scheme]
        self._tls = ssl.create_default_context(cafile=ca_bundle) if parts.scheme == "https" else None
        self._connect_seconds = connect_seconds
        self._idle: list[Upstream] = []

    async def take(self, *, must_be_safe: bool) -> Upstream:
        """A connection, one that was used before where there is one; raises `UpstreamError`."""
        now = time.monotonic()
        longest = _SAFE_SECONDS if must_be_safe else _IDLE_SECONDS
        while self._idle:
            found = self._idle.pop()
            if found.is_open and now - found.idle_since < longest:
                return found
            found.close()
        return await self.connect()

    async def connect(self) -> Upstream:
        """A new connection; raises `UpstreamError`."""
        try:
            async with asyncio.timeout(self._connect_seconds):
                loop = asyncio.get_running_loop()
                name = self._host if self._tls is not None else None
                _, made = await loop.create_connection(
                    Upstream, self._host, self._port, ssl=self._tls, server_hostname=name
                )
        except (OSError, TimeoutError) as problem:
            raise UpstreamError(f"it cannot be reached: {problem or 'no answer in time'}") from None
        return made

    def give_back(self, used: Upstream) -> None:
        """Keep a connection for the next request, if it can be."""
        if used.is_reusable and len(self._idle) < _MOST_IDLE:
            used.idle_since = time.monotonic()
            self._idle.append(used)
        else:
            used.close()
