"""Alpine's order. Source: apk-package(5), "Package version", and the rules of apk-tools 2.14 and later."""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_VERSION = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letter>[a-z]?)(?P<suffixes>(?:_[a-z]+[0-9]*)*)"
    r"(?:~(?P<commit>[0-9a-f]+))?(?:-r(?P<revision>[0-9]+))?"
)
_SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")
_BEFORE = {"alpha": 1, "beta": 2, "pre": 3, "rc": 4}
"""Suffixes that come before the release."""
_AFTER = {"cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}
_EARLIER, _END, _REVISION, _COMMIT, _LATER, _LETTER, _NUMBER = (bytes((n,)) for n in range(1, 8))


def apk_key(version: str) -> bytes:
    """Numbers, a letter, suffixes, a commit and the revision."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise Unordered(version)
    first, *others = found["numbers"].split(".")
    made = bytearray(number(first))
    for each in others:
        made += _NUMBER + _fraction(each)
    if found["letter"]:
        made += _LETTER + found["letter"].encode()
    for word, digits in _SUFFIX.findall(found["suffixes"]):
        made += _suffix(version, word) + number(digits)
    if found["commit"]:
        made += _COMMIT + found["commit"].encode() + b"\x00"
    # No revision is the end of it, and comes before every revision.
    return bytes(made + (_REVISION + number(found["revision"]) if found["revision"] else b"") + _END)


def _suffix(version: str, word: str) -> bytes:
    if word in _BEFORE:
        return _EARLIER + bytes((_BEFORE[word],))
    if word in _AFTER:
        return _LATER + bytes((_AFTER[word],))
    raise Unordered(version)


def _fraction(digits: str) -> bytes:
    """One that begins with a zero is a fraction, compared as text: 1.05 comes before 1.1."""
    if digits.startswith("0") and digits != "0":
        return b"\x01" + digits.encode() + b"\x00"
    return b"\x01" + b"0\x00" if digits == "0" else b"\x02" + number(digits)
