"""A request that is coming in: its head, and its body piece by piece."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from garrison.adapters.edge.heads import Headers
from garrison.adapters.targets import path_and_query, without_fragment
from garrison.waf.request import Request


class Gone(Exception):
    """The client went away, or sends what is no HTTP, in the middle of a body."""


class Incoming:
    """One request. Its body is taken once."""

    __slots__ = (
        "_consumed",
        "_is_broken",
        "_is_whole",
        "_pieces",
        "_waiter",
        "headers",
        "is_upgrade",
        "keeps_alive",
        "method",
        "refusal",
        "target",
        "version",
        "waiting_bytes",
    )

    def __init__(
        self,
        method: bytes,
        target: bytes,
        version: str,
        headers: Headers,
        *,
        keeps_alive: bool,
        is_upgrade: bool,
        consumed: Callable[[int], None],
    ) -> None:
        self.method = method
        self.target = target
        """As it came, in absolute form too."""
        self.version = version
        self.headers = headers
        """Names in lower case."""
        self.keeps_alive = keeps_alive
        self.is_upgrade = is_upgrade
        self.refusal: tuple[int, str] | None = None
        """Status and cause, where the request cannot be read."""
        self.waiting_bytes = 0
        """Of the body: came, but not taken."""
        self._pieces: deque[bytes] = deque()
        self._is_whole = False
        self._is_broken = False
        self._waiter: asyncio.Future[None] | None = None
        self._consumed = consumed

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def has_body(self) -> bool:
        """Whether the head announces a body."""
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in self.headers
        )

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a piece."""
        return self._waiter is not None

    @property
    def is_taken(self) -> bool:
        """Whether the body has come and been taken to its end."""
        return self._is_whole and not self._pieces

    # What the connection calls.

    def feed(self, piece: bytes) -> None:
        """A piece of the body has come."""
        self._pieces.append(piece)
        self.waiting_bytes += len(piece)
        self._wake()

    def finish(self) -> None:
        """All has come."""
        self._is_whole = True
        self._wake()

    def break_off(self) -> None:
        """Nothing more will come."""
        self._is_broken = True
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # What takes the request.

    async def piece(self) -> bytes:
        """The next piece of the body, empty at its end; raises `Gone` where there is no end to come."""
        while not self._pieces:
            if self._is_whole:
                return b""
            if self._is_broken:
                raise Gone
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        found = self._pieces.popleft()
        self.waiting_bytes -= len(found)
        self._consumed(len(found))
        return found

    async def beginning(self, most_bytes: int) -> list[bytes]:
        """Pieces of the body, until it ends or they are more than so many bytes."""
        pieces: list[bytes] = []
        size = 0
        while size <= most_bytes and not (self._is_whole and not self._pieces):
            piece = await self.piece()
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        return pieces

    async def discard(self, most_bytes: int) -> bool:
        """Take the rest of the body and forget it; False where it is more than so many bytes."""
        while most_bytes >= 0 and (piece := await self.piece()):
            most_bytes -= len(piece)
        return most_bytes >= 0

    def request(self, body: bytes, read_bytes: int, *, address: str, scheme: bytes, request_id: str = "") -> Request:
        """As the engine sees it. `body` is what is inspected of the `read_bytes` that have been read."""
        total: int | None = None
        if read_bytes > len(body):
            told = self.header(b"content-length") or b""
            total = max(read_bytes, int(told)) if told.isdigit() else read_bytes
        target, fragment = without_fragment(path_and_query(self.target))
        return Request(
            method=self.method,
            target=target,
            headers=self.headers,
            body=body,
            body_bytes=total,
            address=address,
            version=b"HTTP/" + self.version.encode(),
            scheme=scheme,
            fragment=fragment,
            request_id=request_id,
        )
