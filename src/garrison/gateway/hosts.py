"""Decide whether a request's Host header names this server, so that a web page cannot reach it by DNS rebinding."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

_AMAZON_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
"""Names that tools keep when they are pointed here by a hosts file or a proxy."""


class HostCheck:
    """The host names this server answers to."""

    def __init__(self, bind: str, allowed: tuple[str, ...], *, takes_amazon_names: bool = True) -> None:
        self._suffixes = (".localhost", *_AMAZON_SUFFIXES) if takes_amazon_names else (".localhost",)
        self._names = {
            "localhost",
            bind.lower(),
            *(name.lower().rstrip(".") for name in allowed),
        }
        self.allows = lru_cache(maxsize=1024)(self._allows)

    def _allows(self, host: str | None) -> bool:
        """Whether a Host header value (name and maybe port) is one of ours. Loopback addresses always are."""
        if not host or len(host) > 255:
            return False
        name = _without_port(host).lower().rstrip(".")
        if name in self._names or name.endswith(self._suffixes):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return any(name.endswith(f".{own}") for own in self._names if "." in own and not own[-1].isdigit())
        return address.is_loopback


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].split("]", 1)[0]
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host
