"""The configuration that sshd would run with, as checks ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.versions import compare
from garrison.scan.syntax.sshd import ALIASES, CONFIGURATION, PACKAGES, defaults, effective


@dataclass(slots=True)
class Sshd:
    """sshd's settings; keywords are lower case."""

    is_installed: bool = False
    version: str = ""
    values: dict[str, list[Setting]] = field(default_factory=dict)
    matched: dict[str, list[Setting]] = field(default_factory=dict)
    """What Match blocks set for some connections."""
    defaults: dict[str, str] = field(default_factory=dict)
    """Of the OpenSSH that is installed, else of today's."""

    def value(self, keyword: str) -> Setting | None:
        """The effective value outside Match blocks; None where nothing sets it and OpenSSH's default is not known."""
        keyword = ALIASES.get(keyword.lower(), keyword.lower())
        if keyword in self.values:
            return self.values[keyword][0]
        default = self.defaults.get(keyword)
        return None if default is None else Setting(default, f"{CONFIGURATION} (not set, default)")

    def everywhere(self, keyword: str) -> list[Setting]:
        """The effective value, then those that Match blocks give to some connections."""
        name = ALIASES.get(keyword.lower(), keyword.lower())
        first = self.value(name)
        return [*([] if first is None else [first]), *self.matched.get(name, [])]


def sshd(host: Host) -> Sshd:
    """Read sshd_config with what it includes."""
    package = host.package(*PACKAGES)
    version = package.version if package is not None else ""
    found = Sshd(is_installed=_is_installed(host), version=version, defaults=defaults(version))
    for said in effective(host):
        into = found.matched if said.condition else found.values
        into.setdefault(said.keyword, []).append(Setting(said.value, said.place))
    return found


def _is_installed(host: Host) -> bool:
    if host.package(*PACKAGES) is not None or host.is_there("/usr/sbin/sshd"):
        return True
    return not host.packages and host.is_there(CONFIGURATION)


def speaks_only_2(found: Sshd) -> bool | None:
    """Whether the installed sshd has no SSH 1 any more (removed in OpenSSH 7.4's server); None where its version is not known."""
    return compare(found.version, ">=", "7.4") if found.version else None
