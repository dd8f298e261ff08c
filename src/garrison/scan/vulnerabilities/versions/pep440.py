"""Python's order. Source: PEP 440 and the version specifiers of the Python Packaging User Guide."""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_VERSION = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>[0-9]*))?"
    r"(?:-(?P<bare_post>[0-9]+)|(?P<post>[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]*)))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
_PRE = {"alpha": b"\x01", "a": b"\x01", "beta": b"\x02", "b": b"\x02"}
_CANDIDATE = b"\x03"
_SEPARATOR = re.compile("[-_.]")


def pep440_key(version: str) -> bytes:
    """Epoch, release, pre-, post- and development release, and the local part."""
    found = _VERSION.fullmatch(version.strip().lower())
    if found is None:
        raise Unordered(version)
    made = bytearray(number(found["epoch"] or "0"))
    for each in _without_zeros(found["release"].split(".")):
        made += b"\x01" + number(each)
    post = found["bare_post"] or found["post_number"] if found["bare_post"] or found["post"] else None
    is_dev_alone = found["dev"] and not found["pre"] and post is None
    made += b"\x00"
    if found["pre"]:
        made += _PRE.get(found["pre"], _CANDIDATE) + number(found["pre_number"])
    else:
        made += b"\x00" if is_dev_alone else b"\x04"
    made += b"\x00" if post is None else b"\x01" + number(post or "")
    made += b"\x00" + number(found["dev_number"]) if found["dev"] else b"\x01"
    return bytes(made + _local(found["local"]))


def _without_zeros(numbers: list[str]) -> list[str]:
    while numbers and not numbers[-1].strip("0"):
        numbers.pop()
    return numbers


def _local(text: str | None) -> bytes:
    made = bytearray()
    for each in _SEPARATOR.split(text) if text else ():
        made += b"\x02" + number(each) if each.isdigit() else b"\x01" + each.encode() + b"\x00"
    return bytes(made + b"\x00")
