"""RubyGems' order, and that of what has none of its own. Source: Gem::Version of RubyGems."""

from __future__ import annotations

import re

from garrison.scan.vulnerabilities.versions.encoding import Unordered, number

_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+")
_WORD, _ZERO, _END, _NUMBER = b"\x01", b"\x02", b"\x03", b"\x04"


def gem_key(version: str) -> bytes:
    """Numbers and words between dots; a word comes before the release, and `-` stands for `.pre.`."""
    segments = _SEGMENTS.findall(version.replace("-", ".pre."))
    if not segments:
        raise Unordered(version)
    made, is_earlier = _END, False
    for each in reversed(_canonical(segments)):
        if each.isalpha():
            made, is_earlier = _WORD + each.encode() + b"\x00" + made, True
        elif is_earlier and not each.strip("0"):  # equal to padding, so that the rest decides
            made = _ZERO + made
        else:
            made, is_earlier = _NUMBER + number(each) + made, False
    return made


def _canonical(segments: list[str]) -> list[str]:
    """Without the zeros before the first word and at the end."""
    first = next((at for at, each in enumerate(segments) if each.isalpha()), len(segments))
    return _without_zeros(segments[:first]) + _without_zeros(segments[first:])


def _without_zeros(segments: list[str]) -> list[str]:
    while segments and not segments[-1].strip("0"):
        segments.pop()
    return segments
