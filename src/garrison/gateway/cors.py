"""Let the console's own pages call the API, and no other origin's (Fetch standard, "CORS protocol").

Nothing is let in by this that would not be decided anyway: requests are signed, and no cookie counts here. It says to a browser which
page may read the answers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from garrison.gateway.console.places import Places
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.asked import Respond
    from garrison.settings import Settings

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_KEPT_SECONDS = "7200"
"""How long a browser may go on without asking again; none remembers it longer."""
_NAMES = re.compile(r"[A-Za-z0-9_, -]{1,4096}")


class Cors:
    """The one origin that may read the API's answers: that of the console under the host name that the request is for."""

    def __init__(self, settings: Settings) -> None:
        self._places = Places(settings)

    def is_preflight(self, request: HttpRequest) -> bool:
        """Whether an OPTIONS request is a browser's that asks on behalf of the console what it may send."""
        return request.header("access-control-request-method") is not None and self._allows(request)

    def preflight(self, request: HttpRequest) -> HttpResponse:
        """What it may send: everything that a call consists of."""
        headers = [("access-control-allow-methods", _METHODS), ("access-control-max-age", _KEPT_SECONDS)]
        asked = request.header("access-control-request-headers", "") or ""
        if _NAMES.fullmatch(asked):
            headers.append(("access-control-allow-headers", asked))
        return HttpResponse(204, headers)

    def opened(self, request: HttpRequest, respond: Respond) -> Respond:
        """The same way to answer, with leave to read where it is the console that asks."""
        if not self._allows(request):
            return respond
        leave = [
            ("access-control-allow-origin", request.header("origin", "") or ""),
            ("access-control-expose-headers", "*"),
        ]

        def respond_readably(answer: HttpResponse | BaseException) -> None:
            if isinstance(answer, HttpResponse):
                answer = replace(answer, headers=[*answer.headers, *leave])
            respond(answer)

        return respond_readably

    def _allows(self, request: HttpRequest) -> bool:
        origin = request.header("origin")
        return origin is not None and origin == self._places.console_origin(request.header("host"))
