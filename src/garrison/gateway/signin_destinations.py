"""Where a browser goes with a sign-in token: to a page of the console, or of this server, which redeems it; never anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from garrison.errors import ApiError
from garrison.gateway.console.places import CONSOLE_PATH, Places
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.settings import Settings

_NOWHERE = ("", "/")


class Destinations:
    """The pages that a token may be brought to."""

    def __init__(self, settings: Settings) -> None:
        self._places = Places(settings)

    def redirect(
        self, request: HttpRequest, destination: str, token: str, status: int = 302, *, asked: str = ""
    ) -> HttpResponse:
        """Send the browser to a destination, the console's first page where it is empty; raises `ApiError` where it may not go there.

        `asked` is what the console's page gave along when it sent the browser to a provider: by it the page knows its own question.
        """
        console = self._places.console_origin(request.header("host"))
        try:
            parts = urlsplit(CONSOLE_PATH if console is not None and destination in _NOWHERE else destination)
        except ValueError:
            raise _not_here() from None
        path, origin = parts.path or "/", f"{parts.scheme}://{parts.netloc}"
        is_console = console is not None and path.startswith(CONSOLE_PATH) and origin in ("://", console)
        is_here = parts.netloc in ("", request.header("host")) and parts.scheme in ("", request.scheme)
        if (
            not (is_console or is_here)
            or not token
            or not path.startswith("/")
            or path.startswith("//")
            or "\\" in path
        ):
            raise _not_here()
        query = f"?{quote(parts.query, safe='=&%')}" if parts.query else ""
        page = f"{console if is_console else ''}{quote(path, safe='/%')}{query}"
        name = "signinToken" if is_console else "SigninToken"
        own = f"&asked={quote(asked, safe='')}" if asked else ""
        location = f"{page}#{name}={quote(token, safe='')}{own}"
        return HttpResponse(status, [("location", location), ("cache-control", "no-store")])


def _not_here() -> ApiError:
    return ApiError("ValidationError", "Destination must be a page of this server, with a SigninToken.", status=400)
