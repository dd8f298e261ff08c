"""The gateway process: the HTTP server and its workers."""

from __future__ import annotations

from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from garrison.gateway import metrics
from garrison.runtime.home import Home
from garrison.runtime.processes import die_with_parent
from garrison.runtime.tls import certificate_paths
from garrison.settings import Settings, default_home, load_settings

_LARGEST_BACKLOG = 1024


def server_of(settings: Settings) -> MPServer:
    """The HTTP server that the settings describe."""
    certificate, key = certificate_paths(settings) if settings.uses_tls else (None, None)
    return MPServer(
        "garrison.gateway.factory:create",
        factory=True,
        address=settings.bind,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.workers,
        backlog=_LARGEST_BACKLOG,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=settings.stop_timeout_seconds,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(settings.client_timeout_seconds * 1000),
            max_buffer_size=max(settings.max_header_bytes * 2, 128 * 1024),
        ),
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
        log_enabled=settings.log_level == "debug",
        log_access=False,
    )


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    die_with_parent()
    settings = load_settings(default_home())
    metrics.prepare(Home(settings.home_path).metrics)
    server_of(settings).serve()


if __name__ == "__main__":
    main()
