"""Say where a URL leads, for those that are plainly `scheme://host[:port]/path`; every other one leads nowhere."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

STANDARD_PORTS = {"https": 443, "http": 80}

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")
_PRINTED = re.compile(r"[!-~]+")
"""Asked of the whole text: `urlsplit` passes over line ends."""


class Place(NamedTuple):
    """Where a URL leads."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, as the request line has it."""

    @property
    def name(self) -> str:
        """The host as URLs and settings write it."""
        return f"[{self.host}]" if ":" in self.host else self.host


def place_of(url: str) -> Place | None:
    """Where a URL leads, or None for one that is not plainly `scheme://host[:port]/path`."""
    try:
        parts: SplitResult = urlsplit(url)
        port = STANDARD_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        return None
    if (
        not _PRINTED.fullmatch(url)
        or parts.scheme not in STANDARD_PORTS
        or not _AUTHORITY.fullmatch(parts.netloc.lower())
        or parts.fragment
        or not port
    ):
        return None
    if not parts.hostname:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, parts.hostname.lower().rstrip("."), port, target)
