"""What rules read, so that a collection asks for that and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.rules.engine import ActiveRule


def needs(rules: Iterable[ActiveRule]) -> dict[str, frozenset[str]]:
    """The types that any of the rules reads, each with the parts that any reads beyond the configuration."""
    wanted: dict[str, frozenset[str]] = {}
    for active in rules:
        judged = set(active.resource_types)
        for resource_type, parts in active.rule.reads.items():
            if resource_type in judged or resource_type not in active.rule.resource_types:
                wanted[resource_type] = wanted.get(resource_type, frozenset()) | parts
    return wanted
