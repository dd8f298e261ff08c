"""Which distribution a root is of, and which kernels it has. Source: os-release(5), uname(2)."""

from __future__ import annotations

import os
import shlex

from garrison.scan.inventory.end_of_life import end_of_life
from garrison.scan.inventory.facts import Platform
from garrison.scan.inventory.system import dpkg
from garrison.scan.roots import Root
from garrison.scan.roots.root import text

_PLACES = ("/etc/os-release", "/usr/lib/os-release")
_MODULES = ("/lib/modules", "/usr/lib/modules")


def platform(root: Root) -> Platform:
    """What os-release says; an empty id where there is none."""
    said = next((found for found in (os_release(text(root, place) or "") for place in _PLACES) if found), {})
    identity, version = said.get("ID", "").lower(), said.get("VERSION_ID", "")
    return Platform(
        id=identity,
        version=version,
        name=said.get("PRETTY_NAME", "") or " ".join(filter(None, (said.get("NAME", ""), version))),
        codename=said.get("VERSION_CODENAME", ""),
        like=tuple(said.get("ID_LIKE", "").lower().split()),
        architecture=_architecture(root),
        kernel=(text(root, "/proc/sys/kernel/osrelease") or "").strip() if root.is_live else "",
        kernels=_kernels(root),
        end_of_life=end_of_life(identity, version),
    )


def os_release(said: str) -> dict[str, str]:
    """The variables of such a file: each line an assignment, quoted as a shell quotes."""
    found: dict[str, str] = {}
    for line in said.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name.replace("_", "").isalnum():
            try:
                found[name] = " ".join(shlex.split(value))
            except ValueError:  # a quotation that does not end
                found[name] = value.strip("\"'")
    return found


def _architecture(root: Root) -> str:
    return (
        dpkg.architecture(root)
        or (text(root, "/etc/apk/arch") or "").strip()
        or (os.uname().machine if root.is_live else "")
    )


def _kernels(root: Root) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for place in _MODULES:
        for name in root.names(place):
            if root.stat(f"{place}/{name}/modules.dep") or root.stat(f"{place}/{name}/kernel"):
                found[name] = None
    return tuple(found)
