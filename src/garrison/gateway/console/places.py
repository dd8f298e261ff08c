"""Where the console and the API stand in a browser's eyes: two origins of the same host name, or those that the settings name."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from garrison.gateway.hosts import HostCheck
from garrison.settings import CONSOLE_PATH, Settings

__all__ = ["CONSOLE_PATH", "Places", "origin_of"]

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_STANDARD_PORTS = {"http": 80, "https": 443}


class Places:
    """The console's origin and the API's, by the Host header of a request to either."""

    def __init__(self, settings: Settings) -> None:
        self.is_https = settings.uses_tls or settings.console_url.startswith("https:")
        """Whether browsers reach the console by HTTPS."""
        self._scheme = "https" if settings.uses_tls else "http"
        self._port = settings.port
        self._console_port = settings.console_port or 0
        self._console = origin_of(settings.console_url)
        self._api = origin_of(settings.public_url)
        own = (urlsplit(settings.console_url).hostname,) if self._console else ()
        # Names that AWS's tools keep are no place for a page: others have pages there.
        self._hosts = HostCheck(
            settings.bind, (*settings.allowed_hosts, *(name for name in own if name)), takes_amazon_names=False
        )
        self.console_origin = lru_cache(maxsize=256)(self._console_origin)
        """The console's origin, None where there is none for this host."""
        self.api_origin = lru_cache(maxsize=256)(self._api_origin)
        """The API's origin, None where there is none for this host."""

    def allows(self, host: str | None) -> bool:
        """Whether a Host header names the console."""
        return self._hosts.allows(host)

    def _console_origin(self, host: str | None) -> str | None:
        if not self._console_port:
            return None
        return self._console or self._at(host, self._console_port)

    def _api_origin(self, host: str | None) -> str | None:
        return self._api or self._at(host, self._port)

    def _at(self, host: str | None, port: int) -> str | None:
        found = _HOST.fullmatch((host or "").lower())
        if found is None or not self._hosts.allows(host):
            return None
        shown = "" if _STANDARD_PORTS[self._scheme] == port else f":{port}"
        return f"{self._scheme}://{found['name']}{shown}"


def origin_of(url: str) -> str:
    """The origin of a URL, as a browser writes it; empty for an empty one."""
    if not url:
        return ""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    shown = "" if parts.port in (None, _STANDARD_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{shown}"
