"""A timer that must run."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome
from garrison.scan.benchmarks.templates import service_enabled


@kind("timer_enabled")
def timer_enabled(host: Host, arguments: Arguments) -> Outcome:
    """Like `service_enabled` for the timer `timername`."""
    return service_enabled.judged(host, f"{arguments.text('timername')}.timer")
