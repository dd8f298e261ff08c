"""Which kernel packages count: the one that runs, where one does; never what only helps to build against it.

Several kernels are installed side by side, and a vulnerability of one that is not running is nobody's way in until it is booted.
"""

from __future__ import annotations

import re

from garrison.scan.inventory.facts import Package, Platform

_DEB_SOURCE = re.compile(r"linux(-signed(-[a-z0-9]+)?|-meta)?")
_DEB_IMAGE = re.compile(r"linux-(?:image|modules|modules-extra)-(?:unsigned-)?([0-9].*)")
_DEB_TEXT = re.compile(r"linux-(?:image|headers|libc-dev|kbuild|doc|source|compiler|config|support)\b.*")
"""Metapackages, headers and documents: no code of the kernel's that runs."""
_RPM_IMAGE = re.compile(
    r"kernel(?:-(?:rt|debug|64k|uek))*(?:-(?:core|modules|modules-core|modules-extra|modules-internal))?"
)
_RPM_TEXT = re.compile(
    r"kernel(?:-(?:rt|debug|64k|uek))*-(?:headers|devel|devel-matched|doc|cross-headers|srpm-macros|rpm-macros)"
)


def release_of(package: Package) -> str | None:
    """The release (`uname -r`) that a package has the kernel of; empty for one without a kernel, None for no kernel's package."""
    if package.ecosystem == "deb" and _DEB_SOURCE.fullmatch(package.source or package.name):
        if image := _DEB_IMAGE.fullmatch(package.name):
            return image[1]
        return "" if _DEB_TEXT.fullmatch(package.name) else None
    if package.ecosystem == "rpm":
        if _RPM_IMAGE.fullmatch(package.name):
            return f"{package.version.rpartition(':')[2]}.{package.architecture}"
        return "" if _RPM_TEXT.fullmatch(package.name) else None
    return None


def counting(packages: tuple[Package, ...], platform: Platform) -> tuple[list[Package], list[Package]]:
    """The packages to judge; and the kernels among those left out, where none of them is the one that runs."""
    kept, others, runs = [], [], False
    for package in packages:
        release = release_of(package)
        if release is None or (release and (not platform.kernel or release == platform.kernel)):
            kept.append(package)
            runs = runs or bool(release)
        elif release:
            others.append(package)
    return kept, [] if runs else others
