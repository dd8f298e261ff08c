"""A package that must be there when the profile chose it among several."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, not_applicable
from garrison.scan.benchmarks.templates import package_installed


@kind("package_installed_guard_var")
def package_installed_guard_var(host: Host, arguments: Arguments) -> Outcome:
    """Like `package_installed` for `pkgname`, where the profile's `variable` has the value `value`."""
    chosen = arguments.value(arguments.text("variable"))
    if chosen != arguments.text("value"):
        return not_applicable(f"the profile chose {chosen}")
    return package_installed.judged(host, arguments.text("pkgname"))
