"""What sshd lets in that no single keyword says: SSH 1, and passwords by any way."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.sshd import speaks_only_2, sshd

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
