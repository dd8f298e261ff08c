"""A service that must not run when the profile chose another for its task."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, not_applicable
from garrison.scan.benchmarks.templates import service_disabled


@kind("service_disabled_guard_var")
def service_disabled_guard_var(host: Host, arguments: Arguments) -> Outcome:
    """Like `service_disabled` for `servicename`, unless the profile's `variable` has the value `value`: then it is the one to run."""
    chosen = arguments.value(arguments.text("variable"))
    if chosen == arguments.text("value"):
        return not_applicable(f"the profile chose {chosen}")
    return service_disabled.judged(host, f"{arguments.text('servicename')}.service")
