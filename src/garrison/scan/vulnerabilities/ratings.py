"""CVSS vectors and the words of severity. Source: FIRST's specifications of CVSS 2, 3.0, 3.1 and 4.0."""

from __future__ import annotations

import re
from functools import lru_cache

from garrison.scan.vulnerabilities.advisory import Rating

_MOST_LENGTH = 300
_VERSION_2 = re.compile(r"\(?(AV:[LAN]/AC:[LMH]/Au:[MSN]/C:[NPC]/I:[NPC]/A:[NPC])(?:/[A-Za-z:/]*)?\)?")
_LATER = re.compile(r"CVSS:(3\.0|3\.1|4\.0)/[A-Za-z:/]+")
_WORDS = {
    "critical": "CRITICAL",
    "high": "HIGH",
    "important": "HIGH",
    "medium": "MEDIUM",
    "moderate": "MEDIUM",
    "low": "LOW",
    "minor": "LOW",
    "negligible": "INFORMATIONAL",
    "unimportant": "INFORMATIONAL",
    "none": "INFORMATIONAL",
    "informational": "INFORMATIONAL",
}


def word(said: str) -> str:
    """A maker's word of severity as Inspector's; empty for one that says nothing (`not yet assigned`)."""
    return _WORDS.get(said.strip().strip("*").lower(), "")


def band(base: float) -> str:
    """The severity of a base score. Source: Inspector's user guide, "Severity levels"."""
    for least, named in ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.1, "LOW")):
        if base >= least:
            return named
    return "INFORMATIONAL"


@lru_cache(maxsize=1 << 15)
def rating(vector: str, source: str) -> Rating | None:
    """A vector with its base score; None for what is no vector."""
    if len(vector) > _MOST_LENGTH:
        return None
    if found := _LATER.fullmatch(vector):
        base = _base(vector, found[1])
        return None if base is None else Rating(found[1], vector, base, source)
    if found := _VERSION_2.fullmatch(vector):
        base = _base(found[1], "2.0")
        return None if base is None else Rating("2.0", found[1], base, source)
    return None


@lru_cache(maxsize=1 << 14)
def _base(vector: str, version: str) -> float | None:
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    try:
        made = {"2.0": CVSS2, "4.0": CVSS4}.get(version, CVSS3)(vector)
    except (CVSSError, ValueError, KeyError):
        return None
    return float(made.base_score)
