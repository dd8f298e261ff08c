"""A service that must run."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, passes
from garrison.scan.benchmarks.readers.units import units


@kind("service_enabled")
def service_enabled(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `servicename` is not installed, not started at boot, or known not to run now. `packagename` is not needed."""
    return judged(host, f"{arguments.text('servicename')}.service")


def judged(host: Host, unit: str) -> Outcome:
    """The verdict on one unit."""
    found = host.once(units)
    if unit not in found.installed and unit not in found.enabled:
        return fails(f"there is no {unit}")
    if not found.is_enabled(unit):
        return fails(
            f"{found.installed.get(unit, unit)}: {unit} is {'masked' if unit in found.masked else 'not started at boot'}"
        )
    stopped = {service.name for service in host.inventory.services if service.is_running is False}
    if unit in stopped or unit.removesuffix(".service") in stopped:
        return fails(f"{unit} is not running")
    return passes(f"{found.enabled[unit]}: {unit} is started at boot")
