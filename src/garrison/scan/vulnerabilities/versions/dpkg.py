"""Debian's order. Source: deb-version(7), "Sorting algorithm"."""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_PARTS = re.compile(r"([^0-9]*)([0-9]*)")
_END = b"\x02"
_ORDER = {
    ord("~"): b"\x01",
    **{letter: bytes((letter,)) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    **{sign: bytes((0x80 + sign,)) for sign in b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}"},
}
"""`~` before the end, the end before letters, letters before every other sign."""


def dpkg_key(version: str) -> bytes:
    """Epoch, upstream version and revision; a missing revision is `0`."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    if not rest or not epoch.isdigit() or not epoch.isascii():
        raise Unordered(version)
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, "0"
    if not upstream or not revision:
        raise Unordered(version)
    try:
        return number(epoch) + _part(upstream) + _part(revision)
    except KeyError:
        raise Unordered(version) from None


def _part(text: str) -> bytes:
    made = bytearray()
    for at, (signs, digits) in enumerate(_PARTS.findall(text)):
        if signs or digits or at == 0:  # nothing at all is the number 0
            for sign in signs:
                made += _ORDER[ord(sign)]
            made += _END
            made += number(digits)
    made += _END
    return bytes(made)
