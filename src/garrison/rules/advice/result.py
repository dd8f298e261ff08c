"""What a check says: how it stands with each resource that it looked at, and with all of them together.

Source: AWS Support API reference, "TrustedAdvisorCheckResult" and "TrustedAdvisorResourceDetail".
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

MAX_REASON_CHARACTERS = 512


class Status(enum.StrEnum):
    """As AWS names them: no problem detected, investigation recommended, action recommended, cannot be told."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    NOT_AVAILABLE = "not_available"


FLAGGED = frozenset({Status.WARNING, Status.ERROR})

Command = tuple[str, ...]
"""The words of one command of the AWS CLI, unquoted: `("ec2", "release-address", "--allocation-id", "eipalloc-1")`."""


@dataclass(frozen=True, slots=True)
class Advised:
    """What a check says of one resource."""

    resource_id: str
    """The resource's own id; the account's number where it is about the account."""
    arn: str | None
    region: str
    """`global` where it belongs to none."""
    status: Status
    metadata: tuple[str | None, ...]
    """Values in the order of the check's columns; None where one is not known."""
    monthly_savings: Decimal | None = None
    """US dollars a month that following the advice saves; None where it saves none, or where that is not known."""
    commands: tuple[Command, ...] = ()
    """What would apply the advice; the region's option is added by who prints them."""
    reason: str = ""
    """Why it cannot be told, where it is `not_available`."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check says altogether."""

    check_id: str
    status: Status
    """The worst of the resources'. Never `ok` where anything that the check needs could not be seen."""
    reason: str
    """Why it is not available, or what of it is missing; empty where everything was seen."""
    resources: tuple[Advised, ...]
    """Every resource that was looked at, what is worst first; the `ok` ones too."""
    is_broken: bool = False
    """Whether the check itself broke."""

    @property
    def flagged(self) -> tuple[Advised, ...]:
        """Those to look into."""
        return tuple(one for one in self.resources if one.status in FLAGGED)

    @property
    def monthly_savings(self) -> Decimal:
        """US dollars a month that following all its advice saves, as far as prices are known."""
        return sum((one.monthly_savings for one in self.flagged if one.monthly_savings is not None), Decimal())


def shortened(text: str) -> str:
    """A reason of at most as many characters as are kept of one."""
    return text if len(text) <= MAX_REASON_CHARACTERS else text[: MAX_REASON_CHARACTERS - 1] + "…"
