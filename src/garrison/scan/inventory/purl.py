"""Package URLs. Source: the package-url specification, "Rules for each purl component", and its page of types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

MOST_LENGTH = 8192
_KIND = re.compile(r"[A-Za-z.-][A-Za-z0-9.-]*")
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


class Parts(NamedTuple):
    """What a package URL is made of, decoded."""

    kind: str
    namespace: str
    name: str
    version: str
    qualifiers: dict[str, str]
    subpath: str


def parts(said: str) -> Parts | None:
    """Take a package URL apart; None where it is none. Source: "How to parse a purl string in its components"."""
    scheme, colon, rest = said.partition(":")
    if scheme.lower() != "pkg" or not colon or len(said) > MOST_LENGTH:
        return None
    rest, _, subpath = rest.partition("#")
    rest, _, asked = rest.partition("?")
    rest = rest.strip("/")
    path, at, version = rest.rpartition("@")
    if not at or "/" in version:
        path, version = rest, ""
    kind, slash, named = path.partition("/")
    namespace, _, name = named.rpartition("/")
    if not slash or not name or not _KIND.fullmatch(kind):
        return None
    pairs = (each.partition("=") for each in asked.split("&"))
    return Parts(
        kind.lower(),
        "/".join(unquote(each) for each in namespace.split("/") if each),
        unquote(name),
        unquote(version),
        {key.lower(): unquote(value) for key, _, value in pairs if key and value},
        unquote(subpath.strip("/")),
    )
