"""What sshd lets in that no single keyword says: SSH 1, and passwords by any way."""

from __future__ import annotations

import re

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.sshd import speaks_only_2, sshd

_PART = re.compile(r"([0-9]{1,9})([sSmMhHdDwW]?)")
_TIME = re.compile(r"(?:[0-9]{1,9}[sSmMhHdDwW]?){1,5}")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
NO_SERVER = "no SSH server is installed"


@kind("sshd_protocol")
def sshd_protocol(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where sshd would speak SSH 1: `Protocol` names it and this OpenSSH still can. No arguments."""
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable(NO_SERVER)
    setting = found.value("protocol")
    has_removed_it = speaks_only_2(found)
    if setting is None:
        return passes("sshd_config does not ask for SSH 1")
    if "1" not in setting.value.replace(" ", "").split(","):
        return passes(f"{setting.place}: Protocol {setting.value}")
    if has_removed_it:
        return passes(
            f"{setting.place}: Protocol {setting.value}, which OpenSSH {found.version} ignores: it has no SSH 1"
        )
    return fails(f"{setting.place}: Protocol {setting.value}")


@kind("sshd_passwords")
def sshd_passwords(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where somebody may sign in by SSH with a password: as such, or asked for by PAM (keyboard-interactive). No arguments."""
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable(NO_SERVER)
    for setting in found.everywhere("PasswordAuthentication"):
        if setting.value.lower() != "no":
            return fails(f"{setting.place}: PasswordAuthentication {setting.value}")
    asks_pam = any(setting.value.lower() == "yes" for setting in found.everywhere("UsePAM"))
    for setting in found.everywhere("KbdInteractiveAuthentication") if asks_pam else []:
        if setting.value.lower() != "no":
            return fails(
                f"{setting.place}: KbdInteractiveAuthentication {setting.value}, and UsePAM asks for the password"
            )
    return passes("PasswordAuthentication no")


@kind("sshd_number")
def sshd_number(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `parameter` of sshd is not within `least` and `most`; times may be written as sshd does: `1m30s`."""
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable(NO_SERVER)
    keyword = arguments.text("parameter")
    least, most = arguments.whole("least", 0), arguments.whole("most", 10**9)
    for setting in found.everywhere(keyword):
        value = seconds(setting.value)
        if value is None or not least <= value <= most:
            return fails(f"{setting.place}: {keyword} {setting.value}")
    first = found.value(keyword)
    return passes(f"{first.place}: {keyword} {first.value}") if first is not None else fails(f"{keyword} is not set")


def seconds(text: str) -> int | None:
    """A number, or a time of sshd's: `90`, `1m30s`. Source: sshd_config(5), "TIME FORMATS"."""
    if not _TIME.fullmatch(text):
        return None
    return sum(int(number) * _UNITS[unit.lower()] for number, unit in _PART.findall(text))


@kind("sshd_algorithms")
def sshd_algorithms(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `parameter` (`Ciphers`) names an algorithm with one of the words `weak` in it; not set, OpenSSH's own choice is right."""
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable(NO_SERVER)
    keyword = arguments.text("parameter")
    for setting in found.everywhere(keyword):
        if setting.value.startswith("-"):
            continue
        names = setting.value.lstrip("+^").split(",")
        wrong = [name for name in names if any(word in name for word in arguments.texts("weak"))]
        if wrong:
            return fails(f"{setting.place}: {keyword} {','.join(wrong)}")
    return passes(f"{keyword}: nothing weak is named")


@kind("sshd_limits_users")
def sshd_limits_users(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where everybody with an account may sign in by SSH: no AllowUsers, AllowGroups, DenyUsers or DenyGroups. No arguments."""
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable(NO_SERVER)
    for keyword in ("AllowUsers", "AllowGroups", "DenyUsers", "DenyGroups"):
        for setting in found.values.get(keyword.lower(), []):
            return passes(f"{setting.place}: {keyword} {setting.value}")
    return fails("sshd_config: neither AllowUsers nor AllowGroups is set")
