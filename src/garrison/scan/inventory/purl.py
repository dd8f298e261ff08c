"""Package URLs. Source: the package-url specification, "Rules for each purl component", and its page of types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_VENDORS = {
    "rhel": "redhat",
    "sles": "suse",
    "sled": "suse",
    "sle_hpc": "suse",
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "amzn": "amazon",
    "ol": "oracle",
}
"""Distributions whose purl namespace is not their os-release ID."""


def purl(
    kind: str,
    name: str,
    version: str = "",
    *,
    namespace: str = "",
    qualifiers: Mapping[str, str] | None = None,
    subpath: str = "",
) -> str:
    """One package URL in its canonical form; empty qualifiers are left out."""
    made = f"pkg:{kind}/"
    if namespace:
        made += "/".join(_quoted(part) for part in namespace.split("/") if part) + "/"
    made += _quoted(name)
    if version:
        made += f"@{_quoted(version)}"
    said = sorted((key, value) for key, value in (qualifiers or {}).items() if value)
    if said:
        made += "?" + "&".join(f"{key}={_quoted(value)}" for key, value in said)
    return made + (f"#{quote(subpath.strip('/'))}" if subpath else "")


def system(kind: str, name: str, version: str, *, distribution: str, release: str, **qualifiers: str) -> str:
    """Of a package of a distribution, which its os-release ID and VERSION_ID name."""
    said = {"distro": "-".join(filter(None, (distribution, release))), **qualifiers}
    named = name if kind == "rpm" else name.lower()
    return purl(kind, named, version, namespace=_VENDORS.get(distribution, distribution), qualifiers=said)


def pypi(name: str, version: str) -> str:
    """Of a Python distribution."""
    return purl("pypi", re.sub(r"[-_.]+", "-", name).lower(), version)


def npm(name: str, version: str) -> str:
    """Of an npm package: the scope is the namespace."""
    scope, _, rest = name.rpartition("/")
    return purl("npm", rest.lower() if not scope else rest, version, namespace=scope)


def gem(name: str, version: str, platform: str = "") -> str:
    """Of a RubyGem; the platform `ruby` is every platform."""
    return purl("gem", name, version, qualifiers={"platform": "" if platform == "ruby" else platform})


def golang(module: str, version: str) -> str:
    """Of a Go module: in lower case, as the specification asks."""
    namespace, _, name = module.lower().rpartition("/")
    return purl("golang", name, version, namespace=namespace)


def maven(group: str, artifact: str, version: str) -> str:
    """Of a Java archive."""
    return purl("maven", artifact, version, namespace=group)


def _quoted(text: str) -> str:
    """Percent-encoded as the specification says: everything but letters, digits, `.-_~` and the colon."""
    return quote(text, safe=":", errors="replace")
