"""Work on the lake in a process of its own, for a server's worker: the engine's memory goes with the process.

The process reads what is asked as JSON from its standard input, and writes its answer or what was wrong to its standard output.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from garrison import codec
from garrison.errors import GarrisonError
from garrison.lake.failures import QueryFailed


class Asked(Protocol):
    """What is asked: a `msgspec.Struct` that says how long its answer may take."""

    @property
    def seconds(self) -> float:
        """Of the engine."""


A = TypeVar("A", bound=Asked)


def ask_apart(module: str, asked: Asked) -> dict[str, Any]:
    """Have a module's `main` answer in a process of its own; raises `QueryFailed`."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=codec.encode(asked),
            capture_output=True,
            check=True,
            timeout=2 * asked.seconds,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise QueryFailed("The lake could not answer.") from None
    told: dict[str, Any] = codec.decode(done.stdout)
    if "problem" in told:
        raise QueryFailed(told["problem"])
    return told


def answer(kind: type[A], work: Callable[[A], Any]) -> None:
    """What such a module's `main` does."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=kind)
    seconds = int(asked.seconds * (os.cpu_count() or 1)) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        told = work(asked)
    except GarrisonError as error:
        told = {"problem": str(error)}
    sys.stdout.buffer.write(codec.encode(told))
