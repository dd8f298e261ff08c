"""Labels: names with up to five namespaces, without what AWS WAF keeps for itself.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-requirements.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from garrison.waf.document import Label
from garrison.waf.validation.problems import FORMAT, Problem

RESERVED = frozenset({"awswaf", "aws", "waf", "rulegroup", "webacl", "regexpatternset", "ipset", "managed"})
MOST_NAMESPACES = 5
LONGEST_PART = 128
MOST_LABELS = 100
"""Of a rule (API reference, "Rule": RuleLabels)."""


def label_problems(labels: Iterable[Label]) -> Iterator[Problem]:
    """What is wrong with the labels that a rule adds."""
    names = [label.name for label in labels]
    if len(names) > MOST_LABELS:
        yield Problem("RULE", "RuleLabels", f"A rule adds at most {MOST_LABELS} labels.")
    if len(set(names)) < len(names):
        yield Problem("RULE", "RuleLabels", "A rule adds a label once only.")
    for name in names:
        parts = name.split(":")
        if not all(parts) or len(parts) > MOST_NAMESPACES + 1 or any(len(part) > LONGEST_PART for part in parts):
            yield Problem("RULE", name, FORMAT)
        elif RESERVED.intersection(parts):
            yield Problem("RULE", name, "The label has a namespace or name that is reserved.")
