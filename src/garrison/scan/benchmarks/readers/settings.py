"""Files of `name = value` or `name value` lines: login.defs, pwquality.conf, faillock.conf, journald.conf …"""

from __future__ import annotations

from collections.abc import Iterable

from garrison.scan.benchmarks.host import Host, Setting


def assigned(host: Host, paths: Iterable[str], *, sign: str = "=") -> dict[str, Setting]:
    """The last value of each name over the files, in their order. Names are kept as they are; `sign` empty: split at blanks."""
    found: dict[str, Setting] = {}
    for path in paths:
        for number, line in enumerate(host.lines(path) or (), 1):
            text = line.split("#", 1)[0].strip() if not line.lstrip().startswith(";") else ""
            if not text or text.startswith("["):
                continue
            name, _, value = text.partition(sign) if sign else _at_blank(text)
            found[name.strip()] = Setting(value.strip().strip('"'), f"{path}:{number}")
    return found


def _at_blank(text: str) -> tuple[str, str, str]:
    name, *rest = text.split(None, 1)
    return name, " ", rest[0] if rest else ""


def login_defs(host: Host) -> dict[str, Setting]:
    """login.defs(5)."""
    return assigned(host, ["/etc/login.defs"], sign="")


def pwquality(host: Host) -> dict[str, Setting]:
    """pwquality.conf(5): the drop-in files in their order, then the file itself, which has the last word."""
    return assigned(host, [*host.files("/etc/security/pwquality.conf.d", ".conf"), "/etc/security/pwquality.conf"])


def faillock(host: Host) -> dict[str, Setting]:
    """faillock.conf(5)."""
    return assigned(host, ["/etc/security/faillock.conf"])


def pwhistory(host: Host) -> dict[str, Setting]:
    """pwhistory.conf(5)."""
    return assigned(host, ["/etc/security/pwhistory.conf"])
