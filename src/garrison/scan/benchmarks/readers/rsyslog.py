"""The files that rsyslog writes. Source: rsyslog.conf(5)."""

from __future__ import annotations

import re

from garrison.scan.benchmarks.host import Host, Setting

_ACTION = re.compile(r'\bfile\s*=\s*"(/[^"]*)"', re.IGNORECASE)
_SELECTOR = re.compile(r"\s*[^#\s$]\S*\s+-?(/[^\s;]+)")


def is_there(host: Host) -> bool:
    """Whether rsyslog is installed."""
    return host.package("rsyslog") is not None or host.is_there("/etc/rsyslog.conf")


def files(host: Host) -> tuple[Setting, ...]:
    """The log files that its configuration names, as values; the wildcards of templates are not among them."""
    found = []
    for path in ["/etc/rsyslog.conf", *host.files("/etc/rsyslog.d", ".conf")]:
        for number, line in enumerate(host.lines(path) or (), 1):
            text = line[:2_048].split("#", 1)[0]
            match = _ACTION.search(text) or _SELECTOR.match(text)
            if match is not None and not match[1].startswith("/dev/"):
                found.append(Setting(match[1], f"{path}:{number}"))
    return tuple(found)
