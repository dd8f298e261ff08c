"""Whether a language's package is part of a system's package: then the distribution says what it is vulnerable to.

Distributions fix without changing the upstream version; what upstream's ranges say of such a package is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cached_property

from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.vulnerabilities.ecosystems import distribution_of

_PLACES = re.compile(
    r"/usr/lib(64)?/(python3(\.[0-9]+)?/(dist|site)-packages/|node_modules/|ruby/|nodejs/)"
    r"|/usr/share/(nodejs|node_modules|rubygems-integration|gems|ruby|java|maven-repo|jenkins)/"
)
"""Where distributions put them; what pip, npm or gem bring goes elsewhere by default, but may go there too."""


class Owners:
    """What the packages of one inventory's system have."""

    def __init__(self, inventory: Inventory, covered: Container[str]) -> None:
        self._packages = inventory.packages
        self._is_covered = distribution_of(inventory.platform) in covered

    def have(self, package: Package) -> bool:
        """Whether one of them has this language's package, and there are advisories for the system."""
        if not self._is_covered or not _PLACES.match(package.path):
            return False
        if package.path in self._files:
            return True
        # Another version than the system's package has was put there by somebody else.
        return any(
            version.startswith(package.version) for name in _owners(package) for version in self._versions.get(name, ())
        )

    @cached_property
    def _system(self) -> list[Package]:
        return [each for each in self._packages if each.ecosystem in {"deb", "rpm", "apk"}]

    @cached_property
    def _versions(self) -> dict[str, list[str]]:
        """Without the epoch, by name."""
        found: dict[str, list[str]] = {}
        for each in self._system:
            found.setdefault(each.name, []).append(each.version.rpartition(":")[2])
        return found

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(file for each in self._system for file in each.files)


def _owners(package: Package) -> list[str]:
    """What distributions call the package that has this one."""
    name = re.sub("[-_.]+", "-", package.name.rpartition("/")[2]).lower()
    match package.ecosystem:
        case "pypi":
            bare = name.removeprefix("python-")
            return [
                f"python3-{bare}",
                f"python3.11-{bare}",
                f"python3.12-{bare}",
                f"python-{bare}",
                f"py3-{bare}",
                name,
            ]
        case "npm":
            return [f"node-{name}", f"nodejs-{name}", name]
        case "gem":
            return [f"ruby-{name}", f"rubygem-{name}", name]
        case "maven":
            return [f"lib{name}-java", name]
    return []
