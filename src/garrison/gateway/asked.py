"""What a connection asks for answers: the API's application or the console's, each behind a port of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.metrics import Metrics
    from garrison.settings import Settings

Respond = Callable[[HttpResponse | BaseException], None]
"""Takes the answer, or the fault of our own that there is in its place."""


class Asked(Protocol):
    """An application: one for each worker and port, used from the worker's event loop only."""

    settings: Settings
    """Those whose limits hold for its requests."""
    metrics: Metrics
    is_stopping: bool
    """Whether connections are to end with the answers under way."""

    def answer(self, request: HttpRequest, respond: Respond) -> None:
        """Answer a request, at once or later: never before what it stands for is on the disk."""

    def turn_back(self, request: HttpRequest, respond: Respond) -> bool:
        """Answer an upload whose head alone is refused; gives False where its body may come."""

    def close(self) -> None:
        """Let what is under way end."""
