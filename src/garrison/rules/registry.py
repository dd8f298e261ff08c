"""Rules declare themselves here: AWS's identifier, what they judge, when, by which parameters, how bad a failure is.

    @rule("S3_BUCKET_VERSIONING_ENABLED", on=BUCKET, severity=Severity.MEDIUM, fix="…")
    def versioning_enabled(bucket: Item, parameters: Versioning) -> Verdict: ...

The docstring is the rule's documentation and ends with the page of AWS's that specifies it. A rule on `ACCOUNT` is given the
account's inventory instead of an item.
"""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from garrison.rules.inventory import Inventory
from garrison.rules.verdict import Severity, Verdict

ACCOUNT = "AWS::::Account"
"""What Config calls the account itself."""


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

    @property
    def is_of_account(self) -> bool:
        """Whether it judges the account as a whole."""
        return self.resource_types == (ACCOUNT,)

    def read_parameters(self, given: Mapping[str, Any]) -> Parameters:
        """Input parameters, texts as AWS takes them, with the documented defaults; raises `InvalidParameters`."""
        try:
            return msgspec.convert(dict(given), self.parameters, strict=False)
        except (msgspec.ValidationError, ValueError) as error:
            raise InvalidParameters(f"{self.identifier}: {error}") from None


RULES: dict[str, Rule] = {}
"""Every rule there is, by identifier."""


def rule(
    identifier: str, *, on: str | tuple[str, ...], severity: Severity, fix: str, trigger: Trigger = Trigger.CHANGE
) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict]]:
    """Register a function of (item or inventory[, parameters[, inventory]]) as the rule of an identifier."""

    def register(function: Callable[..., Verdict]) -> Callable[..., Verdict]:
        if identifier in RULES:
            raise ValueError(f"{identifier} is declared twice")
        wanted = list(inspect.signature(function).parameters)
        hint = typing.get_type_hints(function).get(wanted[1], Parameters) if len(wanted) > 1 else Parameters
        RULES[identifier] = Rule(
            identifier=identifier,
            resource_types=(on,) if isinstance(on, str) else on,
            trigger=trigger,
            severity=severity,
            parameters=hint,
            documentation=inspect.cleandoc(function.__doc__ or ""),
            fix=fix,
            judge=_taking_three(function, len(wanted)),
        )
        return function

    return register


def _taking_three(function: Callable[..., Verdict], count: int) -> Judge:
    if count == 1:
        return lambda item, parameters, inventory: function(item)
    if count == 2:
        return lambda item, parameters, inventory: function(item, parameters)
    return function
