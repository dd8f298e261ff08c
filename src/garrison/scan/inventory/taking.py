"""Take the inventory of a root: one part after the other, none of which a hostile root can stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from garrison.scan.inventory import languages, release, settings
from garrison.scan.inventory.accounts import users
from garrison.scan.inventory.facts import Inventory, Listener, Package
from garrison.scan.inventory.identity import host_name, instance, machine
from garrison.scan.inventory.listeners import listeners
from garrison.scan.inventory.services import services
from garrison.scan.inventory.system import owners, packages
from garrison.scan.roots import Root
from garrison.scan.roots.root import shown


def take(root: Root, *, with_languages: bool = True) -> Inventory:
    """Everything seen of a root; what could not be read stands in `root.unread`.

    Without `with_languages` the tree is not walked: packages are those of the system's package manager alone.
    """
    platform = release.platform(root)
    installed = packages(root, platform)
    brought = _languages(root, installed, languages.packages(root)) if with_languages else ()
    set_up = settings.settings(root, installed)
    people = users(root, set_up.get("sshd", {}))
    waiting = listeners(root, people, installed)
    return Inventory(
        host=host_name(root),
        platform=platform,
        packages=(*_with_programs(installed, waiting), *brought),
        listeners=waiting,
        users=people,
        services=services(root),
        settings=set_up,
        machine=machine(root),
        instance=instance(root),
        image=root.image,
    )


def add_languages(root: Root, taken: Inventory, found: Iterable[Package]) -> Inventory:
    """An inventory that was taken without them, with the languages' packages that were found since."""
    return replace(taken, packages=(*taken.packages, *_languages(root, list(taken.packages), found)))


def _with_programs(installed: list[Package], waiting: tuple[Listener, ...]) -> list[Package]:
    """The packages, those of programs that listen with these programs."""
    programs: dict[str, dict[str, None]] = {}
    for each in waiting:
        programs.setdefault(each.package, {})[each.process] = None
    return [replace(each, files=tuple(programs[each.purl])) if each.purl in programs else each for each in installed]


def _languages(root: Root, installed: list[Package], seen: Iterable[Package]) -> list[Package]:
    """The languages' packages, without those that came with one of the system's: that one is what is brought up to date."""
    found = {(each.purl, each.path): each for each in seen}
    files = {each: each.path.partition("!/")[0] for each in found.values()}
    brought = owners(root, files.values(), installed)
    kept = (_sound(each) for each, file in files.items() if file not in brought)
    return sorted(kept, key=lambda each: (each.ecosystem, each.name, each.version, each.path))


def _sound(package: Package) -> Package:
    """The package in text that every encoding can hold: names of files are bytes, and JSON may have half characters."""
    said = (package.name, package.version, package.path, *package.licences)
    if all(each.isascii() for each in said):
        return package
    name, version, path, *licences = map(shown, said)
    return replace(package, name=name, version=version, path=path, licences=tuple(licences))
