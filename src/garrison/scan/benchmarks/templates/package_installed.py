"""A package that must be there."""

from __future__ import annotations

from garrison.scan.benchmarks.equivalents import equivalents
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, decided, fails
from garrison.scan.benchmarks.versions import compare


@kind("package_installed")
def package_installed(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the package `pkgname` is not installed, or is older than `evr` (epoch:version-release) where that is given."""
    return judged(host, arguments.text("pkgname"), arguments.text("evr", ""))


def judged(host: Host, name: str, evr: str = "") -> Outcome:
    """The verdict on one package; unknown where no package database could be read."""
    if not host.packages:
        raise Unreadable("no package database was found")
    package = host.package(*equivalents(name))
    if package is None:
        return fails(f"{name} is not installed")
    return decided(
        not evr or compare(package.version, ">=", evr),
        f"{package.name} {package.version}" + (f", at least {evr} is asked for" if evr else ""),
    )
