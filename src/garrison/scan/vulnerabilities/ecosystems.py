"""Which ecosystem judges a package: names as OSV writes them, the order of versions, and the names to look under.

Source: the OSV schema, "Defined Ecosystems"; os-release(5) for the distributions' ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from garrison.scan.inventory.facts import Package, Platform


@dataclass(frozen=True, slots=True)
class Target:
    """Under what a package is looked up."""

    ecosystem: str
    """`Debian:12`, `PyPI`."""
    shown: str
    """`Debian 12`."""
    scheme: str
    names: tuple[str, ...]
    version: str
    manager: str
    is_distribution: bool = False
    module: str = ""
    """The stream of a module (`nodejs:18`) that a package of RHEL's family is of; empty where it is of none or nothing tells."""


MODULAR = ".module"
"""What the release of a module's package has in it."""

_SCHEMES = {
    "Debian": "dpkg",
    "Ubuntu": "dpkg",
    "AlmaLinux": "rpm",
    "Rocky Linux": "rpm",
    "Red Hat": "rpm",
    "SUSE": "rpm",
    "openSUSE": "rpm",
    "openEuler": "rpm",
    "Photon OS": "rpm",
    "Azure Linux": "rpm",
    "Mageia": "rpm",
    "Alpine": "apk",
    "Wolfi": "apk",
    "Chainguard": "apk",
    "PyPI": "pep440",
    "npm": "semver",
    "JavaScript": "semver",
    "Go": "semver",
    "crates.io": "semver",
    "NuGet": "semver",
    "Hex": "semver",
    "Pub": "semver",
    "Bitnami": "semver",
    "SwiftURL": "semver",
    "Maven": "maven",
}
_OTHER = "gem"

_LANGUAGES = {
    "pypi": ("PyPI", "PYTHONPKG"),
    "npm": ("npm", "NODEPKG"),
    "gem": ("RubyGems", "GEMSPEC"),
    "golang": ("Go", "GOBINARY"),
    "maven": ("Maven", "JAR"),
    "cargo": ("crates.io", "CARGO"),
    "nuget": ("NuGet", "NUGET"),
    "composer": ("Packagist", "COMPOSER"),
    "hex": ("Hex", "GENERIC"),
    "pub": ("Pub", "GENERIC"),
    "swift": ("SwiftURL", "GENERIC"),
    "bitnami": ("Bitnami", "OS"),
}
"""By a package URL's type: the ecosystem, and the package manager as Inspector names it."""

SYSTEM = {"deb", "rpm", "apk"}
"""Types of package URLs of the packages of distributions."""


def _major(version: str) -> str:
    return version.partition(".")[0]


def _alpine(version: str) -> str:
    return "v" + ".".join(version.split(".")[:2])


_DISTRIBUTIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "debian": ("Debian", _major),
    "ubuntu": ("Ubuntu", str),
    "almalinux": ("AlmaLinux", _major),
    "rocky": ("Rocky Linux", _major),
    "rhel": ("Red Hat", _major),
    "redhat": ("Red Hat", _major),
    "centos": ("Red Hat", _major),
    "alpine": ("Alpine", _alpine),
    "wolfi": ("Wolfi", lambda _: ""),
    "chainguard": ("Chainguard", lambda _: ""),
    "sles": ("SUSE", str),
    "opensuse-leap": ("openSUSE", str),
    "mageia": ("Mageia", str),
    "photon": ("Photon OS", str),
    "azurelinux": ("Azure Linux", _major),
}
"""By os-release's ID: the ecosystem's name and how it writes the release. CentOS is rebuilt from Red Hat's packages."""
_BY_SOURCE = {"Debian", "Ubuntu", "Alpine", "Wolfi", "Chainguard"}
"""Those whose advisories name source packages."""
_BY_EITHER = {"SUSE", "openSUSE", "Mageia", "Photon OS", "Azure Linux"}

_RED_HAT = re.compile(r"Red Hat:enterprise_linux:([0-9]+)(?:\.[0-9]+)?(?:::.*)?")
_SUSE = re.compile(r"SUSE:.*?Linux Enterprise .*?([0-9]+)(?: SP([0-9]+))?")
_LEAP = re.compile(r"openSUSE:Leap ([0-9.]+)")
SIGNED = re.compile(r"(linux|grub2|shim)-(?:signed(?:-[a-z0-9]+)?|meta)")
_MODULE = re.compile(r"[?&]rpmmod=([^&#]+)")
_DISTRO = re.compile(r"[?&]distro=([a-z-]+?)-?v?([0-9][0-9.]*)(?:&|$)")


