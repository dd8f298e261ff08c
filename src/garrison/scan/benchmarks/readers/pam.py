"""PAM's stacks, as checks ask for them."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.syntax import pam as syntax
from garrison.scan.syntax.pam import PamLine

__all__ = ["PamLine", "file_lines", "stack", "system"]

_SHARED = ("common-auth", "common-account", "common-password", "common-session", "system-auth", "password-auth")


def file_lines(host: Host, path: str) -> list[PamLine]:
    """The modules that one file names, without what it includes."""
    return syntax.file_lines(host, path)


def stack(host: Host, service: str) -> list[PamLine]:
    """The whole stack of a service; empty where it has no file."""
    return list(syntax.stack(host, service))


def system(host: Host) -> list[PamLine]:
    """The stacks that programs share: Debian's common-*, Red Hat's system-auth and password-auth; else those of `passwd` and `login`."""
    found = [line for service in _SHARED for line in stack(host, service)]
    return found or stack(host, "passwd") + stack(host, "login")
