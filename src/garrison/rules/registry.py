"""Rules declare themselves here: AWS's identifier, what they judge, when, by which parameters, how bad a failure is.

    @rule("S3_BUCKET_VERSIONING_ENABLED", on=BUCKET, severity=Severity.MEDIUM, fix="…")
    def versioning_enabled(bucket: Item, parameters: Versioning) -> Verdict: ...

The docstring is the rule's documentation and ends with the page of AWS's that specifies it. A rule on `ACCOUNT` is given the
account's inventory instead of an item.

A rule says what it reads beyond the configuration of what it judges, so that nothing else need be collected: `parts` names parts of
the types that it judges, `also` other types that it looks up, each with the parts of theirs that it reads; `TAGS` is a part too.
"""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from garrison.rules.inventory import Inventory
from garrison.rules.verdict import Severity, Verdict

ACCOUNT = "AWS::::Account"
"""What Config calls the account itself."""
PROCESS_CHECK = "AWS_CONFIG_PROCESS_CHECK"
"""The identifier of rules that people judge: they verify what a rule's description asks for, and say so."""
TAGS = "tags"
"""The part that is an item's tags; of many types they take a call of their own."""


class Trigger(enum.StrEnum):
    """When Config has a rule judge (`MessageType` of a rule's source details)."""

    CHANGE = "ConfigurationItemChangeNotification"
    PERIODIC = "ScheduledNotification"


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of a rule, named as AWS names them; this one has none."""


class InvalidParameters(ValueError):
    """Parameters that AWS's documentation of the rule does not allow."""


Judge = Callable[[Any, Any, Inventory], Verdict]


@dataclass(frozen=True, slots=True)
class Rule:
    """One managed rule."""

    identifier: str
    """AWS's: `S3_BUCKET_VERSIONING_ENABLED`."""
    resource_types: tuple[str, ...]
    trigger: Trigger
    severity: Severity
    parameters: type[Parameters]
    documentation: str
    """What it says, and the page of AWS's that specifies it."""
    fix: str
    """What to do where it is not obeyed."""
    judge: Judge
    reads: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """The types of which it reads anything, each with the parts that it reads beyond the configuration."""
    looks_around: bool = False
    """Whether it looks at more than the item that it judges: at others, or at the time."""

    @property
    def is_of_account(self) -> bool:
        """Whether it judges the account as a whole."""
        return self.resource_types == (ACCOUNT,)

    @property
    def is_for_people(self) -> bool:
        """Whether people judge, and no code."""
        return self.identifier == PROCESS_CHECK

    def read_parameters(self, given: Mapping[str, Any]) -> Parameters:
        """Input parameters, texts as AWS takes them, with the documented defaults; raises `InvalidParameters`."""
        try:
            return msgspec.convert(dict(given), self.parameters, strict=False)
        except (msgspec.ValidationError, ValueError) as error:
            raise InvalidParameters(f"{self.identifier}: {error}") from None


RULES: dict[str, Rule] = {}
"""Every rule there is, by identifier."""


def rule(
    identifier: str,
    *,
    on: str | tuple[str, ...],
    severity: Severity,
    fix: str,
    trigger: Trigger = Trigger.CHANGE,
    parts: tuple[str, ...] = (),
    also: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict]]:
    """Register a function of (item or inventory[, parameters[, inventory]]) as the rule of an identifier."""

    def register(function: Callable[..., Verdict]) -> Callable[..., Verdict]:
        if identifier in RULES:
            raise ValueError(f"{identifier} is declared twice")
        wanted = list(inspect.signature(function).parameters)
        hint = typing.get_type_hints(function).get(wanted[1], Parameters) if len(wanted) > 1 else Parameters
        types = (on,) if isinstance(on, str) else on
        judged = () if types == (ACCOUNT,) else types
        RULES[identifier] = Rule(
            identifier=identifier,
            resource_types=types,
            trigger=trigger,
            severity=severity,
            parameters=hint,
            documentation=inspect.cleandoc(function.__doc__ or ""),
            fix=fix,
            judge=_taking_three(function, len(wanted)),
            reads={name: frozenset(parts) for name in judged} | {name: frozenset(of) for name, of in also.items()},
            looks_around=len(wanted) > _ALONE or not judged,
        )
        return function

    return register


_ALONE = 2
"""Parameters of a function that judges an item by itself: the item, and the rule's parameters."""


def _taking_three(function: Callable[..., Verdict], count: int) -> Judge:
    if count == 1:
        return lambda item, parameters, inventory: function(item)
    if count == 2:
        return lambda item, parameters, inventory: function(item, parameters)
    return function
