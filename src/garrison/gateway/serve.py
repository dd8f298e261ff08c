"""The gateway process: its listening sockets, and a worker, or several in forked processes that share it."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
import time
from functools import partial

import uvloop
from msgspec.structs import replace

from garrison.gateway import factory, metrics
from garrison.gateway.asked import Asked
from garrison.gateway.connection import Connection
from garrison.logs import get_logger
from garrison.policy.collector import held_collector
from garrison.runtime.home import Home
from garrison.runtime.logs import configure_logs
from garrison.runtime.memory import leave_no_dump
from garrison.runtime.processes import die_with_parent, hear_signals
from garrison.runtime.running import CONSOLE_LISTENING, LISTENING
from garrison.runtime.tls import certificate_paths
from garrison.runtime.workers import tend_workers
from garrison.setting_sources import default_home, load_settings
from garrison.settings import Settings

_BACKLOG = 1024
_TEND_SECONDS = 1.0
"""How often slow and idle connections are looked for, and counts are written."""

log = get_logger("garrison.serve")


def listen(settings: Settings) -> socket.socket:
    """The listening socket that the supervisor holds, else one as the settings name."""
    if listening := _inherited(LISTENING):
        return listening
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.bind, settings.port))
    listening.listen(_BACKLOG)
    listening.setblocking(False)
    return listening


def _inherited(variable: str) -> socket.socket | None:
    """A socket that the supervisor holds, where it says so."""
    if not (number := os.environ.get(variable)):
        return None
    listening = socket.socket(fileno=int(number))
    listening.setblocking(False)
    return listening


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context of the endpoint, None where it serves plain HTTP."""
    if not settings.uses_tls:
        return None
    certificate, key = certificate_paths(settings)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


async def serve(served: list[tuple[Asked, socket.socket]], tls: ssl.SSLContext | None) -> None:
    """Serve each application on its socket until a signal asks for the end, then answer what is under way."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    connections: set[Connection] = set()
    servers = [
        await loop.create_server(partial(Connection, application, connections), sock=listening, ssl=tls)
        for application, listening in served
    ]
    first = served[0][0]
    tending = loop.create_task(_tend(first, connections))
    await ended.wait()
    for application, _ in served:
        application.is_stopping = True
    for server in servers:
        server.close()
    deadline = time.monotonic() + first.settings.stop_timeout_seconds
    while connections and time.monotonic() < deadline:
        for connection in [each for each in connections if each.is_idle]:
            connection.close()
        await asyncio.sleep(0.01)
    tending.cancel()


async def _tend(application: Asked, connections: set[Connection]) -> None:
    while True:
        await asyncio.sleep(_TEND_SECONDS)
        now = time.monotonic()
        for connection in list(connections):
            connection.expire(now)
        application.metrics.write()


def work(settings: Settings, listening: socket.socket, console: socket.socket | None) -> None:
    """Be a worker until a signal asks for the end. Its settings name the ports that it has, also where they asked for any."""
    settings = replace(
        settings, port=listening.getsockname()[1], console_port=console.getsockname()[1] if console is not None else 0
    )
    with held_collector():
        application, worker = factory.create(settings)
    gc.freeze()  # what is loaded stays
    served: list[tuple[Asked, socket.socket]] = [(application, listening)]
    if console is not None:
        served.append((factory.create_console(worker), console))
    worker.start()
    try:
        uvloop.run(serve(served, tls_context(settings)))
    finally:
        for each, _ in served:
            each.close()
        worker.stop()


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    leave_no_dump()
    die_with_parent()
    hear_signals()
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    metrics.prepare(Home(settings.home_path).metrics)
    listening, console = listen(settings), _inherited(CONSOLE_LISTENING)
    if settings.workers == 1:
        work(settings, listening, console)
    else:
        tend_workers(settings.workers, lambda *_: work(settings, listening, console))


if __name__ == "__main__":
    main()
