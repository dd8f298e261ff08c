"""A package that must not be there."""

from __future__ import annotations

from garrison.scan.benchmarks.equivalents import equivalents
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, fails, passes


@kind("package_removed")
def package_removed(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the package `pkgname` (or several in a list), or what the distribution calls it, is installed."""
    if not host.packages:
        raise Unreadable("no package database was found")
    names = arguments.texts("pkgname")
    for name in names:
        if (package := host.package(*equivalents(name))) is not None:
            return fails(f"{package.name} {package.version} is installed")
    return passes(f"{', '.join(names)} is not installed")
