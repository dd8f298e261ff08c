"""The order of versions, ecosystem by ecosystem, as bytes that compare as the versions do.

    key("dpkg", "1:2.3~rc1-1") < key("dpkg", "1:2.3-1")

A key is made once for a version and compared by `memcmp` ever after; it is never kept in a file, so an order that is put right
needs no rebuilt database.
"""

from __future__ import annotations

from functools import lru_cache

from garrison.scan.vulnerabilities.versions.apk import apk_key
from garrison.scan.vulnerabilities.versions.dpkg import dpkg_key
from garrison.scan.vulnerabilities.versions.encoding import MOST_LENGTH, Unordered
from garrison.scan.vulnerabilities.versions.gem import gem_key
from garrison.scan.vulnerabilities.versions.maven import maven_key
from garrison.scan.vulnerabilities.versions.pep440 import pep440_key
from garrison.scan.vulnerabilities.versions.rpm import rpm_key
from garrison.scan.vulnerabilities.versions.semver import semver_key

__all__ = ["MOST_LENGTH", "SCHEMES", "Unordered", "key"]

SCHEMES = {
    "apk": apk_key,
    "dpkg": dpkg_key,
    "gem": gem_key,
    "maven": maven_key,
    "pep440": pep440_key,
    "rpm": rpm_key,
    "semver": semver_key,
}
"""`gem` is also the order of what has none of its own: numbers by value, words before the release."""
_KEYS_KEPT = 1 << 18


@lru_cache(maxsize=_KEYS_KEPT)
def key(scheme: str, version: str) -> bytes:
    """What a version sorts by; raises `Unordered` for one that its scheme does not know."""
    if len(version) > MOST_LENGTH:
        raise Unordered(version)
    return SCHEMES[scheme](version)
