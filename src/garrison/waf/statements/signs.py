"""The signs of injections, without which a detector finds nothing: a pattern set for each kind, the same in all web ACLs and made ready once.

A set for each, as names of arguments are words of SQL all the time, and only looked at for scripts.
"""

from __future__ import annotations

from functools import lru_cache

from garrison.waf.patterns import PatternCache, PatternSet
from garrison.waf.sqli import SIGNS as SQLI
from garrison.waf.xss import SIGNS as XSS


@lru_cache(maxsize=1)
def _sets() -> tuple[PatternSet, PatternSet]:
    return PatternSet(0), PatternSet(1)


def sign_patterns(cache: PatternCache | None = None) -> tuple[PatternSet, PatternSet]:
    """The sets for SQL injections and for scripts, at the first places of every program."""
    for patterns, signs in zip(_sets(), (SQLI, XSS), strict=True):
        if patterns.of_lines is None:
            patterns.compile_lines(signs, cache)
    return _sets()
