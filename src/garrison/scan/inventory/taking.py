"""Take the inventory of a root: one part after the other, none of which a hostile root can stop."""

from __future__ import annotations

from garrison.scan.inventory import languages, release
from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.inventory.identity import host_name, instance, machine
from garrison.scan.inventory.system import owners, packages
from garrison.scan.roots import Root


def take(root: Root, *, with_languages: bool = True) -> Inventory:
    """Everything seen of a root; what could not be read stands in `root.unread`.

    Without `with_languages` the tree is not walked: packages are those of the system's package manager alone.
    """
    platform = release.platform(root)
    found = packages(root, platform)
    if with_languages:
        found += _languages(root, found)
    return Inventory(
        host=host_name(root),
        platform=platform,
        packages=tuple(found),
        machine=machine(root),
        instance=instance(root),
    )


def _languages(root: Root, installed: list[Package]) -> list[Package]:
    """The languages' packages, without those that came with one of the system's: that one is what is brought up to date."""
    found = {(each.purl, each.path): each for each in languages.packages(root)}
    files = {each: each.path.partition("!/")[0] for each in found.values()}
    brought = owners(root, files.values(), installed)
    kept = (each for each, file in files.items() if file not in brought)
    return sorted(kept, key=lambda each: (each.ecosystem, each.name, each.version, each.path))
