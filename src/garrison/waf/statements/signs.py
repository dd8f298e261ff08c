"""The signs of injections that both detectors need to see: one pattern set for all web ACLs, made ready once in a process."""

from __future__ import annotations

from functools import lru_cache

from garrison.waf.patterns import PatternCache, PatternSet
from garrison.waf.sqli import SIGNS as SQLI
from garrison.waf.xss import SIGNS as XSS

OF_SQLI = frozenset(range(len(SQLI)))
OF_XSS = frozenset(range(len(SQLI), len(SQLI) + len(XSS)))


@lru_cache(maxsize=1)
def _patterns() -> PatternSet:
    return PatternSet(0)


def sign_patterns(cache: PatternCache | None = None) -> PatternSet:
    """The set, at the first place of every program."""
    patterns = _patterns()
    if patterns.of_lines is None:
        patterns.compile_lines((*SQLI, *XSS), cache)
    return patterns
