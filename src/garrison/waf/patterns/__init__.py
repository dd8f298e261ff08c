"""Patterns that one value is held against all at once: literals and regular expressions in one hyperscan database."""

from garrison.waf.patterns.cache import MemoryCache, PatternCache
from garrison.waf.patterns.expressions import CONSTRAINTS, literal, refusal, regular
from garrison.waf.patterns.matcher import PatternSet, Scratches

__all__ = ["CONSTRAINTS", "MemoryCache", "PatternCache", "PatternSet", "Scratches", "literal", "refusal", "regular"]
