"""A kept rule made ready to judge: what judges, which resources it means, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from garrison.items import DELETED, Item
from garrison.rules import ActiveRule, InvalidParameters, activate, managed_rules
from garrison.rules.custom.events import SNAPSHOT
from garrison.rules.registry import Trigger
from garrison.services.config.periods import PERIODS
from garrison.services.config.rules.resources import AWS, POLICY, ConfigRule
from garrison.services.config.rules.sources import DEFAULT_FREQUENCY, program_of
from garrison.setting_tables import CustomRule
from garrison.verdicts import Rule

NOT_IMPLEMENTED, NO_PROGRAM, BAD_PARAMETERS = "NotImplemented", "NoSuchProgram", "InvalidParameters"
"""Error codes of rules that cannot judge."""


@dataclass(frozen=True, slots=True)
class Active:
    """A rule that is to be applied, or why it cannot be."""

    rule: ConfigRule
    managed: ActiveRule | None = None
    program: CustomRule | None = None
    error: tuple[str, str] | None = None
    """Code and message, where it cannot judge."""

    @property
    def key(self) -> Rule:
        """What the file of verdicts calls it."""
        return self.rule.key

    @property
    def is_managed(self) -> bool:
        """Whether its code is Garrison's own."""
        return self.rule.owner == AWS

    @property
    def is_policy(self) -> bool:
        """Whether it is a policy in Guard."""
        return self.rule.owner == POLICY

    @property
    def judges(self) -> bool:
        """Whether there is code that judges: none does for people, or where the rule cannot be applied."""
        return self.error is None and not self.is_for_people

    @property
    def is_for_people(self) -> bool:
        """Whether people judge (PutExternalEvaluation)."""
        return self.managed is not None and self.managed.rule.is_for_people

    @property
    def is_of_account(self) -> bool:
        """Whether it judges the account as a whole."""
        return self.managed is not None and self.managed.rule.is_of_account

    @property
    def is_on_change(self) -> bool:
        """Whether it judges what changes."""
        if self.managed is not None:
            return self.managed.rule.trigger is Trigger.CHANGE and not self.is_of_account
        return any(detail.message_type == Trigger.CHANGE.value for detail in self.rule.details)

    @property
    def is_on_snapshot(self) -> bool:
        """Whether it judges when a snapshot is delivered."""
        return self.program is not None and any(detail.message_type == SNAPSHOT for detail in self.rule.details)

    @property
    def period(self) -> timedelta | None:
        """How often it judges again of itself."""
        if self.managed is not None:
            if self.is_on_change or self.is_for_people:
                return None
            return PERIODS[self.rule.frequency or DEFAULT_FREQUENCY]
        found = [PERIODS[detail.frequency] for detail in self.rule.details if detail.frequency is not None]
        return min(found, default=None)

    @property
    def resource_types(self) -> tuple[str, ...] | None:
        """The types that it judges; None for all."""
        if self.managed is not None:
            return () if self.is_of_account else self.managed.resource_types
        scope = self.rule.scope
        return scope.resource_types if scope is not None and scope.resource_types else None

    def means(self, item: Item) -> bool:
        """Whether the rule judges an item, deleted or not."""
        types, scope = self.resource_types, self.rule.scope
        if types is not None and item.resource_type not in types:
            return False
        if scope is None or item.status == DELETED:
            return True
        if scope.resource_id is not None and item.resource_id != scope.resource_id:
            return False
        if scope.tag_key is None:
            return True
        value = item.tags.get(scope.tag_key)
        return value is not None and scope.tag_value in (None, value)


def activated(rule: ConfigRule, programs: dict[str, CustomRule]) -> Active:
    """A rule made ready."""
    if rule.owner == POLICY:
        return Active(rule)
    if rule.owner != AWS:
        program = program_of(rule.identifier or "", rule.account, programs)
        if program is None:
            return Active(rule, error=(NO_PROGRAM, f"The settings name no program for {rule.identifier}."))
        return Active(rule, program=program)
    known = managed_rules().get(rule.identifier or "")
    if known is None:
        return Active(rule, error=(NOT_IMPLEMENTED, f"The managed rule {rule.identifier} is not implemented."))
    scope = rule.scope.resource_types if rule.scope is not None else ()
    try:
        return Active(rule, managed=activate(known, rule.parameters, name=rule.name, scope=scope))
    except InvalidParameters as error:
        return Active(rule, error=(BAD_PARAMETERS, str(error)))
