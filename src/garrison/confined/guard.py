"""Processes in which AWS's Guard engine judges items, each killed at its deadline and replaced by a new one.

The engine (PyPI `cfn-guard-rs`) is there for CPython 3.11 and 3.12; elsewhere `is_guard_installed` says no.
"""

from __future__ import annotations

import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec

from garrison import codec
from garrison.confined.confinement import GUARD_USER
from garrison.confined.failures import NotConfined, Stopped
from garrison.confined.guard_worker import Set, Work
from garrison.confined.limits import MIB, Limits
from garrison.errors import GarrisonError
from garrison.rules.custom.guard import GuardReport

GUARD_LIMITS = Limits(seconds=10.0, cpu_seconds=5, memory_bytes=512 * MIB, output_bytes=MIB)
"""Of one policy on one item."""
_START_SECONDS = 30.0
_CHUNK_BYTES = 64 * 1024


class GuardRefused(GarrisonError):
    """The engine does not take the policy, or cannot apply it to the item; the text is the engine's own."""

    def __init__(self, reason: str, *, is_syntax: bool = False) -> None:
        super().__init__(reason)
        self.is_syntax = is_syntax
        """Whether the policy is no Guard at all."""


class _Answer(msgspec.Struct, frozen=True):
    report: GuardReport | None = None
    error: str | None = None
    is_syntax: bool = False


_decoder = msgspec.json.Decoder(_Answer)


def is_guard_installed() -> bool:
    """Whether the engine is there."""
    return importlib.util.find_spec("cfn_guard_rs") is not None


class GuardPool:
    """A few worker processes, started when they are needed; safe with threads. Close it, or use it in a `with`."""

    def __init__(self, size: int = 1, limits: Limits = GUARD_LIMITS) -> None:
        self._limits = limits
        self._free: list[_Worker] = []
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(size)

    def __enter__(self) -> GuardPool:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def judge(self, policy: str, data: Mapping[str, Any]) -> GuardReport:
        """What a policy says of an item in Config's form.

        Raises `GuardRefused` where the engine does not take it, `Stopped` where it went beyond a limit or down, `NotConfined`
        where the engine is not there.
        """
        if not is_guard_installed():
            raise NotConfined("AWS's Guard engine is not there for this Python: it needs CPython 3.11 or 3.12")
        line = codec.encode(Work(policy, dict(data))) + b"\n"
        with self._turns:
            with self._lock:
                worker = self._free.pop() if self._free else None
            worker = worker or _Worker(self._limits)
            try:
                answer = worker.ask(line)
            except BaseException:
                worker.kill()
                raise
            with self._lock:
                self._free.append(worker)
        if answer.error is not None:
            raise GuardRefused(answer.error, is_syntax=answer.is_syntax)
        if answer.report is None:
            raise GuardRefused("the policy has no rules", is_syntax=True)
        return answer.report

    def close(self) -> None:
        """End the workers that are at rest."""
        with self._lock:
            workers, self._free = self._free, []
        for worker in workers:
            worker.kill()


class _Worker:
    """One process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        how = Set(limits, GUARD_USER if os.geteuid() == 0 else None)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "garrison.confined.guard_worker", codec.encode(how).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        self._is_new = True

    def ask(self, line: bytes) -> _Answer:
        """Its answer to one line; raises `Stopped`."""
        seconds = self._limits.seconds + (_START_SECONDS if self._is_new else 0.0)
        deadline = time.monotonic() + seconds
        output = self._exchange(line, deadline)
        self._is_new = False
        return _decoder.decode(output)

    def _exchange(self, line: bytes, deadline: float) -> bytes:
        assert self._process.stdin is not None and self._process.stdout is not None
        source, sink = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(source, False)
        left, output = memoryview(line), bytearray()
        while not output.endswith(b"\n"):
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise Stopped(f"The policy was stopped: it took more than {self._limits.seconds:g} s")
            readable, writable, _ = select.select([sink], [source] if left else [], [], rest)
            with suppress(BrokenPipeError):
                if writable:
                    left = left[os.write(source, left[:_CHUNK_BYTES]) :]
            if readable:
                found = os.read(sink, _CHUNK_BYTES)
                output += found
                if not found or len(output) > self._limits.output_bytes:
                    raise self._ended(found)
        return bytes(output)

    def _ended(self, found: bytes) -> Stopped:
        if found:
            return Stopped(f"The policy was stopped: its report has more than {self._limits.output_bytes} bytes")
        code = self._process.wait()
        if code == -24:
            return Stopped(f"The policy was stopped: it used more than {self._limits.cpu_seconds} s of a processor")
        return Stopped("The policy was stopped: it brought the engine down, by too deep nesting or too much memory")

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        with self._process:
            pass
