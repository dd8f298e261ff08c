"""Take the inventory of a root: one part after the other, none of which a hostile root can stop."""

from __future__ import annotations

from garrison.scan.inventory import release
from garrison.scan.inventory.facts import Inventory
from garrison.scan.inventory.identity import host_name, instance, machine
from garrison.scan.inventory.system import packages
from garrison.scan.roots import Root


def take(root: Root, *, with_languages: bool = True) -> Inventory:
    """Everything seen of a root; what could not be read stands in `root.unread`.

    Without `with_languages` the tree is not walked: packages are those of the system's package manager alone.
    """
    platform = release.platform(root)
    found = packages(root, platform)
    return Inventory(
        host=host_name(root),
        platform=platform,
        packages=tuple(found),
        machine=machine(root),
        instance=instance(root),
    )
