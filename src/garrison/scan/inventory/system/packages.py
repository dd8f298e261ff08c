"""Every package of the system, whichever package managers it has."""

from __future__ import annotations

from garrison.scan.inventory.facts import Package, Platform
from garrison.scan.inventory.system import dpkg
from garrison.scan.roots import Root


def packages(root: Root, platform: Platform) -> list[Package]:
    """Those that the databases call installed, by name."""
    return sorted(dpkg.packages(root, platform), key=lambda each: (each.name, each.version, each.architecture))
