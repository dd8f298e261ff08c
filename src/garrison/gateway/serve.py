"""The gateway process: one listening socket, and a worker, or several in forked processes that share it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import time

import uvloop
from msgspec.structs import replace

from garrison.gateway import factory, metrics
from garrison.gateway.app import Application
from garrison.gateway.connection import Connection
from garrison.logs import get_logger
from garrison.runtime.home import Home
from garrison.runtime.logs import configure_logs
from garrison.runtime.memory import leave_no_dump
from garrison.runtime.processes import die_with_parent, hear_signals
from garrison.runtime.running import LISTENING
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
    if inherited := os.environ.get(LISTENING):
        listening = socket.socket(fileno=int(inherited))
        listening.setblocking(False)
        return listening
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.bind, settings.port))
    listening.listen(_BACKLOG)
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


async def serve(application: Application, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Serve until a signal asks for the end, then answer what is under way."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(application, connections), sock=listening, ssl=tls)
    tending = loop.create_task(_tend(application, connections))
    await ended.wait()
    application.is_stopping = True
    server.close()
    deadline = time.monotonic() + application.settings.stop_timeout_seconds
    while connections and time.monotonic() < deadline:
        for connection in [each for each in connections if each.is_idle]:
            connection.close()
        await asyncio.sleep(0.01)
    tending.cancel()


async def _tend(application: Application, connections: set[Connection]) -> None:
    while True:
        await asyncio.sleep(_TEND_SECONDS)
        now = time.monotonic()
        for connection in list(connections):
            connection.expire(now)
        application.metrics.write()


def work(settings: Settings, listening: socket.socket) -> None:
    """Be a worker until a signal asks for the end. Its settings name the port that it has, also where they asked for any."""
    settings = replace(settings, port=listening.getsockname()[1])
    application, worker = factory.create(settings)
    worker.start()
    try:
        uvloop.run(serve(application, listening, tls_context(settings)))
    finally:
        application.close()
        worker.stop()


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    leave_no_dump()
    die_with_parent()
    hear_signals()
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    metrics.prepare(Home(settings.home_path).metrics)
    listening = listen(settings)
    if settings.workers == 1:
        work(settings, listening)
    else:
        tend_workers(settings.workers, lambda *_: work(settings, listening))


if __name__ == "__main__":
    main()
