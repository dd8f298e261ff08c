"""Sigma rules for CloudTrail: read from files that their authors publish, matched on single records, or by SQL over many.

    loaded = load_rules([Path("rules")], placeholders={"Legitimate_Countries": ["Switzerland"]})
    rules = RuleSet(loaded.rules)
    for rule in rules.matches(record):
        print(rule.title, "by", rule.authors)

No rule comes with Garrison. Both ways give the same matches: `sql_of` is held to `compile_match` by a test.
"""

from __future__ import annotations

from garrison.detect.sigma.matching import compile_match
from garrison.detect.sigma.reading import Loaded, Rule, SetAside, Unusable, load_rules, parse_rule
from garrison.detect.sigma.ruleset import RuleSet
from garrison.detect.sigma.sql import sql_of

__all__ = [
    "Loaded",
    "Rule",
    "RuleSet",
    "SetAside",
    "Unusable",
    "compile_match",
    "load_rules",
    "parse_rule",
    "sql_of",
]
