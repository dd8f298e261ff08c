"""Run an adapter that is a server: worker processes on one listening socket, each with the web ACL compiled."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from garrison.cli.output import emit

if TYPE_CHECKING:
    import ssl

    from garrison.adapters.attached import Attached
    from garrison.adapters.counting import Counting
    from garrison.adapters.edge.connection import Handler

Make = Callable[["Attached"], "Handler"]


def run(
    listening: socket.socket,
    settings: dict[str, Any],
    make: Make,
    workers: int,
    as_json: bool,
    says: str,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve until a signal asks for the end. SIGHUP replaces the workers without dropping a request."""
    from garrison.adapters.counting import Counting
    from garrison.adapters.edge.serving import name_of
    from garrison.runtime.logs import configure_logs
    from garrison.runtime.workers import tend_workers

    configure_logs("info")
    counting = Counting(workers)
    for module in ("uvloop", "garrison.adapters.attached", "garrison.waf.records"):
        import_module(module)  # once, before the workers are forked
    emit(
        {"listen": name_of(listening, has_tls=tls is not None), "workers": workers, "supervisor": os.getpid()},
        as_json,
        says,
    )
    tend_workers(workers, lambda number, ready: _work(number, ready, listening, settings, make, counting, tls))


def _work(
    number: int,
    ready: Callable[[], None],
    listening: socket.socket,
    settings: dict[str, Any],
    make: Make,
    counting: Counting,
    tls: ssl.SSLContext | None,
) -> None:
    import sys

    import uvloop

    from garrison.adapters.attached import attach
    from garrison.adapters.edge.serving import serve

    sys.setswitchinterval(0.001)  # what is told in the background gives way to requests sooner
    counting.choose(number)
    attached = attach(settings, counting=counting)
    attached.follower.follow()
    try:
        uvloop.run(serve(make(attached), listening, tls, ready=ready))
    finally:
        attached.close()
