"""The server as its supervisor sees it: start the processes, wait until a signed call succeeds, watch, stop."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from types import FrameType

from garrison.errors import OperatorError
from garrison.logs import get_logger
from garrison.runtime.home import Home, write_profile
from garrison.runtime.processes import Child
from garrison.runtime.readiness import (
    StartInterrupted,
    caller_identity,
    read_credentials,
    wait_until_ready,
)
from garrison.runtime.running import (
    CONSOLE_LISTENING,
    LISTENING,
    SUPERVISOR,
    announce,
    free_port,
    listen,
    listen_for_console,
    running_server,
    take_home,
)
from garrison.runtime.tls import authority, endpoint_host, is_renewed
from garrison.settings import Settings, console_url

__all__ = [
    "Server",
    "StartInterrupted",
    "caller_identity",
    "free_port",
    "read_credentials",
    "running_server",
    "wait_until_ready",
]

log = get_logger("garrison.supervisor")

_TEND_SECONDS = 0.1
_CERTIFICATE_SECONDS = 3600.0
"""How often the certificate's age is looked at."""
_GRACE_SECONDS = 2.0
"""What a process may take beyond the time for calls under way."""


class Server:
    """A running server: gateway and background process, started again when they die."""

    def __init__(self, settings: Settings) -> None:
        """Take the home, and check what can be checked before anything starts; raises `OperatorError`."""
        self.settings = settings
        self.home = Home(settings.home_path)
        self._lock = take_home(self.home)
        self._stopping = threading.Event()
        self._started_at = datetime.now(UTC)
        self._listening: list[socket.socket] = []
        self.endpoint = ""
        self.console: str | None = None
        """The console's URL, None where there is none."""
        self._children: list[Child] = []
        announce(self.home, endpoint=None, bind=settings.bind, supervisor=os.getpid())

    def start(self) -> None:
        """Start the processes and wait until a signed GetCallerIdentity has succeeded.

        Raises `OperatorError`, or `StartInterrupted` where a signal came first.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._listening = [listening := listen(self.settings.bind, self.settings.port)]
        port = listening.getsockname()[1]
        place = f"{'https' if self.settings.uses_tls else 'http'}://{endpoint_host(self.settings)}"
        self.endpoint = f"{place}:{port}"
        console = listen_for_console(self.settings.bind, port, self.settings.console_port)
        if console is not None:
            self._listening.append(console)
            self.console = console_url(self.settings, f"{place}:{console.getsockname()[1]}")
        write_profile(self.home, self.endpoint, self.settings.region, authority(self.settings))
        environment = dict(os.environ) | {
            "GARRISON_HOME": str(self.home.path),
            "GARRISON_BIND": self.settings.bind,
            "GARRISON_PORT": str(port),
            "GARRISON_TLS": "true" if self.settings.tls else "false",
            "GARRISON_WORKERS": str(self.settings.workers),
            LISTENING: str(listening.fileno()),
            CONSOLE_LISTENING: str(console.fileno()) if console is not None else "",
            SUPERVISOR: str(os.getpid()),
        }
        sockets = tuple(each.fileno() for each in self._listening)
        self._children = [
            Child("gateway", [sys.executable, "-m", "garrison.gateway.serve"], environment, sockets),
            Child("background", [sys.executable, "-m", "garrison.gateway.background"], environment),
        ]
        gateway, background = self._children
        gateway.start()
        try:
            wait_until_ready(self.home, self.endpoint, [gateway], self._stopping.is_set)
        except OperatorError:
            self._look_for_cause()
            raise
        # What the gateway answers is durable before it is sequenced: nobody has to wait for this process to be loaded.
        background.start()
        self._announce()

    def watch(self) -> None:
        """Keep the processes alive until a signal."""
        look_at = time.monotonic() + _CERTIFICATE_SECONDS
        while not self._stopping.wait(_TEND_SECONDS):
            started = [child.tend() for child in self._children]
            if any(started):
                self._announce()
            if time.monotonic() >= look_at:
                look_at += _CERTIFICATE_SECONDS
                self.renew_certificate()

    def renew_certificate(self) -> None:
        """Make a new certificate where the one made in the home is about to expire, and serve it."""
        if self.settings.uses_tls and is_renewed(self.settings):
            log.info("certificate_renewed")
            self._children[0].stop(self.settings.stop_timeout_seconds + _GRACE_SECONDS)
            self._children[0].start()
            self._announce()

    def stop(self) -> None:
        """Stop gracefully: the gateway first, so that the background process can still sequence its last events."""
        for listening in self._listening:
            listening.close()
        for child in self._children:
            child.stop(self.settings.stop_timeout_seconds + _GRACE_SECONDS)
        self.home.address_file.unlink(missing_ok=True)
        self._lock.close()

    def _look_for_cause(self) -> None:
        """Open what the processes open: where that is what failed, it raises `OperatorError` with the cause."""
        from garrison.runtime.parts import open_parts  # seldom needed, and takes long to load

        open_parts(self.settings).close()

    def _announce(self) -> None:
        announce(
            self.home,
            endpoint=self.endpoint,
            console=self.console,
            bind=self.settings.bind,
            supervisor=os.getpid(),
            started_at=self._started_at.isoformat(),
            workers=self.settings.workers,
            processes={child.name: child.process.pid for child in self._children if child.process},
            restarts={child.name: child.restarts for child in self._children},
        )

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """The first signal asks for the end; one more while calls are still answered ends the processes at once."""
        if self._stopping.is_set():
            log.warning("stopped_at_once", signal=signal.Signals(number).name)
            for child in self._children:
                child.kill()
        self._stopping.set()
