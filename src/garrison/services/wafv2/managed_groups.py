"""Managed rule groups: which there are, in which versions, with which rules."""

from __future__ import annotations

from collections.abc import Iterable

from garrison.services.wafv2.faults import nonexistent
from garrison.waf.document import Rule
from garrison.waf.document.statements import ManagedRuleGroupStatement


def managed_capacity(statement: ManagedRuleGroupStatement) -> int:
    """The fixed capacity of the group that a statement names; refused where there is none such."""
    raise nonexistent()


def standing_versions(rules: Iterable[Rule]) -> dict[str, str]:
    """The version at which each managed group stands whose rule names none, by vendor and name."""
    return {}
