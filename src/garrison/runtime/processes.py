"""A supervised process: started again when it dies, and never outliving its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from garrison.logs import get_logger

_PR_SET_PDEATHSIG = 1
_QUICK_DEATH_SECONDS = 5.0
_FIRST_BACKOFF_SECONDS = 0.05
_LONGEST_BACKOFF_SECONDS = 10.0

log = get_logger("garrison.processes")
_library = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel to end this process when the one that started it ends (Linux; elsewhere nothing happens)."""
    if _library is not None:
        _library.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)


def hear_signals() -> None:
    """Let SIGTERM through, also one that came while the process was loading."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def _begin(parent: int) -> None:
    """Between fork and the program's start, so that there is no moment in which it could be left behind.

    Being asked to end waits until the program says that it can do so properly (`hear_signals`).
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)  # it died before the kernel was asked


@dataclass(slots=True)
class Child:
    """One supervised process, started again when it dies."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    files: tuple[int, ...] = ()
    """Descriptors that it inherits."""
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _started: float = 0.0
    _wait_until: float = 0.0
    _backoff: float = field(default=_FIRST_BACKOFF_SECONDS)

    def start(self) -> None:
        """Start the process."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),  # what the operator's program reads is the supervisor's alone
            pass_fds=self.files,
            process_group=0,  # Ctrl-C is for the supervisor, which decides who ends when
            preexec_fn=partial(_begin, os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )

    def tend(self) -> bool:
        """Start the process again if it has ended, more slowly each time it ends quickly; whether it was started."""
        if self.process is None or self.process.poll() is None:
            return False
        now = time.monotonic()
        if not self._wait_until:
            log.warning("process_ended", child=self.name, exit_code=self.process.returncode)
            lived_long = now - self._started > _QUICK_DEATH_SECONDS
            self._backoff = _FIRST_BACKOFF_SECONDS if lived_long else min(self._backoff * 2, _LONGEST_BACKOFF_SECONDS)
            self._wait_until = now + self._backoff
        elif now >= self._wait_until:
            self._wait_until = 0.0
            self.restarts += 1
            self.start()
            return True
        return False

    def stop(self, timeout_seconds: float) -> None:
        """Ask the process to end; end it when it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            log.warning("process_killed", child=self.name)
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """End the process at once; what it has acknowledged is on the disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
