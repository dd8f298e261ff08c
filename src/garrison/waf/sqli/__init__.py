"""Finds SQL injections in a value: reads it as SQL from every point at which an injection could begin, and knows what one looks like.

No database is known and no statement: so what decides is whether the value, having left the number or string that it stands in,
goes on as an injection has to go on. docs/decisions tells how and why.
"""

from __future__ import annotations

from garrison.waf.found import Found
from garrison.waf.sqli.entries import points_of_entry
from garrison.waf.sqli.folding import fold
from garrison.waf.sqli.grammar import Level, shape_of
from garrison.waf.sqli.prefilter import SIGNS, WORDS, is_harmless, words_of

__all__ = ["SIGNS", "Level", "detect", "is_harmless"]


def detect(value: bytes, level: Level) -> Found | None:
    """What makes the value an injection, or None.

    `value` has been through the rule's text transformations. LOW takes what ordinary text does not have, HIGH takes more.
    Looks at a bounded number of points and tokens of a value of any length, and never raises.
    """
    if value.isalnum() and value.lower() not in WORDS:
        return None
    value = value.lower()
    words = words_of(value)
    if words is None:
        return None
    for entry, start, at in points_of_entry(value, words):
        fingerprint = fold(value, at, entry)
        if found := shape_of(fingerprint.letters, level):
            shape, length = found
            return Found(start, fingerprint.ends[length - 1], f"{shape.name} {fingerprint.letters}")
    return None
