"""The configuration that sshd would run with, for everybody and in each Match block, as a report tells it."""

from __future__ import annotations

from collections.abc import Sequence

from garrison.scan.inventory.facts import Package
from garrison.scan.inventory.files import RootFiles
from garrison.scan.roots import Root
from garrison.scan.syntax.sshd import CONFIGURATION, PACKAGES, defaults, effective


def settings(root: Root, packages: Sequence[Package]) -> dict[str, str]:
    """Keywords in lower case with their values; `match CONDITION: keyword` for what a Match block says. Nothing without sshd."""
    if root.stat(CONFIGURATION) is None and root.stat("/usr/sbin/sshd") is None:
        return {}
    package = next((each for name in PACKAGES for each in packages if each.name == name), None)
    found: dict[str, list[str]] = {}
    for said in effective(RootFiles(root)):
        name = f"match {said.condition}: {said.keyword}" if said.condition else said.keyword
        found.setdefault(name, []).append(said.value)
    return defaults(package.version if package else "") | {name: " ".join(values) for name, values in found.items()}
