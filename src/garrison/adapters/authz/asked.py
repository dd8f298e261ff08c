"""What a proxy asks about, and what it is to be told: the seam between its way of asking and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from garrison.adapters.edge.incoming import Incoming
from garrison.adapters.guard import OWN_PREFIX, Verdict
from garrison.waf.decision import Answer
from garrison.waf.request import Request


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a body."""

    body: bytes
    """What is inspected of it."""
    size_bytes: int
    """How much was read."""


class Misconfigured(Exception):
    """The proxy does not tell what it must; the text says what."""


class Dialect(Protocol):
    """A proxy's way of asking. `prefix` is what the paths of its requests begin with."""

    prefix: bytes

    def request(self, incoming: Incoming, read: Read) -> Request:
        """The request that is asked about; raises `Misconfigured`."""

    def told(self, verdict: Verdict, request: Request) -> Answer:
        """The answer that makes the proxy do what was decided."""


def forged(request: Request, inserted: tuple[tuple[str, str], ...]) -> list[str]:
    """Names of headers that only a web ACL may set, and that the client sent itself."""
    names = [
        name for name, _ in request.headers if name[:1] == b"x" and name.replace(b"_", b"-").startswith(OWN_PREFIX)
    ]
    if not names:
        return []
    ours = {name.lower() for name, _ in inserted}
    return sorted({name.decode("latin-1") for name in names} - ours)
