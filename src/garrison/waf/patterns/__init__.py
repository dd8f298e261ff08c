"""Patterns that one value is held against all at once: literals and regular expressions in one hyperscan database."""

from garrison.waf.patterns.cache import MemoryCache, PatternCache
from garrison.waf.patterns.expressions import literal, refusal, regular
from garrison.waf.patterns.joining import SEPARATOR
from garrison.waf.patterns.loosening import loosened
from garrison.waf.patterns.matcher import Matches, PatternSet, Scratches, Unusable
from garrison.waf.patterns.weight import MOST_WEIGHT, weight

__all__ = [
    "MOST_WEIGHT",
    "SEPARATOR",
    "Matches",
    "MemoryCache",
    "PatternCache",
    "PatternSet",
    "Scratches",
    "Unusable",
    "literal",
    "loosened",
    "refusal",
    "regular",
    "weight",
]
