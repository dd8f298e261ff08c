"""What to do about vulnerable packages: the command that updates them, or why there is none."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from garrison.scan.vulnerabilities.vulnerability import Affected

_COMMANDS = {
    "deb": "apt-get update && apt-get install --only-upgrade {names}",
    "rpm": "dnf upgrade {names}",
    "apk": "apk update && apk add --upgrade {names}",
    "pypi": "python -m pip install --upgrade {pins}",
    "npm": "npm install {at}",
    "gem": "bundle update {names}",
    "golang": "go get {at} && go build",
    "cargo": "cargo update {names}",
}
"""By the type of package URL."""
_NO_FIX = {
    "wontfix": "Its maker will not fix it.",
    "end-of-life": "Its maker no longer supports it: move to a release that is supported.",
}
_PINS = {"pypi": "{name}>={fixed}", "npm": "{name}@{fixed}", "golang": "{name}@v{fixed}"}


def kind_of(package: Affected) -> str:
    """The type of a package's URL: `deb`, `npm` …"""
    return package.purl.removeprefix("pkg:").partition("/")[0]


def update_of(package: Affected) -> str | None:
    """The command that updates one package; None where there is no fix, or nothing that updates its kind."""
    return _command(kind_of(package), [package]) if package.fixed_in else None


def remedy(packages: Sequence[Affected]) -> str:
    """What to do about all packages of a vulnerability."""
    fixable: dict[str, list[Affected]] = {}
    for package in packages:
        if package.fixed_in:
            fixable.setdefault(kind_of(package), []).append(package)
    told = []
    for kind, those in fixable.items():
        versions = ", ".join(dict.fromkeys(f"{one.name} {one.fixed_in}" for one in those))
        command = _command(kind, those)
        told.append(f"Update to {versions} or later" + (f": {command}" if command else "."))
    told += dict.fromkeys(
        f"{one.name}: {_NO_FIX.get(one.status, 'There is no fixed version yet.')}"
        for one in packages
        if not one.fixed_in
    )
    return "\n".join(told) or "There is no fixed version yet."


def _command(kind: str, packages: Sequence[Affected]) -> str | None:
    form = _COMMANDS.get(kind)
    if form is None:
        return None
    names = " ".join(dict.fromkeys(shlex.quote(one.name) for one in packages))
    pin = _PINS.get(kind, "{name}")
    pins = " ".join(
        dict.fromkeys(shlex.quote(pin.format(name=one.name, fixed=one.fixed_in.removeprefix("v"))) for one in packages)
    )
    return form.format(names=names, pins=pins, at=pins)
