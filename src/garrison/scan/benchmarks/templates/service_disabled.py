"""A service that must not run."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, passes
from garrison.scan.benchmarks.readers.units import units


@kind("service_disabled")
def service_disabled(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `servicename` is started at boot or runs now.

    It passes where there is no such unit. The argument `packagename` is not needed: a unit says what it is.
    """
    return judged(host, f"{arguments.text('servicename')}.service")


def judged(host: Host, unit: str) -> Outcome:
    """The verdict on one unit."""
    found = host.once(units)
    if unit in found.running or unit.removesuffix(".service") in found.running:
        return fails(f"{unit} is running")
    if found.is_enabled(unit):
        return fails(f"{found.enabled[unit]}: {unit} is started at boot")
    if unit in found.masked:
        return passes(f"{found.installed[unit]}: {unit} is masked")
    return passes(
        f"{found.installed[unit]}: {unit} is not started at boot" if unit in found.installed else f"there is no {unit}"
    )
