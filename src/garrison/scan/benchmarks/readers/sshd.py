"""The configuration that sshd would run with. Source: sshd_config(5).

The first value of a keyword counts; a Match block adds values for some connections. What no file says is OpenSSH's default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.readers.words import words
from garrison.scan.benchmarks.versions import compare
from garrison.scan.inventory.sshd import CONFIGURATION, MOST_DEPTH, SEVERAL

MOST_LINES = 20_000
"""Of all files together."""
MOST_FILES = 512
"""Read, the same one counted again each time that it is included."""

DEFAULTS = {
    "allowtcpforwarding": "yes",
    "clientalivecountmax": "3",
    "clientaliveinterval": "0",
    "compression": "delayed",
    "disableforwarding": "no",
    "gatewayports": "no",
    "gssapiauthentication": "no",
    "hostbasedauthentication": "no",
    "ignorerhosts": "yes",
    "ignoreuserknownhosts": "no",
    "kbdinteractiveauthentication": "yes",
    "kerberosauthentication": "no",
    "logingracetime": "120",
    "loglevel": "INFO",
    "maxauthtries": "6",
    "maxsessions": "10",
    "maxstartups": "10:30:100",
    "passwordauthentication": "yes",
    "permitemptypasswords": "no",
    "permitrootlogin": "prohibit-password",
    "permituserenvironment": "no",
    "printlastlog": "yes",
    "pubkeyauthentication": "yes",
    "rhostsrsaauthentication": "no",
    "rekeylimit": "default none",
    "strictmodes": "yes",
    "tcpkeepalive": "yes",
    "usedns": "no",
    "usepam": "no",
    "x11forwarding": "no",
    "x11uselocalhost": "yes",
}
"""OpenSSH's own, lower case. Source: sshd_config(5) of OpenSSH 9; what has been removed is off."""
_ALIASES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
}


@dataclass(slots=True)
class Sshd:
    """sshd's settings; keywords are lower case."""

    is_installed: bool = False
    version: str = ""
    values: dict[str, list[Setting]] = field(default_factory=dict)
    matched: dict[str, list[Setting]] = field(default_factory=dict)
    """What Match blocks set for some connections."""
    defaults: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    """Of the OpenSSH that is installed, where the inventory knows them."""
    lines: int = 0
    files: int = 0

    def value(self, keyword: str) -> Setting | None:
        """The effective value outside Match blocks; None where nothing sets it and OpenSSH's default is not known."""
        keyword = _ALIASES.get(keyword.lower(), keyword.lower())
        if keyword in self.values:
            return self.values[keyword][0]
        default = self.defaults.get(keyword)
        return None if default is None else Setting(default, f"{CONFIGURATION} (not set, default)")

    def everywhere(self, keyword: str) -> list[Setting]:
        """The effective value, then those that Match blocks give to some connections."""
        name = _ALIASES.get(keyword.lower(), keyword.lower())
        first = self.value(name)
        return [*([] if first is None else [first]), *self.matched.get(name, [])]


def sshd(host: Host) -> Sshd:
    """Read sshd_config with what it includes."""
    found = Sshd(is_installed=_is_installed(host))
    package = host.package("openssh-server", "openssh")
    found.version = package.version if package is not None else ""
    known = host.inventory.settings.get("sshd", {})
    found.defaults.update({keyword: value for keyword, value in known.items() if " " not in keyword})
    for keyword, setting, is_matched in _statements(host, found, CONFIGURATION, False, 0):
        into = found.matched if is_matched else found.values
        if keyword not in into or keyword in SEVERAL or is_matched:
            into.setdefault(keyword, []).append(setting)
    return found


def _is_installed(host: Host) -> bool:
    if host.package("openssh-server", "openssh") is not None or host.is_there("/usr/sbin/sshd"):
        return True
    return not host.packages and host.is_there(CONFIGURATION)


def _statements(
    host: Host, found: Sshd, path: str, is_matched: bool, depth: int
) -> Iterator[tuple[str, Setting, bool]]:
    found.files += 1
    if found.files > MOST_FILES:
        return
    for number, line in enumerate(host.lines(path) or (), 1):
        found.lines += 1
        keyword, rest = _split(line)
        if not keyword or found.lines > MOST_LINES:
            continue
        if keyword == "match":
            is_matched = [word.lower() for word in words(rest)] != ["all"]
        elif keyword == "include":
            if depth < MOST_DEPTH:
                for pattern in words(rest):
                    for included in host.glob(pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"):
                        yield from _statements(host, found, included, is_matched, depth + 1)
        else:
            value = " ".join(words(rest))
            yield _ALIASES.get(keyword, keyword), Setting(value, f"{path}:{number}"), is_matched


def _split(line: str) -> tuple[str, str]:
    text = line.strip()
    if not text or text.startswith("#"):
        return "", ""
    end = next((place for place, char in enumerate(text) if char in " \t="), len(text))
    return text[:end].lower(), text[end:].lstrip(" \t=")


def speaks_only_2(found: Sshd) -> bool | None:
    """Whether the installed sshd has no SSH 1 any more (removed in OpenSSH 7.4's server); None where its version is not known."""
    return compare(found.version, ">=", "7.4") if found.version else None
