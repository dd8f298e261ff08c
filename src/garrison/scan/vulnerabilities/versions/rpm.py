"""rpm's order. Source: rpm's manual, "Versioning"; rpmvercmp(3) with tilde and caret."""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_SEGMENTS = re.compile(r"([0-9]+)|([A-Za-z]+)|(~)|(\^)")
_TILDE, _END, _CARET, _WORD, _NUMBER = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"


def rpm_key(version: str) -> bytes:
    """Epoch, version and release; a missing epoch is `0`."""
    epoch, colon, rest = version.strip().partition(":")
    if not colon:
        epoch, rest = "0", epoch
    epoch = epoch or "0"
    if not rest or not epoch.isdigit() or not epoch.isascii():
        raise Unordered(version)
    upstream, dash, release = rest.rpartition("-")
    if not dash:
        upstream, release = rest, ""
    return number(epoch) + _part(upstream) + _part(release)


def _part(text: str) -> bytes:
    made = bytearray()
    for digits, letters, tilde, _ in _SEGMENTS.findall(text):
        if digits:
            made += _NUMBER + number(digits)
        elif letters:
            made += _WORD + letters.encode() + b"\x00"
        else:
            made += _TILDE if tilde else _CARET
    return bytes(made + _END)
