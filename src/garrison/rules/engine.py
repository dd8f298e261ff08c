"""Have many rules judge many items: each item is looked at once, by the rules of its type; a rule that breaks never counts as obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.items import DELETED, Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Garbled, Unseen
from garrison.rules.registry import Parameters, Rule, Trigger
from garrison.rules.verdict import Compliance, Verdict, insufficient_data, not_applicable, shortened


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule with its parameters, as someone wants it applied."""

    name: str
    """What its owner calls it."""
    rule: Rule
    parameters: Parameters
    scope: frozenset[str] = frozenset()
    """Types that it is confined to; empty: all of the rule's."""

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The types that it judges."""
        return tuple(one for one in self.rule.resource_types if not self.scope or one in self.scope)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one rule says of one item, or of the account where `item` is None."""

    active: ActiveRule
    item: Item | None
    verdict: Verdict


def activate(
    rule: Rule, parameters: Mapping[str, Any] | None = None, *, name: str = "", scope: Iterable[str] = ()
) -> ActiveRule:
    """A rule made ready with input parameters; raises `InvalidParameters`."""
    return ActiveRule(name or rule.identifier, rule, rule.read_parameters(parameters or {}), frozenset(scope))


class RuleSet:
    """Active rules by the types that they judge."""

    def __init__(self, rules: Iterable[ActiveRule]) -> None:
        """Index them; the order among the rules of a type is kept."""
        self._of_type: dict[str, list[ActiveRule]] = {}
        self._of_account: list[ActiveRule] = []
        for active in rules:
            if active.rule.is_of_account:
                self._of_account.append(active)
                continue
            for resource_type in active.resource_types:
                self._of_type.setdefault(resource_type, []).append(active)

    def judge_item(self, item: Item, inventory: Inventory, trigger: Trigger | None = None) -> Iterator[Evaluation]:
        """What the rules of the item's type say of it; only those of a trigger where one is given."""
        for active in self._of_type.get(item.resource_type, ()):
            if trigger is None or active.rule.trigger is trigger:
                yield Evaluation(active, item, judge(active, item, inventory))

    def judge_account(self, inventory: Inventory) -> Iterator[Evaluation]:
        """What the rules of the account as a whole say of it."""
        for active in self._of_account:
            yield Evaluation(active, None, judge(active, None, inventory))

    def judge_all(self, inventory: Inventory) -> Iterator[Evaluation]:
        """What all rules say of all there is."""
        yield from self.judge_account(inventory)
        for resource_type in self._of_type:
            for item in inventory.by_type.get(resource_type, ()):
                yield from self.judge_item(item, inventory)


def judge(active: ActiveRule, item: Item | None, inventory: Inventory) -> Verdict:
    """One rule on one item, or on the account where there is no item; never raises."""
    if item is not None and item.status == DELETED:
        return not_applicable("The resource was deleted.")
    try:
        return active.rule.judge(inventory if item is None else item, active.parameters, inventory)
    except Unseen as reason:
        return insufficient_data(f"Could not be seen: {reason}")
    except Garbled as reason:
        return insufficient_data(f"Could not be read: {reason}")
    except Exception as error:  # a broken rule is reported as such and never counts as obeyed
        return Verdict(
            Compliance.INSUFFICIENT_DATA,
            shortened(f"The rule broke: {type(error).__name__}: {error}"),
            is_error=True,
        )


def score(evaluations: Iterable[Evaluation]) -> float | None:
    """Compliant among all that was decided, from 0 to 1; None where nothing was.

    Source: AWS Config Developer Guide, "Compliance score": rule and resource pairs; what is not applicable or not known counts nowhere.
    """
    decided = compliant = 0
    for one in evaluations:
        if one.verdict.compliance in (Compliance.COMPLIANT, Compliance.NON_COMPLIANT):
            decided += 1
            compliant += one.verdict.compliance is Compliance.COMPLIANT
    return compliant / decided if decided else None
