"""Answer proxies that ask, and those who look after this server: whether it is ready, and what it has counted."""

from __future__ import annotations

from garrison.adapters.attached import Attached
from garrison.adapters.authz.asked import Dialect, Misconfigured, Read
from garrison.adapters.authz.envoy import Envoy
from garrison.adapters.authz.nginx import Accelerated, AuthRequest
from garrison.adapters.edge.answers import CONTINUE, encoded
from garrison.adapters.edge.connection import ClientConnection
from garrison.adapters.edge.incoming import Incoming
from garrison.adapters.edge.limits import Limits
from garrison.adapters.pages import own_page
from garrison.logs import get_logger
from garrison.waf.decision import Answer

log = get_logger("garrison.waf")

_DIALECTS: tuple[Dialect, ...] = (Envoy(), AuthRequest(), Accelerated())
_DISCARDED_BYTES = 64 * 1024 * 1024
"""How much of a body is read to its end for nothing, so that the proxy can use the connection again."""
_TEXT = "text/plain; charset=utf-8"
_NOT_FOUND = Answer(404, (), _TEXT, b"There is nothing here.\n")


class AuthzHandler:
    """Handles the requests of proxies."""

    def __init__(self, attached: Attached, limits: Limits) -> None:
        self.limits = limits
        self.is_stopping = False
        self._attached = attached
        self._most_bytes = attached.options.body_bytes

    def refused(self, cause: str) -> None:
        """Count what was no HTTP."""
        self._attached.counting.count("refused")

    async def handle(self, incoming: Incoming, connection: ClientConnection) -> bool:
        """Answer a proxy."""
        if incoming.header(b"expect") is not None and incoming.version == "1.1":
            connection.transport.write(CONTINUE)
        pieces = await incoming.beginning(self._most_bytes)
        found = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        answer = self._answer(incoming, Read(found[: self._most_bytes], len(found)))
        is_whole = incoming.is_taken or await incoming.discard(_DISCARDED_BYTES)
        keeps_alive = incoming.keeps_alive and is_whole and not self.is_stopping and not incoming.is_upgrade
        is_head = incoming.method == b"HEAD"
        await connection.write(encoded(answer, keeps_alive=keeps_alive, is_head=is_head))
        return keeps_alive

    def _answer(self, incoming: Incoming, read: Read) -> Answer:
        for dialect in _DIALECTS:
            if incoming.target.startswith(dialect.prefix):
                return self._decided(dialect, incoming, read)
        return own_page(incoming.target, self._attached) or _NOT_FOUND

    def _decided(self, dialect: Dialect, incoming: Incoming, read: Read) -> Answer:
        try:
            request = dialect.request(incoming, read)
        except Misconfigured as problem:
            log.error("proxy_misconfigured", reason=str(problem))
            return Answer(500, (), _TEXT, f"{problem}\n".encode())
        headers = request.headers
        request.address = self._attached.clients.address(request.address, headers)
        return dialect.told(self._attached.guard.check(request), request)
