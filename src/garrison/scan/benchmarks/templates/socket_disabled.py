"""A socket that must not wait for connections."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome
from garrison.scan.benchmarks.templates import service_disabled


@kind("socket_disabled")
def socket_disabled(host: Host, arguments: Arguments) -> Outcome:
    """Like `service_disabled` for the socket `socketname`."""
    return service_disabled.judged(host, f"{arguments.text('socketname')}.socket")