def scheme_of(ecosystem: str) -> str:
    """The order of an ecosystem's versions."""
    return _SCHEMES.get(ecosystem.partition(":")[0], _OTHER)


def shown(ecosystem: str) -> str:
    """An ecosystem for people: `Debian 12`."""
    name, _, release = ecosystem.partition(":")
    return f"{name} {release}".strip()


def kept_as(ecosystem: str) -> str:
    """The name an ecosystem of an OSV record is kept under: one for each release, whatever the product line's name."""
    if found := _RED_HAT.fullmatch(ecosystem):
        return f"Red Hat:{found[1]}"
    if found := _SUSE.fullmatch(ecosystem):
        return f"SUSE:{found[1]}" + (f".{found[2]}" if found[2] else "")
    if found := _LEAP.fullmatch(ecosystem):
        return f"openSUSE:{found[1]}"
    return ecosystem.removesuffix(":LTS") if ecosystem.startswith("Ubuntu:") else ecosystem


def package_name(ecosystem: str, name: str) -> str:
    """A package's name in the one spelling that its ecosystem compares by."""
    if ecosystem == "PyPI":
        return re.sub("[-_.]+", "-", name).lower()
    return name.lower() if ecosystem in {"NuGet", "Packagist"} else name


def target_of(package: Package, platform: Platform) -> Target | None:
    """Under what a package is looked up; None where no ecosystem that is known judges it."""
    if package.ecosystem in SYSTEM:
        return _system(package, platform)
    found = _LANGUAGES.get(package.ecosystem)
    if found is None:
        return None
    ecosystem, manager = found
    name = package_name(ecosystem, _full_name(package))
    version = package.version
    if ecosystem == "Go" and name in {"stdlib", "toolchain"}:
        version = version.removeprefix("go")
    return Target(ecosystem, ecosystem, scheme_of(ecosystem), (name,), version, manager)


def distribution_of(platform: Platform) -> str:
    """The ecosystem of a distribution; empty for one that is not known."""
    found = _DISTRIBUTIONS.get(platform.id)
    if found is None:
        return ""
    name, release_of = found
    release = release_of(platform.version)
    return f"{name}:{release}" if release else name


def _system(package: Package, platform: Platform) -> Target:
    at = _platform_of(package, platform)
    ecosystem = distribution_of(at)
    name = ecosystem.partition(":")[0]
    if name in _BY_SOURCE:
        names, version = _source(package)
    else:
        names, version = (package.name,), package.version
        if name in _BY_EITHER and package.source and package.source != package.name:
            names = (package.name, package.source)
    told = shown(ecosystem) if ecosystem else _unknown(at)
    return Target(ecosystem, told, scheme_of(name), names, version, "OS", is_distribution=True, module=_module(package))


def _module(package: Package) -> str:
    """Name and stream of the module that a package's header named, without its build."""
    said = _MODULE.search(package.purl) if package.ecosystem == "rpm" else None
    return ":".join(unquote(said[1]).split(":")[:2]) if said else ""


def _unknown(platform: Platform) -> str:
    return f"{platform.id} {platform.version}".strip() or platform.name or "a system that does not name itself"


def _source(package: Package) -> tuple[tuple[str, ...], str]:
    source = package.source or package.name
    signed = SIGNED.fullmatch(source)
    if signed is not None and signed[1] != "shim":
        # Built again only to be signed: its own version is the one of what was signed.
        return (signed[1],), package.version
    return (source,), package.source_version or package.version


def _platform_of(package: Package, platform: Platform) -> Platform:
    """The platform itself, or the one that the package URL names where the inventory (an SBOM) has none."""
    if platform.id:
        return platform
    found = _DISTRO.search(package.purl)
    if found is None:
        return platform
    return Platform(id=found[1], version=found[2], name=found[1])


def _full_name(package: Package) -> str:
    """Namespace and name as the ecosystem joins them: `group:artifact`, `@scope/name`, `github.com/a/b`."""
    path = package.purl.partition(":")[2].partition("?")[0].partition("#")[0].rpartition("@")[0]
    parts = [unquote(part) for part in path.split("/")[1:] if part]
    if len(parts) < 2:
        return package.name
    return f"{':'.join(['.'.join(parts[:-1]), parts[-1]])}" if package.ecosystem == "maven" else "/".join(parts)
