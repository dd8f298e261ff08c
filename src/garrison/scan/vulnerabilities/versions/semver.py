"""The order of npm, Go, Cargo and others. Source: Semantic Versioning 2.0.0, section 11.

Lenient where packages are: any count of numbers, a `v` in front, words right behind a number.
"""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_VERSION = re.compile(r"(?:[vV=]|go)?\s*([0-9]+(?:\.[0-9]+)*)(?:[-.]?([0-9A-Za-z][0-9A-Za-z.~_-]*))?(?:\+.*)?")
_PRERELEASE, _RELEASE = b"\x01", b"\x03"


def semver_key(version: str) -> bytes:
    """Numbers, then the pre-release; what follows `+` does not count."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise Unordered(version)
    numbers = found[1].split(".")
    while numbers and not numbers[-1].strip("0"):
        numbers.pop()
    made = bytearray()
    for each in numbers:
        made += b"\x01" + number(each)
    made += b"\x00"
    if not found[2]:
        return bytes(made + _RELEASE)
    made += _PRERELEASE
    for each in found[2].split("."):
        made += b"\x01" + number(each) if each.isdigit() else b"\x02" + each.encode() + b"\x00"
    return bytes(made + b"\x00")
