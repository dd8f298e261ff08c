"""Start, watch and stop the processes of a server: children never outlive their parent."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

_PR_SET_PDEATHSIG = 1
_QUICK_DEATH_SECONDS = 5.0
_LONGEST_BACKOFF_SECONDS = 10.0

log = structlog.get_logger("garrison.processes")


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel to end this process when the one that started it ends (Linux; elsewhere nothing happens)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


@dataclass(slots=True)
class Child:
    """One supervised process, started again when it dies."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _started: float = 0.0
    _wait_until: float = 0.0
    _backoff: float = field(default=0.05)

    def start(self) -> None:
        """Start the process."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(self.command, env=dict(self.environment), stdin=subprocess.DEVNULL)

    def tend(self) -> None:
        """Start the process again if it has ended, more slowly each time it ends quickly."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if not self._wait_until:
            log.warning("process_ended", process=self.name, exit_code=self.process.returncode)
            lived_long = now - self._started > _QUICK_DEATH_SECONDS
            self._backoff = 0.05 if lived_long else min(self._backoff * 2, _LONGEST_BACKOFF_SECONDS)
            self._wait_until = now + self._backoff
        elif now >= self._wait_until:
            self._wait_until = 0.0
            self.restarts += 1
            self.start()

    def stop(self, timeout_seconds: float) -> None:
        """Ask the process to end; end it when it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            log.warning("process_killed", process=self.name)
            self.process.kill()
            self.process.wait()
