"""The process in which AWS's Guard engine runs: a line of JSON in for each item, a line out; it has given up all that it does not need.

The engine is native code that parses what a caller wrote: it may loop, run out of stack or memory, or take the process down.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

import msgspec

from garrison import codec
from garrison.confined import confinement
from garrison.confined.limits import Limits
from garrison.rules.custom.guard import read_report


class Work(msgspec.Struct, frozen=True):
    """One item to be judged."""

    policy: str
    data: dict[str, Any]


class Set(msgspec.Struct, frozen=True):
    """How the worker confines itself: its argument."""

    limits: Limits
    user: int | None


def main() -> None:
    """Confine this process, then answer until the input ends."""
    from cfn_guard_rs.cfn_guard_rs import run_checks_rs

    how = msgspec.json.decode(sys.argv[1], type=Set)
    confinement.be_killed_first()
    confinement.become(how.user)
    confinement.close_network(may_lack=True)
    _set_limits(how.limits)
    decoder = msgspec.json.Decoder(Work)
    for line in sys.stdin.buffer:
        _allow_cpu(how.limits.cpu_seconds)
        sys.stdout.buffer.write(codec.encode(_judged(run_checks_rs, decoder.decode(line))) + b"\n")
        sys.stdout.buffer.flush()


def _judged(run_checks: Any, work: Work) -> dict[str, Any]:
    try:
        report = run_checks(
            codec.encode(work.data).decode(), work.policy, True
        )  # the short form loses parts of long values
    except Exception as error:
        return {
            "error": str(error).strip() or type(error).__name__,
            "is_syntax": type(error).__name__ == "CfnGuardParseError",
        }
    except BaseException as error:  # the engine's panics
        return {"error": f"the engine broke: {error}"}
    return {"report": read_report(codec.decode(report.encode())) if report else None}


def _set_limits(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        resource.setrlimit(kind, (most, most))


def _allow_cpu(seconds: int) -> None:
    """So much more processor time from now on."""
    used = os.times()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.user + used.system) + 1 + seconds, hard))


if __name__ == "__main__":
    main()
